/* SPDX-License-Identifier: Apache-2.0 */
/* What the doctor says of the sensors: how many are silent, and which one for longest. */
#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "hub/fleet/fleet_item_store.h"
#include "hub/fleet/fleet_run.h"
#include "hub/fleet/fleet_store.h"
#include "net/crypto.h"

enum { SENSORS_AT_ONCE = 500 };

struct tally {
	int64_t all, silent;
	int64_t heard_us; /* of the one that is silent for longest */
	char worst[FLEET_NAME_MAX * 4 + 256];
};

static void tally_add(struct tally *y, const struct fleet_sensor *s, int64_t now_us)
{
	y->all++;
	if (now_us - s->heard_us <= FLEET_RED_AFTER_US)
		return;
	y->silent++;
	if (y->worst[0] && s->heard_us >= y->heard_us)
		return;
	y->heard_us = s->heard_us;
	(void)snprintf(y->worst, sizeof(y->worst), "%s (%s)", s->company_name, s->name);
}

static int tally_page(struct hub *h, const struct fleet_filter *f, struct tally *y, size_t *n_out,
		      struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct fleet_sensor *list;
	int r;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);

	if (!t)
		return e->code;
	if ((r = fleet_store_sensors(t, &scope_system, f, a, &list, n_out, e)) < 0)
		return r;
	for (size_t i = 0; i < *n_out; i++)
		tally_add(y, &list[i], clock_utc_us(h->clock));
	return 0;
}

/* Sensors that check items by another key than the hub has now take none. */
static int check_item_key(struct hub *h, struct check_list *l, struct err *e)
{
	char hex[2 * sizeof(((struct hub_item_key *)0)->public_key) + 1], count[24];
	struct hub_item_key key;
	struct err why;
	int64_t other;

	if (hub_item_key_load(h, &key, &why) < 0) {
		check_add(l, CHECK_BAD, "fleet.check.item_key.none", why.text, NULL);
		return 0;
	}
	crypto_hex(key.public_key, sizeof(key.public_key), hex);
	crypto_wipe(&key, sizeof(key));
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);
	int r = t ? fleet_item_store_other_keys(t, hex, &other, e) : e->code;
	if (r < 0)
		return r;
	(void)snprintf(count, sizeof(count), "%" PRId64, other); /* fits */
	check_add(l, other ? CHECK_WARN : CHECK_GOOD,
		  other ? "fleet.check.item_key.other" : "fleet.check.item_key", count, NULL);
	return 0;
}

int fleet_check(struct hub *h, struct check_list *l, struct err *e)
{
	struct fleet_filter f = { .light = "", .limit = SENSORS_AT_ONCE };
	struct tally y = { .all = 0 };
	size_t n = SENSORS_AT_ONCE;
	char count[24];

	int checked = check_item_key(h, l, e);
	if (checked < 0)
		return checked;
	for (; n == SENSORS_AT_ONCE; f.offset += n) {
		int r = tally_page(h, &f, &y, &n, e);
		if (r < 0)
			return r;
	}
	if (y.all == 0) {
		check_add(l, CHECK_GOOD, "fleet.check.none", NULL, NULL);
		return 0;
	}
	(void)snprintf(count, sizeof(count), "%" PRId64, y.silent ? y.silent : y.all);
	check_add(l, y.silent ? CHECK_WARN : CHECK_GOOD,
		  y.silent ? "fleet.check.silent" : "fleet.check.heard", count, y.worst);
	return 0;
}
