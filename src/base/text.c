/* SPDX-License-Identifier: Apache-2.0 */
/* Texts from gettext catalogues (.mo, GNU gettext manual 10.3). Only what msgfmt of this machine's
 * byte order writes; no plural forms, no contexts: keys are our own. */
#include "base/text.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rd.h"
#include "base/str.h"

enum { ENTRIES_MAX = 100000 };

struct entry {
	const char *key, *value; /* NUL-terminated inside the catalogue's bytes */
};

struct catalogue {
	struct entry *row; /* in strcmp order of the keys: msgfmt writes them sorted */
	size_t n;
};

struct text {
	struct catalogue lang[LANG_COUNT];
};

/* A text of the table at TABLE: its length and place are inside, and a NUL ends it. */
static const char *string_at(const struct text_mo *mo, uint32_t table, uint32_t i)
{
	struct rd r = rd_of(mo->p, mo->n);
	rd_skip(&r, table);
	rd_skip(&r, (size_t)i * 8);
	uint32_t length = rd_le32(&r), place = rd_le32(&r);
	if (r.bad || place >= mo->n || length >= mo->n - place || mo->p[place + length] != '\0')
		return NULL;
	return (const char *)mo->p + place;
}

static int catalogue_open(struct catalogue *c, const struct text_mo *mo, struct err *e)
{
	struct rd r = rd_of(mo->p, mo->n);
	uint32_t magic = rd_le32(&r), version = rd_le32(&r), n = rd_le32(&r);
	uint32_t keys = rd_le32(&r), values = rd_le32(&r);
	if (r.bad || magic != UINT32_C(0x950412de) || version >> 16 > 1)
		return err_set(e, -EFORMAT, "the text catalogue is damaged: wrong header");
	if (n > ENTRIES_MAX)
		return err_set(e, -EFORMAT, "the text catalogue is damaged: %u texts", n);
	c->row = mem_array(n, sizeof(*c->row));
	c->n = n;
	for (uint32_t i = 0; i < n; i++) {
		struct entry *row = &c->row[i];
		row->key = string_at(mo, keys, i);
		row->value = string_at(mo, values, i);
		if (!row->key || !row->value)
			return err_set(e, -EFORMAT, "the text catalogue is damaged: text %u", i);
		if (i > 0 && strcmp(row[-1].key, row->key) >= 0)
			return err_set(e, -EFORMAT,
				       "the text catalogue is damaged: order of text %u", i);
		if (!utf8_valid(row->value, strlen(row->value)))
			return err_set(e, -EFORMAT,
				       "the text catalogue is damaged: text %u is not UTF-8", i);
	}
	return 0;
}

int text_open(const struct text_mo mo[LANG_COUNT], struct text **out, struct err *e)
{
	struct text *t = mem_new(sizeof(*t));
	for (int i = 0; i < LANG_COUNT; i++) {
		int r = catalogue_open(&t->lang[i], &mo[i], e);
		if (r < 0) {
			text_close(t);
			return r;
		}
	}
	*out = t;
	return 0;
}

void text_close(struct text *t)
{
	if (!t)
		return;
	for (int i = 0; i < LANG_COUNT; i++)
		free(t->lang[i].row);
	free(t);
}

static int entry_compare(const void *key, const void *row)
{
	return strcmp(key, ((const struct entry *)row)->key);
}

const char *text_find(const struct text *t, enum lang lang, const char *key)
{
	if (key[0] == '\0')
		return NULL; /* the catalogue's header */
	const struct catalogue *c = &t->lang[lang];
	const struct entry *row = bsearch(key, c->row, c->n, sizeof(*c->row), entry_compare);
	return row ? row->value : NULL;
}

const char *text_get(const struct text *t, enum lang lang, const char *key)
{
	const char *value = text_find(t, lang, key);
	return value ? value : key;
}

static bool lang_of(struct str tag, enum lang *out)
{
	bool ends = tag.n == 2 || (tag.n > 2 && strchr("-_.@", tag.p[2]));
	if (!ends)
		return false;
	if (str_eq_nocase((struct str){ tag.p, 2 }, STR("ja")))
		*out = LANG_JA;
	else if (str_eq_nocase((struct str){ tag.p, 2 }, STR("en")))
		*out = LANG_EN;
	else
		return false;
	return true;
}

/* Accept-Language (RFC 9110, 12.5.4): the highest weight wins, the first of equal ones. */
enum lang lang_parse(const char *tag, enum lang fallback)
{
	struct str rest = str_of(tag), part;
	enum lang best = fallback;
	double best_weight = 0;
	while (str_cut(&rest, ',', &part)) {
		struct str range = { 0 }, weight_text = { 0 };
		double weight = 1;
		enum lang l;
		if (!str_cut(&part, ';', &range) || !lang_of(str_trim(range), &l))
			continue;
		weight_text = str_trim(part);
		if (str_starts(weight_text, STR("q="))) {
			weight_text = (struct str){ weight_text.p + 2, weight_text.n - 2 };
			if (str_double(weight_text, 0, 1, &weight) < 0)
				weight = 0;
		}
		if (weight > best_weight) {
			best = l;
			best_weight = weight;
		}
	}
	return best;
}

const char *lang_tag(enum lang l)
{
	return l == LANG_JA ? "ja" : "en";
}

/* A thread answers one person at a time; err_set has no other way to know the language. */
static _Thread_local enum lang thread_lang = LANG_EN;
static _Atomic(const struct text *) translator_text;

void text_thread_lang(enum lang lang)
{
	thread_lang = lang;
}

enum lang text_thread_lang_get(void)
{
	return thread_lang;
}

static const char *translate(const char *fmt)
{
	const struct text *t = atomic_load(&translator_text);
	const char *value = t && thread_lang != LANG_EN ? text_find(t, thread_lang, fmt) : NULL;
	return value ? value : fmt;
}

void text_install_err_translator(const struct text *t)
{
	atomic_store(&translator_text, t);
	err_set_translator(t ? translate : NULL);
}
