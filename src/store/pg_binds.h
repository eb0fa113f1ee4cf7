/* SPDX-License-Identifier: Apache-2.0 */
/* The parameters of one statement as PostgreSQL's protocol wants them: types by number, values in
 * binary. Private to this folder. */
#ifndef STORE_PG_BINDS_H
#define STORE_PG_BINDS_H

#include "store/driver.h"

/* Type numbers of PostgreSQL's catalogue (pg_type.dat); they never change. */
enum { PG_ANY = 0, PG_BYTEA = 17, PG_INT8 = 20, PG_TEXT = 25, PG_FLOAT8 = 701 };

struct pg_binds {
	size_t n;
	unsigned *types; /* PG_ANY: only NULL was seen so far */
	const char **values;
	int *lengths;
	int *formats;
	uint64_t *words; /* where numbers lie in network order */
};

void pg_binds_init(struct pg_binds *p, size_t n);
void pg_binds_done(struct pg_binds *p);

/* Learns the types of the values. A NULL fits any type; true when a value has another type than
 * before, so that the statement must be prepared again. */
bool pg_binds_learn(struct pg_binds *p, const struct binds *b);

/* Points at the values of B, which must live until the run has begun; -E2BIG. */
int pg_binds_encode(struct pg_binds *p, const struct binds *b, struct err *e);

#endif
