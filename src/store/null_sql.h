/* SPDX-License-Identifier: Apache-2.0 */
/* A help for PostgreSQL, which cannot tell the type of $1 in "$1 IS NULL OR t = $1" when the value
 * is NULL and its first mention is the test. Private to this folder. */
#ifndef STORE_NULL_SQL_H
#define STORE_NULL_SQL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* SQL with each test of a parameter for NULL replaced by a condition without it, so that what is
 * left tells the types. USED gets, for each of N parameters, whether it is mentioned elsewhere.
 * Returns whether there was such a test. */
bool null_sql_probe(const char *sql, struct buf *out, bool *used, size_t n);

#endif
