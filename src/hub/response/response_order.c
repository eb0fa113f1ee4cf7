/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of giving orders: who may order what, of which device, for how long, and under which
 * consent. Ending them: response_end.c. What sensors report: response_report.c. */
#include "hub/response/response_order.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/jsonw.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/accounts/accounts.h"
#include "hub/response/response_store.h"
#include "net/crypto.h"

enum {
	SECONDS_DEFAULT = 60,
	SECONDS_MIN = 10,
	MEBIBYTE_DEFAULT = 16,
	MEBIBYTE_MAX = ORDER_BYTES_MAX / (1024 * 1024),
	BEGIN_MIN = 30, /* not begun after */
	NETWORK_TEXT = 100,
};

const int64_t response_hours[] = { 1, 4, 8, 24 };
const size_t response_hours_n = ARRAY_LEN(response_hours);

bool response_needs_consent(enum order_type t)
{
	return t == ORDER_CAPTURE || t == ORDER_ISOLATE || t == ORDER_BLOCK;
}

bool response_has_effect(enum order_type t)
{
	return t == ORDER_ISOLATE || t == ORDER_BLOCK;
}

/* What people order by name; the rest follows from what is in effect or running. */
static bool is_asked(enum order_type t)
{
	return t == ORDER_TEST || t == ORDER_LIST_DEVICES || response_needs_consent(t);
}

/* --- what it is about --- */

static int find_sensor(struct txn *t, const struct user *u, int64_t wanted, int64_t company_id,
		       struct arena *a, struct fleet_sensor_name *out, struct err *e)
{
	struct fleet_sensor_name *list;
	size_t n, left = 0;
	int r = fleet_sensor_names(t, &u->scope, company_id, a, &list, &n, e);

	for (size_t i = 0; r >= 0 && i < n; i++) {
		if (wanted ? list[i].id != wanted : list[i].revoked)
			continue;
		*out = list[i];
		left++;
	}
	if (r < 0)
		return r;
	if (left == 0)
		return wanted ? err_set(e, -ENOENT, "there is no such sensor")
			      : err_set(e, -ECONFLICT, "this company has no sensor");
	if (left > 1)
		return err_set(e, -EINVAL, "choose the sensor that shall do it");
	if (out->revoked)
		return err_set(e, -ECONFLICT, "this sensor is revoked and takes no orders");
	return 0;
}

static bool network_holds(const struct order_network *n, struct str address)
{
	struct order_network one = { 0 };
	char text[NETWORK_TEXT];

	if (!str_copy(text, sizeof(text), address) || order_network_set(&one, text, NULL) < 0)
		return false;
	for (int i = 0; i < n->bits; i++) {
		int bit = 0x80 >> (i % 8);
		if ((n->address[i / 8] & bit) != (one.address[i / 8] & bit))
			return false;
	}
	return true;
}

/* Nobody shall cut the company off by its own router. */
static int spare_gateways(struct txn *t, const struct user *u, const struct response_plan *p,
			  struct arena *a, struct err *e)
{
	struct fleet_device *list;
	size_t n;
	int r = fleet_devices(t, &u->scope, p->c.company_id, a, &list, &n, e);

	for (size_t i = 0; r >= 0 && i < n; i++) {
		struct str rest = str_of(list[i].addresses), one;

		while (list[i].is_gateway && str_cut(&rest, ' ', &one))
			if (network_holds(&p->order.network, one))
				return err_set(e, -EINVAL,
					       "%s holds the gateway of the company: it is never "
					       "blocked",
					       p->target);
	}
	return r;
}

static int about_network(struct txn *t, const struct user *u, const struct response_ask *ask,
			 struct arena *a, struct response_plan *p, struct err *e)
{
	char text[ORDER_NETWORK_MAX];
	int r;

