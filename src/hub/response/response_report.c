/* SPDX-License-Identifier: Apache-2.0 */
/* What sensors report of orders, as it is stored: state, times, figures, the file of a capture.
 * Reports come at least once and in any batch; each counts once, and a late one wins over what the
 * hub had to suppose. Runs on the writer thread (fleet.h). */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/accounts/accounts.h"
#include "hub/live.h"
#include "hub/response/response_order.h"
#include "hub/response/response_store.h"
#include "hub/response/response_story.h"
#include "net/crypto.h"

enum { SILENT_MIN = 5, /* after its time, for a report that is on its way */ FOLDER_MODE = 0700 };

/* --- one report --- */

static void word_add(struct buf *b, const char *word, char end)
{
	for (const char *p = word; *p; p++)
		buf_addc(b, *p == '\t' || *p == '\n' ? ' ' : *p);
	buf_addc(b, end);
}

static const char *figures(const struct order_report *p, struct arena *a)
{
	struct buf b = { 0 };

	if (p->n_figures == 0)
		return NULL;
	for (size_t i = 0; i < p->n_figures && i < ORDER_FIGURES_MAX; i++) {
		const struct order_figure *f = &p->figures[i];

		word_add(&b, f->name, '\t');
		if (f->text)
			word_add(&b, f->text, '\n');
		else
			buf_printf(&b, "%" PRId64 "\n", f->number);
	}
	const char *out = arena_strndup(a, b.p, b.n);
	buf_done(&b);
	return out;
}

static void words(const struct order_report *p, struct arena *a, struct response_order *o)
{
	char reason[ORDER_REASON_MAX], text[ORDER_TEXT_MAX];

	if (!p->reason || !p->reason[0])
		return;
	str_copy(reason, sizeof(reason), str_of(p->reason));
	str_copy(text, sizeof(text), str_of(p->text ? p->text : ""));
	/* why somebody ended it says more than that it was ended */
	if (strcmp(reason, ORDER_WHY_CANCELLED) != 0 || !o->reason[0])
		o->reason = arena_strdup(a, reason);
	o->detail = arena_strdup(a, text);
}

static void file_of(const struct order_report *p, struct arena *a, struct response_order *o)
{
	char hex[2 * ORDER_HASH + 1];

	if (!p->file)
		return;
	crypto_hex(p->file, ORDER_HASH, hex);
	o->file_sha256 = arena_strdup(a, hex);
	o->file_size = p->file_size > INT64_MAX ? INT64_MAX : (int64_t)p->file_size;
}

/* What a release or unblock took back; also where the sensor knows of nothing to take back. */
static int effect_over(struct txn *t, const struct response_order *by, int64_t now_us,
		       struct arena *a, struct err *e)
{
	struct response_order o;
	int r = response_store_effect(t, &scope_system, by, a, &o, e);

	if (r <= 0)
		return r;
	o.in_effect = false;
	o.ended_us = now_us;
	return response_store_set(t, &scope_system, &o, e);
}

static const char *state_of(const struct response_order *o, const struct order_report *p)
{
	switch (p->state) {
	case ORDER_DONE:
		return ORDER_ST_DONE;
	case ORDER_REFUSED:
		return ORDER_ST_REFUSED;
	case ORDER_FAILED:
		return p->reason && strcmp(p->reason, ORDER_WHY_CANCELLED) == 0 ? ORDER_ST_CANCELLED
										: ORDER_ST_FAILED;
	case ORDER_ACCEPTED:
	case ORDER_RUNNING:
		return ORDER_ST_RUNNING;
	case ORDER_EXPIRED:
	case ORDER_UNDONE:
		return o->done_us ? o->state : ORDER_ST_EXPIRED;
	default:
		return o->state; /* a newer sensor's */
	}
}

static bool is_final(const char *state)
{
	return strcmp(state, ORDER_ST_WAITING) != 0 && strcmp(state, ORDER_ST_SENT) != 0 &&
	       strcmp(state, ORDER_ST_RUNNING) != 0;
}

