/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts: the queue, the card, what people do with it. Rules: watch.c. */
#include <errno.h>
#include <string.h>

#include "base/csv.h"
#include "base/mem.h"
#include "hub/accounts/accounts.h"
#include "hub/live.h"
#include "hub/members/members.h"
#include "hub/watch_sql.h"
#include "hub/watch/watch_panels.h"
#include "hub/watch/watch_conf.h"
#include "hub/watch/watch_fill.h"
#include "hub/watch/watch_fold.h"
#include "hub/watch/watch_intel.h"
#include "hub/watch/watch_mute_web.h"
#include "hub/watch/watch_store.h"
#include "hub/watch_tmpl.h"
#include "hub/watch/watch_view.h"

enum { PAGE_ROWS = 50, PAGES_MAX = 100000, CSV_ROWS = 10000 };

#define TAB_INFO "info"

struct watch_conf watch_conf;

/* --- lists --- */

static const char *state_asked(struct call *c)
{
	const char *s = http_query(c->req, "state");
	static const char *const known[] = { TAB_INFO, ALERT_MUTED, ALERT_CASE, ALERT_CLOSED };

	for (size_t i = 0; s && i < ARRAY_LEN(known); i++)
		if (strcmp(s, known[i]) == 0)
			return known[i];
	return NULL;
}

static int calls(struct call *c, struct txn *t, struct alerts_page *p)
{
	struct watch_notice *n;
	int r = watch_notice_calls(t, c->scope, c->now_us, c->arena, &n, &p->n_calls, &c->err);

	if (r < 0)
		return r;
	p->calls = arena_array(c->arena, p->n_calls ? p->n_calls : 1, sizeof(*p->calls));
	for (size_t i = 0; i < p->n_calls; i++) {
		struct watch_alert a;
		struct watch_card card;
		char shown[32];
		if ((r = watch_store_get(t, c->scope, n[i].alert_id, c->arena, &a, &c->err)) < 0)
			return r;
		watch_card(c->hub->text, c->lang, &a, c->arena, &card);
		members_phone_format(n[i].phone, shown);
		p->calls[i] = (struct call_item){
			.n = n[i],
			.phone_shown = arena_strdup(c->arena, shown),
			.title = card.title,
			.light = watch_severity_light(a.severity),
			.light_key = watch_view_light_key(a.severity),
		};
	}
	return 0;
}

static int64_t tab_total(const struct alerts_page *p)
{
	if (p->tab[0] == '\0')
		return p->n.n_open;
	if (strcmp(p->tab, TAB_INFO) == 0)
		return p->n.n_info;
	if (strcmp(p->tab, ALERT_MUTED) == 0)
		return p->n.n_muted;
	return strcmp(p->tab, ALERT_CASE) == 0 ? p->n.n_case : p->n.n_closed;
}

static void pager(struct call *c, struct alerts_page *p, int64_t page)
{
	const char *fmt = p->tab[0] ? "/alerts?state=%s&page=%lld" : "/alerts?%spage=%lld";

	p->total = tab_total(p);
	p->more_total = strcmp(p->tab, ALERT_CLOSED) == 0 && p->n.more_closed;
	p->first = p->n_rows ? (page - 1) * PAGE_ROWS + 1 : 0;
	p->last = p->n_rows ? p->first + (int64_t)p->n_rows - 1 : 0;
	bool next = p->more_total ? p->n_rows == PAGE_ROWS : p->last < p->total;
	p->prev_url = page > 1 ? arena_printf(c->arena, fmt, p->tab, (long long)page - 1) : "";
	p->next_url = next ? arena_printf(c->arena, fmt, p->tab, (long long)page + 1) : "";
}