	if (!ask->network[0])
		return err_set(e, -EINVAL, "write the address that shall be blocked");
	if (ask->port < 0 || ask->port > UINT16_MAX)
		return err_set(e, -EINVAL, "a port is a number from 1 to %d", UINT16_MAX);
	if (ask->protocol != 0 && ask->protocol != 6 && ask->protocol != 17)
		return err_set(e, -EINVAL, "the protocol is TCP, UDP or both");
	if ((r = order_network_set(&p->order.network, ask->network, e)) < 0)
		return r;
	p->order.port = (uint16_t)ask->port;
	p->order.protocol = (uint8_t)ask->protocol;
	order_network_format(&p->order.network, text);
	p->target = p->order.port ? arena_printf(a, "%s (%d)", text, p->order.port)
				  : arena_strdup(a, text);
	return spare_gateways(t, u, p, a, e);
}

static int about_device(struct txn *t, const struct user *u, const struct response_ask *ask,
			struct arena *a, struct response_plan *p, struct err *e)
{
	int r;

	if (!ask->mac[0])
		return err_set(e, -EINVAL, "choose the device");
	if ((r = order_mac_set(&p->order, ask->mac, e)) < 0)
		return r;
	r = fleet_device_get(t, &u->scope, p->c.company_id, p->order.mac, a, &p->device, e);
	if (r == -ENOENT)
		return err_set(e, -ENOENT, "there is no such device");
	if (r < 0)
		return r;
	p->target = p->device.shown;
	if (p->device.is_gateway && p->type != ORDER_CAPTURE)
		return err_set(e, -EINVAL, "%s is the gateway of the company: it is never isolated",
			       p->target);
	return 0;
}

static int about(struct txn *t, const struct user *u, const struct response_ask *ask,
		 struct arena *a, struct response_plan *p, struct err *e)
{
	const bool device = p->type == ORDER_ISOLATE || p->type == ORDER_CAPTURE;
	int64_t wanted = ask->sensor_id;
	int r = 0;

	if (device)
		r = about_device(t, u, ask, a, p, e);
	else if (p->type == ORDER_BLOCK)
		r = about_network(t, u, ask, a, p, e);
	if (r < 0)
		return r;
	if (device && !wanted)
		wanted = p->device.sensor_id;
	r = find_sensor(t, u, wanted, p->c.company_id, a, &p->sensor, e);
	if (r >= 0 && !p->target[0])
		p->target = p->sensor.name;
	return r;
}

/* --- for how long --- */

static int bounds(const struct response_ask *ask, int64_t now_us, struct response_plan *p,
		  struct err *e)
{
	const int64_t hours = ask->hours ? ask->hours : RESPONSE_HOURS_DEFAULT;
	const int64_t seconds = ask->seconds ? ask->seconds : SECONDS_DEFAULT;
	const int64_t mebibyte = ask->mebibyte ? ask->mebibyte : MEBIBYTE_DEFAULT;
	bool known = false;

	p->expires_us = now_us + BEGIN_MIN * US_PER_MIN;
	if (p->type == ORDER_CAPTURE) {
		if (seconds < SECONDS_MIN || seconds > ORDER_SECONDS_MAX)
			return err_set(e, -EINVAL, "a recording lasts %d to %d seconds",
				       SECONDS_MIN, ORDER_SECONDS_MAX);
		if (mebibyte < 1 || mebibyte > MEBIBYTE_MAX)
			return err_set(e, -EINVAL, "a recording has at most %d MiB", MEBIBYTE_MAX);
		p->order.seconds = (uint32_t)seconds;
		p->order.bytes = (uint64_t)mebibyte * 1024 * 1024;
	}
	if (!response_has_effect(p->type))
		return 0;
	for (size_t i = 0; i < response_hours_n; i++)
		known = known || response_hours[i] == hours;
	if (!known)
		return err_set(e, -EINVAL, "choose how many hours it shall last");
	p->until_us = now_us + hours * US_PER_HOUR;
	return 0;
}

