/* SPDX-License-Identifier: Apache-2.0 */
/* Reads as much of the envelope as there is: what does not follow an RFC is the message. */
#include "probe/records/syslog_line.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "probe/records/foreign.h"

enum { PRI_MAX = 191, STAMP_BYTES = 15, TIME_TEXT = 48, SD_VALUE_MAX = 512 };

static void advance(struct str *s, size_t n)
{
	n = n < s->n ? n : s->n;
	s->p += n;
	s->n -= n;
}

static bool read_priority(struct str *line, struct syslog_line *out)
{
	const char *end = line->n > 2 && line->p[0] == '<' ? memchr(line->p, '>', line->n) : NULL;
	int64_t pri = 0;

	if (!end || end - line->p > 4 ||
	    str_i64((struct str){ line->p + 1, (size_t)(end - line->p - 1) }, 0, PRI_MAX, &pri) < 0)
		return false;
	out->severity = (int)(pri % 8);
	out->facility = (int)(pri / 8);
	advance(line, (size_t)(end - line->p) + 1);
	return true;
}

/* A word of RFC 5424; "-" stands for nothing. */
static struct str word(struct str *s)
{
	struct str w = { 0 };

	(void)str_cut(s, ' ', &w); /* an empty rest gives an empty word */
	return str_eq(w, STR("-")) ? (struct str){ w.p, 0 } : w;
}

static bool time_word(struct str w, int offset_min, struct syslog_line *out)
{
	char text[TIME_TEXT];

	if (!str_copy(text, sizeof(text), w))
		return false;
	out->has_time = strlen(text) >= 19 && foreign_time(text, offset_min, &out->at_us) == 0;
	return out->has_time;
}

/* [id name="value" ...][id ...] without its end, or the "-". */
static struct str structured(struct str *s)
{
	struct str all = { s->p, 0 };
	bool quoted = false;
	size_t i = 0;

	if (s->n > 0 && s->p[0] == '-') {
		advance(s, 1);
		return all;
	}
	while (i < s->n && s->p[i] == '[') {
		for (; i < s->n && (quoted || s->p[i] != ']'); i++) {
			if (s->p[i] == '\\')
				i++;
			else if (s->p[i] == '"')
				quoted = !quoted;
		}
		i += i < s->n;
	}
	i = i < s->n ? i : s->n;
	all.n = i;
	advance(s, i);
	return all;
}

static void read_5424(struct str line, int offset_min, struct syslog_line *out)
{
	(void)time_word(word(&line), offset_min, out); /* "-" and nonsense: no time */
	out->host = word(&line);
	out->app = word(&line);
	(void)word(&line); /* process id */
	out->id = word(&line);
	out->data = structured(&line);
	out->text = str_trim(line);
}

static int month_of(const char *p)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int m = 0; m < 12; m++) {
		if (strncmp(p, names + 3 * m, 3) == 0)
			return m + 1;
	}
	return 0;
}

static int two(const char *p)
{
	int tens = p[0] == ' ' ? 0 : p[0] - '0';

	return isdigit((unsigned char)p[1]) && tens >= 0 && tens <= 9 ? tens * 10 + p[1] - '0' : -1;
}

/* "Oct 11 22:14:15": of the years possible the one nearest to now. */
static bool stamp(struct str line, int offset_min, int64_t now_us, int64_t *out_us)
{
	const char *p = line.p;
	struct civil c = time_civil(now_us, offset_min);
	int year = c.year;
	int64_t best = INT64_MAX;

	if (line.n < STAMP_BYTES || p[3] != ' ' || p[6] != ' ' || p[9] != ':' || p[12] != ':')
		return false;
	c = (struct civil){ .month = month_of(p),
			    .day = two(p + 4),
			    .hour = two(p + 7),
			    .minute = two(p + 10),
			    .second = two(p + 13) };
	if (c.month < 1 || c.day < 1 || c.day > 31 || c.hour < 0 || c.hour > 23 || c.minute < 0 ||
	    c.minute > 59 || c.second < 0 || c.second > 60)
		return false;
	for (c.year = year - 1; c.year <= year + 1; c.year++) {
		int64_t at = time_from_civil(&c, offset_min);
		if (llabs(at - now_us) < best) {
			best = llabs(at - now_us);
			*out_us = at;
		}
	}
	return true;
}

