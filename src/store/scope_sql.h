/* SPDX-License-Identifier: Apache-2.0 */
/* From the SQL that features write to the SQL that a database runs, for one kind of scope
 * (HOW: enum scope_kind, or SCOPE_AS_WIDE of stmt_cache.h).
 * Private to this folder. */
#ifndef STORE_SCOPE_SQL_H
#define STORE_SCOPE_SQL_H

#include "base/buf.h"
#include "store/db.h"

struct scope_sql {
	char *text;      /* caller frees */
	size_t n_params; /* the caller's */
	bool with_org;   /* two more parameters: the organisation and the time */
};

/* -EINVAL with words: no @scope and no @global, an unknown token, something not portable. */
int scope_sql_expand(const char *sql, int how, const char *scope_select, bool postgres,
		     struct scope_sql *out, struct err *e);

/* SELECT with ?org and ?now replaced by ORG and NOW. */
int scope_sql_select(const char *select, const char *org, const char *now, struct buf *out,
		     struct err *e);

#endif
