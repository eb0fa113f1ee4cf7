/* SPDX-License-Identifier: Apache-2.0 */
/* What the company's own pages show: the models of its templates. */
#ifndef HUB_PORTAL_PORTAL_PAGES_H
#define HUB_PORTAL_PORTAL_PAGES_H

#include "hub/accounts/accounts.h"
#include "hub/cases/cases.h"
#include "hub/exports/exports.h"
#include "hub/fleet/fleet.h"
#include "hub/portal/portal.h"
#include "hub/threads/threads.h"
#include "net/tmpl.h"

struct portal_desk { /* who helps; texts "" when not known */
	const char *name, *phone, *phone_shown, *mail;
};

struct portal_event { /* something that was found, or a case */
	int64_t at_us;
	const char *title, *light, *state_key, *url; /* URL NULL = there is no page */
	int64_t phone, remote, visit;                /* what was done */
};

struct portal_home {
	const char *company;
	int64_t company_id;
	struct portal_state s;
	struct portal_light l;
	int64_t heard_us, blind_us;
	struct portal_desk desk;
	struct thread *questions; /* they wait for the company */
	size_t n_questions;
	struct thread *asked; /* the desk has not answered yet */
	size_t n_asked;
	struct portal_event *events;
	size_t n_events;
	int64_t n_consents, n_devices;
	struct html top, extra; /* panels of other features */
};

struct portal_line { /* of what was done */
	struct case_entry n;
	const char *text, *icon;
};

struct portal_consent {
	struct case_consent k;
	const char *uses;
	bool valid;
};

struct portal_use {
	const char *value, *key, *words_key;
};

struct portal_file {
	const char *name, *from;
	int64_t size_bytes, added_us;
};

struct portal_case {
	struct incident c;
	const char *light, *state_key;
	struct portal_line *lines; /* the newest first */
	size_t n_lines;
	struct portal_consent *consents;
	size_t n_consents;
	struct portal_use *uses;
	size_t n_uses;
	struct portal_file *files;
	size_t n_files;
	int64_t thread_id, thread_unread; /* 0 = none yet */
	bool is_live;
	struct html top; /* panels of other features */
	const char *answer_by, *body, *error;
};

struct portal_choice {
	const char *value, *text;
	bool chosen;
};

struct portal_ask_page {
	struct portal_choice *cases;
	size_t n_cases;
	struct portal_desk desk;
	const char *answer_by, *body, *error;
};

struct portal_kind {
	const char *value, *key;
};
struct portal_device {
	struct fleet_device d;
	bool fresh; /* seen for the first time within a week */
};
struct portal_devices_page {
	struct portal_device *rows;
	size_t n_rows, n_unsaid;
	const struct portal_kind *kinds;
	size_t n_kinds;
	const char *error;
};

struct portal_seen_line {
	struct accounts_seen_row r;
	const char *text, *url; /* "looked at the case ...", in words */
	bool new_day;
};
/* A file that somebody took out. */
struct portal_told_line {
	struct export_told x;
	const char *kind_key, *url; /* URL: NULL when it held several cases */
};
struct portal_seen_page {
	struct portal_seen_line *rows;
	size_t n_rows;
	struct portal_told_line *told; /* on the first page */
	size_t n_told;
	struct accounts_seen_org *orgs;
	size_t n_orgs;
	int64_t org_id, n_others; /* organisations other than their own */
	const char *entity, *csv_url, *next_url, *prev_url;
	const struct portal_kind *entities;
	size_t n_entities;
};

struct portal_emergency {
	struct portal_desk desk;
};

#endif
