/* SPDX-License-Identifier: Apache-2.0 */
/* What the pages of remote response show: the models of its templates. */
#ifndef HUB_RESPONSE_RESPONSE_PAGES_H
#define HUB_RESPONSE_RESPONSE_PAGES_H

#include "hub/fleet/fleet.h"
#include "hub/members/members.h"
#include "hub/response/response.h"
#include "hub/response/response_ask.h"
#include "hub/response/response_steps.h"
#include "hub/response/response_store.h"
#include "net/tmpl.h"

struct consent_item {
	struct case_consent k;
	const char *uses;      /* in words */
	const char *how_key;   /* "response.how.call" */
	const char *state_key; /* "response.consent.valid" */
	const char *until_key; /* "response.until.case"; "" when UNTIL_US says it */
	const char **lines;    /* what was read out */
	size_t n_lines;
	bool valid, may_revoke;
	bool own; /* the company itself looks at it */
};

struct ask_item {
	struct consent_ask k;
	const char *uses, *state_key, *until_key;
	const char **lines; /* what is agreed to by a yes */
	size_t n_lines;
	bool open;
};
struct asks_panel {
	struct ask_item *rows;
	size_t n_rows;
};

struct consent_panel {      /* on a case or a company */
	const char *number; /* of the case; "" on a company's page */
	struct consent_item *rows;
	size_t n_rows;
	struct ask_item *asks; /* that wait for an answer */
	size_t n_asks;
	bool may_work, of_company;
};

struct consent_choice {
	const char *value, *text_key, *words_key;
	bool chosen;
};

struct consent_form {
	struct incident c;
	struct consent_choice *uses, *hows, *untils;
	size_t n_uses, n_hows, n_untils;
	struct contact *contacts;
	size_t n_contacts;
	const char *given_by, *role, *error;
	const char *order, *mac; /* what it was asked for, and is given next; "" = nothing */
};

struct consents_page {
	struct incident c;
	struct ask_item *asks;
	size_t n_asks;
	struct consent_choice *uses, *untils; /* of the form that asks */
	size_t n_uses, n_untils;
	const char *devices, *why, *error;
	struct consent_item *rows;
	size_t n_rows;
	bool may_work;
};

/* --- orders --- */

struct order_figure_item {
	const char *name, *value;
};

struct order_item {
	struct response_order o;
	const char *type_key, *state_key;
	const char *light; /* "" = no state of danger: a tag */
	const char *why;   /* a sentence; "" = nothing to say */
	const char *end_key;
	int64_t left_us; /* of the effect; 0 = none */
	bool may_end, may_see_case;
	bool ended_consent; /* taken back while it is in effect: ask whether to let go */
	struct order_figure_item *figures;
	size_t n_figures;
};

struct order_device { /* to choose from */
	const char *mac, *text;
	bool of_case, chosen;
};

struct order_sensor {
	struct fleet_sensor_name s;
	bool connected, inline_box, chosen;
};

struct remote_panel { /* on a case */
	struct incident c;
	struct order_device *devices;
	size_t n_devices;
	struct order_sensor *sensors;
	size_t n_sensors;
	struct order_item *rows;
	size_t n_rows;
	struct screen_tool *tools;
	size_t n_tools;
	struct screen_item *sessions;
	size_t n_sessions;
	struct steps_item *steps;
	size_t n_steps;
	bool may_order, remote_consent, may_isolate;
};

struct held_panel { /* isolated and blocked: on a company, its devices, home */
	struct order_item *rows;
	size_t n_rows;
	bool of_company; /* in words for them */
};

struct order_hours {
	int64_t hours;
	bool chosen;
};

struct order_form {
	struct incident c;
	const char *type, *type_key, *what_key, *notice_key;
	const char *target, *mac, *network, *token, *error;
	int64_t port, protocol, seconds, mebibyte;
	struct fleet_device device;
	struct fleet_sensor_name sensor;
	struct fleet_reach reach;
	struct case_consent consent;
	const char *call_phone, *call_shown, *call_name; /* whom to ring instead */
	struct order_device *devices;
	size_t n_devices;
	struct order_sensor *sensors;
	size_t n_sensors;
	struct order_hours *hours;
	size_t n_hours;
	int64_t until_us, expires_us;
	bool asks_consent; /* which has to come first */
	bool needs_consent, needs_device, is_block, is_capture, has_effect, cut;
};

struct orders_page {
	struct order_item *rows;
	size_t n_rows;
	int64_t total, n_held;
	const char *tab, *prev_url, *next_url;
	int64_t first, last;
};

struct order_page {
	struct order_item item;
	const char *made, *sent, *heard, *done; /* to the second; a dash = not yet */
};

/* --- guided steps --- */

struct steps_line {
	int step;
	const char *say, *see, *otherwise;
	bool done;
};

struct steps_page {
	struct incident c; /* number "" = of none */
	struct steps_item item;
	struct steps_line *rows;
	size_t n_rows;
	int64_t minutes;
	const char *error, *note;
	bool may_tick;
};

struct steps_list {
	struct steps_item *rows;
	size_t n_rows;
};

/* --- screens --- */

struct screen_tool {
	const char *id, *name_key;
	bool ready; /* its address is configured */
};

struct screen_item {
	struct response_session s;
	const char *name_key, *url;
	bool is_mine, has_log;
};

struct screen_page { /* one session: where it is, and its end */
	struct incident c;
	struct screen_item item;
	const char *error, *did, *log;
	int64_t minutes;
	bool may_end;
};

#endif
