/* SPDX-License-Identifier: Apache-2.0 */
/* The little SQL that the hub itself needs. */
#include "hub/hub_store.h"

#include <errno.h>

int hub_store_ping(struct txn *t, const struct scope *s, struct err *e)
{
	int64_t one;

	return db_one_int(t, s, "SELECT 1 @global", DB_NO_ARGS, &one, e);
}

int hub_store_sees(struct txn *t, const struct scope *s, int64_t company_id, struct err *e)
{
	int64_t one;
	int r = db_one_int(t, s,
			   "SELECT 1 FROM (SELECT CAST($1 AS BIGINT) AS id) c WHERE @scope(c.id)",
			   DB_ARGS(DB_INT(company_id)), &one, e);

	if (r == -ENOENT)
		return 0;
	return r < 0 ? r : 1;
}
