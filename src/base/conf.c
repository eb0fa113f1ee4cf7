/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration files: `key = value` lines into the owners' structs. What the keys mean is their
 * owners' business. */
#include "base/conf.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"

enum { FILE_MAX = 1024 * 1024, KEY_MAX = 64, NEAR_MAX = 3 };

struct group { /* the rows of one owner */
	const struct conf_row *rows;
	size_t n;
	void *target;
};

struct conf {
	struct group *groups;
	size_t n;
};

struct unit {
	const char *name;
	int64_t factor;
};

static const struct unit durations[] = {
	{ "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 }, { "d", 86400000 },
};
static const struct unit sizes[] = {
	{ "", 1 },
	{ "k", 1 << 10 },
	{ "M", 1 << 20 },
	{ "G", 1 << 30 },
};

struct conf *conf_new(void)
{
	return mem_new(sizeof(struct conf));
}

static void *value_of(const struct conf_row *row, void *target)
{
	return (char *)target + row->offset;
}

static void text_replace(void *place, char *value)
{
	char *old;
	memcpy(&old, place, sizeof(old));
	free(old);
	memcpy(place, &value, sizeof(value));
}

void conf_free(struct conf *c)
{
	if (!c)
		return;
	for (size_t g = 0; g < c->n; g++) {
		for (size_t i = 0; i < c->groups[g].n; i++) {
			const struct conf_row *row = &c->groups[g].rows[i];
			if (row->type == CONF_TEXT)
				text_replace(value_of(row, c->groups[g].target), NULL);
		}
	}
	free(c->groups);
	free(c);
}

static int parse_with_unit(const char *text, const struct unit *units, size_t n, int64_t *out)
{
	size_t digits = strspn(text, "0123456789");
	for (size_t i = 0; i < n; i++) {
		if (strcmp(text + digits, units[i].name) != 0)
			continue;
		int64_t v;
		if (str_i64((struct str){ text, digits }, 0, INT64_MAX, &v) < 0 ||
		    __builtin_mul_overflow(v, units[i].factor, &v))
			return -EINVAL;
		*out = v;
		return 0;
	}
	return -EINVAL;
}

int conf_parse_duration(const char *text, int64_t *ms_out)
{
	if (strcmp(text, "0") == 0) {
		*ms_out = 0;
		return 0;
	}
	return parse_with_unit(text, durations, ARRAY_LEN(durations), ms_out);
}

int conf_parse_size(const char *text, int64_t *bytes_out)
{
	return parse_with_unit(text, sizes, ARRAY_LEN(sizes), bytes_out);
}

static int set_text(const struct conf_row *row, void *place, const char *value, struct err *e)
{
	if (row->max > 0 && strlen(value) > (size_t)row->max)
		return err_set(e, -ERANGE, "%s is longer than %" PRId64 " characters", row->key,
			       row->max);
	if (!utf8_valid(value, strlen(value)))
		return err_set(e, -EINVAL, "%s is not UTF-8", row->key);
	text_replace(place, mem_strdup(value));
	return 0;
}

static int set_bool(const struct conf_row *row, void *place, const char *value, struct err *e)
{
	bool yes = strcmp(value, "yes") == 0 || strcmp(value, "true") == 0;
	bool no = strcmp(value, "no") == 0 || strcmp(value, "false") == 0;
	if (!yes && !no)
		return err_set(e, -EINVAL, "%s is yes or no, not \"%.100s\"", row->key, value);
	memcpy(place, &yes, sizeof(yes));
	return 0;
}

static int set_number(const struct conf_row *row, void *place, const char *value, struct err *e)
{
	int64_t v = 0;
	int r;
	if (row->type == CONF_DURATION_MS) {
		r = conf_parse_duration(value, &v);
		if (r < 0)
			return err_set(e, r, "%s is a time like 10s, 5m, 2h, 14d, not \"%.100s\"",
				       row->key, value);
	} else if (row->type == CONF_SIZE_BYTES) {
		r = conf_parse_size(value, &v);
		if (r < 0)
			return err_set(e, r, "%s is a size like 64k, 16M, 2G, not \"%.100s\"",
				       row->key, value);
	} else {
		r = str_i64(str_of(value), INT64_MIN, INT64_MAX, &v);
		if (r < 0)
			return err_set(e, r, "%s is a whole number, not \"%.100s\"", row->key,
				       value);
	}
	if (v < row->min || v > row->max)
		return err_set(e, -ERANGE, "%s is out of range: \"%.100s\"", row->key, value);
	memcpy(place, &v, sizeof(v));
	return 0;
}

static int row_set(const struct conf_row *row, void *target, const char *value, struct err *e)
{
	void *place = value_of(row, target);
	switch (row->type) {
	case CONF_TEXT:
		return set_text(row, place, value, e);
	case CONF_BOOL:
		return set_bool(row, place, value, e);
	case CONF_INT:
	case CONF_DURATION_MS:
	case CONF_SIZE_BYTES:
		return set_number(row, place, value, e);
	}
	assert(false); /* a row of ours is wrong */
	return -EINVAL;
}

static const struct conf_row *row_find(const struct conf *c, const char *key, void **target_out)
{
	for (size_t g = 0; g < c->n; g++) {
		for (size_t i = 0; i < c->groups[g].n; i++) {
			if (strcmp(c->groups[g].rows[i].key, key) != 0)
				continue;
			*target_out = c->groups[g].target;
			return &c->groups[g].rows[i];
		}
	}
	return NULL;
}

int conf_add(struct conf *c, const struct conf_row *rows, size_t n, void *target, struct err *e)
{
	c->groups = mem_resize(c->groups, c->n + 1, sizeof(*c->groups));
	c->groups[c->n] = (struct group){ .rows = rows, .n = 0, .target = target };
	struct group *g = &c->groups[c->n++];
	for (size_t i = 0; i < n; i++) {
		void *other;
		if (row_find(c, rows[i].key, &other))
			return err_set(e, -EEXIST, "the key %s has two owners", rows[i].key);
		if (rows[i].type == CONF_TEXT) /* TARGET's bytes are not ours to free */
			memset(value_of(&rows[i], target), 0, sizeof(char *));
		g->n = i + 1;
		int r = row_set(&rows[i], target, rows[i].initial, e);
		if (r < 0)
			return r;
	}
	return 0;
}

/* How many letters differ (Levenshtein). */
static size_t distance(const char *a, const char *b)
{
	size_t n = strlen(b), row[KEY_MAX + 1];
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t up = row[j], best = diagonal + (a[i - 1] != b[j - 1]);
			best = up + 1 < best ? up + 1 : best;
			best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
			diagonal = up;
			row[j] = best;
		}
	}
	return row[n];
}

