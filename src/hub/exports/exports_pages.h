/* SPDX-License-Identifier: Apache-2.0 */
/* What the pages of exports and imports show: the models of their templates. */
#ifndef HUB_EXPORTS_EXPORTS_PAGES_H
#define HUB_EXPORTS_EXPORTS_PAGES_H

#include "hub/exports/exports_history.h"
#include "hub/exports/exports_job.h"

struct export_choice {
	const struct export_kind *kind;
	const char *name_key, *for_key, *what_key;
	const char **hidden; /* what is left out, in words */
	size_t n_hidden;
	const char *extra; /* what only this format leaves out; "" */
	bool chosen;
};

struct export_group { /* for one reader */
	struct export_choice *choices;
	size_t n_choices;
};

struct export_told_row {
	struct export_told told;
	const char *kind_key;
};

struct export_page {
	const char *number, *title, *company; /* of one case */
	const char *action;                   /* where the form goes */
	const char *back;
	struct export_choice *choices;
	size_t n_choices;
	struct export_group groups[3]; /* the same, by reader */
	size_t n_groups;
	struct export_told_row *told;
	size_t n_told;
	bool many, others, names;
	int64_t n_cases;
	const char *state, *kind, *q; /* of the filter */
	int prefecture;
	const char *error, *to, *purpose;
	bool english;
};

struct history_page {
	const struct history_report *report; /* NULL = nothing read yet */
	const struct history_result *rows;   /* those that are shown */
	size_t n_rows;
	bool only_errors; /* too many to show them all */
	const char *file_name, *token;
	const char *error; /* NULL = none */
	const struct history_heading *headings;
	const char **kind_keys;
	size_t n_kinds;
	bool done;
};

struct export_button {
	const char *url;
};

#endif
