/* SPDX-License-Identifier: Apache-2.0 */
/* From what happened to deliveries: reads on from where it stood, in one transaction with what it
 * queues. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "hub/outbox/outbox_store.h"

const char *const outbox_kinds[] = { "incident.", "alert.",    "consent.", "order.",  "task.",
				     "duty.",     "evidence.", "thread.",  "sensor.", NULL };

enum { ROUNDS_MAX = 200 }; /* of a turn; the rest comes in the next */

typedef int (*reader)(struct txn *t, int64_t after, struct arena *a, struct happened **out,
		      size_t *n_out, struct err *e);

struct feeding {
	struct hub *hub;
	struct arena *arena;
	struct hook *hooks;
	size_t n_hooks;
	int64_t now_us;
	char prefix; /* of event ids: a of the audit log, n of alerts */
};

static bool wants(const struct hook *k, const char *action)
{
	struct str all = str_of(k->kinds), one;

	while (str_cut(&all, ' ', &one))
		if (one.n && strncmp(action, one.p, one.n) == 0)
			return true;
	return false;
}

static bool public_kind(const char *action)
{
	for (size_t i = 0; outbox_kinds[i]; i++)
		if (strncmp(action, outbox_kinds[i], strlen(outbox_kinds[i])) == 0)
			return true;
	return false;
}

static void address_add(const struct feeding *f, const struct happened *h, struct buf *out)
{
	buf_adds(out, f->hub->conf.public_url);
	if (h->number[0])
		buf_printf(out, "/cases/%s", h->number);
	else if (strcmp(h->entity, "alert") == 0)
		buf_printf(out, "/alerts/%" PRId64, h->entity_id);
	else
		buf_printf(out, "/members/%" PRId64, h->company_id);
}

static const char *body_of(const struct feeding *f, const struct happened *h, const char *event)
{
	SCOPED_BUF struct buf b = { 0 }, url = { 0 };
	struct jsonw w = jsonw_of(&b);

	address_add(f, h, &url);
	jsonw_object(&w, NULL);
	jsonw_text(&w, "id", event);
	jsonw_text(&w, "type", h->action);
	jsonw_int(&w, "at_us", h->at_us);
	jsonw_int(&w, "company_id", h->company_id);
	jsonw_text(&w, "entity", h->entity);
	jsonw_int(&w, "entity_id", h->entity_id);
	if (h->number[0])
		jsonw_text(&w, "number", h->number);
	if (h->severity >= 0)
		jsonw_int(&w, "severity", h->severity);
	jsonw_text(&w, "url", url.p);
	jsonw_end_object(&w);
	return arena_strdup(f->arena, b.p);
}

static int queue(struct txn *t, const struct feeding *f, const struct happened *h, struct err *e)
{
	const char *event = arena_printf(f->arena, "%c%" PRId64, f->prefix, h->id), *body = NULL;
	int r = 0;

	for (size_t i = 0; i < f->n_hooks; i++) {
		const struct hook *k = &f->hooks[i];
		const struct scope sight = { .kind = SCOPE_ORG,
					     .org_id = k->org_id,
					     .now_us = f->now_us };
		if (!k->active || h->at_us < k->made_us || !wants(k, h->action))
			continue;
		if ((r = outbox_store_sees(t, &sight, h->company_id, e)) < 0)
			return r;
		if (r == 0)
			continue;
		if (!body)
			body = body_of(f, h, event);
		const struct delivery d = { .hook_id = k->id,
					    .event = event,
					    .kind = h->action,
					    .company_id = h->company_id,
					    .body = body,
					    .made_us = f->now_us };
		if ((r = outbox_store_add(t, &d, e)) < 0)
			return r;
	}
	return 0;
}

/* One batch: 1 = there may be more. */
static int batch(struct txn *t, struct feeding *f, const char *mark, reader read, struct err *e)
{
	struct happened *h;
	int64_t at;
	size_t n;
	int r;

	if ((r = outbox_store_mark(t, mark, &at, e)) < 0 ||
	    (r = outbox_store_hooks(t, f->arena, &f->hooks, &f->n_hooks, e)) < 0 ||
	    (r = read(t, at, f->arena, &h, &n, e)) < 0)
		return r;
	if (n == 0)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (h[i].company_id && public_kind(h[i].action) && (r = queue(t, f, &h[i], e)) < 0)
			return r;
	r = outbox_store_mark_set(t, mark, h[n - 1].id, e);
	return r < 0 ? r : 1;
}

static int all(struct hub *h, const char *mark, char prefix, reader read, struct err *e)
{
	int r = 1;

	for (int i = 0; r == 1 && i < ROUNDS_MAX; i++) {
		SCOPED_ARENA struct arena *a = arena_new(0);
		struct feeding f = {
			.hub = h, .arena = a, .now_us = clock_utc_us(h->clock), .prefix = prefix
		};
		SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
		if (!t)
			return e->code;
		r = batch(t, &f, mark, read, e);
		if (r == 1 && txn_commit(&t, e) < 0)
			return e->code;
	}
	return r < 0 ? r : 0;
}

/* Whether there is anything new is asked without the writer's lock. */
static int news(struct hub *h, bool *out, struct err *e)
{
	int64_t audit = 0, alert = 0, audit_end, alert_end;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);
	int r;

	if (!t)
		return e->code;
	if ((r = outbox_store_mark(t, "audit", &audit, e)) < 0 ||
	    (r = outbox_store_mark(t, "alert", &alert, e)) < 0 ||
	    (r = outbox_store_audit_end(t, &audit_end, e)) < 0 ||
	    (r = outbox_store_alert_end(t, &alert_end, e)) < 0)
		return r;
	*out = audit_end > audit || alert_end > alert;
	return 0;
}

int outbox_feed(struct hub *h, struct err *e)
{
	bool any = false;
	int r = news(h, &any, e);

	if (r < 0 || !any)
		return r;
	r = all(h, "audit", 'a', outbox_store_audit, e);
	return r < 0 ? r : all(h, "alert", 'n', outbox_store_alerts, e);
}