static int take_back(struct txn *t, const struct response_order *o, const struct order_report *p,
		     int64_t now_us, struct arena *a, struct err *e)
{
	const bool undo = strcmp(o->type, "release") == 0 || strcmp(o->type, "unblock") == 0;
	const bool nothing = p->reason && strcmp(p->reason, ORDER_WHY_NOTHING) == 0;

	if (undo && (p->state == ORDER_DONE || nothing))
		return effect_over(t, o, now_us, a, e);
	return 0;
}

static void effect(struct response_order *o, const struct order_report *p, int64_t now_us)
{
	const bool over = p->state == ORDER_EXPIRED || p->state == ORDER_UNDONE;

	if (p->state == ORDER_DONE && response_has_effect(order_type_find(o->type))) {
		o->in_effect = true;
		if (p->until_us > 0)
			o->until_us = p->until_us;
	}
	if (over && o->in_effect) {
		o->in_effect = false;
		o->ended_us = now_us;
	}
}

static int apply(struct txn *t, struct response_order *o, const struct order_report *p,
		 int64_t now_us, struct arena *a, struct err *e)
{
	const char *before = o->state, *measured = figures(p, a);
	const bool was_in_effect = o->in_effect;
	int r;

	o->report_no = p->number;
	o->state = state_of(o, p);
	o->sensor_us = p->at_us;
	if (!o->heard_us)
		o->heard_us = now_us;
	if (!o->sent_us)
		o->sent_us = now_us;
	words(p, a, o);
	if (measured)
		o->figures = measured;
	o->devices += (int64_t)p->n_devices;
	file_of(p, a, o);
	effect(o, p, now_us);
	if (is_final(o->state) && !o->done_us)
		o->done_us = now_us;
	if ((r = response_store_set(t, &scope_system, o, e)) < 0 ||
	    (r = take_back(t, o, p, now_us, a, e)) < 0)
		return r;
	if (was_in_effect && !o->in_effect && p->state == ORDER_EXPIRED)
		return response_story_ended(t, o, now_us, e);
	if (!is_final(o->state) || strcmp(before, o->state) == 0)
		return 0;
	return response_story_of(t, NULL, o, now_us, e);
}

/* It was withdrawn, and was on its way already: taken back at once. */
static int unwanted(struct response *x, struct txn *t, const struct response_order *o,
		    int64_t now_us, struct err *e)
{
	const struct user hub = accounts_system_user(now_us);

	x->wake = true;
	return response_order_undo(t, &hub, o, now_us, e);
}

static void remember(struct response *x, const struct response_order *o)
{
	for (size_t i = 0; i < x->n_events; i++)
		if (x->events[i].incident_id == o->incident_id)
			return;
	if (x->n_events == RESPONSE_EVENTS_MAX)
		return; /* pages ask again at the next event */
	x->events[x->n_events].company_id = o->company_id;
	x->events[x->n_events++].incident_id = o->incident_id;
}

int response_report_take(void *arg, struct txn *t, const struct fleet_batch *b, struct err *e)
{
	struct response *x = arg;
	int r = 0;

	for (size_t i = 0; i < b->n_orders && r >= 0; i++) {
		const struct order_report *p = b->orders[i].report;
		SCOPED_ARENA struct arena *a = arena_new(0);
		struct response_order o;

		if (b->orders[i].order_id <= 0)
			continue; /* only its sensor's page knows */
		r = response_store_get(t, &scope_system, b->orders[i].order_id, a, &o, e);
		if (r == -ENOENT ||
		    (r >= 0 && (o.sensor_id != b->sensor_id || o.company_id != b->company_id ||
				p->number <= (uint64_t)o.report_no))) {
			r = 0; /* not its order, or known */
			continue;
		}
		const bool withdrawn = r >= 0 && strcmp(o.state, ORDER_ST_CANCELLED) == 0;
		if (r >= 0)
			r = apply(t, &o, p, b->received_us, a, e);
		if (r >= 0 && withdrawn && o.in_effect)
			r = unwanted(x, t, &o, b->received_us, e);
		if (r >= 0)
			remember(x, &o);
	}
	return r < 0 ? r : 0;
}

