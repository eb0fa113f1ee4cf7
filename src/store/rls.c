/* SPDX-License-Identifier: Apache-2.0 */
/* Row-level security on PostgreSQL: the scope a second time, in the database itself, for a
 * statement that names no scope or the wrong one. The settings it reads: store_pg.c sets them. */
#include <errno.h>

#include "base/buf.h"
#include "store/db_pool.h"
#include "store/scope_sql.h"

/* The companies that the asking organisation sees. The function answers as the system, or the
 * policy on the table that it reads would ask it again without end. It sets that itself: CREATE
 * FUNCTION
 * ... SET would need a superuser. The tables that it reads may come in a later schema. */
static const char function_head[] =
	"SET LOCAL check_function_bodies = off;\n"
	"CREATE OR REPLACE FUNCTION otasuke_companies() RETURNS SETOF BIGINT LANGUAGE plpgsql AS "
	"$body$\n"
	"DECLARE asked TEXT := current_setting('otasuke.scope', true);\n"
	"BEGIN\n"
	"  PERFORM set_config('otasuke.scope', 'system', true);\n"
	"  RETURN QUERY ";
static const char function_tail[] = ";\n"
				    "  PERFORM set_config('otasuke.scope', asked, true);\n"
				    "END $body$;\n";

static const char org_setting[] =
	"CAST(nullif(current_setting('otasuke.org', true), '') AS BIGINT)";
static const char now_setting[] =
	"CAST(nullif(current_setting('otasuke.now', true), '') AS BIGINT)";

/* Rows of nobody may be written by anybody (the audit writes some) and are read by the system.
 * CASE, because the planner takes it to pass half of the rows, which keeps indexes in use; OR would
 * be taken to pass nearly none. */
static const char policies[] =
	"DO $do$\n"
	"DECLARE t TEXT;\n"
	"BEGIN\n"
	"  FOR t IN SELECT c.relname FROM pg_class c\n"
	"    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'company_id'\n"
	"      AND NOT a.attisdropped\n"
	"    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')\n"
	"      AND NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid\n"
	"                      AND p.polname = 'otasuke_scope')\n"
	"  LOOP\n"
	"    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);\n"
	"    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);\n"
	"    EXECUTE format($p$CREATE POLICY otasuke_scope ON %I USING (\n"
	"      CASE (SELECT current_setting('otasuke.scope', true)) WHEN 'system' THEN true\n"
	"      WHEN 'org' THEN company_id IN (SELECT otasuke_companies()) ELSE false END)\n"
	"    WITH CHECK (\n"
	"      CASE (SELECT current_setting('otasuke.scope', true)) WHEN 'system' THEN true\n"
	"      WHEN 'org' THEN company_id IS NULL OR company_id IN (SELECT otasuke_companies())\n"
	"      ELSE company_id IS NULL END)$p$, t);\n"
	"  END LOOP;\n"
	"END $do$";

int rls_apply(struct db *db, struct err *e)
{
	const char *select =
		db->scope_select ? db->scope_select : "SELECT CAST(1 AS BIGINT) WHERE false";
	SCOPED_BUF struct buf sql;
	int r;

	buf_init(&sql, 0);
	buf_adds(&sql, function_head);
	if ((r = scope_sql_select(select, org_setting, now_setting, &sql, e)) < 0)
		return r;
	buf_adds(&sql, function_tail);
	buf_adds(&sql, policies);
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, e);
	if (!t)
		return e->code;
	if ((r = db->driver->script(t->conn->impl, sql.p, e)) < 0)
		return err_context(e, "row-level security");
	return txn_commit(&t, e);
}
