/* SPDX-License-Identifier: Apache-2.0 */
/* What the pages of intel show: the models of its templates. */
#ifndef HUB_INTEL_INTEL_PAGES_H
#define HUB_INTEL_INTEL_PAGES_H

#include <string.h> /* for the templates */

#include "hub/intel/intel_hit_store.h"
#include "hub/intel/intel_import.h"
#include "hub/intel/intel_list_store.h"
#include "hub/intel/intel_work.h"
#include "net/tmpl.h"

struct intel_feed_item {
	struct intel_feed f;
	struct intel_score score;
	const char *shown; /* its name as people read it */
	const char *tlp;   /* "TLP:AMBER" */
	const char *light, *state_key;
	const char *way_key;
	const char *share;      /* of hits judged false: "12 %"; "" = no hits */
	const char *failed_key; /* NULL = it did not */
};

struct intel_kind_count {
	const char *name_key;
	int64_t n;
};

struct intel_page {
	struct intel_bundle bundle;
	struct intel_kind_count kinds[INDICATOR_KINDS];
	size_t n_kinds;
	struct intel_feed_item *bad, *good;
	size_t n_bad, n_good;
	struct intel_sensor *late; /* sensors without the newest bundle */
	size_t n_late, n_late_shown, n_sensors, n_applied;
	bool may_edit, waiting; /* WAITING: something changed since */
};

struct intel_listed_item {
	struct intel_listed l;
	const char *kind_key, *kind, *feed, *tlp;
};

struct intel_hit_item {
	struct intel_hit_row h;
	const char *kind_key, *kind;
};

struct intel_feed_page {
	struct intel_feed_item it;
	struct intel_kind_count kinds[INDICATOR_KINDS];
	size_t n_kinds;
	struct intel_listed_item *newest;
	size_t n_newest;
	struct intel_hit_item *hits;
	size_t n_hits;
	const char *folder; /* whole path; "" */
	bool may_edit, is_own, is_built_in, leaves;
	const char *error; /* of an upload */
};

struct intel_bad_item {
	const char *why_key;
	const struct intel_bad *bad;
};

struct intel_import_page {
	struct intel_feed f;
	const char *shown, *file_name, *token;
	const struct intel_report *report;
	struct intel_bad_item bad[INDICATOR_BADS];
	size_t n_bad;
	bool done;
};

struct intel_option {
	const char *value, *text;
	bool chosen;
};

struct intel_form_page {
	struct intel_feed f;
	struct intel_option tlp[5], formats[INTEL_FORMATS_MAX], every[6];
	size_t n_tlp, n_formats, n_every;
	const char *error;
	const char *folder; /* where folders stand */
};

struct intel_find_page {
	const char *q;
	struct intel_listed_item *rows;
	size_t n_rows;
	bool exact;
};

struct intel_verdict_item {
	struct intel_verdict v;
	const char *kind_key, *kind;
};

struct intel_one_page {
	struct intel_key key;
	const char *kind, *kind_key;
	struct intel_known known;
	struct intel_verdict_item *verdicts;
	size_t n_verdicts;
	struct intel_hit_item *hits;
	size_t n_hits;
	bool own; /* stands in the region's own list */
};

struct intel_held_item {
	struct intel_held h;
	const char *kind_key, *kind, *feed;
	bool good;
};

struct intel_held_page {
	struct intel_held_item *rows;
	size_t n_rows;
	int64_t total;
	struct intel_verdict_item *verdicts;
	size_t n_verdicts;
};

struct intel_own_page {
	const char *value, *kind, *label, *error;
	struct intel_option tlp[5], kinds[INDICATOR_KINDS];
	size_t n_tlp, n_kinds;
};

#endif
