/* SPDX-License-Identifier: Apache-2.0 */
/* Remote response on other pages: a case, a company and its devices, the front page. */
#include <string.h>

#include "base/clock.h"
#include "hub/response/response_order.h"
#include "hub/response/response_screen.h"
#include "hub/response/response_steps.h"
#include "hub/response/response_store.h"
#include "hub/response/response_view.h"
#include "hub/response/response_web.h"
#include "hub/response_tmpl.h"

enum { CASE_ROWS = 8, HELD_ROWS = 20, HOME_ROWS = 8, ENDING_MIN = 30, FAILED_HOURS = 24 };

static int remote(struct call *c, struct txn *t, int64_t case_id, struct remote_panel *p)
{
	const struct response_filter f = { .incident_id = case_id, .limit = CASE_ROWS };
	struct response_order *list;
	struct case_consent k;
	const char *number;
	int r = cases_store_number(t, c->scope, case_id, c->arena, &number, &c->err);

	if (r >= 0)
		r = cases_get(t, c->scope, number, c->arena, &p->c, &c->err);
	if (r >= 0)
		r = response_store_list(t, c->scope, &f, c->arena, &list, &p->n_rows, &c->err);
	if (r < 0)
		return r;
	p->rows = response_view_items(c, list, p->n_rows);
	p->may_order = user_is(c->user, CASES_WORKERS) && strcmp(p->c.state, CASE_CLOSED) != 0;
	if (!p->may_order)
		return 0;
	if ((r = response_view_devices(c, t, &p->c, "", &p->devices, &p->n_devices)) < 0 ||
	    (r = response_view_sensors(c, t, p->c.company_id, 0, &p->sensors, &p->n_sensors)) < 0)
		return r;
	for (size_t i = 0; i < p->n_sensors; i++)
		p->may_isolate = p->may_isolate || p->sensors[i].inline_box;
	r = cases_consent_find(t, c->scope, case_id, "remote_access", c->now_us, c->arena, &k,
			       &c->err);
	p->remote_consent = r > 0;
	return r < 0 ? r : response_screen_panel(c, t, p);
}

int response_panel_remote(struct call *c, const char *slot, int64_t case_id, struct buf *out)
{
	struct remote_panel p = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? remote(c, t, case_id, &p) : c->err.code;

	(void)slot;
	if (r < 0 || (!p.may_order && p.n_rows == 0))
		return r;
	txn_rollback(&t);
	if (p.may_order)
		p.steps = response_steps_items(c, &p.n_steps);
	struct tmpl tm = call_tmpl(c, out);
	tmpl_response_remote(&tm, &p);
	return 0;
}

int response_panel_held(struct call *c, const char *slot, int64_t company_id, struct buf *out)
{
	const struct response_filter f = { .company_id = company_id,
					   .in_effect = true,
					   .limit = HELD_ROWS };
	struct held_panel p = { .of_company = user_is(c->user, ROLE_COMPANY) };
	struct response_order *list;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? response_store_list(t, c->scope, &f, c->arena, &list, &p.n_rows, &c->err)
		  : c->err.code;

	(void)slot;
	if (r < 0 || p.n_rows == 0)
		return r;
	txn_rollback(&t);
	p.rows = response_view_items(c, list, p.n_rows);
	struct tmpl tm = call_tmpl(c, out);
	tmpl_response_held(&tm, &p);
	return 0;
}

int response_panel_own_held(struct call *c, const char *slot, int64_t subject, struct buf *out)
{
	(void)subject;
	return c->user->company_id ? response_panel_held(c, slot, c->user->company_id, out) : 0;
}

int response_panel_home(struct call *c, const char *slot, int64_t subject, struct buf *out)
{
	struct held_panel p = { 0 };
	struct response_order *list;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? response_store_urgent(t, c->scope, c->now_us - FAILED_HOURS * US_PER_HOUR,
					  c->now_us + ENDING_MIN * US_PER_MIN, HOME_ROWS, c->arena,
					  &list, &p.n_rows, &c->err)
		  : c->err.code;

	(void)slot;
	(void)subject;
	if (r < 0 || p.n_rows == 0)
		return r;
	txn_rollback(&t);
	p.rows = response_view_items(c, list, p.n_rows);
	struct tmpl tm = call_tmpl(c, out);
	tmpl_response_home(&tm, &p);
	return 0;
}
