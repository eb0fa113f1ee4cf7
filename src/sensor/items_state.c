/* SPDX-License-Identifier: Apache-2.0 */
/* The state file: lines of words that a person can read. */
#include "sensor/items_state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/crypto.h"

#define TITLE "otasuke items 1"

enum { STATE_MAX = 256 * 1024 };

static void state_path(const char *dir, char out[INBOX_PATH_MAX])
{
	(void)snprintf(out, INBOX_PATH_MAX, "%s/state", dir); /* as long as the folder's, checked */
}

static bool number(struct str *line, uint64_t *out)
{
	struct str word;
	int64_t v;

	if (!str_cut(line, ' ', &word) || str_i64(word, 0, INT64_MAX, &v) < 0)
		return false;
	*out = (uint64_t)v;
	return true;
}

static bool word(struct str *line, char *out, size_t size)
{
	struct str w;

	return str_cut(line, ' ', &w) && str_copy(out, size, w);
}

static bool bytes(struct str *line, uint8_t *out, size_t size)
{
	struct str w;
	size_t n = 0;

	return str_cut(line, ' ', &w) && str_hex(w, out, size, &n) >= 0 && n == size;
}

static bool result_read(struct str line, struct items_state *s)
{
	struct items_result r = { 0 };
	char what[16];
	uint64_t at;

	if (!number(&line, &r.sequence) || !word(&line, what, sizeof(what)) || !number(&line, &at))
		return false;
	r.applied = strcmp(what, "applied") == 0;
	r.at_us = (int64_t)at;
	(void)str_copy(r.reason, sizeof(r.reason), line); /* as it was stored */
	items_state_result(s, &r);
	return true;
}

static bool line_read(struct str line, struct items_state *s)
{
	struct str verb;

	if (!str_cut(&line, ' ', &verb))
		return true;
	if (str_eq(verb, STR("sensor")))
		return word(&line, s->trust.sensor, sizeof(s->trust.sensor)) &&
		       bytes(&line, s->trust.item_key, sizeof(s->trust.item_key));
	if (str_eq(verb, STR("high"))) {
		struct items_high h = { 0 };

		if (!word(&line, h.kind, sizeof(h.kind)) || !number(&line, &h.sequence))
			return false;
		(void)word(&line, h.key, sizeof(h.key)); /* may be absent */
		return items_state_high_set(s, h.kind, h.key, h.sequence, NULL) >= 0;
	}
	if (str_eq(verb, STR("done"))) {
		struct inbox_done *d = &s->done[s->n_done];

		if (s->n_done == INBOX_MAX || !number(&line, &d->sequence) ||
		    !bytes(&line, d->hash, sizeof(d->hash)))
			return false;
		s->n_done++;
		return true;
	}
	return !str_eq(verb, STR("result")) || result_read(line, s);
}

int items_state_load(const char *dir, struct items_state *out, struct err *e)
{
	SCOPED_MEM struct items_state *s = mem_new(sizeof(*s));
	SCOPED_BUF struct buf b = { 0 };
	char path[INBOX_PATH_MAX];
	struct str rest, line;
	size_t at = 1;

	state_path(dir, path);
	if (file_exists(path)) {
		int r = file_read(path, STATE_MAX, &b, e);
		if (r < 0)
			return r;
		rest = (struct str){ b.p, b.n };
		bool good = str_cut(&rest, '\n', &line) && str_eq(line, STR(TITLE));
		for (; good && str_cut(&rest, '\n', &line); at++)
			good = line_read(line, s);
		if (!good)
			return err_set(e, -EFORMAT,
				       "%s is damaged in line %zu: remove it and enrol this sensor "
				       "again",
				       path, at);
	}
	*out = *s;
	return 0;
}

int items_state_store(const char *dir, const struct items_state *s, struct err *e)
{
	SCOPED_BUF struct buf b = { 0 };
	char path[INBOX_PATH_MAX], hex[2 * 32 + 1];

	buf_adds(&b, TITLE "\n");
	crypto_hex(s->trust.item_key, sizeof(s->trust.item_key), hex);
	if (s->trust.sensor[0])
		buf_printf(&b, "sensor %s %s\n", s->trust.sensor, hex);
	for (size_t i = 0; i < s->n_high; i++)
		buf_printf(&b, "high %s %" PRIu64 "%s%s\n", s->high[i].kind, s->high[i].sequence,
			   s->high[i].key[0] ? " " : "", s->high[i].key);
	for (size_t i = 0; i < s->n_results; i++)
		buf_printf(&b, "result %" PRIu64 " %s %" PRId64 " %s\n", s->result[i].sequence,
			   s->result[i].applied ? "applied" : "refused", s->result[i].at_us,
			   s->result[i].reason);
	for (size_t i = 0; i < s->n_done; i++) {
		crypto_hex(s->done[i].hash, sizeof(s->done[i].hash), hex);
		buf_printf(&b, "done %" PRIu64 " %s\n", s->done[i].sequence, hex);
	}
	state_path(dir, path);
	return file_write(path, 0644, b.p, b.n, e);
}

bool items_state_newer(const char *dir, int64_t *ns)
{
	char path[INBOX_PATH_MAX];
	struct stat st;

	state_path(dir, path);
	if (stat(path, &st) < 0)
		return false;
	int64_t changed = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
	if (changed == *ns)
		return false;
	*ns = changed;
	return true;
}

static struct items_high *high_find(const struct items_state *s, const char *kind, const char *key)
{
	for (size_t i = 0; i < s->n_high; i++)
		if (strcmp(s->high[i].kind, kind) == 0 && strcmp(s->high[i].key, key) == 0)
			return (struct items_high *)&s->high[i];
	return NULL;
}

uint64_t items_state_high(const struct items_state *s, const char *kind, const char *key)
{
	const struct items_high *h = high_find(s, kind, key);

	return h ? h->sequence : 0;
}

int items_state_high_set(struct items_state *s, const char *kind, const char *key,
			 uint64_t sequence, struct err *e)
{
	struct items_high *h = high_find(s, kind, key);

	if (!h) {
		if (s->n_high == ITEMS_HIGH_MAX)
			return err_set(e, -ELIMIT, "items of more than %d kinds", ITEMS_HIGH_MAX);
		h = &s->high[s->n_high++];
		(void)str_copy(h->kind, sizeof(h->kind), str_of(kind)); /* ITEM_NAME_MAX */
		(void)str_copy(h->key, sizeof(h->key), str_of(key));
	}
	h->sequence = sequence;
	return 0;
}

void items_state_result(struct items_state *s, const struct items_result *r)
{
	if (s->n_results == ITEMS_RESULTS_MAX) {
		memmove(&s->result[0], &s->result[1],
			(ITEMS_RESULTS_MAX - 1) * sizeof(s->result[0]));
		s->n_results--;
	}
	s->result[s->n_results++] = *r;
}
