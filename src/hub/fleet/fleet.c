/* SPDX-License-Identifier: Apache-2.0 */
/* Sensors: their light, revoking and naming, and what other features ask of them. Codes and
 * enrolment: fleet_enrol.c. Watched time: fleet_coverage.c. */
#include "hub/fleet/fleet.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/accounts/accounts.h"
#include "hub/fleet/fleet_device_store.h"
#include "hub/fleet/fleet_rules.h"
#include "hub/fleet/fleet_run.h"
#include "hub/fleet/fleet_store.h"
#include "hub/live.h"

enum { SENSORS_OF_COMPANY = 200, SENSORS_AT_ONCE = 1000, SPOOL_AMBER_PERCENT = 80 };
#define CERT_AMBER_US (30 * US_PER_DAY)

const char *fleet_light_name(enum fleet_light l)
{
	static const char *const names[] = { "grey", "green", "amber", "red" };

	return names[l];
}

enum fleet_light fleet_light_of(const struct fleet_sensor *s, int64_t now_us)
{
	int64_t silent = now_us - s->heard_us;

	if (s->revoked_us != 0 || s->heard_us == 0)
		return FLEET_GREY;
	if (silent > FLEET_RED_AFTER_US || (s->beat_us != 0 && !s->capture_up))
		return FLEET_RED;
	if (silent > FLEET_AMBER_AFTER_US || *s->problems ||
	    (s->spool_quota > 0 && s->spool_bytes / SPOOL_AMBER_PERCENT * 100 >= s->spool_quota) ||
	    s->cert_expires_us - now_us < CERT_AMBER_US)
		return FLEET_AMBER;
	return FLEET_GREEN;
}

/* Red over amber over green; grey only when nothing else is there. */
static enum fleet_light worse(enum fleet_light a, enum fleet_light b)
{
	return a > b ? a : b;
}

int fleet_company_get(struct txn *t, const struct scope *s, int64_t company_id, int64_t now_us,
		      struct fleet_company *out, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_MEM struct blind_result *blind = mem_new(sizeof(*blind));
	struct fleet_filter f = {
		.company_id = company_id, .light = "", .revoked = true, .limit = SENSORS_OF_COMPANY
	};
	struct fleet_company c = { .light = FLEET_GREY };
	struct fleet_sensor *list;
	size_t n;
	int r = fleet_store_sensors(t, s, &f, a, &list, &n, e);

	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		if (list[i].revoked_us != 0)
			continue;
		c.light = worse(c.light, fleet_light_of(&list[i], now_us));
		if (c.n_sensors == 0 || list[i].heard_us < c.heard_us)
			c.heard_us = list[i].heard_us;
		c.n_sensors++;
	}
	r = fleet_coverage_company(t, s, &(struct fleet_sensors){ list, n },
				   fleet_coverage_month(now_us, FLEET_ZONE_MIN), now_us, blind, e);
	if (r < 0)
		return r;
	c.blind_us = blind->blind_us + blind->unheard_us;
	*out = c;
	return 0;
}

int fleet_sensor_names(struct txn *t, const struct scope *s, int64_t company_id, struct arena *a,
		       struct fleet_sensor_name **out, size_t *n_out, struct err *e)
{
	const struct fleet_filter f = {
		.company_id = company_id, .light = "", .revoked = true, .limit = SENSORS_OF_COMPANY
	};
	struct fleet_sensor *list;
	size_t n;
	int r = fleet_store_sensors(t, s, &f, a, &list, &n, e);

	if (r < 0)
		return r;
	struct fleet_sensor_name *names = arena_array(a, n + 1, sizeof(*names));
	for (size_t i = 0; i < n; i++)
		names[i] = (struct fleet_sensor_name){ .id = list[i].id,
						       .company_id = list[i].company_id,
						       .name = list[i].name,
						       .revoked = list[i].revoked_us != 0,
						       .heard_us = list[i].heard_us };
	*out = names;
	*n_out = n;
	return 0;
}

int fleet_device_get(struct txn *t, const struct scope *s, int64_t company_id, const char *mac,
		     struct arena *a, struct fleet_device *out, struct err *e)
{
	struct fleet_device *list;
	size_t n;
	int r = *mac ? fleet_device_store_devices(t, s, company_id, mac, a, &list, &n, e) : -ENOENT;

	if (r == 0 && n > 0) {
		*out = list[0];
		return 0;
	}
	return r < 0 && r != -ENOENT ? r : err_set(e, -ENOENT, "there is no such device");
}

int fleet_devices(struct txn *t, const struct scope *s, int64_t company_id, struct arena *a,
		  struct fleet_device **out, size_t *n_out, struct err *e)
{
	return fleet_device_store_devices(t, s, company_id, "", a, out, n_out, e);
}

int fleet_findings(struct txn *t, const struct scope *s, const struct fleet_story *q, size_t limit,
		   struct arena *a, struct fleet_finding_row **out, size_t *n_out, struct err *e)
{
	return fleet_device_store_findings(t, s, q, limit, a, out, n_out, e);
}

static int check_editor(const struct user *u, struct err *e)
{
	if (user_is(u, FLEET_EDITORS))
		return 0;
	return err_set(e, -EPERM, "only the desk and administrators change sensors");
}

static int check_name(const char *name, bool required, struct err *e)
{
	size_t n = utf8_count(name, strlen(name));

	if (required && n == 0)
		return err_set(e, -EINVAL, "a name is missing");
	if (n > FLEET_NAME_MAX)
		return err_set(e, -EINVAL, "a name has at most %d characters", FLEET_NAME_MAX);
	return 0;
}

