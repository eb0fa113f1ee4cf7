/* SPDX-License-Identifier: Apache-2.0 */
/* One-time codes printed for a company, and the names that people give its devices. */
#include <errno.h>
#include <inttypes.h>

#include "base/mem.h"
#include "hub/accounts/accounts.h"
#include "hub/fleet/fleet_pages.h"
#include "hub/fleet/fleet_web.h"
#include "hub/fleet_tmpl.h"
#include "print/qr.h"

enum { NAMERS = FLEET_EDITORS | ROLE_TECHNICIAN | ROLE_ANALYST | ROLE_COMPANY };

static int load(struct call *c, struct company *out)
{
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	if (!t)
		return c->err.code;
	return members_company_get(t, c->scope, id, c->arena, out, &c->err);
}

/* --- codes --- */

static int form_read(struct call *c, struct fleet_code_form *m)
{
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	struct members_place *sites;
	size_t n;
	int r;

	if (!t)
		return c->err.code;
	r = fleet_store_codes(t, c->scope, m->c.id, c->now_us, c->arena, &m->codes, &m->n_codes,
			      &c->err);
	if (r < 0)
		return r;
	if ((r = members_places(t, c->scope, m->c.id, c->arena, &sites, &n, &c->err)) < 0)
		return r;
	struct fleet_site_choice *list = arena_array(c->arena, n + 1, sizeof(*list));
	for (size_t i = 0; i < n; i++)
		list[i] = (struct fleet_site_choice){ sites[i].id, sites[i].name };
	m->sites = list;
	m->n_sites = n;
	return 0;
}

static int form_page(struct call *c, int status, const struct company *x, const char *name,
		     const char *error)
{
	struct fleet_code_form m = { .c = *x, .name = name, .error = error };
	struct buf b = { 0 };
	int r = form_read(c, &m);

	if (r < 0)
		return r;
	struct tmpl t = call_tmpl(c, &b);
	tmpl_fleet_code_form(&t, &m);
	return call_page(c, status, "fleet.code.new", NULL, "/members", &b);
}

int fleet_code_web_form(struct call *c)
{
	struct company x;
	int r = load(c, &x);

	if (r < 0)
		return r;
	return form_page(c, 200, &x, text_get(c->hub->text, c->lang, "fleet.name.first"), NULL);
}

static void desk_of(struct call *c, struct fleet_code_page *m)
{
	struct accounts_org org;
	char shown[32];
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);

	m->desk_phone = m->desk_name = "";
	if (!t || accounts_org_get(t, &scope_system, c->user->org_id, &org, &c->err) < 0)
		return; /* the sheet is good without */
	members_phone_format(org.phone, shown);
	m->desk_phone = arena_strdup(c->arena, shown);
	m->desk_name = arena_strdup(c->arena, org.name);
}

static int code_json(struct call *c, const struct fleet_code_page *m)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_int(&w, "company", m->c.id);
	jsonw_text(&w, "company_name", m->c.name);
	jsonw_text(&w, "sensor", m->sensor_name);
	jsonw_text(&w, "code", m->code);
	jsonw_text(&w, "url", m->url);
	jsonw_time(&w, "expires", m->expires_us);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

static int code_page(struct call *c, struct fleet_code_page *m)
{
	SCOPED_BUF struct buf qr = { 0 };
	struct buf b = { 0 };

	desk_of(c, m);
	if (qr_svg(m->url, &qr, &c->err) == 0)
		m->qr = (struct html){ qr.p, qr.n };
	struct tmpl t = call_tmpl(c, &b);
	tmpl_fleet_code(&t, m);
	return call_page(c, 200, "fleet.code.title", NULL, "/members", &b);
}

static int make(struct call *c, const struct company *x, const char *name, int64_t site_id)
{
	struct fleet_enrol_code q = { .company_id = x->id,
				      .site_id = site_id,
				      .sensor_name = name };
	struct fleet_code_page m = { .c = *x, .sensor_name = name };
	char code[FLEET_CODE_SIZE];
	int r = fleet_code_make(c->hub->db, c->user, &q, code, &m.expires_us, &c->err);

	if (r == -EINVAL && !c->wants_json)
		return form_page(c, 400, x, name, c->err.text);
	if (r < 0)
		return r;
	m.code = code;
	m.host = c->hub->conf.public_sensor_host;
	if (!(m.url = fleet_view_url(c, code, &c->err)))
		return -EIO; /* no certificate of our own: not the asker's doing */
	return c->wants_json ? code_json(c, &m) : code_page(c, &m);
}

