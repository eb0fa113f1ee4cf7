/* SPDX-License-Identifier: Apache-2.0 */
/* From the text of a migration step to the SQL that a database runs: @id, @blob, and types that
 * mean the same in both. Private to this folder. */
#ifndef STORE_SCHEMA_SQL_H
#define STORE_SCHEMA_SQL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

/* Appends to OUT; -EINVAL with words for what is not portable. */
int schema_sql_expand(const char *sql, bool postgres, struct buf *out, struct err *e);

#endif
