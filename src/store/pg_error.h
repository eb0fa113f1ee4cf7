/* SPDX-License-Identifier: Apache-2.0 */
/* PostgreSQL's codes for failures as ours. Private to this folder. */
#ifndef STORE_PG_ERROR_H
#define STORE_PG_ERROR_H

#include "base/err.h"

/* Sets E for SQLSTATE (NULL when the server gave none); TEXT is what it said. */
int pg_error(const char *sqlstate, const char *text, struct err *e);

#endif