/* Not redirected: the code is shown once and kept nowhere. */
int fleet_code_web_make(struct call *c)
{
	struct form f = form_of(c);
	struct company x;
	int r = load(c, &x);

	if (r < 0)
		return r;
	const char *name = form_text(&f, "name", true, FLEET_NAME_MAX);
	int64_t site = form_int(&f, "site", false, 0, INT64_MAX);
	if (!form_ok(&f))
		return form_page(c, 400, &x, name,
				 text_get(c->hub->text, c->lang, "fleet.name.missing"));
	return make(c, &x, name, site);
}

/* The command line's way: the company by its id, member number or name. */
int fleet_code_web_json(struct call *c)
{
	struct form f = form_of(c);
	const char *which = form_text(&f, "company", true, MEMBERS_NAME_MAX);
	const char *name = form_text(&f, "name", false, FLEET_NAME_MAX);
	struct company x;

	if (!form_ok(&f))
		return err_set(&c->err, -EINVAL, "say which company the sensor is for");
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	if (!t)
		return c->err.code;
	int r = members_find(t, c->scope, which, c->arena, &x, &c->err);
	txn_rollback(&t);
	if (r == -ENOENT)
		return err_set(&c->err, -EINVAL, "there is no company %s", which);
	if (r < 0)
		return r;
	return make(c, &x, *name ? name : text_get(c->hub->text, c->lang, "fleet.name.first"), 0);
}

/* --- devices --- */

static int devices_json(struct call *c, const struct fleet_devices_page *m)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_array(&w, "devices");
	for (size_t i = 0; i < m->n_rows; i++) {
		const struct fleet_device *d = &m->rows[i];

		jsonw_object(&w, NULL);
		jsonw_int(&w, "id", d->id);
		jsonw_text(&w, "mac", d->mac);
		jsonw_text(&w, "name", d->given_name);
		jsonw_text(&w, "kind", d->given_kind);
		jsonw_text(&w, "ours", d->ours);
		jsonw_text(&w, "hostname", d->hostname);
		jsonw_text(&w, "vendor", d->vendor);
		jsonw_text(&w, "addresses", d->addresses);
		jsonw_bool(&w, "random_mac", d->random_mac);
		jsonw_time(&w, "first_seen", d->first_seen_us);
		jsonw_time(&w, "last_seen", d->last_seen_us);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

int fleet_code_web_devices(struct call *c)
{
	struct fleet_devices_page m = { .may_name = user_is(c->user, NAMERS), .now_us = c->now_us };
	struct buf b = { 0 };
	int r = load(c, &m.c);

	if (r < 0)
		return r;
	m.is_own = c->user->company_id == m.c.id;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	if (!t)
		return c->err.code;
	if ((r = fleet_devices(t, c->scope, m.c.id, c->arena, &m.rows, &m.n_rows, &c->err)) < 0)
		return r;
	txn_rollback(&t);
	accounts_saw(c, &(struct accounts_seen_thing){ SEEN_DEVICE, 0, m.c.id, NULL });
	m.kind_keys = arena_array(c->arena, m.n_rows + 1, sizeof(*m.kind_keys));
	for (size_t i = 0; i < m.n_rows; i++)
		m.kind_keys[i] = arena_printf(c->arena, "fleet.kind.%s", m.rows[i].given_kind);
	if (c->wants_json)
		return devices_json(c, &m);
	struct tmpl tm = call_tmpl(c, &b);
	m.top = call_panels(c, "devices.top", m.c.id);
	tmpl_fleet_devices(&tm, &m);
	return call_page(c, 200, "fleet.devices", NULL, "/members", &b);
}

int fleet_code_web_device_name(struct call *c)
{
	struct form f = form_of(c);
	const char *name = form_text(&f, "name", false, FLEET_NAME_MAX);
	int64_t company, device;
	int r;

	if ((r = call_id(c, 0, &company)) < 0 || (r = call_id(c, 1, &device)) < 0)
		return r;
	if (!form_ok(&f))
		return err_set(&c->err, -EINVAL, "a name has at most %d characters",
			       FLEET_NAME_MAX);
	r = fleet_device_name(c->hub->db, c->user, company, device, name, &c->err);
	if (r < 0)
		return r;
	return call_done(c, "fleet.device.named", "/members/%" PRId64 "/devices", company);
}
