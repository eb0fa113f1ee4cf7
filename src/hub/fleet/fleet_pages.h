/* SPDX-License-Identifier: Apache-2.0 */
/* What the pages of fleet show: the models of its templates. */
#ifndef HUB_FLEET_FLEET_PAGES_H
#define HUB_FLEET_FLEET_PAGES_H

#include <string.h> /* for the templates */

#include "hub/fleet/fleet_device_store.h"
#include "hub/fleet/fleet_item_store.h"
#include "hub/fleet/fleet_rules.h"
#include "hub/fleet/fleet_store.h"
#include "hub/members/members.h"
#include "net/tmpl.h"

struct fleet_entry {
	struct fleet_sensor s;
	const char *light, *light_key, *why_key;
	int64_t blind_us, unheard_us; /* this month */
};

struct fleet_list_page {
	struct fleet_entry *rows;
	size_t n_rows;
	int64_t n_red, n_amber, n_green, n_grey, total, first, last;
	const char *light; /* the tab */
	const char *prev_url, *next_url;
	bool may_edit;
};

struct fleet_gap {
	struct span span;
	int64_t length_us;
	bool open;
	const char *reason; /* what the sensor said; "" = nothing was heard */
};

struct fleet_point {
	int64_t at_s, at_us, packets, dropped;
};

/* What the hub has for the sensor. */
struct fleet_item_view {
	const char *kind, *state_key, *tone, *reason;
	int64_t made_us, delivered_us, done_us, size;
};

struct fleet_sensor_page {
	struct fleet_entry item;
	const char *const *problems;
	size_t n_problems;
	struct fleet_gap *gaps; /* newest first */
	size_t n_gaps;
	struct fleet_point *points;
	size_t n_points;
	struct blind_result *month;
	bool may_edit;
	const struct fleet_item_view *items; /* from the hub, newest first */
	size_t n_items;
};

struct fleet_site_choice {
	int64_t id;
	const char *name;
};

struct fleet_code_form {
	struct company c;
	const struct fleet_site_choice *sites;
	size_t n_sites;
	struct fleet_code_row *codes; /* still good */
	size_t n_codes;
	const char *name, *error; /* ERROR NULL = none */
};

struct fleet_code_page { /* printed, both languages */
	struct company c;
	const char *code, *url, *host, *sensor_name, *desk_phone, *desk_name;
	int64_t expires_us;
	struct html qr;
};

struct fleet_devices_page {
	struct company c;
	struct fleet_device *rows;
	size_t n_rows;
	bool may_name, is_own;
	int64_t now_us;
	struct html top;        /* panels of later features */
	const char **kind_keys; /* the word for each one's kind */
};

struct fleet_panel { /* on a company's page */
	int64_t company_id;
	struct fleet_entry *rows;
	size_t n_rows;
	struct fleet_company sum;
	const char *light, *light_key, *text_key;
	int64_t n_devices;
	bool may_edit;
};

struct fleet_home {
	struct fleet_entry *rows;
	size_t n_rows;
};

/* fleet_view.c */
void fleet_view_item(const struct fleet_sensor *s, int64_t now_us, struct fleet_entry *out);
void fleet_view_post(struct call *c, const struct item_row *i, struct fleet_item_view *out);
const char *fleet_view_light_key(enum fleet_light l);
const char *fleet_view_url(struct call *c, const char *code, struct err *e); /* NULL and E */

#endif
