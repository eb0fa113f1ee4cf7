/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of words that a person can read: at order item number state until reason text. */
#include "sensor/enforcer/journal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

enum { FILE_MAX = 512 * 1024, PATH_BYTES = JOURNAL_DIR_MAX + 32 };

static void path_of(const char *dir, const char *name, char out[PATH_BYTES])
{
	(void)snprintf(out, PATH_BYTES, "%s/%s", dir, name); /* cut ones do not open */
}

static bool number(struct str *line, int64_t max, int64_t *out)
{
	struct str word;

	return str_cut(line, ' ', &word) && str_i64(word, 0, max, out) >= 0;
}

static bool line_read(struct str line, struct journal_entry *x)
{
	int64_t item, n, state;
	struct str word;

	if (!number(&line, INT64_MAX, &x->at) || !number(&line, INT64_MAX, &x->order) ||
	    !number(&line, INT64_MAX, &item) || !number(&line, UINT32_MAX, &n) ||
	    !number(&line, ORDER_STATES - 1, &state) || state == 0 ||
	    !number(&line, INT64_MAX, &x->until_us) || !str_cut(&line, ' ', &word))
		return false;
	x->item = (uint64_t)item;
	x->number = (uint32_t)n;
	x->state = (enum order_state)state;
	if (!str_eq(word, STR("-")) && !str_copy(x->reason, sizeof(x->reason), word))
		return false;
	(void)str_copy(x->text, sizeof(x->text), line); /* cut is fine */
	return true;
}

int journal_load(const char *dir, struct journal *out, struct err *e)
{
	SCOPED_MEM struct journal *j = mem_new(sizeof(*j));
	SCOPED_BUF struct buf b = { 0 };
	char path[PATH_BYTES];
	struct str rest, line;

	path_of(dir, "reports", path);
	if (file_exists(path)) {
		int r = file_read(path, FILE_MAX, &b, e);
		if (r < 0)
			return r;
		rest = (struct str){ b.p, b.n };
		while (j->n < JOURNAL_MAX && str_cut(&rest, '\n', &line)) {
			j->list[j->n] = (struct journal_entry){ 0 };
			j->n += line_read(line, &j->list[j->n]);
		}
	}
	*out = *j;
	return 0;
}

void journal_add(struct journal *j, struct journal_entry *x)
{
	if (j->n > 0 && x->at <= j->list[j->n - 1].at)
		x->at = j->list[j->n - 1].at + 1;
	if (j->n == JOURNAL_MAX) {
		memmove(&j->list[0], &j->list[1], (JOURNAL_MAX - 1) * sizeof(j->list[0]));
		j->n--;
	}
	j->list[j->n++] = *x;
}

int journal_store(const char *dir, const struct journal *j, struct err *e)
{
	SCOPED_BUF struct buf b = { 0 };
	char path[PATH_BYTES];

	for (size_t i = 0; i < j->n; i++) {
		const struct journal_entry *x = &j->list[i];

		buf_printf(&b,
			   "%" PRId64 " %" PRId64 " %" PRIu64 " %" PRIu32 " %d %" PRId64 " %s %s\n",
			   x->at, x->order, x->item, x->number, (int)x->state, x->until_us,
			   x->reason[0] ? x->reason : "-", x->text);
	}
	path_of(dir, "reports", path);
	return file_write(path, 0644, b.p ? b.p : "", b.n, e);
}

int enforcer_status_store(const char *dir, const struct enforcer_status *s, struct err *e)
{
	SCOPED_BUF struct buf b = { 0 };
	char path[PATH_BYTES];

	buf_printf(&b, "%d %" PRIu32 " %" PRIu32 " %s\n", s->able, s->isolated, s->blocked,
		   s->text);
	path_of(dir, "status", path);
	return file_write(path, 0644, b.p, b.n, e);
}

void enforcer_status_load(const char *dir, int64_t max_age_us, struct enforcer_status *out)
{
	struct enforcer_status s = { 0 };
	SCOPED_BUF struct buf b = { 0 };
	int64_t able = 0, isolated = 0, blocked = 0;
	char path[PATH_BYTES];
	struct stat st;
	struct str line;

	path_of(dir, "status", path);
	bool there = stat(path, &st) == 0 && file_read(path, FILE_MAX, &b, NULL) >= 0 && b.n > 0;
	line = there ? str_trim((struct str){ b.p, b.n }) : STR("");
	if (there && number(&line, 1, &able) && number(&line, UINT32_MAX, &isolated) &&
	    number(&line, UINT32_MAX, &blocked))
		(void)str_copy(s.text, sizeof(s.text), line); /* cut is fine */
	int64_t age_us = there ? clock_utc_us(&clock_real) - (int64_t)st.st_mtim.tv_sec * US_PER_SEC
			       : INT64_MAX;
	s.able = able && age_us <= max_age_us;
	if (able && !s.able)
		(void)str_copy(s.text, sizeof(s.text), STR("the enforcer does not answer"));
	if (!there)
		(void)str_copy(s.text, sizeof(s.text), STR("the enforcer has not begun yet"));
	s.isolated = (uint32_t)isolated;
	s.blocked = (uint32_t)blocked;
	*out = s;
}
