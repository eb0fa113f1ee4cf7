/* SPDX-License-Identifier: Apache-2.0 */
/* Finds "$1 IS NULL" and "$1 IS NOT NULL" in a statement. Who needs it: store_pg.c. */
#include "store/null_sql.h"

#include "store/sql_token.h"

/* The next token that is not white space, case-insensitively WORD. */
static bool take_word(struct str *rest, struct str word)
{
	struct str at = *rest;
	struct sql_token t;

	do {
		if (sql_token_next(&at, &t, NULL) <= 0)
			return false;
	} while (t.kind == SQL_SPACE);
	if (t.kind != SQL_WORD || !str_eq_nocase(t.text, word))
		return false;
	*rest = at;
	return true;
}

static bool take_null_test(struct str *rest)
{
	struct str at = *rest;

	if (!take_word(&at, STR("IS")))
		return false;
	(void)take_word(&at, STR("NOT")); /* or not: both are tests */
	if (!take_word(&at, STR("NULL")))
		return false;
	*rest = at;
	return true;
}

bool null_sql_probe(const char *sql, struct buf *out, bool *used, size_t n)
{
	struct str rest = str_of(sql);
	struct sql_token t;
	bool found = false;

	while (sql_token_next(&rest, &t, NULL) > 0) {
		if (t.kind == SQL_PARAM && take_null_test(&rest)) {
			buf_adds(out, "(1=1)");
			found = true;
			continue;
		}
		if (t.kind == SQL_PARAM && (size_t)t.param <= n)
			used[t.param - 1] = true;
		buf_add(out, t.text.p, t.text.n);
	}
	return found;
}
