/* SPDX-License-Identifier: Apache-2.0 */
/* Orders: the page that asks once more before one is given, the list, one order, its file. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "hub/evidence/evidence.h"
#include "hub/live.h"
#include "hub/response/response_order.h"
#include "hub/response/response_store.h"
#include "hub/response/response_view.h"
#include "hub/response/response_web.h"
#include "hub/response_tmpl.h"

enum { PAGE_ROWS = 50, PAGES_MAX = 10000, HOURS_MAX = 8, CASE_ROWS = 200 };

/* --- what is asked --- */

static const char *text_of(struct call *c, const char *name)
{
	const char *v = strcmp(http_method(c->req), "POST") == 0 ? http_form(c->req, name)
								 : http_query(c->req, name);

	return v ? v : "";
}

static int64_t number_of(struct call *c, const char *name)
{
	int64_t v = 0;

	(void)str_i64(str_trim(str_of(text_of(c, name))), 0, INT32_MAX, &v); /* else 0: not said */
	return v;
}

static struct response_ask ask_of(struct call *c)
{
	return (struct response_ask){ .number = c->param[0],
				      .type = text_of(c, "type"),
				      .mac = text_of(c, "mac"),
				      .network = arena_strndup(c->arena, text_of(c, "network"), 80),
				      .port = number_of(c, "port"),
				      .protocol = number_of(c, "protocol"),
				      .hours = number_of(c, "hours"),
				      .seconds = number_of(c, "seconds"),
				      .mebibyte = number_of(c, "mebibyte"),
				      .sensor_id = number_of(c, "sensor"),
				      .token = text_of(c, "token") };
}

/* --- the page before --- */

static int whom_to_call(struct call *c, struct txn *t, struct order_form *m)
{
	struct contact *list;
	char shown[32];
	size_t n;
	int r = members_contacts(t, c->scope, m->c.company_id, c->arena, &list, &n, &c->err);

	m->call_phone = m->call_shown = m->call_name = "";
	for (size_t i = 0; r >= 0 && i < n && !m->call_phone[0]; i++) {
		if (!list[i].phone[0])
			continue;
		members_phone_format(list[i].phone, shown);
		m->call_phone = list[i].phone;
		m->call_name = list[i].name;
		m->call_shown = arena_strdup(c->arena, shown);
	}
	return r;
}

static void asked(struct call *c, const struct response_ask *ask, const struct response_plan *p,
		  struct order_form *m)
{
	const char *type = order_type_name(p->type);
	const int64_t hours = ask->hours ? ask->hours : RESPONSE_HOURS_DEFAULT;

	m->c = p->c;
	m->type = type;
	m->type_key = arena_printf(c->arena, "response.type.%s", type);
	m->what_key = arena_printf(c->arena, "response.do.%s", type);
	m->notice_key = arena_printf(c->arena, "response.notice.%s", type);
	m->target = p->target;
	m->mac = ask->mac;
	m->network = ask->network;
	m->port = ask->port;
	m->protocol = ask->protocol;
	m->seconds = ask->seconds ? ask->seconds : 60;
	m->mebibyte = ask->mebibyte ? ask->mebibyte : 16;
	m->device = p->device;
	m->sensor = p->sensor;
	m->reach = p->reach;
	m->consent = p->consent;
	m->until_us = p->until_us;
	m->expires_us = p->expires_us;
	m->cut = p->cut;
	m->needs_consent = p->needs_consent;
	m->is_block = p->type == ORDER_BLOCK;
	m->is_capture = p->type == ORDER_CAPTURE;
	m->needs_device = m->is_capture || p->type == ORDER_ISOLATE;
	m->has_effect = response_has_effect(p->type);
	m->hours = arena_array(c->arena, HOURS_MAX, sizeof(*m->hours));
	for (size_t i = 0; m->has_effect && i < response_hours_n && i < HOURS_MAX; i++)
		m->hours[m->n_hours++] =
			(struct order_hours){ response_hours[i], response_hours[i] == hours };
	m->token = ask->token[0] ? ask->token : response_token(c->arena);
}

/* What would happen, for programs that ask before they give an order. */
static int plan_json(struct call *c, const struct response_plan *p, const char *error)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_text(&w, "type", order_type_name(p->type));
	jsonw_text(&w, "case", p->c.number);
	jsonw_text(&w, "target", p->target);
	jsonw_bool(&w, "ready", error == NULL);
	jsonw_text(&w, "error", error ? error : "");
	jsonw_int(&w, "sensor_id", p->sensor.id);
	jsonw_bool(&w, "connected", p->reach.connected);
	jsonw_bool(&w, "inline", p->reach.inline_box);
	jsonw_int(&w, "heard_us", p->reach.heard_us);
	jsonw_bool(&w, "needs_consent", p->needs_consent);
	jsonw_int(&w, "consent_id", p->consent.id);
	jsonw_int(&w, "until_us", p->until_us);
	jsonw_int(&w, "expires_us", p->expires_us);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

