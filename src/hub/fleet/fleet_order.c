/* SPDX-License-Identifier: Apache-2.0 */
/* Orders: given as items, taken back, and whether a sensor is there to take them. What they bring:
 * fleet_upload.c. */
#include <errno.h>

#include "base/clock.h"
#include "base/str.h"
#include "hub/fleet/fleet_listen.h"
#include "hub/fleet/fleet_order_store.h"
#include "hub/fleet/fleet_store.h"

enum { CANCEL_HOURS = 24 };

static int give(struct txn *t, const struct scope *s, const struct fleet_order *o, int64_t now_us,
		struct err *e)
{
	SCOPED_BUF struct buf body = { 0 };
	struct fleet_item item = { .company_id = o->company_id,
				   .sensor_id = o->sensor_id,
				   .kind = order_kind(o->order.type),
				   .expires_us = o->expires_us };
	struct order_row row = { .sensor_id = o->sensor_id,
				 .order_id = o->order.id,
				 .type = order_type_name(o->order.type),
				 .made_us = now_us,
				 .bytes_max = o->order.type == ORDER_CAPTURE
						      ? (int64_t)o->order.bytes
						      : 0 };
	int r = order_encode(&o->order, &body, e);

	if (r < 0)
		return r;
	item.body = body.p;
	item.body_n = body.n;
	r = fleet_item_put(t, s, &item, now_us, e);
	return r < 0 ? r : fleet_order_store_add(t, s, &row, e);
}

int fleet_order_put(struct txn *t, const struct scope *s, const struct fleet_order *o,
		    int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct fleet_sensor sensor;
	struct order_row known;
	int r;

	if (o->expires_us <= now_us)
		return err_set(e, -EINVAL, "the order has expired before it is given");
	if ((r = order_check(&o->order, e)) < 0 ||
	    (r = fleet_store_get(t, s, o->sensor_id, a, &sensor, e)) < 0)
		return r;
	if (sensor.company_id != o->company_id)
		return err_set(e, -ENOENT, "there is no such sensor");
	r = fleet_order_store_by_id(t, s, o->sensor_id, o->order.id, a, &known, e);
	if (r >= 0)
		return err_set(e, -EEXIST, "this sensor was given an order of this number");
	return r == -ENOENT ? give(t, s, o, now_us, e) : r;
}

/* What was sent and not answered yet counts as waiting: so a capture is cancelled in any case. */
int fleet_order_withdraw(struct txn *t, const struct scope *s, int64_t sensor_id, int64_t order_id,
			 int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct order_row o;
	int r = fleet_order_store_by_id(t, s, sensor_id, order_id, a, &o, e);

	if (r < 0)
		return r;
	int waited = fleet_order_store_withdraw(t, s, &o, now_us, e);
	if (waited < 0 || !str_eq(str_of(o.type), STR("capture")))
		return waited;
	struct fleet_order cancel = {
		.company_id = o.company_id,
		.sensor_id = sensor_id,
		.order = { .id = order_id, .type = ORDER_CANCEL, .subject = order_id },
		.expires_us = now_us + CANCEL_HOURS * US_PER_HOUR
	};
	r = give(t, s, &cancel, now_us, e);
	return r == -ENOENT || r >= 0 ? waited : r; /* revoked sensors are sent nothing */
}

int fleet_sensor_reach(struct hub *h, struct txn *t, const struct scope *s, int64_t sensor_id,
		       struct arena *a, struct fleet_reach *out, struct err *e)
{
	struct fleet_sensor x;
	int r = fleet_store_get(t, s, sensor_id, a, &x, e);

	if (r < 0)
		return r;
	*out = (struct fleet_reach){
		.connected = h->fleet && h->fleet->listener &&
			     fleet_listen_connected(h->fleet->listener, sensor_id),
		.inline_box = x.inline_box,
		.inline_text = x.inline_text,
		.version = x.version,
		.company_id = x.company_id,
		.heard_us = x.heard_us,
		.revoked_us = x.revoked_us,
		.isolated = x.isolated,
		.blocked = x.blocked,
	};
	return 0;
}
