/* SPDX-License-Identifier: Apache-2.0 */
/* The cache of prepared statements. What stands in them: scope_sql.c; running them: rows.c. */
#include "store/stmt_cache.h"

#include <stdlib.h>

#include "base/mem.h"

static void unlink_entry(struct stmt_cache *c, struct stmt_entry *s)
{
	if (s->newer)
		s->newer->older = s->older;
	else
		c->newest = s->older;
	if (s->older)
		s->older->newer = s->newer;
	else
		c->oldest = s->newer;
	s->newer = s->older = NULL;
}

static void link_newest(struct stmt_cache *c, struct stmt_entry *s)
{
	s->older = c->newest;
	s->newer = NULL;
	if (c->newest)
		c->newest->newer = s;
	else
		c->oldest = s;
	c->newest = s;
}

static void entry_free(struct stmt_cache *c, struct stmt_entry *s)
{
	c->driver->stmt_close(s->stmt);
	free(s->sql);
	free(s);
}

static void drop(struct stmt_cache *c, struct stmt_entry *s)
{
	(void)map_remove(c->by_sql[s->how], s->sql, s->sql_len); /* it is there */
	unlink_entry(c, s);
	c->n--;
	entry_free(c, s);
}

static bool make_room(struct stmt_cache *c)
{
	struct stmt_entry *s = c->oldest;

	if (c->n < STMT_CACHE_MAX)
		return true;
	while (s && s->busy)
		s = s->newer;
	if (!s)
		return false;
	drop(c, s);
	return true;
}

void stmt_cache_init(struct stmt_cache *c, const struct driver *driver)
{
	*c = (struct stmt_cache){ .driver = driver };
	for (int i = 0; i < SCOPE_HOWS; i++)
		c->by_sql[i] = map_new(STMT_CACHE_MAX);
}

void stmt_cache_done(struct stmt_cache *c)
{
	while (c->oldest)
		drop(c, c->oldest);
	for (int i = 0; i < SCOPE_HOWS; i++) {
		map_free(c->by_sql[i]);
		c->by_sql[i] = NULL;
	}
}

struct stmt_entry *stmt_cache_find(struct stmt_cache *c, int how, const char *sql, size_t sql_len)
{
	struct stmt_entry *s = map_find(c->by_sql[how], sql, sql_len);

	if (!s || s->busy)
		return NULL;
	if (s != c->newest) {
		unlink_entry(c, s);
		link_newest(c, s);
	}
	return s;
}

void stmt_cache_add(struct stmt_cache *c, struct stmt_entry *s)
{
	struct map *m = c->by_sql[s->how];

	s->cached = false;
	if (map_find(m, s->sql, s->sql_len) || !make_room(c))
		return;
	if (map_set(m, s->sql, s->sql_len, s) < 0)
		return;
	s->cached = true;
	link_newest(c, s);
	c->n++;
}

void stmt_cache_put(struct stmt_cache *c, struct stmt_entry *s)
{
	c->driver->reset(s->stmt);
	s->busy = false;
	if (!s->cached)
		entry_free(c, s);
}
