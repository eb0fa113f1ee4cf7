/* SPDX-License-Identifier: Apache-2.0 */
/* Lists at a glance, and what this feature is to the hub. */
#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "hub/fleet/fleet.h"
#include "hub/intel/intel_fill.h"
#include "hub/intel/intel_good.h"
#include "hub/intel/intel_hit.h"
#include "hub/intel/intel_pages.h"
#include "hub/intel/intel_store.h"
#include "hub/intel/intel_view.h"
#include "hub/intel/intel_web.h"
#include "hub/intel_sql.h"
#include "hub/intel_tmpl.h"

enum { LATE_SHOWN = 50 };

struct intel_conf intel_conf;

/* --- the page --- */

static struct intel_feed_item *feeds(struct call *c, struct txn *t, const char *role, size_t *n_out)
{
	struct intel_feed *f;
	struct intel_score *scores;
	size_t n, n_scores;

	if (intel_store_feeds(t, role, c->arena, &f, &n, &c->err) < 0 ||
	    intel_hit_store_scores(t, c->scope, c->arena, &scores, &n_scores, &c->err) < 0)
		return NULL;
	struct intel_feed_item *out = arena_array(c->arena, n ? n : 1, sizeof(*out));
	for (size_t i = 0; i < n; i++) {
		intel_view_feed(c, &f[i], scores, n_scores, &out[i]);
		if (strcmp(f[i].way, WAY_BUILT_IN) == 0)
			out[i].f.indicators = (int64_t)intel_good_table_n;
	}
	*n_out = n;
	return out;
}

static int sensors(struct call *c, struct txn *t, struct intel_page *p)
{
	struct intel_sensor *s;
	int r = intel_bundle_sensors(t, c->scope, c->arena, &s, &p->n_sensors, &c->err);

	if (r < 0)
		return r;
	p->late = arena_array(c->arena, LATE_SHOWN, sizeof(*p->late));
	for (size_t i = 0; i < p->n_sensors; i++) {
		if (p->bundle.id && s[i].bundle_id == p->bundle.id &&
		    strcmp(s[i].state, "applied") == 0) {
			p->n_applied++;
			continue;
		}
		p->n_late++;
		if (p->n_late_shown < LATE_SHOWN)
			p->late[p->n_late_shown++] = s[i];
	}
	return 0;
}

static int load(struct call *c, struct intel_page *p)
{
	int64_t changed = 0, packed = 0;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? intel_bundle_newest(t, c->arena, &p->bundle, &c->err) : c->err.code;

	if (r >= 0)
		r = intel_store_mark_get(t, "changed", &changed, &c->err);
	if (r >= 0)
		r = intel_store_mark_get(t, "packed", &packed, &c->err);
	if (r >= 0)
		r = sensors(c, t, p);
	if (r < 0)
		return r;
	p->waiting = changed > packed;
	p->n_kinds = intel_view_kinds(p->bundle.kinds, p->kinds);
	p->bad = feeds(c, t, FEED_BAD, &p->n_bad);
	p->good = p->bad ? feeds(c, t, FEED_GOOD, &p->n_good) : NULL;
	return p->good ? 0 : c->err.code;
}

static int intel_show(struct call *c)
{
	struct intel_page *p = arena_alloc(c->arena, sizeof(*p));
	struct buf b = { 0 };
	int r = load(c, p);

	if (r < 0)
		return r;
	if (c->wants_json)
		return intel_json_page(c, p);
	p->may_edit = user_is(c->user, ROLE_ADMIN);
	struct tmpl t = call_tmpl(c, &b);
	tmpl_intel(&t, p);
	return call_page(c, 200, "intel.title", NULL, "/intel", &b);
}

/* --- the feature --- */

/* The two lists that are always there. */
static int given_lists(struct txn *t, int64_t now_us, struct err *e)
{
	static const struct {
		const char *way, *role, *tlp;
	} rows[] = { { WAY_HAND, FEED_BAD, TLP_AMBER }, { WAY_BUILT_IN, FEED_GOOD, TLP_CLEAR } };
	int64_t id;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < ARRAY_LEN(rows); i++) {
		const struct intel_feed f = { .name = rows[i].way,
					      .role = rows[i].role,
					      .way = rows[i].way,
					      .place = "",
					      .source = "",
					      .licence = "",
					      .format = "",
					      .tlp = rows[i].tlp,
					      .confidence = 90,
					      .enabled = true,
					      .every_s = 24 * 3600,
					      .made_us = now_us };
		r = intel_store_feed_of_way(t, rows[i].way, &id, e);
		if (r == -ENOENT)
			r = intel_store_feed_add(t, &f, 0, &id, e);
	}
	return r;
}