/* A host is a word that neither ends in ':' nor holds '=', '[', '|' or '{'. */
static bool is_host(struct str w)
{
	for (size_t i = 0; i < w.n; i++) {
		if (strchr("=[|{\":", w.p[i]) && (w.p[i] != ':' || i + 1 == w.n))
			return false;
	}
	return w.n > 0;
}

/* "app[123]:" or "app:" */
static void read_tag(struct str *line, struct syslog_line *out)
{
	size_t i = 0;

	while (i < line->n && i < 48 &&
	       (isalnum((unsigned char)line->p[i]) || strchr("-_./%", line->p[i])))
		i++;
	size_t app = i;
	if (i > 0 && i < line->n && line->p[i] == '[')
		while (i < line->n && line->p[i - 1] != ']')
			i++;
	if (app == 0 || i >= line->n || line->p[i] != ':' || (app == 3 && line->p[0] == 'C') ||
	    (app == 4 && line->p[0] == 'L'))
		return; /* none, or "CEF:", "LEEF:" */
	out->app = (struct str){ line->p, app };
	advance(line, i + 1);
}

static void read_3164(struct str line, int offset_min, int64_t now_us, struct syslog_line *out)
{
	struct str rest, w;

	if (stamp(line, offset_min, now_us, &out->at_us)) {
		out->has_time = true;
		advance(&line, STAMP_BYTES);
	} else if (rest = line, time_word(word(&rest), offset_min, out)) {
		line = rest; /* rsyslog's own form */
	}
	line = str_trim(line);
	rest = line;
	w = word(&rest);
	if (out->has_time && is_host(w)) {
		out->host = w;
		line = str_trim(rest);
	}
	read_tag(&line, out);
	out->text = str_trim(line);
}

bool syslog_line_read(struct str line, int offset_min, int64_t now_us, struct syslog_line *out)
{
	static const struct str bom = { "\xef\xbb\xbf", 3 };

	*out = (struct syslog_line){ 0 };
	if (!read_priority(&line, out))
		return false;
	if (str_starts(line, STR("1 "))) {
		advance(&line, 2);
		read_5424(line, offset_min, out);
	} else {
		read_3164(line, offset_min, now_us, out);
	}
	if (str_starts(out->text, bom))
		advance(&out->text, bom.n);
	return true;
}

/* One value, with \" \\ \] undone (RFC 5424, 6.3.3). */
static struct str value_of(struct str *s, char *out, size_t out_size)
{
	size_t n = 0;

	for (; s->n > 0 && s->p[0] != '"'; advance(s, 1)) {
		if (s->p[0] == '\\' && s->n > 1 && strchr("\"\\]", s->p[1]))
			advance(s, 1);
		if (n < out_size)
			out[n++] = s->p[0];
	}
	advance(s, 1);
	return (struct str){ out, n };
}

static void data_fields(struct str data, struct fields *f)
{
	char name[FIELD_NAME_MAX], value[SD_VALUE_MAX];
	struct str id = { 0 };

	while (data.n > 0) {
		const char *stop = "=[] ";
		size_t i = 0;
		while (i < data.n && !strchr(stop, data.p[i]))
			i++;
		struct str w = { data.p, i };
		char mark = i < data.n ? data.p[i] : 0;
		advance(&data, i + 1);
		if (mark == '=' && data.n > 0 && data.p[0] == '"') {
			advance(&data, 1);
			int n = snprintf(name, sizeof(name), "sd.%.*s.%.*s", (int)id.n, id.p,
					 (int)w.n, w.p);
			struct str v = value_of(&data, value, sizeof(value));
			if (n > 0 && (size_t)n < sizeof(name))
				fields_add(f, (struct str){ name, (size_t)n }, v);
			else
				f->cut++;
		} else if (w.n > 0) {
			id = w;
		}
	}
}

void syslog_line_fields(const struct syslog_line *s, struct fields *f)
{
	char digit = (char)('0' + s->severity);

	fields_add(f, STR("syslog.severity"), (struct str){ &digit, 1 });
	fields_add(f, STR("syslog.host"), s->host);
	fields_add(f, STR("syslog.app"), s->app);
	fields_add(f, STR("syslog.id"), s->id);
	fields_add(f, STR("syslog.text"), s->text);
	data_fields(s->data, f);
}
