/* SPDX-License-Identifier: Apache-2.0 */
/* Reading path, query and a posted form field by field; what is wrong with a field is kept beside
 * it, in words. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/hub_core.h"

enum { NUMBER_TEXT = 32 };

int call_id(struct call *c, size_t which, int64_t *out)
{
	if (str_i64(str_of(c->param[which]), 1, INT64_MAX, out) < 0)
		return err_set(&c->err, -ENOENT, "there is no such page");
	return 0;
}

int64_t call_query_int(const struct call *c, const char *name, int64_t max, int64_t other)
{
	(void)str_i64(str_of(http_query(c->req, name)), 1, max, &other); /* else as it was */
	return other;
}

struct form form_of(struct call *c)
{
	return (struct form){ .call = c };
}

static void fail_words(struct form *f, const char *field, const char *words)
{
	if (form_error(f, field) || f->n_errors == ARRAY_LEN(f->errors))
		return;
	f->errors[f->n_errors++] = (struct form_error){ field, words };
	struct form_wrong *w = &f->call->wrong;
	if (w->n < ARRAY_LEN(w->row))
		w->row[w->n++] = (struct form_error){ field, words };
}

void form_fail(struct form *f, const char *field, const char *text_key)
{
	fail_words(f, field, call_text(f->call, text_key, NULL, 0));
}

const char *form_error(const struct form *f, const char *field)
{
	for (size_t i = 0; i < f->n_errors; i++)
		if (strcmp(f->errors[i].field, field) == 0)
			return f->errors[i].text;
	return NULL;
}

/* Without white space at either end, the ideographic space (U+3000) included. */
static struct str trim_wide(struct str s)
{
	static const struct str wide = { "\xE3\x80\x80", 3 };

	for (;;) {
		struct str before = s;
		s = str_trim(s);
		if (str_starts(s, wide))
			s = (struct str){ s.p + 3, s.n - 3 };
		if (str_ends(s, wide))
			s.n -= 3;
		if (s.n == before.n)
			return s;
	}
}

const char *form_text(struct form *f, const char *field, bool required, size_t max_chars)
{
	const char *raw = http_form(f->call->req, field);
	struct str s = trim_wide(str_of(raw));
	char most[NUMBER_TEXT];
	const char *args[] = { most };

	if (s.n == 0 && required)
		form_fail(f, field, "hub.form.required");
	if (utf8_count(s.p, s.n) > max_chars) {
		snprintf(most, sizeof(most), "%zu", max_chars);
		fail_words(f, field, call_text(f->call, "hub.form.long", args, 1));
	}
	return s.n ? arena_strndup(f->call->arena, s.p, s.n) : "";
}

/* Digits as people type them: full width (U+FF10..FF19), with commas, with a wide minus. */
static bool digits_fold(const char *s, char out[NUMBER_TEXT])
{
	size_t n = 0;

	for (const unsigned char *p = (const unsigned char *)s; *p; p++) {
		char c = (char)*p;
		if (c == ',' || c == ' ')
			continue;
		if (p[0] == 0xEF && p[1] == 0xBC && p[2] >= 0x90 && p[2] <= 0x99) {
			c = (char)('0' + (p[2] - 0x90));
			p += 2;
		} else if (p[0] == 0xEF && p[1] == 0xBC && p[2] == 0x8C) { /* wide comma */
			p += 2;
			continue;
		} else if (p[0] == 0xEF && p[1] == 0xBC && p[2] == 0x8D) { /* wide minus */
			c = '-';
			p += 2;
		}
		if (n + 1 == NUMBER_TEXT)
			return false;
		out[n++] = c;
	}
	out[n] = '\0';
	return true;
}

int64_t form_int(struct form *f, const char *field, bool required, int64_t min, int64_t max)
{
	const char *typed = form_text(f, field, required, 40);
	char digits[NUMBER_TEXT], low[NUMBER_TEXT], high[NUMBER_TEXT];
	const char *args[] = { low, high };
	int64_t v;

	if (!typed[0])
		return 0;
	if (!digits_fold(typed, digits) || str_i64(str_of(digits), INT64_MIN, INT64_MAX, &v) < 0) {
		form_fail(f, field, "hub.form.number");
		return 0;
	}
	if (v < min || v > max) {
		snprintf(low, sizeof(low), "%lld", (long long)min);
		snprintf(high, sizeof(high), "%lld", (long long)max);
		fail_words(f, field, call_text(f->call, "hub.form.range", args, 2));
		return 0;
	}
	return v;
}

int64_t form_time(struct form *f, const char *field, bool required)
{
	const char *typed = form_text(f, field, required, 40);
	struct civil c = { 0 };
	char more = '\0';

	if (!typed[0])
		return 0;
	int n = sscanf(typed, "%4d-%2d-%2d%*1[T ]%2d:%2d%c", &c.year, &c.month, &c.day, &c.hour,
		       &c.minute, &more);
	if (n == 6 && more == ':' &&
	    sscanf(typed, "%*4d-%*2d-%*2d%*1[T ]%*2d:%*2d:%2d", &c.second) == 1)
		n = 5;
	if (n != 5 || c.year < 1970 || c.month < 1 || c.month > 12 || c.day < 1 || c.day > 31 ||
	    c.hour < 0 || c.hour > 23 || c.minute < 0 || c.minute > 59 || c.second < 0 ||
	    c.second > 60) {
		form_fail(f, field, "hub.form.time");
		return 0;
	}
	return time_from_civil(&c, (int)f->call->hub->conf.zone_min);
}
