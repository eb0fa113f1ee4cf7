/* SPDX-License-Identifier: Apache-2.0 */
/* Models of the templates in this folder. */
#ifndef HUB_DUTIES_DUTIES_PAGES_H
#define HUB_DUTIES_DUTIES_PAGES_H

#include "base/str.h"
#include "hub/duties/duties_store.h"

struct duty_option {
	const char *value, *text;
	bool chosen;
};

struct fact_view {
	const char *name, *question_key, *hint_key; /* HINT_KEY "" = none */
	struct duty_option choices[3];
};

struct duty_view {
	struct case_duty d;
	const char *to, *what, *basis, *source;
	const char *light; /* red amber green, "" */
	const char *left;  /* "3 days left", in words */
	const char *counted_key, *reasons;
	struct duty_clock clock;
	bool open, made, late, check; /* CHECK: the rule is to be checked before relying on it */
	bool may_work;
};

struct item_view {
	struct duty_item i;
	const char *label, *state_key;
	int position;
};

struct duty_page {
	struct incident c;
	struct duty_facts_row facts;
	struct fact_view questions[FACT_COUNT];
	struct duty_option sectors[6];
	const char *known, *people, *error; /* as the fields want them */
	struct duty_view *duties, *gone;    /* GONE: withdrawn */
	size_t n_duties, n_gone;
	struct item_view items[DUTY_ITEMS];
	size_t n_items;
	int64_t n_known;
	bool may_work, needs_items;
};

struct duty_top { /* panel of a case */
	const char *number;
	struct duty_view *rows;
	size_t n_rows;
	int64_t n_made, n_known;
	bool asked, ask; /* ASK: its kind makes it likely that somebody must be told */
	bool company;
};

struct duty_list { /* of all cases, and the rules */
	struct duty_view *rows, *rules;
	size_t n_rows, n_rules, n_late;
	int64_t known_until_us;
};

struct duty_home {
	struct duty_view *rows;
	size_t n_rows, n_shown;
	int64_t unsent; /* mails that could not be sent */
	bool late;
};

struct report_line {
	const struct report_field *f;
	const char *label, *value; /* "" = to be filled in by hand */
	struct str *rows;          /* VALUE, line by line */
	size_t n_rows;
};
struct duty_report {
	struct incident c;
	const char *form, *title_key, *source, *region_name;
	struct report_line *lines;
	size_t n_lines, n_filled;
	int64_t printed_us;
};

#endif
