/* SPDX-License-Identifier: Apache-2.0 */
/* Cuts SQL into the few kinds of token that the store must tell apart to replace its own ($1,
 * @scope, ...) and nothing inside literals and comments. Not an SQL parser. */
#ifndef STORE_SQL_TOKEN_H
#define STORE_SQL_TOKEN_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

enum sql_token_kind {
	SQL_SPACE,  /* white space and comments */
	SQL_QUOTED, /* 'literal' or "identifier" */
	SQL_WORD,   /* keyword, identifier or number */
	SQL_PARAM,  /* $1 */
	SQL_AT,     /* @word; ARG is what stands in the parentheses behind it */
	SQL_ASK,    /* ?word */
	SQL_END,    /* a semicolon */
	SQL_OTHER,
};

struct sql_token {
	enum sql_token_kind kind;
	struct str text; /* as written */
	struct str name; /* SQL_AT and SQL_ASK: the word alone */
	struct str arg;  /* SQL_AT */
	bool has_arg;
	int param; /* SQL_PARAM: from 1 */
};

enum { SQL_PARAM_MAX = 999 };

/* Cuts the next token off REST: 1, 0 at the end, -EINVAL with words. */
int sql_token_next(struct str *rest, struct sql_token *out, struct err *e);

#endif