static int alerts_json(struct call *c, const struct watch_alert *a, size_t n)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_array(&w, "alerts");
	for (size_t i = 0; i < n; i++) {
		jsonw_object(&w, NULL);
		jsonw_int(&w, "id", a[i].id);
		jsonw_int(&w, "company_id", a[i].company_id);
		jsonw_text(&w, "company", a[i].company_name);
		jsonw_text(&w, "detector", a[i].detector);
		jsonw_text(&w, "severity", severity_name(a[i].severity));
		jsonw_text(&w, "state", a[i].state);
		jsonw_text(&w, "device", a[i].device_name);
		jsonw_text(&w, "device_mac", a[i].device_mac);
		jsonw_int(&w, "findings", a[i].findings);
		jsonw_time(&w, "first", a[i].first_us);
		jsonw_time(&w, "last", a[i].last_us);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

static int alerts_list(struct call *c)
{
	const char *tab = state_asked(c);
	const bool info = tab && strcmp(tab, TAB_INFO) == 0;
	const int64_t page = call_query_int(c, "page", PAGES_MAX, 1);
	const struct alert_filter f = {
		.company_id = c->user->company_id, /* 0 but for people of a company */
		.state = info ? NULL : tab,
		.only_info = info,
		.min_severity = tab || c->wants_json ? SEVERITY_INFO : SEVERITY_LOW,
		.limit = PAGE_ROWS,
		.offset = (page - 1) * PAGE_ROWS,
	};
	struct alerts_page p = { .tab = tab ? tab : "",
				 .may_work = user_is(c->user, WATCH_WORKERS) };
	struct watch_alert *rows;
	struct buf b = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? watch_store_list(t, c->scope, &f, c->arena, &rows, &p.n_rows, &c->err)
		  : c->err.code;

	if (r < 0)
		return r;
	if (c->wants_json)
		return alerts_json(c, rows, p.n_rows);
	if ((r = watch_store_tabs(t, c->scope, &p.n, &c->err)) < 0 ||
	    (r = watch_store_closed(t, c->scope, f.company_id, &p.n, &c->err)) < 0)
		return r;
	if (p.may_work && !tab && (r = calls(c, t, &p)) < 0)
		return r;
	p.rows = watch_view_items(c, rows, p.n_rows);
	pager(c, &p, page);
	p.bulk = call_panels(c, "alerts.bulk", 0);
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_alerts(&tm, &p);
	return call_page(c, 200, "watch.title", NULL, "/alerts", &b);
}

static int alerts_csv(struct call *c)
{
	static const char *const head[] = { "watch.csv.id",       "watch.csv.company",
					    "watch.csv.severity", "watch.csv.state",
					    "watch.csv.detector", "watch.csv.device",
					    "watch.csv.mac",      "watch.csv.first",
					    "watch.csv.last",     "watch.csv.findings" };
	const struct alert_filter f = { .company_id = c->user->company_id,
					.state = "",
					.limit = CSV_ROWS };
	struct watch_alert *a;
	size_t n;
	struct buf b = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? watch_store_list(t, c->scope, &f, c->arena, &a, &n, &c->err) : c->err.code;

	if (r < 0)
		return r;
	call_csv_head(c, &b, head, ARRAY_LEN(head));
	for (size_t i = 0; i < n; i++) {
		char first[TIME_TEXT_MAX], last[TIME_TEXT_MAX];
		const char *cell[] = { arena_printf(c->arena, "%lld", (long long)a[i].id),
				       a[i].company_name,
				       severity_name(a[i].severity),
				       a[i].state,
				       a[i].detector,
				       a[i].device_name,
				       a[i].device_mac,
				       time_format(a[i].first_us, first, sizeof(first)),
				       time_format(a[i].last_us, last, sizeof(last)),
				       arena_printf(c->arena, "%lld", (long long)a[i].findings) };
		csv_line(&b, cell, ARRAY_LEN(cell));
		if (i == 0 || a[i].company_id != a[i - 1].company_id)
			accounts_saw(c, &(struct accounts_seen_thing){
						SEEN_EXPORT, 0, a[i].company_id, "alerts.csv" });
	}
	return call_csv(c, "alerts.csv", &b);
}

/* --- one alert --- */

int watch_view_page(struct call *c, int status, struct alert_page *p)
{
	struct buf b = { 0 };

	p->actions = call_panels(c, "alert.actions", p->a.id);
	p->side = call_panels(c, "alert.side", p->a.id);
	p->glance = call_panels(c, "company.glance", p->a.company_id);
	p->sensors = call_panels(c, "company.side", p->a.company_id);
	struct tmpl t = call_tmpl(c, &b);
	tmpl_alert(&t, p);
	return call_page(c, status, "watch.alert.title", p->card.title, "/alerts", &b);
}

static int alert_show(struct call *c)
{
	struct alert_page p = { 0 };
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r >= 0)
		r = watch_view_alert(c, id, &p);
	if (r < 0)
		return r;
	accounts_saw(c, &(struct accounts_seen_thing){ SEEN_ALERT, id, p.a.company_id,
						       p.a.device_name });
	return c->wants_json ? alerts_json(c, &p.a, 1) : watch_view_page(c, 200, &p);
}

static int alert_accept(struct call *c)
{
	struct watch_alert alert;
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = t ? watch_alert_accept(t, c->user, id, c->now_us, &c->err) : c->err.code;
	if (r >= 0)
		r = watch_alert_get(t, c->scope, id, c->arena, &alert, &c->err);
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	if (r < 0)
		return r;
	live_publish(c->hub, "alert", alert.company_id, id);
	return call_done(c, "watch.accept.done", "/alerts/%lld", (long long)id);
}

static int alert_close(struct call *c)
{
	struct form f = form_of(c);
	const char *why = form_text(&f, "why", false, 500);
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = t ? watch_alert_close(t, c->user, id, why, c->now_us, &c->err) : c->err.code;
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	if (r == -EINVAL) { /* say it beside what was typed */
		struct alert_page p = { 0 };
		const char *said = arena_strdup(c->arena, c->err.text);
		txn_rollback(&t);
		if ((r = watch_view_alert(c, id, &p)) < 0)
			return r;
		p.error = said;
		p.why = why;
		return watch_view_page(c, 400, &p);
	}
	return r < 0 ? r : call_done(c, "watch.close.done", "/alerts");
}

