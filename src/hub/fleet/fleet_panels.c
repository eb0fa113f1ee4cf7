/* SPDX-License-Identifier: Apache-2.0 */
/* Sensors on other pages: a company's, the list of companies, home. */
#include <errno.h>

#include "hub/fleet/fleet_pages.h"
#include "hub/fleet/fleet_web.h"
#include "hub/fleet_tmpl.h"

enum { SENSORS_SHOWN = 20, HOME_ROWS = 6 };

static int read_sum(struct call *c, struct txn *t, int64_t company_id, struct fleet_panel *m)
{
	int r = fleet_company_get(t, c->scope, company_id, c->now_us, &m->sum, &c->err);

	m->company_id = company_id;
	m->light = fleet_light_name(m->sum.light);
	m->light_key = fleet_view_light_key(m->sum.light);
	m->may_edit = user_is(c->user, FLEET_EDITORS);
	return r;
}

static int items(struct call *c, struct txn *t, const struct fleet_filter *f,
		 struct fleet_entry **out, size_t *n_out)
{
	struct fleet_sensor *list;
	int r = fleet_store_sensors(t, c->scope, f, c->arena, &list, n_out, &c->err);

	if (r < 0)
		return r;
	*out = arena_array(c->arena, *n_out + 1, sizeof(**out));
	for (size_t i = 0; i < *n_out; i++)
		fleet_view_item(&list[i], c->now_us, &(*out)[i]);
	return 0;
}

int fleet_panels_side(struct call *c, const char *slot, int64_t company_id, struct buf *out)
{
	struct fleet_filter f = { .company_id = company_id, .light = "", .limit = SENSORS_SHOWN };
	struct fleet_panel m = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r;

	(void)slot;
	if (!t)
		return c->err.code;
	if ((r = read_sum(c, t, company_id, &m)) < 0 ||
	    (r = items(c, t, &f, &m.rows, &m.n_rows)) < 0)
		return r;
	txn_rollback(&t);
	struct tmpl tm = call_tmpl(c, out);
	tmpl_fleet_panel(&tm, &m);
	return 0;
}

int fleet_panels_state(struct call *c, const char *slot, int64_t company_id, struct buf *out)
{
	struct fleet_panel m = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r;

	(void)slot;
	if (!t)
		return c->err.code;
	if ((r = read_sum(c, t, company_id, &m)) < 0)
		return r;
	txn_rollback(&t);
	struct tmpl tm = call_tmpl(c, out);
	tmpl_fleet_state(&tm, &m);
	return 0;
}

/* The large light of a company's own page, in words for people without IT staff. */
int fleet_panels_light(struct call *c, const char *slot, int64_t company_id, struct buf *out)
{
	static const char *const words[] = { "fleet.own.grey", "fleet.own.green", "fleet.own.amber",
					     "fleet.own.red" };
	struct fleet_panel m = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r;

	(void)slot;
	if (!t)
		return c->err.code;
	if ((r = read_sum(c, t, company_id, &m)) < 0)
		return r;
	txn_rollback(&t);
	m.text_key = words[m.sum.light];
	struct tmpl tm = call_tmpl(c, out);
	tmpl_fleet_light(&tm, &m);
	return 0;
}

/* Sensors that somebody must look at. */
int fleet_panels_home(struct call *c, const char *slot, int64_t subject_id, struct buf *out)
{
	struct fleet_filter f = { .light = "red", .limit = HOME_ROWS };
	struct fleet_home m = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r;

	(void)slot;
	(void)subject_id;
	if (!t)
		return c->err.code;
	if ((r = items(c, t, &f, &m.rows, &m.n_rows)) < 0)
		return r;
	if (m.n_rows == 0) {
		f.light = "amber";
		if ((r = items(c, t, &f, &m.rows, &m.n_rows)) < 0)
			return r;
	}
	txn_rollback(&t);
	struct tmpl tm = call_tmpl(c, out);
	tmpl_fleet_home(&tm, &m);
	return 0;
}
