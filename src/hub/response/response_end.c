/* SPDX-License-Identifier: Apache-2.0 */
/* Ending orders: withdrawn while they wait, cancelled while they run, taken back while they are in
 * effect; and what ends with a consent. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/accounts/accounts.h"
#include "hub/response/response_order.h"
#include "hub/response/response_store.h"
#include "hub/response/response_story.h"

enum { UNDO_DAYS = 3, /* worth waiting for a box that sleeps */ CONSENT_ORDERS_MAX = 500 };

static bool is_over(const struct response_order *o)
{
	return !o->in_effect && strcmp(o->state, ORDER_ST_WAITING) != 0 &&
	       strcmp(o->state, ORDER_ST_SENT) != 0 && strcmp(o->state, ORDER_ST_RUNNING) != 0;
}

/* The order that takes O back: release or unblock. */
int response_order_undo(struct txn *t, const struct user *u, const struct response_order *o,
			int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const bool device = strcmp(o->type, "isolate") == 0;
	struct order x = { .type = device ? ORDER_RELEASE : ORDER_UNBLOCK,
			   .port = (uint16_t)o->port,
			   .protocol = (uint8_t)o->protocol };
	struct response_order same, row = { .company_id = o->company_id,
					    .incident_id = o->incident_id,
					    .sensor_id = o->sensor_id,
					    .type = order_type_name(x.type),
					    .mac = o->mac,
					    .network = o->network,
					    .port = o->port,
					    .protocol = o->protocol,
					    .target = o->target,
					    .expires_us = now_us + UNDO_DAYS * US_PER_DAY,
					    .undoes = o->id,
					    .token = response_token(a),
					    .made_by = u->person_id,
					    .made_us = now_us };
	int r = device ? order_mac_set(&x, o->mac, e)
		       : order_network_set(&x.network, o->network, e);

	if (r < 0)
		return r;
	r = response_store_same(t, &u->scope, &row, a, &same, e);
	if (r != 0)
		return r < 0 ? r : 0; /* it is under way */
	return response_order_give(t, u, &row, &x, now_us, e);
}

static int end(struct txn *t, const struct user *u, struct response_order *o, const char *reason,
	       int64_t now_us, struct err *e)
{
	const bool effect = response_has_effect(order_type_find(o->type));
	int r = fleet_order_withdraw(t, &scope_system, o->sensor_id, o->id, now_us, e);

	if (r < 0)
		return r;
	o->reason = reason; /* why it has ended, or will */
	if (r > 0) {        /* it never goes out */
		o->state = ORDER_ST_CANCELLED;
		o->done_us = now_us;
	}
	const bool gone_out = r == 0;
	if ((r = response_store_set(t, &u->scope, o, e)) < 0)
		return r;
	if (!gone_out)
		r = response_story_of(t, u, o, now_us, e);
	else if (effect)
		r = response_order_undo(t, u, o, now_us, e);
	if (r < 0)
		return r;
	return accounts_audit(t, u, "order.end", "order", o->id, o->company_id, NULL, e);
}

int response_order_end(struct txn *t, struct hub *h, const struct user *u, int64_t id,
		       const char *reason, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct response_order o;
	int r = response_store_get(t, &u->scope, id, a, &o, e);

	(void)h;
	if (r < 0)
		return r;
	if (!user_is(u, CASES_WORKERS))
		return err_set(e, -EDENIED, "your role may not give orders to sensors");
	if (is_over(&o))
		return err_set(e, -ECONFLICT, "there is nothing left to end");
	const enum order_type type = order_type_find(o.type);
	if (!response_needs_consent(type) && strcmp(o.state, ORDER_ST_WAITING) != 0)
		return err_set(e, -ECONFLICT, "there is nothing left to end");
	return end(t, u, &o, reason, now_us, e);
}

/* What runs under a consent that is taken back. An isolation is let go only when they say so: the
 * device may be the one that spreads it. */
int response_consent_ended(struct txn *t, const struct user *u, int64_t consent_id, bool release,
			   int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const struct response_filter f = { .consent_id = consent_id, .limit = CONSENT_ORDERS_MAX };
	struct response_order *list;
	size_t n;
	int r = response_store_list(t, &u->scope, &f, a, &list, &n, e);

	for (size_t i = 0; r >= 0 && i < n; i++) {
		const bool effect = response_has_effect(order_type_find(list[i].type));

		if (is_over(&list[i]))
			continue;
		if (effect && !release && strcmp(list[i].state, ORDER_ST_WAITING) != 0)
			continue;
		r = end(t, u, &list[i], RESPONSE_WHY_REVOKED, now_us, e);
	}
	return r < 0 ? r : 0;
}