/* What stands, whatever else may be missing. */
static int find_consent(struct txn *t, const struct user *u, int64_t now_us, struct arena *a,
			struct response_plan *p, struct err *e)
{
	p->needs_consent = response_needs_consent(p->type);
	if (!p->needs_consent)
		return 0;
	return cases_consent_find(t, &u->scope, p->c.id, order_type_name(p->type), now_us, a,
				  &p->consent, e);
}

static int check_consent(struct response_plan *p, struct err *e)
{
	if (!p->needs_consent)
		return 0;
	p->lacks_consent = p->consent.id == 0;
	if (p->lacks_consent)
		return err_set(e, -ECONFLICT,
			       "there is no valid consent for this; ask the company and record it");
	p->order.consent = p->consent.id;
	if (p->until_us && p->consent.until_us && p->until_us > p->consent.until_us) {
		p->until_us = p->consent.until_us;
		p->cut = true;
	}
	return 0;
}

static int reach(struct txn *t, struct hub *h, const struct user *u, struct arena *a,
		 struct response_plan *p, struct err *e)
{
	int r = fleet_sensor_reach(h, t, &u->scope, p->sensor.id, a, &p->reach, e);

	if (r < 0)
		return r;
	if (response_has_effect(p->type) && !p->reach.inline_box)
		return err_set(e, -ECONFLICT,
			       "the sensor %s only listens: traffic does not go through it, so it "
			       "cannot hold anything back",
			       p->sensor.name);
	return 0;
}

static struct response_order row_of(const struct response_plan *p, const struct response_ask *ask,
				    const struct user *u, int64_t now_us, struct arena *a)
{
	char network[ORDER_NETWORK_MAX] = "";

	if (p->order.network.set)
		order_network_format(&p->order.network, network);
	return (struct response_order){
		.company_id = p->c.company_id,
		.incident_id = p->c.id,
		.sensor_id = p->sensor.id,
		.type = order_type_name(p->type),
		.mac = p->order.mac,
		.network = arena_strdup(a, network),
		.target = p->target,
		.port = p->order.port,
		.protocol = p->order.protocol,
		.seconds = p->order.seconds,
		.bytes = (int64_t)p->order.bytes,
		.until_us = p->until_us,
		.expires_us = p->expires_us,
		.consent_id = p->consent.id,
		.token = ask->token,
		.made_by = u->person_id,
		.made_us = now_us,
	};
}

/* Two people at once: the second hears of the first. */
static int not_twice(struct txn *t, const struct user *u, const struct response_order *row,
		     struct arena *a, struct err *e)
{
	struct response_order other;
	int r = response_store_same(t, &u->scope, row, a, &other, e);

	return r <= 0 ? r
		      : err_set(e, -ECONFLICT, "%s has ordered the same already; it is not over",
				other.made_name);
}

int response_order_plan(struct txn *t, struct hub *h, const struct user *u,
			const struct response_ask *ask, int64_t now_us, struct arena *a,
			struct response_plan *p, struct err *e)
{
	int r = cases_get(t, &u->scope, ask->number, a, &p->c, e);

	if (r < 0)
		return r;
	p->target = "";
	p->type = order_type_find(ask->type);
	if (!user_is(u, CASES_WORKERS))
		return err_set(e, -EDENIED, "your role may not give orders to sensors");
	if (!is_asked(p->type))
		return err_set(e, -EINVAL, "there is no such order");
	if (strcmp(p->c.state, CASE_CLOSED) == 0)
		return err_set(e, -ECONFLICT, "the case is closed; reopen it first");
	p->order.type = p->type;
	if ((r = find_consent(t, u, now_us, a, p, e)) < 0 || (r = about(t, u, ask, a, p, e)) < 0 ||
	    (r = bounds(ask, now_us, p, e)) < 0 || (r = reach(t, h, u, a, p, e)) < 0 ||
	    (r = check_consent(p, e)) < 0)
		return r;
	if (p->until_us && p->expires_us > p->until_us)
		p->expires_us = p->until_us;
	const struct response_order row = row_of(p, ask, u, now_us, a);
	return not_twice(t, u, &row, a, e);
}

