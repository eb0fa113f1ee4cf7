/* SPDX-License-Identifier: Apache-2.0 */
/* Muting from an alert: choose what, see what it would have hidden, say why. */
#include "hub/watch/watch_mute_web.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "hub/fleet/fleet.h"
#include "hub/hub_text.h"
#include "hub/watch_tmpl.h"
#include "hub/watch/watch_view.h"

enum { DAYS_DEFAULT = 30, DAYS_MAX = 366 };

static struct watch_mute mute_of(const struct mute_page *p, int64_t now_us)
{
	return (struct watch_mute){
		.company_id = p->a.company_id,
		.detector = p->chosen.detector ? p->a.detector : "",
		.device_mac = p->chosen.device ? p->a.device_mac : "",
		.peer = p->chosen.peer,
		.port = p->chosen.port,
		.name = p->chosen.name,
		.until_us = now_us + p->chosen.days * US_PER_DAY,
		.reason = p->reason,
	};
}

static int load(struct call *c, struct mute_page *p)
{
	struct alert_page alert = { 0 };
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r >= 0)
		r = watch_view_alert(c, id, &alert);
	if (r < 0)
		return r;
	p->a = alert.a;
	p->card = alert.card;
	p->peers = alert.peers;
	p->n_peers = alert.n_peers;
	p->names = alert.names;
	p->n_names = alert.n_names;
	return 0;
}

static int show(struct call *c, int status, struct mute_page *p)
{
	const struct watch_mute m = mute_of(p, c->now_us);
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? watch_mute_preview(t, c->scope, &m, c->now_us, c->arena, &p->preview, &c->err)
		  : c->err.code;
	struct buf b = { 0 };

	if (r == -EINVAL) { /* nothing to preview: what is typed is wrong */
		status = 400;
		p->error = p->error ? p->error : arena_strdup(c->arena, c->err.text);
	} else if (r < 0) {
		return r;
	}
	p->previewed = r >= 0;
	p->more = p->preview.alerts - (int64_t)p->preview.n_first;
	p->rows = watch_view_items(c, p->preview.first, p->preview.n_first);
	p->n_rows = p->preview.n_first;
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_alert_mute(&tm, p);
	return call_page(c, status, "watch.mute.headline", NULL, "/alerts", &b);
}

int watch_mute_web_form(struct call *c)
{
	struct mute_page p = { .reason = "" };
	int r = load(c, &p);

	if (r < 0)
		return r;
	p.chosen = (struct mute_choice){
		.device = true, .detector = true, .peer = "", .name = "", .days = DAYS_DEFAULT
	};
	return show(c, 200, &p);
}

int watch_mute_web_save(struct call *c)
{
	struct mute_page p = { .reason = "" };
	struct form f = form_of(c);
	const char *step = form_text(&f, "do", false, 20);
	int64_t id;
	int r = load(c, &p);

	if (r < 0)
		return r;
	p.chosen = (struct mute_choice){
		.device = form_text(&f, "device", false, 1)[0] != 0,
		.detector = form_text(&f, "detector", false, 1)[0] != 0,
		.peer = form_text(&f, "peer", false, 256),
		.port = form_int(&f, "port", false, 0, 999999) /* watch_mute_read says so */,
		.name = form_text(&f, "name", false, 256),
		.days = form_int(&f, "days", false, 0, DAYS_MAX),
	};
	p.reason = form_text(&f, "reason", false, 500);
	if (p.chosen.days == 0)
		p.chosen.days = DAYS_DEFAULT;
	if (strcmp(step, "preview") == 0)
		return show(c, 200, &p);
	const struct watch_mute m = mute_of(&p, c->now_us);
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = t ? watch_mute_add(t, c->user, &m, c->now_us, &id, &c->err) : c->err.code;
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	if (r == -EINVAL) {
		txn_rollback(&t);
		p.error = arena_strdup(c->arena, c->err.text);
		return show(c, 400, &p);
	}
	if (r < 0)
		return r;
	fleet_items_wake(c->hub);
	return call_done(c, "watch.mute.done", "/alerts/%lld", (long long)p.a.id);
}