static const char *nearest(const struct conf *c, const char *key)
{
	const char *best = NULL;
	size_t best_distance = NEAR_MAX + 1;
	for (size_t g = 0; g < c->n && strlen(key) <= KEY_MAX; g++) {
		for (size_t i = 0; i < c->groups[g].n; i++) {
			const char *known = c->groups[g].rows[i].key;
			size_t d = strlen(known) <= KEY_MAX ? distance(key, known) : KEY_MAX;
			if (d < best_distance) {
				best = known;
				best_distance = d;
			}
		}
	}
	return best;
}

int conf_set(struct conf *c, const char *key, const char *value, struct err *e)
{
	void *target;
	const struct conf_row *row = row_find(c, key, &target);
	if (row)
		return row_set(row, target, value, e);
	const char *near = nearest(c, key);
	if (near)
		return err_set(e, -ENOENT, "unknown key \"%.100s\": did you mean %s?", key, near);
	return err_set(e, -ENOENT, "unknown key \"%.100s\"", key);
}

static int set_line(struct conf *c, struct str line, struct err *e)
{
	struct str key, value = line;
	if (memchr(line.p, '\0', line.n))
		return err_set(e, -EINVAL, "the line holds a zero byte");
	(void)str_cut(&value, '=', &key); /* the line is not empty */
	if (key.n == line.n)
		return err_set(e, -EINVAL, "not of the form key = value");
	key = str_trim(key);
	value = str_trim(value);
	SCOPED_MEM char *key_text = mem_strndup(key.p, key.n);
	SCOPED_MEM char *value_text = mem_strndup(value.p, value.n);
	return conf_set(c, key_text, value_text, e);
}

int conf_parse(struct conf *c, const char *name, struct str text, struct err *e)
{
	struct str line;
	for (int number = 1; str_cut(&text, '\n', &line); number++) {
		line = str_trim(line);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		int r = set_line(c, line, e);
		if (r < 0) {
			(void)err_context(e, "%s, line %d", name, number);
			return r;
		}
	}
	return 0;
}

int conf_load(struct conf *c, const char *path, struct err *e)
{
	SCOPED_BUF struct buf b = { 0 };
	int r = file_read(path, FILE_MAX, &b, e);
	if (r < 0)
		return r;
	return conf_parse(c, path, (struct str){ b.p, b.n }, e);
}

static void render_number(const struct conf_row *row, int64_t v, struct buf *out)
{
	const struct unit *units = row->type == CONF_DURATION_MS ? durations : sizes;
	size_t n = row->type == CONF_DURATION_MS ? ARRAY_LEN(durations) : ARRAY_LEN(sizes);
	size_t best = 0;
	for (size_t i = 0; row->type != CONF_INT && v != 0 && i < n; i++)
		best = v % units[i].factor == 0 ? i : best;
	const char *unit = row->type == CONF_INT ? "" : units[best].name;
	buf_printf(out, "%" PRId64 "%s", row->type == CONF_INT ? v : v / units[best].factor, unit);
}

static void render_value(const struct conf_row *row, void *place, struct buf *out)
{
	if (row->type == CONF_TEXT) {
		char *text;
		memcpy(&text, place, sizeof(text));
		buf_adds(out, text);
	} else if (row->type == CONF_BOOL) {
		bool yes;
		memcpy(&yes, place, sizeof(yes));
		buf_adds(out, yes ? "yes" : "no");
	} else {
		int64_t v;
		memcpy(&v, place, sizeof(v));
		render_number(row, v, out);
	}
}

void conf_render(const struct conf *c, struct buf *out)
{
	for (size_t g = 0; g < c->n; g++) {
		for (size_t i = 0; i < c->groups[g].n; i++) {
			const struct conf_row *row = &c->groups[g].rows[i];
			buf_printf(out, "# %s\n%s = ", row->help, row->key);
			render_value(row, value_of(row, c->groups[g].target), out);
			buf_adds(out, "\n\n");
		}
	}
}