/* --- giving --- */

static int audit(struct txn *t, const struct user *u, const struct response_order *o,
		 const char *action, struct err *e)
{
	SCOPED_BUF struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_text(&w, "type", o->type);
	jsonw_text(&w, "target", o->target);
	jsonw_text(&w, "mac", o->mac);
	jsonw_text(&w, "network", o->network);
	jsonw_int(&w, "port", o->port);
	jsonw_int(&w, "sensor", o->sensor_id);
	jsonw_int(&w, "consent", o->consent_id);
	jsonw_int(&w, "until_us", o->until_us);
	jsonw_end_object(&w);
	return accounts_audit(t, u, action, "order", o->id, o->company_id, b.p, e);
}

int response_order_give(struct txn *t, const struct user *u, struct response_order *row,
			struct order *o, int64_t now_us, struct err *e)
{
	int r = response_store_add(t, &u->scope, row, &row->id, e);

	if (r < 0)
		return r;
	if (r == 0)
		return err_set(e, -EEXIST, "this order was given already");
	o->id = row->id;
	str_copy(o->by, sizeof(o->by), str_of(u->name)); /* cut between characters */
	const struct fleet_order put = { .company_id = row->company_id,
					 .sensor_id = row->sensor_id,
					 .order = *o,
					 .expires_us = row->expires_us };
	/* people of a company take back what runs for them; the sensor is the hub's to speak to */
	if ((r = fleet_order_put(t, &scope_system, &put, now_us, e)) < 0)
		return r;
	return audit(t, u, row, "order.give", e);
}

int response_file_taken(struct txn *t, const struct user *u, const struct response_order *o,
			struct err *e)
{
	return audit(t, u, o, "order.file", e);
}

const char *response_token(struct arena *a)
{
	uint8_t raw[16];
	char hex[2 * sizeof(raw) + 1];

	crypto_random(raw, sizeof(raw));
	crypto_hex(raw, sizeof(raw), hex);
	return arena_strdup(a, hex);
}

/* The order that this form has given before; nobody else's. */
static int given_before(struct txn *t, const struct user *u, const struct response_ask *ask,
			struct arena *a, int64_t *id_out, struct err *e)
{
	struct response_order o;
	int r = response_store_by_token(t, &u->scope, ask->token, id_out, e);

	if (r == -ENOENT)
		return 0;
	if (r < 0 || (r = response_store_get(t, &u->scope, *id_out, a, &o, e)) < 0)
		return r;
	if (o.made_by != u->person_id || strcmp(o.number, ask->number) != 0)
		return err_set(e, -EINVAL, "this form belongs to another order; open it again");
	return 1;
}

int response_order_make(struct txn *t, struct hub *h, const struct user *u,
			const struct response_ask *given, int64_t now_us, int64_t *id_out,
			struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct response_plan p = { 0 };
	struct response_ask ask = *given;
	int64_t id;
	int r = 0;

	if (strlen(ask.token) > RESPONSE_TOKEN_MAX)
		return err_set(e, -EINVAL, "this form belongs to another order; open it again");
	if (ask.token[0])
		r = given_before(t, u, &ask, a, &id, e);
	else
		ask.token = response_token(a);
	if (r < 0)
		return r;
	if (r > 0) {
		*id_out = id;
		return 0;
	}
	if ((r = response_order_plan(t, h, u, &ask, now_us, a, &p, e)) < 0)
		return r;
	struct response_order row = row_of(&p, &ask, u, now_us, a);
	p.order.until_us = p.until_us;
	if ((r = response_order_give(t, u, &row, &p.order, now_us, e)) < 0)
		return r;
	*id_out = row.id;
	return 0;
}

int response_orders(struct txn *t, const struct scope *s, const struct response_filter *f,
		    struct arena *a, struct response_order **out, size_t *n_out, struct err *e)
{
	return response_store_list(t, s, f, a, out, n_out, e);
}
