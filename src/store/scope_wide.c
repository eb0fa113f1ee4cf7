/* SPDX-License-Identifier: Apache-2.0 */
/* How a scope is asked for. An organisation that sees a few companies is asked by the list of them,
 * which can lead the way into an index; one that sees many is asked row by row, because making the
 * list would cost more than most statements. Only speed depends on it. */
#include "store/db_pool.h"
#include "store/scope_sql.h"

enum { WIDE_FROM = 50, USES = 1000 /* statements; then it is measured again */ };

/* SELECT count(*) of the scope select, as far as WIDE_FROM. */
int scope_wide_sql(const char *select, char **out, struct err *e)
{
	SCOPED_BUF struct buf b;
	int r;

	buf_init(&b, 0);
	buf_adds(&b, "SELECT count(*) FROM (");
	if ((r = scope_sql_select(select, "$1", "$2", &b, e)) < 0)
		return r;
	buf_printf(&b, " LIMIT %d) few @global(how to ask, not what)", WIDE_FROM);
	*out = buf_take(&b);
	return 0;
}

bool scope_wide(struct txn *t, const struct scope *s)
{
	struct scope_measure *m = &t->conn->measures[(uint64_t)s->org_id % SCOPE_MEASURES];
	struct err e;
	int64_t n;

	if (s->kind != SCOPE_ORG || !t->db->measure_sql)
		return false;
	if (m->org_id == s->org_id && m->uses_left > 0) {
		m->uses_left--;
		return m->wide;
	}
	if (db_one_int(t, &scope_system, t->db->measure_sql,
		       DB_ARGS(DB_INT(s->org_id), DB_INT(s->now_us)), &n, &e) < 0)
		return false; /* the statement itself will say why */
	*m = (struct scope_measure){ s->org_id, USES, n >= WIDE_FROM };
	return m->wide;
}
