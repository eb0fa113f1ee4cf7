/* SPDX-License-Identifier: Apache-2.0 */
/* Replaces the tokens of the store in a statement. How SQL is cut: sql_token.c. */
#include "store/scope_sql.h"

#include <errno.h>
#include <stdio.h>

#include "store/sql_token.h"
#include "store/stmt_cache.h"

enum { SQL_TEXT_MAX = 256 * 1024 };

struct expansion {
	int how;                  /* enum scope_kind, or SCOPE_AS_WIDE */
	const char *scope_select; /* already in the database's own parameters; NULL = none */
	bool postgres;
	bool scoped, global, ended, with_org;
	int n_params;
	struct buf *out;
};

static void add(struct buf *b, struct str s)
{
	buf_add(b, s.p, s.n);
}

static void note_param(struct expansion *x, int param)
{
	if (param > x->n_params)
		x->n_params = param;
}

static bool is_column(struct str s)
{
	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
		if (!letter && !(c >= '0' && c <= '9') && c != '.')
			return false;
	}
	return true;
}

/* What @scope(...) compares: a column, or a parameter (INSERT ... SELECT ... WHERE @scope($1)). */
static int add_subject(struct expansion *x, struct str arg, struct buf *out, struct err *e)
{
	struct sql_token t = { 0 };
	struct str rest = arg;

	if (arg.n > 0 && arg.p[0] == '$' && sql_token_next(&rest, &t, e) == 1 && rest.n == 0) {
		note_param(x, t.param);
		buf_printf(out, "%c%d", x->postgres ? '$' : '?', t.param);
		return 0;
	}
	if (!is_column(arg))
		return err_set(e, -EINVAL, "SQL: @scope takes one column, not '%.*s'", (int)arg.n,
			       arg.p ? arg.p : "");
	add(out, arg);
	return 0;
}

static int expand_scope(struct expansion *x, const struct sql_token *t, struct err *e)
{
	SCOPED_BUF struct buf subject;
	int r;

	buf_init(&subject, SQL_TEXT_MAX);
	if ((r = add_subject(x, t->arg, &subject, e)) < 0)
		return r;
	x->scoped = true;
	if (x->how == SCOPE_SYSTEM) {
		buf_adds(x->out, "(1=1)");
	} else if (x->how == SCOPE_NONE || !x->scope_select) {
		buf_adds(x->out, "(1=0)");
	} else if (x->how == SCOPE_AS_WIDE) {
		x->with_org = true;
		/* the column gets a name that no table has, or a bare one would find it here */
		buf_printf(
			x->out,
			"(EXISTS (SELECT 1 FROM (SELECT company_id AS otasuke_seen FROM (%s) few)"
			" many WHERE otasuke_seen = %s))",
			x->scope_select, subject.p);
	} else {
		x->with_org = true;
		buf_printf(x->out, "(%s IN (%s))", subject.p, x->scope_select);
	}
	return 0;
}

static int expand_at(struct expansion *x, const struct sql_token *t, struct err *e)
{
	if (str_eq(t->name, STR("scope")))
		return expand_scope(x, t, e);
	if (str_eq(t->name, STR("global"))) {
		x->global = true;
		buf_addc(x->out, ' ');
		return 0;
	}
	return err_set(e, -EINVAL, "SQL: unknown token @%.*s", (int)t->name.n, t->name.p);
}

static int expand_token(struct expansion *x, const struct sql_token *t, struct err *e)
{
	if (x->ended && t->kind != SQL_SPACE)
		return err_set(e, -EINVAL, "SQL: one statement at a time");
	switch (t->kind) {
	case SQL_SPACE:
		buf_addc(x->out, ' ');
		return 0;
	case SQL_PARAM:
		note_param(x, t->param);
		buf_printf(x->out, "%c%d", x->postgres ? '$' : '?', t->param);
		return 0;
	case SQL_AT:
		return expand_at(x, t, e);
	case SQL_ASK:
		return err_set(e, -EINVAL, "SQL: a parameter is $1 to $%d", SQL_PARAM_MAX);
	case SQL_END:
		x->ended = true;
		return 0;
	case SQL_QUOTED:
	case SQL_WORD:
	case SQL_OTHER:
		break;
	}
	add(x->out, t->text);
	return 0;
}

static int expand_all(struct expansion *x, const char *sql, struct err *e)
{
	struct str rest = str_of(sql);
	struct sql_token t;
	int r;

	while ((r = sql_token_next(&rest, &t, e)) > 0)
		if ((r = expand_token(x, &t, e)) < 0)
			return r;
	if (r < 0)
		return r;
	if (x->out->over)
		return err_set(e, -EINVAL, "SQL: longer than %d bytes", SQL_TEXT_MAX);
	return 0;
}

/* The highest parameter must be known before the scope's own can be numbered: a first run, for
 * nobody. */
static int count_params(const char *sql, int *out, struct err *e)
{
	SCOPED_BUF struct buf text;
	struct expansion x = { .how = SCOPE_NONE, .out = &text };

	buf_init(&text, SQL_TEXT_MAX);
	int r = expand_all(&x, sql, e);
	if (r == 0)
		*out = x.n_params;
	return r;
}

static int scope_select_numbered(const char *select, int n_params, bool postgres, struct buf *out,
				 struct err *e)
{
	char org[16], now[16];
	char mark = postgres ? '$' : '?';

	(void)snprintf(org, sizeof(org), "%c%d", mark, n_params + 1); /* fits: n_params <= 999 */
	(void)snprintf(now, sizeof(now), "%c%d", mark, n_params + 2);
	return scope_sql_select(select, org, now, out, e);
}

int scope_sql_expand(const char *sql, int how, const char *scope_select, bool postgres,
		     struct scope_sql *out, struct err *e)
{
	SCOPED_BUF struct buf text, select;
	int n_params = 0, r;

	buf_init(&text, SQL_TEXT_MAX);
	buf_init(&select, SQL_TEXT_MAX);
	struct expansion x = { .how = how, .postgres = postgres, .out = &text };

	if ((r = count_params(sql, &n_params, e)) < 0)
		return r;
	if (scope_select && how >= (int)SCOPE_ORG) {
		r = scope_select_numbered(scope_select, n_params, postgres, &select, e);
		if (r < 0)
			return r;
		x.scope_select = select.p;
	}
	if ((r = expand_all(&x, sql, e)) < 0)
		return r;
	if (!x.scoped && !x.global)
		return err_set(e, -EINVAL,
			       "SQL: a statement says @scope(company column) or @global: %.200s",
			       sql);
	*out = (struct scope_sql){ .text = buf_take(&text),
				   .n_params = (size_t)x.n_params,
				   .with_org = x.with_org };
	return 0;
}

int scope_sql_select(const char *select, const char *org, const char *now, struct buf *out,
		     struct err *e)
{
	struct str rest = str_of(select);
	struct sql_token t;
	int r;

	while ((r = sql_token_next(&rest, &t, e)) > 0) {
		if (t.kind == SQL_SPACE)
			buf_addc(out, ' ');
		else if (t.kind == SQL_ASK && str_eq(t.name, STR("org")))
			buf_adds(out, org);
		else if (t.kind == SQL_ASK && str_eq(t.name, STR("now")))
			buf_adds(out, now);
		else if (t.kind == SQL_ASK || t.kind == SQL_AT || t.kind == SQL_PARAM)
			return err_set(e, -EINVAL,
				       "SQL: the scope select knows ?org and ?now only");
		else
			add(out, t.text);
	}
	return r;
}
