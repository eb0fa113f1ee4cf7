/* SPDX-License-Identifier: Apache-2.0 */
/* How cases show themselves on other features' pages. */
#include "hub/cases/cases_panels.h"

#include <string.h>

#include "hub/cases/cases_view.h"
#include "hub/cases_tmpl.h"
#include "hub/watch/watch.h"

enum { PANEL_ROWS = 8 };

/* What an alert of this detector usually is. */
static const char *kind_of(const char *detector)
{
	if (strcmp(detector, "new_device") == 0)
		return "unauthorised_device";
	return strcmp(detector, "scan") == 0 ? "sensor_alert" : "malware_suspected";
}

int cases_panel_promote(struct call *c, const char *slot, int64_t alert_id, struct buf *out)
{
	struct case_promote p = { .alert_id = alert_id };
	struct watch_alert alert;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? watch_alert_get(t, c->scope, alert_id, c->arena, &alert, &c->err) : c->err.code;

	(void)slot;
	if (r < 0 || alert.case_id)
		return r;
	p.kinds = cases_view_kinds(c, kind_of(alert.detector), &p.n_kinds);
	struct tmpl tm = call_tmpl(c, out);
	tmpl_case_promote(&tm, &p);
	return 0;
}

int cases_panel_link(struct call *c, const char *slot, int64_t alert_id, struct buf *out)
{
	struct watch_alert alert;
	struct incident i;
	const char *number;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? watch_alert_get(t, c->scope, alert_id, c->arena, &alert, &c->err) : c->err.code;

	(void)slot;
	if (r < 0 || !alert.case_id)
		return r;
	r = cases_store_number(t, c->scope, alert.case_id, c->arena, &number, &c->err);
	if (r >= 0)
		r = cases_get(t, c->scope, number, c->arena, &i, &c->err);
	if (r < 0)
		return r;
	const struct case_link p = { *cases_view_items(c, &i, 1) };
	struct tmpl tm = call_tmpl(c, out);
	tmpl_case_link(&tm, &p);
	return 0;
}

static int list(struct call *c, const struct case_filter *f, bool of_company, struct buf *out)
{
	struct case_list p = { .of_company = of_company };
	struct incident *rows;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? cases_store_list(t, c->scope, f, c->arena, &rows, &p.n_rows, &c->err)
		  : c->err.code;

	if (r >= 0)
		r = cases_store_count(t, c->scope, f, &p.total, &c->err);
	if (r < 0)
		return r;
	p.rows = cases_view_items(c, rows, p.n_rows);
	struct tmpl tm = call_tmpl(c, out);
	tmpl_case_panel(&tm, &p);
	return 0;
}

int cases_panel_company(struct call *c, const char *slot, int64_t company_id, struct buf *out)
{
	const struct case_filter f = { .state = "", .company_id = company_id, .limit = PANEL_ROWS };

	(void)slot;
	return list(c, &f, true, out);
}

int cases_panel_call(struct call *c, const char *slot, int64_t subject, struct buf *out)
{
	const struct case_list p = { 0 };
	struct tmpl tm = call_tmpl(c, out);

	(void)slot;
	(void)subject;
	tmpl_case_new_button(&tm, &p);
	return 0;
}

int cases_panel_home(struct call *c, const char *slot, int64_t subject, struct buf *out)
{
	const struct case_filter f = { .limit = PANEL_ROWS };

	(void)slot;
	(void)subject;
	return list(c, &f, false, out);
}