static int intel_start(struct hub *h, struct err *e)
{
	struct intel *i = mem_new(sizeof(*i));
	pthread_condattr_t attr;

	i->hub = h;
	pthread_mutex_init(&i->import, NULL);
	pthread_mutex_init(&i->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&i->wake, &attr);
	pthread_condattr_destroy(&attr);
	h->intel = i;
	const struct fleet_consumer consumer = {
		.name = "intel", .take = intel_hit_take, .enrolled = intel_hit_enrolled, .arg = h
	};
	fleet_on_findings(h, &consumer);
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? given_lists(t, clock_utc_us(h->clock), e) : e->code;
	return r < 0 ? r : txn_commit(&t, e);
}

static void intel_stop(struct hub *h)
{
	if (!h->intel)
		return;
	pthread_cond_destroy(&h->intel->wake);
	pthread_mutex_destroy(&h->intel->lock);
	pthread_mutex_destroy(&h->intel->import);
	mem_cleanup(&h->intel);
}

enum { READERS = INTEL_READERS };

static const struct route routes[] = {
	{ "GET", "/intel", READERS, intel_show, 0 },
	{ "GET", "/intel/find", READERS, intel_find_web_find, 0 },
	{ "GET", "/intel/one", READERS, intel_find_web_one, 0 },
	{ "GET", "/intel/held", READERS, intel_find_web_held, 0 },
	{ "GET", "/intel/own/new", READERS, intel_find_web_own_form, 0 },
	{ "POST", "/intel/own", READERS, intel_find_web_own_add, 0 },
	{ "POST", "/intel/own/remove", READERS, intel_find_web_own_remove, 0 },
	{ "POST", "/intel/verdicts/{id}/end", READERS, intel_find_web_verdict_end, 0 },
	{ "GET", "/intel/feeds/new", ROLE_ADMIN, intel_feed_web_new, 0 },
	{ "POST", "/intel/feeds", ROLE_ADMIN, intel_feed_web_add, 0 },
	{ "GET", "/intel/feeds/{id}", READERS, intel_feed_web_show, 0 },
	{ "GET", "/intel/feeds/{id}/edit", ROLE_ADMIN, intel_feed_web_edit, 0 },
	{ "POST", "/intel/feeds/{id}/edit", ROLE_ADMIN, intel_feed_web_save, 0 },
	{ "POST", "/intel/feeds/{id}/check", ROLE_ADMIN, intel_import_web_check, 0 },
	{ "POST", "/intel/feeds/{id}/import", ROLE_ADMIN, intel_import_web_confirm, 0 },
	{ "POST", "/intel/feeds/{id}/fetch", ROLE_ADMIN, intel_feed_web_fetch, 0 },
	{ "POST", "/intel/feeds/{id}/empty", ROLE_ADMIN, intel_feed_web_empty, 0 },
	{ "POST", "/intel/feeds/{id}/remove", ROLE_ADMIN, intel_feed_web_remove, 0 },
};

static const struct conf_row conf[] = {
	{ "intel.bundle_every", CONF_DURATION_MS, 1000, INT64_C(7) * 86400000, "10m",
	  offsetof(struct intel_conf, bundle_every_ms),
	  "a new bundle of indicators goes to the sensors at most so often" },
	{ "intel.indicators_max", CONF_INT, 1000, INDICATORS_MAX, "1500000",
	  offsetof(struct intel_conf, indicators_max), "indicators of all lists together" },
	{ "intel.fetch_max", CONF_SIZE_BYTES, 1024, INT64_C(256) * 1024 * 1024, "64M",
	  offsetof(struct intel_conf, fetch_bytes_max), "largest list that is fetched" },
	{ "intel.fetch_inside", CONF_BOOL, 0, 1, "false",
	  offsetof(struct intel_conf, private_addresses),
	  "lists may be fetched from private addresses, too" },
	{ "intel.fetch_ca", CONF_TEXT, 0, 400, "", offsetof(struct intel_conf, ca_file),
	  "PEM file of the authorities that servers of lists are checked by; empty = the "
	  "system's" },
	{ "intel.folder", CONF_TEXT, 0, 400, "", offsetof(struct intel_conf, folder),
	  "where folders of lists stand; empty = feeds in the state folder" },
};

static const struct menu_item menu[] = { { "/intel", "intel.menu", "list", READERS, 55 } };

const struct hub_feature intel_feature = {
	.name = "intel",
	.schema = intel_sql,
	.routes = routes,
	.n_routes = ARRAY_LEN(routes),
	.conf = conf,
	.n_conf = ARRAY_LEN(conf),
	.conf_target = &intel_conf,
	.menu = menu,
	.n_menu = ARRAY_LEN(menu),
	.start = intel_start,
	.stop = intel_stop,
	.open = intel_work_open,
	.close = intel_work_close,
	.fill = intel_fill,
};
