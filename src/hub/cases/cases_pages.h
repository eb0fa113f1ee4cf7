/* SPDX-License-Identifier: Apache-2.0 */
/* What the pages of cases show: the models of its templates. */
#ifndef HUB_CASES_CASES_PAGES_H
#define HUB_CASES_CASES_PAGES_H

#include "hub/cases/cases.h"
#include "hub/members/members.h"
#include "net/tmpl.h"

struct case_item {
	struct incident c;
	const char *light, *state_key, *kind_key, *prefecture;
};

struct case_option { /* of a <select> */
	const char *value, *text;
	bool chosen;
};

struct cases_page {
	struct case_item *rows;
	size_t n_rows;
	int64_t n_live, n_closed, total, first, last;
	const char *tab, *words;
	struct case_option *kinds, *prefectures;
	size_t n_kinds, n_prefectures;
	const char *prev_url, *next_url, *csv_url;
	struct html head; /* panels of later features: cases.head */
	struct html tabs; /* panels */
	bool may_work;
	struct html bulk; /* work on many rows, of a later feature */
};

struct case_list { /* a panel */
	struct case_item *rows;
	size_t n_rows;
	bool of_company; /* or of everybody */
	int64_t total;
};

struct case_was_line { /* what was there before */
	struct case_was w;
	const char *text_key;
	int64_t old_us; /* when it was a time; 0 = it was a text */
};

struct case_edit_field {
	const char *name, *text_key, *now, *typed;
	bool differs, is_long;
};
struct case_edit_page {
	struct incident c;
	struct case_edit_field fields[5];
	size_t n_fields;
	struct case_option *severities;
	size_t n_severities;
	const char *severity_now;
	bool severity_differs, conflict;
	struct case_was_line *was;
	size_t n_was;
	const char *error;
};
struct case_correct_page {
	struct incident c;
	struct case_entry n;
	const char *typed, *error;
	bool conflict;
};

struct case_line { /* one entry of the story */
	struct case_entry n;
	const char *text; /* what the hub says, filled; "" = nothing */
	const char *icon;
	bool late; /* recorded long after it happened */
	struct case_was_line *was;
	size_t n_was;
};

struct case_state_step {
	const char *state, *text_key;
	bool current;
};

/* The form that came back: "a" action, "n" note, "c" closing, "" none; and its texts.
 */
struct typed {
	const char *form, *text, *second;
};

struct case_page {
	struct incident c;
	const char *light, *state_key, *kind_key, *prefecture, *phone_shown;
	struct case_line *story;
	size_t n_story;
	struct case_device *devices;
	size_t n_devices;
	struct case_indicator *indicators;
	const char **device_keys;    /* the word for each one's state */
	const char **indicator_keys; /* the word for each one's type */
	const char **tlp_keys;       /* and for how far it may go */
	size_t n_indicators;
	struct contact *contacts;
	size_t n_contacts;
	struct case_option *people; /* who may have done something */
	size_t n_people;
	struct case_state_step steps[3];
	const char *now_local; /* for datetime-local fields */
	bool may_work, is_live, is_mine;
	struct html head, actions, top, main, end, side; /* panels of later features */
	const char *error;
	struct typed typed;
	bool remote_consent; /* somebody agreed to remote access */
};

struct company_choice {
	struct company c;
	const char *prefecture;
	bool chosen;
};

struct case_new_page {
	const char *q, *words, *title, *contact_name, *contact_phone, *happened, *opened, *source;
	struct company_choice *companies;
	size_t n_companies;
	bool searched;
	struct case_option *kinds, *severities;
	size_t n_kinds, n_severities;
	const char *error;
};

struct case_promote { /* the button on an alert */
	int64_t alert_id;
	struct case_option *kinds;
	size_t n_kinds;
};

struct case_link { /* the panel on an alert that has a case */
	struct case_item item;
};

struct case_sheet {
	struct case_page p;
	const char *region_name;
	int64_t printed_us;
};

#endif
