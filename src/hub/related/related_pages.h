/* SPDX-License-Identifier: Apache-2.0 */
/* What the pages of this feature show: the models of its templates. */
#ifndef HUB_RELATED_RELATED_PAGES_H
#define HUB_RELATED_RELATED_PAGES_H

#include "hub/related/related.h"

struct who_item {
	struct who_row w;
	const char *phone_shown, *kind_key;
};
struct who_panel { /* of a case, an alert or the first page */
	const char *number;
	struct who_item *rows;
	size_t n_rows;
	int64_t n_new, n_common, since_us;
	const char **common; /* traits that too many met to call them */
	size_t n_common_traits;
	const char *script;
	bool may_call;
};

struct tie_item {
	struct tie_row t;
	const char *kind_key;
};
struct related_side {
	const char *number;
	const char **tags;
	size_t n_tags;
	struct tie_item *ties;
	size_t n_ties;
	struct case_part *parts;
	size_t n_parts;
	bool may_work;
};

struct similar_item {
	struct similar s;
	const char *reason, *state_key, *kind_key;
};
struct similar_panel {
	struct similar_item *rows;
	size_t n_rows;
};

struct story_choice {
	struct case_entry n;
	const char *text;
};
struct option {
	const char *value, *text;
	bool chosen;
};
struct related_page { /* /cases/{number}/related */
	struct incident c;
	struct related_side side;
	struct story_choice *story;
	size_t n_story;
	struct case_device *devices;
	size_t n_devices;
	struct case_indicator *indicators;
	size_t n_indicators;
	struct option *tie_kinds, *kinds, *severities;
	size_t n_tie_kinds, n_kinds, n_severities;
	const char *error;
	bool is_open;
};

struct related_seen_page { /* /related/seen */
	const char *kind, *value, *error;
	struct option *kinds;
	size_t n_kinds;
	struct who_panel who;
	bool asked;
};

struct related_bulk_form {
	struct option *people, *kinds, *severities, *tie_kinds;
	size_t n_people, n_kinds, n_severities, n_tie_kinds;
};
struct bulk_failed {
	const char *what, *url, *why;
};
struct related_bulk_page {
	int64_t n_done;
	struct bulk_failed *failed;
	size_t n_failed;
	const char *back, *new_url, *new_number;
};

#endif