static int form_page(struct call *c, int status, const struct response_ask *ask, const char *error)
{
	struct response_plan p = { 0 };
	struct order_form m = { 0 };
	struct buf b = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? response_order_plan(t, c->hub, c->user, ask, c->now_us, c->arena, &p, &c->err)
		  : c->err.code;

	if (p.c.id == 0 || p.type == 0 || (r < 0 && r != -EINVAL && r != -ECONFLICT))
		return r;
	if (c->wants_json)
		return plan_json(c, &p, r < 0 ? arena_strdup(c->arena, c->err.text) : NULL);
	asked(c, ask, &p, &m);
	m.error = error;
	m.asks_consent =
		p.needs_consent && p.consent.id == 0 && (r != -ECONFLICT || p.lacks_consent);
	/* what is missing on a page that has just been opened is asked for, not complained of */
	const bool chosen = ask->mac[0] || ask->network[0] || (!m.needs_device && !m.is_block);
	if (r < 0 && !error && chosen && !p.lacks_consent)
		m.error = arena_strdup(c->arena, c->err.text);
	if ((r = response_view_devices(c, t, &m.c, ask->mac, &m.devices, &m.n_devices)) < 0 ||
	    (r = response_view_sensors(c, t, m.c.company_id, p.sensor.id, &m.sensors,
				       &m.n_sensors)) < 0 ||
	    (r = whom_to_call(c, t, &m)) < 0)
		return r;
	txn_rollback(&t);
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_response_order_form(&tm, &m);
	return call_page(c, status, "response.order.title", NULL, "/cases", &b);
}

int response_order_form(struct call *c)
{
	const struct response_ask ask = ask_of(c);

	return form_page(c, 200, &ask, NULL);
}

/* --- giving and ending --- */

static int one_json(struct call *c, int64_t id)
{
	struct response_order o;
	struct buf b = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? response_store_get(t, c->scope, id, c->arena, &o, &c->err) : c->err.code;

	if (r < 0)
		return r;
	struct jsonw w = jsonw_of(&b);
	response_view_json(&w, &o);
	return call_json(c, &b);
}

static int given(struct call *c, const struct response_order *o, const char *text_key)
{
	fleet_items_wake(c->hub); /* first: the sensor waits for nobody's page */
	live_publish(c->hub, "order", o->company_id, o->incident_id);
	live_publish(c->hub, "case", o->company_id, o->incident_id);
	if (c->wants_json)
		return one_json(c, o->id);
	return call_done(c, text_key, "/cases/%s#remote", o->number);
}

int response_order_save(struct call *c)
{
	const struct response_ask ask = ask_of(c);
	struct response_order o;
	int64_t id;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = t ? response_order_make(t, c->hub, c->user, &ask, c->now_us, &id, &c->err)
		  : c->err.code;

	if (r >= 0)
		r = response_store_get(t, c->scope, id, c->arena, &o, &c->err);
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	if (r >= 0)
		return given(c, &o, "response.order.given");
	if ((r != -EINVAL && r != -ECONFLICT) || c->wants_json)
		return r;
	txn_rollback(&t);
	const char *said = arena_strdup(c->arena, c->err.text);
	return form_page(c, r == -EINVAL ? 400 : 409, &ask, said);
}

int response_order_stop(struct call *c)
{
	struct response_order o;
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = t ? response_order_end(t, c->hub, c->user, id, RESPONSE_WHY_DESK, c->now_us, &c->err)
	      : c->err.code;
	if (r >= 0)
		r = response_store_get(t, c->scope, id, c->arena, &o, &c->err);
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	return r < 0 ? r : given(c, &o, "response.order.ended");
}

/* --- lists --- */

static int list_json(struct call *c, const struct response_order *list, size_t n, int64_t total)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_int(&w, "total", total);
	jsonw_array(&w, "orders");
	for (size_t i = 0; i < n; i++)
		response_view_json(&w, &list[i]);
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

int response_orders_of_case(struct call *c)
{
	struct orders_page p = { .tab = "", .prev_url = "", .next_url = "" };
	struct response_filter f = { .limit = CASE_ROWS };
	struct response_order *list;
	struct incident i;
	struct buf b = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? cases_get(t, c->scope, c->param[0], c->arena, &i, &c->err) : c->err.code;

	f.incident_id = i.id;
	if (r >= 0)
		r = response_store_list(t, c->scope, &f, c->arena, &list, &p.n_rows, &c->err);
	if (r < 0)
		return r;
	p.total = (int64_t)p.n_rows;
	if (c->wants_json)
		return list_json(c, list, p.n_rows, p.total);
	p.rows = response_view_items(c, list, p.n_rows);
	p.first = p.n_rows ? 1 : 0;
	p.last = p.total;
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_response_orders(&tm, &p);
	return call_page(c, 200, "response.orders.title", NULL, "/orders", &b);
}

