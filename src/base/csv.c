/* SPDX-License-Identifier: Apache-2.0 */
/* CSV reader and writer. Only files that fit into memory; what the columns mean is the caller's
 * business. */
#include "base/csv.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

/* BAD_BYTE stands in our copy for what was no character: it never occurs in UTF-8. */
enum { BYTES_MAX = 64 * 1024 * 1024, BAD_BYTE = 0xff };

struct csv {
	struct buf text; /* UTF-8, but for BAD_BYTE */
	const char *charset;
	size_t at;
	long line; /* of AT */
};

struct scan { /* a row found, before anything in it is changed */
	size_t start[CSV_COLUMNS_MAX], end[CSV_COLUMNS_MAX];
	size_t n, next;
};

/* Copies well-formed UTF-8 and a BAD_BYTE for each byte that is not; returns how many those are. */
static size_t copy_utf8(const char *p, size_t n, struct buf *out)
{
	size_t bad = 0;
	while (n > 0) {
		size_t len = 1;
		while (len <= 4 && len <= n && !utf8_valid(p, len))
			len++;
		if (len > 4 || len > n) {
			buf_addc(out, (char)BAD_BYTE);
			bad++;
			len = 1;
		} else {
			buf_add(out, p, len);
		}
		p += len;
		n -= len;
	}
	return bad;
}

/* The same from CP932; -errno when the C library does not know it. */
static int copy_cp932(const char *p, size_t n, struct buf *out, size_t *bad_out)
{
	iconv_t cd = iconv_open("UTF-8", "CP932");
	if (cd == (iconv_t)-1)
		return -errno;
	char chunk[4096];
	char *in = (char *)(uintptr_t)p; /* iconv does not write there */
	size_t bad = 0;
	while (n > 0 && !out->over) {
		char *to = chunk;
		size_t room = sizeof(chunk);
		size_t r = iconv(cd, &in, &n, &to, &room);
		buf_add(out, chunk, sizeof(chunk) - room);
		if (r == (size_t)-1 && errno != E2BIG) {
			buf_addc(out, (char)BAD_BYTE);
			bad++;
			in++;
			n--;
		}
	}
	(void)iconv_close(cd); /* cannot fail for an open one */
	*bad_out = bad;
	return 0;
}

static int guess(struct csv *c, const char *p, size_t n, struct err *e)
{
	c->charset = "UTF-8";
	if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
		(void)copy_utf8(p + 3, n - 3, &c->text); /* rows with bad bytes say so later */
		return 0;
	}
	if (n >= 2 && (memcmp(p, "\xff\xfe", 2) == 0 || memcmp(p, "\xfe\xff", 2) == 0))
		return err_set(e, -EFORMAT, "the file is UTF-16: save it as CSV in UTF-8");
	size_t bad_utf8 = copy_utf8(p, n, &c->text), bad_cp932;
	if (bad_utf8 == 0)
		return 0;
	SCOPED_BUF struct buf other = { .max = c->text.max };
	int r = copy_cp932(p, n, &other, &bad_cp932);
	if (r < 0)
		return err_set(e, r, "cannot read CP932: %s", err_text(r));
	if (bad_cp932 < bad_utf8) {
		buf_done(&c->text);
		c->text = other;
		other = (struct buf){ 0 };
		c->charset = "CP932";
	}
	return 0;
}

int csv_open(const void *p, size_t n, struct csv **out, struct err *e)
{
	if (n > BYTES_MAX)
		return err_set(e, -ELIMIT, "the CSV file is larger than %d MiB",
			       BYTES_MAX / (1024 * 1024));
	struct csv *c = mem_new(sizeof(*c));
	buf_init(&c->text, 3 * (size_t)BYTES_MAX); /* a half-width kana grows from 1 byte to 3 */
	buf_add(&c->text, "", 0);
	c->line = 1;
	int r = guess(c, p, n, e);
	if (r < 0) {
		csv_close(c);
		return r;
	}
	*out = c;
	return 0;
}

void csv_close(struct csv *c)
{
	if (!c)
		return;
	buf_done(&c->text);
	free(c);
}

const char *csv_charset(const struct csv *c)
{
	return c->charset;
}

static bool is_end(const struct csv *c, size_t i)
{
	return i >= c->text.n || c->text.p[i] == '\n' || c->text.p[i] == '\r';
}

static size_t behind_end(const struct csv *c, size_t i)
{
	if (i + 1 < c->text.n && c->text.p[i] == '\r' && c->text.p[i + 1] == '\n')
		return i + 2;
	return i < c->text.n ? i + 1 : i;
}

/* The place behind the closing quote of the cell whose opening quote is at I. */
static int scan_quoted(const struct csv *c, size_t i, size_t *out, struct err *e)
{
	size_t start = ++i;
	for (;; i++) {
		if (i >= c->text.n)
			return err_set(e, -EFORMAT, "line %ld: a quote is opened and never closed",
				       c->line);
		if (i - start > CSV_CELL_MAX)
			return err_set(e, -ELIMIT,
				       "line %ld: a cell is longer than %d bytes (a quote that is "
				       "never closed?)",
				       c->line, CSV_CELL_MAX);
		if (c->text.p[i] != '"')
			continue;
		if (i + 1 >= c->text.n || c->text.p[i + 1] != '"')
			break;
		i++; /* a doubled quote */
	}
	*out = i + 1;
	return 0;
}

