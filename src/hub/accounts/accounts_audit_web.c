/* SPDX-License-Identifier: Apache-2.0 */
/* The audit log over HTTP, for administrators: newest first, filtered, with a check of its chain.
 */
#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "hub/accounts/accounts_pages.h"
#include "hub/accounts_tmpl.h"

enum { PAGE_ROWS = 100 };

static const char *query_text(const struct call *c, const char *name)
{
	const char *v = http_query(c->req, name);

	return v && strlen(v) <= 64 ? v : "";
}

static void audit_json(const struct audit_page *m, struct buf *b)
{
	struct jsonw w = jsonw_of(b);

	jsonw_array(&w, NULL);
	for (size_t i = 0; i < m->n_rows; i++) {
		const struct audit_row *r = &m->rows[i];
		jsonw_object(&w, NULL);
		jsonw_int(&w, "id", r->id);
		jsonw_time(&w, "at", r->at_us);
		jsonw_int(&w, "person_id", r->person_id);
		jsonw_text(&w, "person", r->person_name);
		jsonw_text(&w, "organisation", r->org_name);
		jsonw_text(&w, "action", r->action);
		jsonw_text(&w, "entity", r->entity);
		jsonw_int(&w, "entity_id", r->entity_id);
		jsonw_int(&w, "company_id", r->company_id);
		jsonw_text(&w, "detail", r->detail);
		jsonw_text(&w, "hash", r->hash);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
}

static void chain_check(struct call *c, struct audit_page *m)
{
	struct err e = { 0 };

	m->chain_asked = true;
	m->chain_good = accounts_audit_verify(c->hub->db, &m->chain_rows, &e) >= 0;
	m->chain_error = arena_strdup(c->arena, e.text);
}

int accounts_audit_get(struct call *c)
{
	struct audit_page m = { .action = query_text(c, "action"),
				.entity = query_text(c, "entity"),
				.person_id = call_query_int(c, "person", INT64_MAX, 0) };
	struct audit_filter f = { .action = m.action,
				  .entity = m.entity,
				  .person_id = m.person_id,
				  .before_id = call_query_int(c, "before", INT64_MAX, 0),
				  .limit = PAGE_ROWS };
	struct audit_row *rows;
	struct buf b = { 0 };
	int r;

	if (call_query_int(c, "check", INT64_MAX, 0))
		chain_check(c, &m);
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	if (!t)
		return c->err.code;
	if ((r = accounts_audit_store_list(t, c->scope, &f, c->arena, &rows, &m.n_rows, &c->err)) <
	    0)
		return r;
	m.rows = rows;
	m.next_before = m.n_rows == PAGE_ROWS ? rows[m.n_rows - 1].id : 0;
	if (c->wants_json) {
		audit_json(&m, &b);
		return call_json(c, &b);
	}
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_accounts_audit(&tm, &m);
	return call_page(c, 200, "accounts.audit.title", NULL, "/audit", &b);
}
