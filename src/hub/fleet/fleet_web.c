/* SPDX-License-Identifier: Apache-2.0 */
/* Sensors: the list, one sensor's page, revoking, and what the feature is. Rules: fleet.c. */
#include "hub/fleet/fleet_web.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>

#include "base/mem.h"
#include "hub/accounts/accounts.h"
#include "hub/fleet/fleet_fill.h"
#include "hub/fleet/fleet_keep.h"
#include "hub/fleet/fleet_pages.h"
#include "hub/fleet/fleet_run.h"
#include "hub/fleet_sql.h"
#include "hub/fleet_tmpl.h"

enum { PAGE_ROWS = 50, PAGES_MAX = 100000, PROBLEMS_SHOWN = 16, CHART_DAYS = 1, ITEMS_SHOWN = 20 };
enum { READERS = ROLE_ADMIN | ROLE_DESK | ROLE_ANALYST | ROLE_TECHNICIAN };
enum { READERS_DEVICES = ROLES_STAFF | ROLE_COMPANY };

/* --- the list --- */

static int counts(struct call *c, struct txn *t, struct fleet_list_page *m)
{
	int64_t *const out[] = { &m->n_grey, &m->n_green, &m->n_amber, &m->n_red };
	int r = 0;

	for (int l = FLEET_GREY; l <= FLEET_RED && r >= 0; l++) {
		struct fleet_filter f = { .light = fleet_light_name((enum fleet_light)l) };

		r = fleet_store_count(t, c->scope, &f, out[l], &c->err);
	}
	return r;
}

static int rows(struct call *c, struct txn *t, struct fleet_list_page *m, int64_t page)
{
	struct fleet_filter f = { .light = m->light,
				  .limit = PAGE_ROWS,
				  .offset = (size_t)(page - 1) * PAGE_ROWS };
	struct span month = fleet_coverage_month(c->now_us, FLEET_ZONE_MIN);
	struct blind_result *blind = arena_alloc(c->arena, sizeof(*blind));
	struct fleet_sensor *list;
	int r = fleet_store_sensors(t, c->scope, &f, c->arena, &list, &m->n_rows, &c->err);

	if (r < 0)
		return r;
	m->rows = arena_array(c->arena, m->n_rows + 1, sizeof(*m->rows));
	for (size_t i = 0; i < m->n_rows; i++) {
		fleet_view_item(&list[i], c->now_us, &m->rows[i]);
		r = fleet_coverage_sensor(t, c->scope, &list[i], month, c->now_us, blind, &c->err);
		if (r < 0)
			return r;
		m->rows[i].blind_us = blind->blind_us;
		m->rows[i].unheard_us = blind->unheard_us;
	}
	return fleet_store_count(t, c->scope, &f, &m->total, &c->err);
}

static void entry_json(struct jsonw *w, const char *key, const struct fleet_entry *x)
{
	jsonw_object(w, key);
	jsonw_int(w, "id", x->s.id);
	jsonw_int(w, "company", x->s.company_id);
	jsonw_text(w, "company_name", x->s.company_name);
	jsonw_text(w, "name", x->s.name);
	jsonw_text(w, "light", x->light);
	jsonw_text(w, "version", x->s.version);
	jsonw_int(w, "heard_us", x->s.heard_us);
	jsonw_int(w, "blind_us", x->blind_us);
	jsonw_int(w, "unheard_us", x->unheard_us);
	jsonw_int(w, "spool_bytes", x->s.spool_bytes);
	jsonw_int(w, "spool_dropped", x->s.spool_dropped);
	jsonw_int(w, "packets_dropped", x->s.packets_dropped);
	jsonw_bool(w, "inline", x->s.inline_box);
	jsonw_text(w, "inline_text", x->s.inline_text);
	jsonw_int(w, "isolated", x->s.isolated);
	jsonw_int(w, "blocked", x->s.blocked);
	jsonw_end_object(w);
}

static int list_json(struct call *c, const struct fleet_list_page *m)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_int(&w, "total", m->total);
	jsonw_array(&w, "sensors");
	for (size_t i = 0; i < m->n_rows; i++)
		entry_json(&w, NULL, &m->rows[i]);
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

static const char *light_asked(struct call *c)
{
	const char *asked = http_query(c->req, "light");

	for (int l = FLEET_GREY; asked && l <= FLEET_RED; l++)
		if (strcmp(asked, fleet_light_name((enum fleet_light)l)) == 0)
			return fleet_light_name((enum fleet_light)l);
	return "";
}