static const char *state_asked(struct call *c)
{
	static const char *const known[] = { ORDER_ST_WAITING, ORDER_ST_SENT,     ORDER_ST_RUNNING,
					     ORDER_ST_DONE,    ORDER_ST_REFUSED,  ORDER_ST_FAILED,
					     ORDER_ST_EXPIRED, ORDER_ST_CANCELLED };
	const char *s = http_query(c->req, "state");

	for (size_t i = 0; s && i < ARRAY_LEN(known); i++)
		if (strcmp(s, known[i]) == 0)
			return known[i];
	return NULL;
}

int response_orders_list(struct call *c)
{
	static const char held_tab[] = "held"; /* no text */
	const char *typed = http_query(c->req, "state");
	const int64_t page = call_query_int(c, "page", PAGES_MAX, 1);
	struct response_filter f = { .state = state_asked(c),
				     .in_effect = typed && strcmp(typed, held_tab) == 0,
				     .company_id = c->user->company_id,
				     .limit = PAGE_ROWS,
				     .offset = (size_t)(page - 1) * PAGE_ROWS };
	const struct response_filter held = { .company_id = f.company_id, .in_effect = true };
	struct orders_page p = { .tab = f.in_effect ? held_tab
					: f.state   ? f.state
						    : "",
				 .prev_url = "",
				 .next_url = "" };
	struct response_order *list;
	struct buf b = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? response_store_list(t, c->scope, &f, c->arena, &list, &p.n_rows, &c->err)
		  : c->err.code;

	if (r < 0 || (r = response_store_count(t, c->scope, &f, &p.total, &c->err)) < 0 ||
	    (r = response_store_count(t, c->scope, &held, &p.n_held, &c->err)) < 0)
		return r;
	txn_rollback(&t);
	if (c->wants_json)
		return list_json(c, list, p.n_rows, p.total);
	p.rows = response_view_items(c, list, p.n_rows);
	p.first = p.n_rows ? (int64_t)f.offset + 1 : 0;
	p.last = (int64_t)(f.offset + p.n_rows);
	const char *fmt = "/orders?state=%s&page=%" PRId64;
	if (page > 1)
		p.prev_url = arena_printf(c->arena, fmt, p.tab, page - 1);
	if (p.n_rows && p.last < p.total)
		p.next_url = arena_printf(c->arena, fmt, p.tab, page + 1);
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_response_orders(&tm, &p);
	return call_page(c, 200, "response.orders.title", NULL, "/orders", &b);
}

int response_order_show(struct call *c)
{
	struct order_page p = { 0 };
	struct response_order o;
	struct buf b = { 0 };
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0)
		return r;
	if (c->wants_json)
		return one_json(c, id);
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	r = t ? response_store_get(t, c->scope, id, c->arena, &o, &c->err) : c->err.code;
	if (r < 0)
		return r;
	txn_rollback(&t);
	p.item = *response_view_items(c, &o, 1);
	p.made = response_view_clock(c, o.made_us);
	p.sent = response_view_clock(c, o.sent_us);
	p.heard = response_view_clock(c, o.heard_us);
	p.done = response_view_clock(c, o.done_us);
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_response_order(&tm, &p);
	return call_page(c, 200, "response.order.page", o.target, "/orders", &b);
}

/* The packets of a capture: contents of what people said; the audit trail knows who took them. Once
 * they are evidence, they are taken there, where a reason is asked for. */
int response_order_file(struct call *c)
{
	struct response_order o;
	struct evidence_item kept;
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = t ? response_store_get(t, c->scope, id, c->arena, &o, &c->err) : c->err.code;
	if (r >= 0 && !o.file_us)
		r = err_set(&c->err, -ENOENT, "there is no recording of this order");
	if (r >= 0 && o.evidence_id) {
		r = evidence_get(t, c->scope, o.evidence_id, c->arena, &kept, &c->err);
		return r < 0 ? r
			     : call_redirect(c, "/cases/%s/evidence/%" PRId64, o.number, kept.no);
	}
	if (r >= 0)
		r = response_file_taken(t, c->user, &o, &c->err);
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	if (r < 0)
		return r;
	SCOPED_MEM char *path = response_file_path(c->hub, o.id);
	if ((r = file_read(path, ORDER_BYTES_MAX, &c->res->body, &c->err)) < 0)
		return r;
	c->res->status = 200;
	c->res->type = "application/vnd.tcpdump.pcap";
	http_res_header(c->res, "Content-Disposition",
			arena_printf(c->arena, "attachment; filename=\"%s-%" PRId64 ".pcap\"",
				     o.number, o.id));
	return 0;
}
