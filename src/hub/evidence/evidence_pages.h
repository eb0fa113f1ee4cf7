/* SPDX-License-Identifier: Apache-2.0 */
/* What the pages of evidence show: the models of its templates. */
#ifndef HUB_EVIDENCE_EVIDENCE_PAGES_H
#define HUB_EVIDENCE_EVIDENCE_PAGES_H

#include "hub/evidence/evidence_packets.h"
#include "hub/evidence/evidence_rules.h"
#include "net/tmpl.h"

struct evidence_line { /* an item in a list */
	struct evidence_item i;
	const char *shown; /* its name, for the eye */
	const char *kind_key, *state_key, *check_key, *light;
};

struct evidence_option { /* of a <select> */
	const char *value, *key;
	bool chosen;
};

struct evidence_custody_line {
	struct evidence_custody k;
	const char *kind_key, *result_key; /* RESULT_KEY "" = none */
};

struct evidence_device_line {
	struct evidence_device d;
	const char *state_key, *light;
	struct evidence_option *states;
	size_t n_states;
};
struct evidence_turn { /* one state that a device was in */
	struct evidence_device_state s;
	const char *state_key, *device;
};
struct evidence_indicator_line {
	struct evidence_indicator i;
	const char *type_key;
	struct evidence_option *tlps;
	size_t n_tlps;
};
struct evidence_measure_line {
	struct evidence_measure m;
	const char *kind_key, *light, *state_key;
	bool live;
};
struct evidence_cost_line {
	struct evidence_cost c;
	const char *category_key, *quantity;
	int64_t receipt_no; /* 0 = none */
};

struct evidence_page {
	struct incident c;
	bool may_work, may_end; /* MAY_END: destroy */
	struct evidence_line *items;
	size_t n_items;
	struct evidence_device_line *devices;
	size_t n_devices;
	struct evidence_turn *turns;
	size_t n_turns;
	struct evidence_indicator_line *indicators;
	size_t n_indicators;
	struct evidence_measure_line *measures;
	size_t n_measures;
	struct evidence_cost_line *costs;
	size_t n_costs;
	int64_t sum_yen, sum_minutes, claim_yen, bill_yen;
	struct evidence_option *kinds, *measure_kinds, *categories;
	size_t n_kinds, n_measure_kinds, n_categories;
	int64_t max_mib, max_bytes;
	const char *error;
	char form;         /* which one came back: f file, t thing, m measure, c cost, 0 none */
	const char *typed; /* its first text */
};

struct evidence_item_page {
	struct incident c;
	struct evidence_line l;
	struct evidence_custody_line *custody;
	size_t n_custody;
	const char *broken;  /* what is wrong with the chain; NULL = it fits */
	const char *packets; /* '' none, wanted, done, failed */
	const char *packets_note;
	struct evidence_option *tlps;
	size_t n_tlps;
	const char *tlp_key;
	bool may_work, may_end, here, file; /* HERE: neither returned nor destroyed */
	const char *error;
	const char *region_name;
	int64_t printed_us;
	bool confirm; /* a dangerous file is about to be fetched */
};

struct evidence_packets_page {
	struct incident c;
	struct evidence_line l;
	struct evidence_packets t;
	const char *state, *note, *q, *protocol;
	int64_t first, last, max;
	const char *prev_url, *next_url;
	struct evidence_option *protocols;
	size_t n_protocols;
};

struct evidence_panel { /* on the page of a case */
	const char *number;
	int64_t n_items, n_broken, n_devices, n_open_devices, n_measures, n_costs;
	struct evidence_measure_line *due;
	size_t n_due;
};

struct evidence_home {
	struct evidence_line *broken;
	const char **numbers; /* of their cases */
	size_t n_broken;
	struct evidence_measure_line *due; /* TARGET is the case's number */
	size_t n_due;
};

#endif