/* One click: this is ours, this is fine. Ended like any mute. */
int watch_mute_web_ours(struct call *c)
{
	struct form f = form_of(c);
	const char *what = form_text(&f, "what", false, 20);
	struct watch_alert alert;
	struct watch_mute m;
	int64_t id, mute;
	int r = call_id(c, 0, &id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = t ? watch_alert_get(t, c->scope, id, c->arena, &alert, &c->err) : c->err.code;
	if (r >= 0)
		r = watch_mute_of_alert(&alert, what, c->arena, &m, &c->err);
	if (r < 0)
		return r;
	m.until_us = c->now_us + DAYS_MAX * US_PER_DAY;
	m.reason = text_get(c->hub->text, c->lang,
			    strcmp(what, "device") == 0 ? "watch.ours.device.reason"
							: "watch.ours.destination.reason");
	r = watch_mute_add(t, c->user, &m, c->now_us, &mute, &c->err);
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	if (r < 0)
		return r;
	fleet_items_wake(c->hub);
	return call_done(c, "watch.ours.done", "/alerts/%lld", (long long)id);
}

/* The title of the alerts that it is about. */
static const char *kind_of(struct call *c, const struct watch_mute *m)
{
	const char *device = m->device_name[0] ? m->device_name : "…";
	const char *const args[] = { device, "…", "…" };
	const char *key = arena_printf(c->arena, "card.%s.title", m->detector);
	SCOPED_BUF struct buf b = { 0 };

	if (!text_find(c->hub->text, c->lang, key))
		return m->detector;
	hub_text_fill(c->hub->text, c->lang, key, args, ARRAY_LEN(args), &b);
	return arena_strndup(c->arena, b.p, b.n);
}

static int mutes_json(struct call *c, const struct mutes_page *p)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_array(&w, "mutes");
	for (size_t i = 0; i < p->n_rows; i++) {
		const struct watch_mute *m = &p->rows[i].m;
		jsonw_object(&w, NULL);
		jsonw_int(&w, "id", m->id);
		jsonw_int(&w, "company_id", m->company_id);
		jsonw_text(&w, "company", m->company_name);
		jsonw_text(&w, "detector", m->detector);
		jsonw_text(&w, "device_mac", m->device_mac);
		jsonw_text(&w, "device", m->device_name);
		jsonw_text(&w, "peer", m->peer);
		jsonw_int(&w, "port", m->port);
		jsonw_text(&w, "server_name", m->name);
		jsonw_text(&w, "reason", m->reason);
		jsonw_text(&w, "made_by", m->made_name);
		jsonw_int(&w, "made_us", m->made_us);
		jsonw_int(&w, "until_us", m->until_us);
		jsonw_int(&w, "hits", m->hits);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

int watch_mute_web_list(struct call *c)
{
	struct mutes_page p = { .now_us = c->now_us, .may_work = user_is(c->user, WATCH_WORKERS) };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	struct watch_mute *list;
	int r = t ? watch_mutes(t, c->scope, 0, c->now_us, c->arena, &list, &p.n_rows, &c->err)
		  : c->err.code;
	struct buf b = { 0 };

	if (r < 0)
		return r;
	p.rows = arena_array(c->arena, p.n_rows + 1, sizeof(*p.rows));
	for (size_t i = 0; i < p.n_rows; i++) {
		p.rows[i] = (struct mute_item){ list[i], kind_of(c, &list[i]) };
	}
	if (c->wants_json)
		return mutes_json(c, &p);
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_mutes(&tm, &p);
	return call_page(c, 200, "watch.mutes.title", NULL, "/alerts", &b);
}

int watch_mute_web_end(struct call *c)
{
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = t ? watch_mute_end(t, c->user, id, c->now_us, &c->err) : c->err.code;
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	if (r < 0)
		return r;
	fleet_items_wake(c->hub);
	return call_done(c, "watch.mutes.ended_done", "/mutes");
}