static int scan_cell(const struct csv *c, size_t i, size_t *out, struct err *e)
{
	if (i < c->text.n && c->text.p[i] == '"') {
		int r = scan_quoted(c, i, out, e);
		if (r < 0)
			return r;
		if (!is_end(c, *out) && c->text.p[*out] != ',')
			return err_set(e, -EFORMAT, "line %ld: text behind a closing quote",
				       c->line);
		return 0;
	}
	size_t start = i;
	while (!is_end(c, i) && c->text.p[i] != ',')
		i++;
	if (i - start > CSV_CELL_MAX)
		return err_set(e, -ELIMIT, "line %ld: a cell is longer than %d bytes", c->line,
			       CSV_CELL_MAX);
	*out = i;
	return 0;
}

static size_t behind_line(const struct csv *c, size_t i)
{
	while (!is_end(c, i))
		i++;
	return behind_end(c, i);
}

/* S->next is where the next row is looked for; after a bad cell that is the line behind its start,
 * so that a quote left open spoils one row and not the rest of the file. */
static int scan_row(const struct csv *c, struct scan *s, struct err *e)
{
	size_t i = c->at;
	s->n = 0;
	for (;;) {
		s->next = behind_line(c, i);
		if (s->n == CSV_COLUMNS_MAX)
			return err_set(e, -ELIMIT, "line %ld: more than %d columns", c->line,
				       CSV_COLUMNS_MAX);
		s->start[s->n] = i;
		int r = scan_cell(c, i, &i, e);
		if (r < 0)
			return r;
		s->end[s->n++] = i;
		if (is_end(c, i))
			break;
		i++; /* the comma */
	}
	s->next = behind_end(c, i);
	size_t n = i - c->at;
	if (memchr(c->text.p + c->at, BAD_BYTE, n))
		return err_set(e, -EFORMAT, "line %ld: a character is neither UTF-8 nor CP932",
			       c->line);
	if (memchr(c->text.p + c->at, '\0', n))
		return err_set(e, -EFORMAT, "line %ld: a zero byte", c->line);
	return 0;
}

/* Moves to NEXT and counts the lines on the way. */
static void move(struct csv *c, size_t next)
{
	while (c->at < next) {
		if (is_end(c, c->at)) {
			c->at = behind_end(c, c->at);
			c->line++;
		} else {
			c->at++;
		}
	}
}

/* Takes the quotes off, in place; returns the length. The byte behind the cell is a separator, a
 * line end, a quote or the buffer's NUL, so that it may be overwritten. */
static size_t unquote(char *p, size_t n, const char **out)
{
	size_t to = 0;
	bool quoted = n > 0 && p[0] == '"';
	char *text = quoted ? p + 1 : p;
	size_t left = quoted ? n - 2 : n;
	for (size_t i = 0; i < left; i++) {
		text[to++] = text[i];
		if (quoted && text[i] == '"')
			i++;
	}
	text[to] = '\0';
	*out = text;
	return to;
}

int csv_next(struct csv *c, struct csv_row *out, struct err *e)
{
	while (c->at < c->text.n && is_end(c, c->at)) /* empty lines */
		move(c, behind_end(c, c->at));
	if (c->at >= c->text.n)
		return 0;
	struct scan s;
	int r = scan_row(c, &s, e);
	long line = c->line;
	move(c, s.next); /* before the line ends are overwritten */
	out->line = line;
	if (r < 0)
		return r;
	out->n = s.n;
	for (size_t i = 0; i < s.n; i++)
		out->len[i] = unquote(c->text.p + s.start[i], s.end[i] - s.start[i], &out->cell[i]);
	return 1;
}

static bool runs_as_formula(const char *text)
{
	double number;
	return text[0] != '\0' && strchr("=+-@\t\r", text[0]) &&
	       str_double(str_of(text), -1e300, 1e300, &number) < 0;
}

void csv_cell(struct buf *b, const char *text, bool first)
{
	if (!first)
		buf_addc(b, ',');
	if (!text)
		return;
	bool guard = runs_as_formula(text);
	if (!strpbrk(text, "\",\r\n") && !guard) {
		buf_adds(b, text);
		return;
	}
	buf_adds(b, guard ? "\"'" : "\"");
	for (const char *p = text; *p; p++) {
		if (*p == '"')
			buf_addc(b, '"');
		buf_addc(b, *p);
	}
	buf_addc(b, '"');
}

void csv_end(struct buf *b)
{
	buf_adds(b, "\r\n");
}

void csv_line(struct buf *b, const char *const *cells, size_t n)
{
	for (size_t i = 0; i < n; i++)
		csv_cell(b, cells[i], i == 0);
	csv_end(b);
}