static int list(struct call *c)
{
	struct fleet_list_page m = { .light = light_asked(c) };
	const int64_t page = call_query_int(c, "page", PAGES_MAX, 1);
	struct buf b = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r;

	if (!t)
		return c->err.code;
	if ((r = counts(c, t, &m)) < 0 || (r = rows(c, t, &m, page)) < 0)
		return r;
	txn_rollback(&t);
	if (c->wants_json)
		return list_json(c, &m);
	m.first = m.n_rows ? (page - 1) * PAGE_ROWS + 1 : 0;
	m.last = m.n_rows ? m.first + (int64_t)m.n_rows - 1 : 0;
	const char *fmt = "/fleet?light=%s&page=%" PRId64;
	m.prev_url = page > 1 ? arena_printf(c->arena, fmt, m.light, page - 1) : "";
	m.next_url =
		m.n_rows && m.last < m.total ? arena_printf(c->arena, fmt, m.light, page + 1) : "";
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_fleet_list(&tm, &m);
	return call_page(c, 200, "fleet.title", NULL, "/fleet", &b);
}

/* --- one sensor --- */

static const char *reason_of(const struct fleet_down *downs, size_t n, struct span gap)
{
	for (size_t i = 0; i < n; i++)
		if (downs[i].span.from_us <= gap.to_us && downs[i].span.to_us >= gap.from_us)
			return downs[i].reason;
	return "";
}

static int gaps(struct call *c, struct txn *t, struct fleet_sensor_page *m)
{
	struct span month = fleet_coverage_month(c->now_us, FLEET_ZONE_MIN);
	struct fleet_down *downs;
	size_t n_downs;
	int r;

	m->month = arena_alloc(c->arena, sizeof(*m->month));
	r = fleet_coverage_sensor(t, c->scope, &m->item.s, month, c->now_us, m->month, &c->err);
	if (r < 0)
		return r;
	r = fleet_device_store_downs(t, c->scope, m->item.s.id, month.from_us, c->arena, &downs,
				     &n_downs, &c->err);
	if (r < 0)
		return r;
	m->n_gaps = m->month->n_gaps;
	m->gaps = arena_array(c->arena, m->n_gaps + 1, sizeof(*m->gaps));
	for (size_t i = 0; i < m->n_gaps; i++) {
		const struct blind_gap *g = &m->month->gap[m->n_gaps - 1 - i];

		m->gaps[i] = (struct fleet_gap){ g->span, g->span.to_us - g->span.from_us, g->open,
						 reason_of(downs, n_downs, g->span) };
	}
	return 0;
}

/* Packets in each five minutes, from counters that begin anew when the sensor does. */
static int points(struct call *c, struct txn *t, struct fleet_sensor_page *m)
{
	struct fleet_beat *beats;
	size_t n;
	int r = fleet_device_store_beats(t, c->scope, m->item.s.id,
					 c->now_us - CHART_DAYS * US_PER_DAY, c->arena, &beats, &n,
					 &c->err);

	if (r < 0)
		return r;
	m->points = arena_array(c->arena, n + 1, sizeof(*m->points));
	for (size_t i = 1; i < n; i++) {
		int64_t packets = beats[i].packets - beats[i - 1].packets;
		int64_t dropped = beats[i].packets_dropped - beats[i - 1].packets_dropped;

		m->points[m->n_points++] = (struct fleet_point){
			.at_us = beats[i].start_us,
			.at_s = beats[i].start_us / US_PER_SEC,
			.packets = packets < 0 ? beats[i].packets : packets,
			.dropped = dropped < 0 ? beats[i].packets_dropped : dropped,
		};
	}
	return 0;
}

/* Sensors speak English; what has no figure in it has a translation. */
static void problems(struct call *c, struct fleet_sensor_page *m)
{
	struct str rest = str_of(m->item.s.problems), line;
	const char **list = arena_array(c->arena, PROBLEMS_SHOWN, sizeof(*list));

	while (m->n_problems < PROBLEMS_SHOWN && str_cut(&rest, '\n', &line)) {
		char *text = arena_strndup(c->arena, line.p, line.n);
		const char *known = text_find(c->hub->text, c->lang, text);

		list[m->n_problems++] = known ? known : text;
	}
	m->problems = list;
}

static int items(struct call *c, struct txn *t, struct fleet_sensor_page *m)
{
	struct item_row *list;
	struct fleet_item_view *rows;
	int r = fleet_item_store_list(t, c->scope, m->item.s.id, ITEMS_SHOWN, c->arena, &list,
				      &m->n_items, &c->err);

	if (r < 0)
		return r;
	m->items = rows = arena_array(c->arena, m->n_items + 1, sizeof(*rows));
	for (size_t i = 0; i < m->n_items; i++)
		fleet_view_post(c, &list[i], &rows[i]);
	return 0;
}