void response_report_done(void *arg, bool committed)
{
	struct response *x = arg;

	for (size_t i = 0; committed && i < x->n_events; i++) {
		live_publish(x->hub, "order", x->events[i].company_id, x->events[i].incident_id);
		live_publish(x->hub, "case", x->events[i].company_id, x->events[i].incident_id);
	}
	if (committed && x->wake)
		fleet_items_wake(x->hub);
	x->wake = false;
	x->n_events = 0;
}

int response_report_sent(void *arg, struct txn *t, const struct fleet_sent *s, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct response_order o;
	int r = response_store_get(t, &scope_system, s->order_id, a, &o, e);

	if (r == -ENOENT || (r >= 0 && (o.sensor_id != s->sensor_id || o.sent_us)))
		return 0;
	if (r < 0)
		return r;
	o.sent_us = s->at_us;
	if (strcmp(o.state, ORDER_ST_WAITING) == 0)
		o.state = ORDER_ST_SENT;
	remember(arg, &o);
	return response_store_set(t, &scope_system, &o, e);
}

/* --- files of captures --- */

char *response_file_path(const struct hub *h, int64_t order_id)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "captures/order-%lld.pcap", (long long)order_id);
	return hub_state_path(h, name);
}

int response_report_upload(void *arg, struct txn *t, const struct fleet_upload *u, struct err *e)
{
	struct response *x = arg;
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct response_order o;
	int r = response_store_get(t, &scope_system, u->order_id, a, &o, e);

	if (r == -ENOENT ||
	    (r >= 0 && (o.sensor_id != u->sensor_id || strcmp(o.type, "capture") != 0)))
		return 0;
	if (r < 0)
		return r;
	SCOPED_MEM char *dir = hub_state_path(x->hub, "captures");
	SCOPED_MEM char *path = response_file_path(x->hub, o.id);
	if ((r = dir_make(dir, FOLDER_MODE, e)) < 0)
		return r;
	(void)unlink(path); /* of an attempt that was rolled back */
	if (link(u->path, path) < 0)
		return err_set(e, -errno, "a recording cannot be kept: %s", strerror(errno));
	o.file_sha256 = u->sha256;
	o.file_size = u->size;
	o.file_us = u->received_us;
	if ((r = response_store_set(t, &scope_system, &o, e)) < 0)
		return r;
	remember(x, &o);
	return 1;
}

/* --- what was never heard of again --- */

static int overdue(struct txn *t, struct response_order *o, int64_t now_us, struct err *e)
{
	int r;

	if (o->in_effect) { /* its kernel let go by itself */
		o->in_effect = false;
		o->ended_us = o->until_us;
		r = response_store_set(t, &scope_system, o, e);
		return r < 0 ? r : response_story_ended(t, o, now_us, e);
	}
	o->state = ORDER_ST_EXPIRED;
	o->reason = RESPONSE_WHY_SILENT;
	o->done_us = now_us;
	r = response_store_set(t, &scope_system, o, e);
	return r < 0 ? r : response_story_of(t, NULL, o, now_us, e);
}

int response_sweep(struct hub *h, struct err *e)
{
	const int64_t now_us = clock_utc_us(h->clock);
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct response_order *list;
	size_t n;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);
	int r = t ? response_store_overdue(t, now_us, now_us - SILENT_MIN * US_PER_MIN,
					   RESPONSE_SWEEP_MAX, a, &list, &n, e)
		  : e->code;

	if (r < 0 || n == 0)
		return r;
	txn_rollback(&t);
	if (!(t = txn_begin(h->db, TXN_WRITE, e)))
		return e->code;
	/* again: a report may have come in between */
	r = response_store_overdue(t, now_us, now_us - SILENT_MIN * US_PER_MIN, RESPONSE_SWEEP_MAX,
				   a, &list, &n, e);
	for (size_t i = 0; i < n && r >= 0; i++)
		r = overdue(t, &list[i], now_us, e);
	if (r < 0 || (r = txn_commit(&t, e)) < 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		live_publish(h, "order", list[i].company_id, list[i].incident_id);
		live_publish(h, "case", list[i].company_id, list[i].incident_id);
	}
	return 0;
}
