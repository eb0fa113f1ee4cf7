/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions: begin, commit, roll back. A statement that failed spoils its transaction, in both
 * databases, so that a rule tested on one behaves the same on the other. */
#include <errno.h>

#include "store/db_pool.h"

static void end(struct txn *t)
{
	struct db_conn *c = t->conn;

	t->conn = NULL;
	c->scoped = false;
	db_pool_give(t->db, c);
}

struct txn *txn_begin(struct db *db, enum txn_mode mode, struct err *e)
{
	struct err own;
	struct err *why = e ? e : &own;
	struct db_conn *c = db_pool_take(db, mode, why);

	if (!c)
		return NULL;
	if (db->driver->begin(c->impl, mode, why) < 0) {
		db->driver->rollback(c->impl);
		db_pool_give(db, c);
		return NULL;
	}
	c->scoped = false;
	c->txn = (struct txn){ .db = db, .conn = c, .mode = mode };
	return &c->txn;
}

int txn_commit(struct txn **tp, struct err *e)
{
	struct txn *t = *tp;
	int r;

	*tp = NULL;
	rows_detach_all(t);
	if (t->failed.code < 0)
		r = err_set(e, t->failed.code, "nothing was stored: %s", t->failed.text);
	else
		r = t->db->driver->commit(t->conn->impl, e);
	if (r < 0)
		t->db->driver->rollback(t->conn->impl);
	end(t);
	return r;
}

void txn_rollback(struct txn **tp)
{
	struct txn *t = *tp;

	*tp = NULL;
	if (!t)
		return;
	rows_detach_all(t);
	t->db->driver->rollback(t->conn->impl);
	end(t);
}

int txn_fail(struct txn *t, const struct err *e)
{
	if (t->failed.code == 0)
		t->failed = *e;
	return e->code;
}