static int sensor_json(struct call *c, const struct fleet_sensor_page *m)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	entry_json(&w, "sensor", &m->item);
	jsonw_array(&w, "problems");
	for (size_t i = 0; i < m->n_problems; i++)
		jsonw_text(&w, NULL, m->problems[i]);
	jsonw_end_array(&w);
	jsonw_array(&w, "gaps");
	for (size_t i = 0; i < m->n_gaps; i++) {
		jsonw_object(&w, NULL);
		jsonw_int(&w, "from_us", m->gaps[i].span.from_us);
		jsonw_int(&w, "to_us", m->gaps[i].span.to_us);
		jsonw_bool(&w, "open", m->gaps[i].open);
		jsonw_text(&w, "reason", m->gaps[i].reason);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

static int sensor(struct call *c)
{
	struct fleet_sensor_page m = { .may_edit = user_is(c->user, FLEET_EDITORS) };
	struct fleet_sensor s;
	struct buf b = { 0 };
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	if (!t)
		return c->err.code;
	if ((r = fleet_store_get(t, c->scope, id, c->arena, &s, &c->err)) < 0)
		return r;
	fleet_view_item(&s, c->now_us, &m.item);
	if ((r = gaps(c, t, &m)) < 0 || (r = points(c, t, &m)) < 0 || (r = items(c, t, &m)) < 0)
		return r;
	txn_rollback(&t);
	accounts_saw(c, &(struct accounts_seen_thing){ SEEN_SENSOR, id, s.company_id, s.name });
	problems(c, &m);
	if (c->wants_json)
		return sensor_json(c, &m);
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_fleet_sensor(&tm, &m);
	return call_page(c, 200, "fleet.sensor.title", s.name, "/fleet", &b);
}

static int revoke(struct call *c)
{
	struct form f = form_of(c);
	const char *why = form_text(&f, "why", false, FLEET_NAME_MAX);
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0 || (r = fleet_revoke(c->hub, c->user, id, why, &c->err)) < 0)
		return r;
	return call_done(c, "fleet.revoked.done", "/fleet/%" PRId64, id);
}

static int rename_sensor(struct call *c)
{
	struct form f = form_of(c);
	const char *name = form_text(&f, "name", true, FLEET_NAME_MAX);
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0 || (r = fleet_rename(c->hub->db, c->user, id, name, &c->err)) < 0)
		return r;
	return call_done(c, "fleet.renamed", "/fleet/%" PRId64, id);
}

static const struct route routes[] = {
	{ "GET", "/fleet", READERS, list, 0 },
	{ "POST", "/fleet/codes", FLEET_EDITORS, fleet_code_web_json, 0 },
	{ "GET", "/fleet/{id}", READERS, sensor, 0 },
	{ "POST", "/fleet/{id}/revoke", FLEET_EDITORS, revoke, 0 },
	{ "POST", "/fleet/{id}/name", FLEET_EDITORS, rename_sensor, 0 },
	{ "GET", "/members/{id}/codes", FLEET_EDITORS, fleet_code_web_form, 0 },
	{ "POST", "/members/{id}/codes", FLEET_EDITORS, fleet_code_web_make, 0 },
	{ "GET", "/members/{id}/devices", READERS_DEVICES, fleet_code_web_devices, 0 },
	{ "POST", "/members/{id}/devices/{device}", READERS_DEVICES, fleet_code_web_device_name,
	  0 },
};

static const struct job jobs[] = {
	{ "fleet.lights", 10 * 1000, fleet_mark_lights },
	{ "fleet.keep", 60 * 60 * 1000, fleet_keep_run },
	{ "fleet.codes", 24 * 60 * 60 * 1000, fleet_expire_codes },
};

static const struct conf_row conf[] = {
	{ "fleet.keep_heartbeats", CONF_DURATION_MS, 86400000, INT64_C(4000) * 86400000, "90d",
	  offsetof(struct fleet_conf, keep_heartbeats_ms),
	  "the figures of sensors' heartbeats are kept" },
	{ "fleet.keep_findings", CONF_DURATION_MS, 86400000, INT64_C(4000) * 86400000, "730d",
	  offsetof(struct fleet_conf, keep_findings_ms),
	  "findings are kept; alerts and cases made of them stay" },
	{ "fleet.uploads_max", CONF_SIZE_BYTES, 1 << 20, INT64_C(1) << 42, "2G",
	  offsetof(struct fleet_conf, uploads_max_bytes),
	  "files that sensors bring and nobody has taken yet, all together" },
};

static const struct menu_item menu[] = {
	{ "/fleet", "fleet.title", "router", READERS, 40 },
};

static const struct panel panels[] = {
	{ "company.side", READERS_DEVICES, fleet_panels_side },
	{ "company.state", ROLES_ANY, fleet_panels_state },
	{ "company.light", ROLE_COMPANY, fleet_panels_light },
	{ "home.side", READERS, fleet_panels_home },
};

const struct hub_feature fleet_feature = {
	.name = "fleet",
	.schema = fleet_sql,
	.routes = routes,
	.n_routes = ARRAY_LEN(routes),
	.jobs = jobs,
	.n_jobs = ARRAY_LEN(jobs),
	.conf = conf,
	.n_conf = ARRAY_LEN(conf),
	.conf_target = &fleet_conf,
	.menu = menu,
	.n_menu = ARRAY_LEN(menu),
	.panels = panels,
	.n_panels = ARRAY_LEN(panels),
	.start = fleet_run_start,
	.stop = fleet_run_stop,
	.open = fleet_run_open,
	.close = fleet_run_close,
	.fill = fleet_fill,
	.check = fleet_check,
};
