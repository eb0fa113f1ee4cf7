/* SPDX-License-Identifier: Apache-2.0 */
/* The store on PostgreSQL. The only file that knows libpq-fe.h. */
#include <errno.h>

#include "store/driver.h"

static int pg_db_open(const char *where, struct driver_db **out, struct err *e)
{
	(void)where;
	(void)out;
	return err_set(e, -ENOTSUP, "PostgreSQL is not built in");
}

const struct driver driver_pg = { .postgres = true, .db_open = pg_db_open };
