/* SPDX-License-Identifier: Apache-2.0 */
/* The prepared statements of one connection by the SQL that features wrote and how its scope is
 * asked for, the least recently used dropped at the limit. Private to this folder. */
#ifndef STORE_STMT_CACHE_H
#define STORE_STMT_CACHE_H

#include "base/map.h"
#include "store/driver.h"

/* The kinds of scope, and the organisation that sees many companies. */
enum scope_how { SCOPE_AS_LIST = SCOPE_ORG, SCOPE_AS_WIDE, SCOPE_HOWS };
enum { STMT_CACHE_MAX = 512 };

struct stmt_entry {
	struct stmt_entry *newer, *older;
	struct driver_stmt *stmt;
	char *sql; /* as the feature wrote it */
	size_t sql_len;
	int how; /* enum scope_kind, or SCOPE_AS_WIDE */
	size_t n_params;
	bool with_org;
	bool busy;   /* a run is going on */
	bool cached; /* false: dropped when the run ends */
};

struct stmt_cache {
	const struct driver *driver;
	struct map *by_sql[SCOPE_HOWS];
	struct stmt_entry *newest, *oldest;
	size_t n;
};

void stmt_cache_init(struct stmt_cache *c, const struct driver *driver);
void stmt_cache_done(struct stmt_cache *c);

/* NULL when absent or busy with another run. */
struct stmt_entry *stmt_cache_find(struct stmt_cache *c, int how, const char *sql, size_t sql_len);
/* Takes ENTRY; what does not fit stays uncached and is freed by stmt_cache_put. */
void stmt_cache_add(struct stmt_cache *c, struct stmt_entry *entry);
void stmt_cache_put(struct stmt_cache *c, struct stmt_entry *entry); /* the run has ended */

#endif
