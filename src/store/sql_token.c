/* SPDX-License-Identifier: Apache-2.0 */
/* The cutter of SQL tokens. What the tokens mean: scope_sql.c and schema_sql.c. */
#include "store/sql_token.h"

#include <errno.h>
#include <string.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (unsigned char)c >= 0x80;
}

static size_t word_length(struct str s, size_t from)
{
	size_t i = from;

	while (i < s.n && is_word(s.p[i]))
		i++;
	return i - from;
}

/* The length of white space and comments at the start of S; -EINVAL for an open comment. */
static int space_length(struct str s, size_t *out, struct err *e)
{
	size_t i = 0;

	while (i < s.n) {
		if (is_space(s.p[i])) {
			i++;
		} else if (i + 1 < s.n && s.p[i] == '-' && s.p[i + 1] == '-') {
			const char *nl = memchr(s.p + i, '\n', s.n - i);
			i = nl ? (size_t)(nl - s.p) + 1 : s.n;
		} else if (i + 1 < s.n && s.p[i] == '/' && s.p[i + 1] == '*') {
			const char *end = memmem(s.p + i + 2, s.n - i - 2, "*/", 2);
			if (!end)
				return err_set(e, -EINVAL, "SQL: a comment is not closed");
			i = (size_t)(end - s.p) + 2;
		} else {
			break;
		}
	}
	*out = i;
	return 0;
}

static int quoted_length(struct str s, size_t *out, struct err *e)
{
	char quote = s.p[0];

	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] != quote)
			continue;
		if (i + 1 < s.n && s.p[i + 1] == quote) {
			i++; /* a doubled quote is part of the text */
			continue;
		}
		*out = i + 1;
		return 0;
	}
	return err_set(e, -EINVAL, "SQL: a quote is not closed");
}

/* The length of "(...)" at the start of S, balanced. */
static int paren_length(struct str s, size_t *out, struct err *e)
{
	int depth = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '(')
			depth++;
		if (s.p[i] == ')' && --depth == 0) {
			*out = i + 1;
			return 0;
		}
	}
	return err_set(e, -EINVAL, "SQL: a parenthesis is not closed");
}

static int param_length(struct str s, struct sql_token *t, size_t *out, struct err *e)
{
	size_t n = word_length(s, 1);
	int64_t number;

	if (str_i64((struct str){ s.p + 1, n }, 1, SQL_PARAM_MAX, &number) < 0)
		return err_set(e, -EINVAL, "SQL: a parameter is $1 to $%d", SQL_PARAM_MAX);
	t->kind = SQL_PARAM;
	t->param = (int)number;
	*out = n + 1;
	return 0;
}

/* "@word", "@word(...)" or "?word" */
static int named_length(struct str s, struct sql_token *t, size_t *out, struct err *e)
{
	size_t n = word_length(s, 1);

	if (n == 0)
		return err_set(e, -EINVAL, "SQL: '%c' is neither a token of the store nor portable",
			       s.p[0]);
	t->kind = s.p[0] == '@' ? SQL_AT : SQL_ASK;
	t->name = (struct str){ s.p + 1, n };
	*out = n + 1;
	if (t->kind == SQL_AT && n + 1 < s.n && s.p[n + 1] == '(') {
		size_t len = 0;
		int r = paren_length((struct str){ s.p + n + 1, s.n - n - 1 }, &len, e);
		if (r < 0)
			return r;
		t->has_arg = true;
		t->arg = str_trim((struct str){ s.p + n + 2, len - 2 });
		*out += len;
	}
	return 0;
}

int sql_token_next(struct str *rest, struct sql_token *out, struct err *e)
{
	struct str s = *rest;
	struct sql_token t = { .kind = SQL_OTHER };
	size_t n = 0;
	int r;

	if (s.n == 0)
		return 0;
	if ((r = space_length(s, &n, e)) < 0)
		return r;
	if (n > 0) {
		t.kind = SQL_SPACE;
	} else if (s.p[0] == '\'' || s.p[0] == '"') {
		t.kind = SQL_QUOTED;
		r = quoted_length(s, &n, e);
	} else if (s.p[0] == '$') {
		r = param_length(s, &t, &n, e);
	} else if (s.p[0] == '@' || s.p[0] == '?') {
		r = named_length(s, &t, &n, e);
	} else if (s.p[0] == ':') {
		return err_set(e, -EINVAL,
			       "SQL: write CAST(x AS type) and $1, ':' is not portable");
	} else if (s.p[0] == ';') {
		t.kind = SQL_END;
		n = 1;
	} else if ((n = word_length(s, 0)) > 0) {
		t.kind = SQL_WORD;
	} else {
		n = 1;
	}
	if (r < 0)
		return r;
	t.text = (struct str){ s.p, n };
	*out = t;
	rest->p += n;
	rest->n -= n;
	return 1;
}
