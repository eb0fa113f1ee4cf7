/* SPDX-License-Identifier: Apache-2.0 */
/* Consents and orders of a generated region: in some open cases a device is isolated, was isolated,
 * or the box only listens. No sensor is asked: what it would have reported is written down. */
#include "hub/response/response_fill.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "hub/fleet/fleet.h"
#include "hub/response/response_order.h"
#include "hub/response/response_store.h"
#include "hub/response/response_story.h"

enum { FILL_CASES = 30, FILL_ORDERS = 6, FILL_HOURS = 8 };

#define FILL_USES  "isolate capture"
#define FILL_UNTIL "week"

static int agree(struct hub *h, struct hub_fill *f, struct txn *t, const struct user *u,
		 const struct incident *c, struct err *e)
{
	const int64_t at_us = u->scope.now_us;
	const struct case_consent k = {
		.what = FILL_USES,
		.how = "call", /* no text */
		.until = FILL_UNTIL,
		.given_by = c->contact_name,
		.role = "",
		.given_us = at_us,
		.words = response_consent_words(h, LANG_JA, FILL_USES, FILL_UNTIL, f->arena),
	};

	return cases_consent(t, u, c->number, &k, at_us, e);
}

/* NTH chooses how it came out. */
static struct response_order order_of(struct hub_fill *f, const struct incident *c,
				      const struct fleet_device *d, int64_t at_us, size_t nth)
{
	const bool passive = nth % 3 == 2, over = nth % 3 == 1;

	return (struct response_order){
		.company_id = c->company_id,
		.incident_id = c->id,
		.sensor_id = d->sensor_id,
		.type = order_type_name(ORDER_ISOLATE),
		.mac = d->mac,
		.network = "",
		.target = d->shown,
		.until_us = at_us + (over ? 1 : FILL_HOURS) * US_PER_HOUR,
		.expires_us = at_us + US_PER_HOUR,
		.token = response_token(f->arena),
		.made_us = at_us,
		.sent_us = at_us + 2 * US_PER_SEC,
		.heard_us = at_us + 3 * US_PER_SEC,
		.done_us = at_us + 4 * US_PER_SEC,
		.sensor_us = at_us + 4 * US_PER_SEC,
		.state = passive ? ORDER_ST_REFUSED : ORDER_ST_DONE,
		.reason = passive ? ORDER_WHY_PASSIVE : "",
		.detail = "",
		.report_no = 1,
		.in_effect = !passive && !over,
		.ended_us = over ? at_us + US_PER_HOUR : 0,
		.figures = "",
		.file_sha256 = "",
	};
}

/* 1 when an order was written. */
static int one(struct hub *h, struct hub_fill *f, struct txn *t, const struct incident *c,
	       size_t nth, struct err *e)
{
	const int64_t at_us = f->now_us - 2 * US_PER_HOUR;
	struct user u = fill_user(f, &f->orgs[0], at_us);
	struct fleet_device *list;
	struct case_consent k;
	size_t n;
	int r = fleet_devices(t, &u.scope, c->company_id, f->arena, &list, &n, e);

	if (r < 0 || n == 0 || list[n - 1].sensor_id == 0 || list[n - 1].is_gateway)
		return r < 0 ? r : 0;
	struct response_order o = order_of(f, c, &list[n - 1], at_us, nth);
	if ((r = agree(h, f, t, &u, c, e)) < 0 ||
	    (r = cases_consent_find(t, &u.scope, c->id, o.type, at_us, f->arena, &k, e)) < 0)
		return r;
	o.consent_id = k.id;
	o.made_by = u.person_id;
	if ((r = response_store_add(t, &u.scope, &o, &o.id, e)) < 0 ||
	    (r = response_store_set(t, &u.scope, &o, e)) < 0 ||
	    (r = response_store_get(t, &u.scope, o.id, f->arena, &o, e)) < 0)
		return r;
	r = response_story_of(t, NULL, &o, o.done_us, e);
	return r < 0 ? r : 1;
}

int response_fill(struct hub *h, struct hub_fill *f, struct err *e)
{
	const struct case_filter newest = { .limit = FILL_CASES };
	struct incident *list;
	size_t n, made = 0;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? cases_store_list(t, &scope_system, &newest, f->arena, &list, &n, e) : e->code;

	for (size_t i = 0; r >= 0 && i < n && made < FILL_ORDERS; i++)
		if (!list[i].closed_us && (r = one(h, f, t, &list[i], made, e)) > 0)
			made++;
	return r < 0 ? r : txn_commit(&t, e);
}
