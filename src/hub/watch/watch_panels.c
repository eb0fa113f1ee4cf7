/* SPDX-License-Identifier: Apache-2.0 */
/* How alerts show themselves on other pages: the home page, a company's page and its own, the list
 * of companies. */
#include "hub/watch/watch_panels.h"

#include "hub/watch/watch_pages.h"
#include "hub/watch/watch_store.h"
#include "hub/watch_tmpl.h"
#include "hub/watch/watch_view.h"

enum { HOME_ROWS = 8, PANEL_ROWS = 10 };

static int counts(struct call *c, int64_t company_id, struct watch_company *m)
{
	struct alert_filter f = { .company_id = company_id, .min_severity = SEVERITY_LOW };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r;

	m->company_id = company_id;
	if (!t)
		return c->err.code;
	if ((r = watch_store_count(t, c->scope, &f, &m->n_open, &c->err)) < 0 || m->n_open == 0)
		return r;
	f.min_severity = SEVERITY_HIGH;
	return watch_store_count(t, c->scope, &f, &m->n_red, &c->err);
}

int watch_panel_alarm(struct call *c, const char *slot, int64_t company_id, struct buf *out)
{
	struct watch_company m = { 0 };
	int r = counts(c, company_id, &m);

	(void)slot;
	if (r < 0 || m.n_open == 0)
		return r;
	struct tmpl t = call_tmpl(c, out);
	tmpl_watch_alarm(&t, &m);
	return 0;
}

int watch_panel_heads(struct call *c, const char *slot, int64_t subject_id, struct buf *out)
{
	struct watch_company m = { 0 };
	struct tmpl t = call_tmpl(c, out);

	(void)slot;
	(void)subject_id;
	tmpl_watch_heads(&t, &m);
	return 0;
}

int watch_panel_cells(struct call *c, const char *slot, int64_t company_id, struct buf *out)
{
	struct watch_company m = { 0 };
	int r = counts(c, company_id, &m);

	(void)slot;
	if (r < 0)
		return r;
	struct tmpl t = call_tmpl(c, out);
	tmpl_watch_cells(&t, &m);
	return 0;
}

int watch_panel_company(struct call *c, const char *slot, int64_t company_id, struct buf *out)
{
	const struct alert_filter f = { .company_id = company_id, .limit = PANEL_ROWS };
	struct watch_alert *rows;
	struct alert_list p = { .more_url = "/alerts" };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? watch_store_list(t, c->scope, &f, c->arena, &rows, &p.n_rows, &c->err)
		  : c->err.code;

	(void)slot;
	if (r < 0)
		return r;
	p.rows = watch_view_items(c, rows, p.n_rows);
	struct tmpl tm = call_tmpl(c, out);
	tmpl_alert_list(&tm, &p);
	return 0;
}

static int count(struct call *c, struct txn *t, int min_severity, int64_t *out)
{
	const struct alert_filter f = { .min_severity = min_severity };

	return watch_store_count(t, c->scope, &f, out, &c->err);
}

int watch_panel_home_head(struct call *c, const char *slot, int64_t subject, struct buf *out)
{
	struct watch_notice *due;
	struct watch_home p = { 0 };
	size_t n_due = 0;

	(void)slot;
	(void)subject;
	if (user_is(c->user, ROLE_COMPANY))
		return 0; /* the company's own page has a headline of its own */
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? count(c, t, SEVERITY_HIGH, &p.n_red) : c->err.code;
	if (r >= 0)
		r = count(c, t, SEVERITY_LOW, &p.n_open);
	if (r >= 0 && user_is(c->user, ROLES_CASEWORK))
		r = watch_notice_calls(t, c->scope, c->now_us, c->arena, &due, &n_due, &c->err);
	if (r < 0)
		return r;
	txn_rollback(&t);
	p.n_calls = (int64_t)n_due;
	p.actions = call_panels(c, "home.actions", 0);
	struct tmpl tm = call_tmpl(c, out);
	tmpl_watch_home_head(&tm, &p);
	return 0;
}

int watch_panel_home(struct call *c, const char *slot, int64_t subject, struct buf *out)
{
	const struct alert_filter f = { .limit = HOME_ROWS, .min_severity = SEVERITY_LOW };
	struct watch_alert *rows;
	struct watch_home p = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? watch_store_list(t, c->scope, &f, c->arena, &rows, &p.n_rows, &c->err)
		  : c->err.code;

	(void)slot;
	(void)subject;
	if (r < 0)
		return r;
	p.rows = watch_view_items(c, rows, p.n_rows);
	struct tmpl tm = call_tmpl(c, out);
	tmpl_watch_home(&tm, &p);
	return 0;
}