static int audit(struct txn *t, const struct user *u, const char *action,
		 const struct fleet_sensor *s, const char *detail, struct err *e)
{
	SCOPED_BUF struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_text(&w, "sensor", s->name);
	jsonw_text(&w, "what", detail);
	jsonw_end_object(&w);
	return accounts_audit(t, u, action, "sensor", s->id, s->company_id, b.p, e);
}

int fleet_revoke(struct hub *h, const struct user *u, int64_t sensor_id, const char *why,
		 struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct fleet_sensor s;
	int r;

	if ((r = check_editor(u, e)) < 0 || (r = check_name(why, false, e)) < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	if (!t)
		return e->code;
	if ((r = fleet_store_get(t, &u->scope, sensor_id, a, &s, e)) < 0 ||
	    (r = fleet_store_revoke(t, &u->scope, sensor_id, why, u->scope.now_us, e)) < 0 ||
	    (r = audit(t, u, "sensor.revoke", &s, why, e)) < 0 || (r = txn_commit(&t, e)) < 0)
		return r;
	fleet_run_drop(h, sensor_id);
	live_publish(h, "sensor", s.company_id, sensor_id);
	return 0;
}

int fleet_rename(struct db *db, const struct user *u, int64_t sensor_id, const char *name,
		 struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct fleet_sensor s;
	int r;

	if ((r = check_editor(u, e)) < 0 || (r = check_name(name, true, e)) < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, e);
	if (!t)
		return e->code;
	if ((r = fleet_store_get(t, &u->scope, sensor_id, a, &s, e)) < 0 ||
	    (r = fleet_store_rename(t, &u->scope, sensor_id, name, e)) < 0 ||
	    (r = audit(t, u, "sensor.rename", &s, name, e)) < 0)
		return r;
	return txn_commit(&t, e);
}

int fleet_device_name(struct db *db, const struct user *u, int64_t company_id, int64_t device_id,
		      const char *name, struct err *e)
{
	int r;

	if (!user_is(u, FLEET_EDITORS | ROLE_TECHNICIAN | ROLE_ANALYST | ROLE_COMPANY))
		return err_set(e, -EPERM, "you may not name devices");
	if ((r = check_name(name, false, e)) < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, e);
	if (!t)
		return e->code;
	r = fleet_device_store_device_name(t, &u->scope, company_id, device_id, name, e);
	if (r < 0)
		return r;
	if ((r = accounts_audit(t, u, "device.name", "device", device_id, company_id, NULL, e)) < 0)
		return r;
	return txn_commit(&t, e);
}

const char *const fleet_device_kinds[] = { "pc",      "smartphone", "tablet", "server",
					   "nas",     "printer",    "camera", "router",
					   "machine", "other",      NULL };

static bool one_of(const char *s, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(s, *list) == 0)
			return true;
	return false;
}

int fleet_device_tell(struct txn *t, const struct user *u, int64_t company_id, int64_t device_id,
		      const struct fleet_device_said *said, struct err *e)
{
	static const char *const ours[] = { "", "yes", "no", NULL };
	int r;

	if (!user_is(u, FLEET_EDITORS | ROLE_TECHNICIAN | ROLE_ANALYST | ROLE_COMPANY))
		return err_set(e, -EPERM, "you may not name devices");
	if ((r = check_name(said->name, false, e)) < 0)
		return r;
	if ((said->kind[0] && !one_of(said->kind, fleet_device_kinds)) || !one_of(said->ours, ours))
		return err_set(e, -EINVAL, "choose what kind of device it is, and whose");
	if ((r = fleet_device_store_said(t, &u->scope, company_id, device_id, said, e)) < 0)
		return r;
	return accounts_audit(t, u, "device.tell", "device", device_id, company_id, NULL, e);
}

/* Writes the lights that changed; CHANGED has the rows afterwards. */
static int mark_some(struct txn *t, const struct fleet_sensor *list, size_t n, int64_t now_us,
		     struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < n && r >= 0; i++) {
		const char *light = fleet_light_name(fleet_light_of(&list[i], now_us));

		if (strcmp(light, list[i].light) != 0)
			r = fleet_store_set_light(t, &scope_system, list[i].id, light, e);
	}
	return r;
}

static bool any_changed(const struct fleet_sensor *list, size_t n, int64_t now_us)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(fleet_light_name(fleet_light_of(&list[i], now_us)), list[i].light) != 0)
			return true;
	return false;
}

static int mark_page(struct hub *h, const struct fleet_filter *f, int64_t now_us, size_t *n_out,
		     struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct fleet_sensor *list;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);
	int r;

	if (!t)
		return e->code;
	if ((r = fleet_store_sensors(t, &scope_system, f, a, &list, n_out, e)) < 0)
		return r;
	txn_rollback(&t);
	if (!any_changed(list, *n_out, now_us))
		return 0;
	if (!(t = txn_begin(h->db, TXN_WRITE, e)))
		return e->code;
	if ((r = mark_some(t, list, *n_out, now_us, e)) < 0 || (r = txn_commit(&t, e)) < 0)
		return r;
	for (size_t i = 0; i < *n_out; i++)
		if (strcmp(fleet_light_name(fleet_light_of(&list[i], now_us)), list[i].light) != 0)
			live_publish(h, "sensor", list[i].company_id, list[i].id);
	return 0;
}

int fleet_mark_lights(struct hub *h, struct err *e)
{
	struct fleet_filter f = { .light = "", .limit = SENSORS_AT_ONCE };
	int64_t now_us = clock_utc_us(h->clock);
	size_t n = SENSORS_AT_ONCE;
	int r = 0;

	for (; n == SENSORS_AT_ONCE && r >= 0; f.offset += n)
		r = mark_page(h, &f, now_us, &n, e);
	return r;
}
