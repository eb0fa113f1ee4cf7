/* SPDX-License-Identifier: Apache-2.0 */
/* The company's devices: what they are called, what they are, and whether anybody there knows them.
 */
#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "hub/portal/portal_view.h"
#include "hub/portal_tmpl.h"

enum { FRESH_DAYS = 7, NAME_CHARS = 64, DEVICES_SHOWN = 300 };

static const struct portal_kind kinds[] = {
	{ "pc", "fleet.kind.pc" },           { "smartphone", "fleet.kind.smartphone" },
	{ "tablet", "fleet.kind.tablet" },   { "server", "fleet.kind.server" },
	{ "nas", "fleet.kind.nas" },         { "printer", "fleet.kind.printer" },
	{ "camera", "fleet.kind.camera" },   { "router", "fleet.kind.router" },
	{ "machine", "fleet.kind.machine" }, { "other", "fleet.kind.other" },
};

static int devices_json(struct call *c, const struct portal_devices_page *m)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_array(&w, "devices");
	for (size_t i = 0; i < m->n_rows; i++) {
		const struct fleet_device *d = &m->rows[i].d;

		jsonw_object(&w, NULL);
		jsonw_int(&w, "id", d->id);
		jsonw_text(&w, "shown", d->shown);
		jsonw_text(&w, "name", d->given_name);
		jsonw_text(&w, "kind", d->given_kind);
		jsonw_text(&w, "ours", d->ours);
		jsonw_text(&w, "mac", d->mac);
		jsonw_time(&w, "first_seen", d->first_seen_us);
		jsonw_time(&w, "last_seen", d->last_seen_us);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

static int load(struct call *c, struct portal_devices_page *m)
{
	struct fleet_device *list;
	int64_t id;
	size_t n;
	int r = portal_view_own(c, &id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	r = t ? fleet_devices(t, c->scope, id, c->arena, &list, &n, &c->err) : c->err.code;
	if (r < 0)
		return r;
	m->rows = arena_array(c->arena, n + 1, sizeof(*m->rows));
	for (size_t i = 0; i < n && m->n_rows < DEVICES_SHOWN; i++) {
		m->rows[m->n_rows++] =
			(struct portal_device){ .d = list[i],
						.fresh = list[i].first_seen_us >
							 c->now_us - FRESH_DAYS * US_PER_DAY };
		m->n_unsaid += !list[i].ours[0];
	}
	m->kinds = kinds;
	m->n_kinds = ARRAY_LEN(kinds);
	return 0;
}

static int page(struct call *c, int status, struct portal_devices_page *m)
{
	struct buf b = { 0 };
	struct tmpl tm = call_tmpl(c, &b);

	tmpl_portal_devices(&tm, m);
	return call_page(c, status, "portal.devices.title", NULL, "/portal/devices", &b);
}

int portal_device_web_list(struct call *c)
{
	struct portal_devices_page m = { 0 };
	int r = load(c, &m);

	if (r < 0)
		return r;
	accounts_saw(c, &(struct accounts_seen_thing){ SEEN_DEVICE, 0, c->user->company_id, NULL });
	return c->wants_json ? devices_json(c, &m) : page(c, 200, &m);
}

int portal_device_web_save(struct call *c)
{
	struct form f = form_of(c);
	const struct fleet_device_said said = { .name = form_text(&f, "name", false, NAME_CHARS),
						.kind = form_text(&f, "kind", false, 20),
						.ours = form_text(&f, "ours", false, 5) };
	int64_t company, device;
	int r = portal_view_own(c, &company);

	if (r < 0 || (r = call_id(c, 0, &device)) < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	if (!t)
		return c->err.code;
	r = form_ok(&f) ? fleet_device_tell(t, c->user, company, device, &said, &c->err)
			: err_set(&c->err, -EINVAL, "%s", f.errors[0].text);
	if (r == -EINVAL) {
		struct portal_devices_page m = { .error = arena_strdup(c->arena, c->err.text) };
		txn_rollback(&t);
		return (r = load(c, &m)) < 0 ? r : page(c, 400, &m);
	}
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	if (r < 0)
		return r;
	if (strcmp(said.ours, "no") == 0)
		return call_done(c, "portal.device.stranger", "/portal/devices#d%lld",
				 (long long)device);
	return call_done(c, "portal.device.saved", "/portal/devices#d%lld", (long long)device);
}