static int notice_called(struct call *c)
{
	struct form f = form_of(c);
	const char *outcome = form_text(&f, "outcome", false, 20);
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = t ? watch_notice_called(t, c->user, id, outcome, c->now_us, &c->err) : c->err.code;
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	return r < 0 ? r : call_done(c, "watch.calls.done", "/alerts");
}

/* --- the feature --- */

static int watch_start(struct hub *h, struct err *e)
{
	(void)e;
	h->watch = watch_fold_new(h);
	const struct fleet_consumer consumer = { .name = "watch",
						 .take = watch_fold_take,
						 .finish = watch_fold_finish,
						 .done = watch_fold_done,
						 .enrolled = watch_fold_enrolled,
						 .arg = h->watch };
	fleet_on_findings(h, &consumer);
	return 0;
}

static void watch_stop(struct hub *h)
{
	watch_fold_free(h->watch);
	h->watch = NULL;
}

enum { READERS = WATCH_READERS, WORKERS = WATCH_WORKERS };

static const struct route routes[] = {
	{ "GET", "/alerts", READERS, alerts_list, 0 },
	{ "GET", "/alerts.csv", READERS, alerts_csv, 0 },
	{ "GET", "/alerts/{id}", READERS, alert_show, 0 },
	{ "POST", "/alerts/{id}/accept", WORKERS, alert_accept, 0 },
	{ "POST", "/alerts/{id}/close", WORKERS, alert_close, 0 },
	{ "GET", "/alerts/{id}/mute", WORKERS, watch_mute_web_form, 0 },
	{ "POST", "/alerts/{id}/mute", WORKERS, watch_mute_web_save, 0 },
	{ "POST", "/alerts/{id}/wrong", INTEL_READERS, watch_intel_web_wrong, 0 },
	{ "POST", "/alerts/{id}/ours", WORKERS, watch_mute_web_ours, 0 },
	{ "GET", "/mutes", READERS, watch_mute_web_list, 0 },
	{ "POST", "/mutes/{id}/end", WORKERS, watch_mute_web_end, 0 },
	{ "POST", "/notices/{id}/called", WORKERS, notice_called, 0 },
	{ "GET", "/r/{token}", ROLE_PUBLIC, watch_receipt_web_show, 0 },
	/* no session, so no token: the address itself is the secret, and all it does is say "read"
	 */
	{ "POST", "/r/{token}", ROLE_PUBLIC, watch_receipt_web_read, ROUTE_NO_CSRF },
};

static const struct job jobs[] = {
	{ "notices", 2000, watch_notice_run },
	{ "roll-up", 5 * 60 * 1000, watch_rollup_run },
};

static const struct conf_row conf[] = {
	{ "watch.notify_from", CONF_INT, 0, 4, "2", offsetof(struct watch_conf, notify_from),
	  "lowest severity that the company is told of (0 info .. 4 critical)" },
	{ "watch.unread_call_after", CONF_DURATION_MS, 1000, INT64_C(7) * 86400000, "30m",
	  offsetof(struct watch_conf, unread_call_ms), "a mail unread for so long becomes a call" },
	{ "watch.keep_five_minutes", CONF_DURATION_MS, 86400000, INT64_C(400) * 86400000, "14d",
	  offsetof(struct watch_conf, keep_five_minutes_ms), "traffic by five minutes is kept" },
	{ "watch.keep_hours", CONF_DURATION_MS, 86400000, INT64_C(4000) * 86400000, "90d",
	  offsetof(struct watch_conf, keep_hours_ms), "traffic by hours is kept" },
	{ "watch.keep_days", CONF_DURATION_MS, 86400000, INT64_C(4000) * 86400000, "730d",
	  offsetof(struct watch_conf, keep_days_ms), "traffic by days is kept" },
};

static const struct menu_item menu[] = { { "/alerts", "watch.menu", "alert", READERS, 20 } };

static const struct panel panels[] = {
	{ "alert.side", INTEL_READERS, watch_intel_panel },
	{ "home.top", READERS, watch_panel_home_head },
	{ "home.main", READERS, watch_panel_home },
	{ "company.main", READERS, watch_panel_company },
	{ "company.alarm", ROLE_COMPANY, watch_panel_alarm },
	{ "company.heads", READERS, watch_panel_heads },
	{ "company.cells", READERS, watch_panel_cells },
};

const struct hub_feature watch_feature = {
	.name = "watch",
	.schema = watch_sql,
	.routes = routes,
	.n_routes = ARRAY_LEN(routes),
	.jobs = jobs,
	.n_jobs = ARRAY_LEN(jobs),
	.conf = conf,
	.n_conf = ARRAY_LEN(conf),
	.conf_target = &watch_conf,
	.menu = menu,
	.n_menu = ARRAY_LEN(menu),
	.panels = panels,
	.n_panels = ARRAY_LEN(panels),
	.start = watch_start,
	.stop = watch_stop,
	.fill = watch_fill,
};
