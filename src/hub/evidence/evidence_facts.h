/* SPDX-License-Identifier: Apache-2.0 */
/* What a case knows for certain: devices, indicators, countermeasures, time and cost. Part of
 * evidence.h, and included by it. */
#ifndef HUB_EVIDENCE_EVIDENCE_FACTS_H
#define HUB_EVIDENCE_EVIDENCE_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/db.h"

struct arena;
struct user;

/* --- devices: rows of incident_device (cases), their history --- */

struct evidence_device {
	int64_t id, added_us, changed_us; /* CHANGED_US: of its state */
	const char *mac, *address, *name;
	const char *state; /* suspected compromised contained clean rebuilt */
	const char *changed_name, *why;
};
struct evidence_device_state { /* one change */
	int64_t device_id, at_us;
	const char *state, *why, *person_name;
};
int evidence_devices(struct txn *t, const struct scope *s, int64_t case_id, struct arena *a,
		     struct evidence_device **out, size_t *n_out, struct err *e);
int evidence_device_history(struct txn *t, const struct scope *s, int64_t case_id, struct arena *a,
			    struct evidence_device_state **out, size_t *n_out, struct err *e);

/* --- indicators: rows of incident_indicator (cases) with TLP 2.0 and sightings --- */

struct evidence_indicator {
	int64_t id, added_us;
	const char *type, *value, *note; /* domain address url hash ja3 */
	const char *tlp;                 /* clear green amber amber+strict red */
	int64_t sightings, last_us;      /* in this company; 0 = none */
};
int evidence_indicators(struct txn *t, const struct scope *s, int64_t case_id, struct arena *a,
			struct evidence_indicator **out, size_t *n_out, struct err *e);

/* --- countermeasures --- */

struct evidence_measure {
	int64_t id, case_id, company_id;
	const char *kind; /* firewall block password mute isolate patch other */
	const char *what, *target;
	const char *person_name;   /* who put it in place */
	int64_t from_us, until_us; /* UNTIL_US 0 = for good */
	int64_t ended_us;          /* taken away; 0 = in place (or run out: UNTIL_US has passed) */
	const char *ended_why;
	int64_t version;
};
struct evidence_measure_new {
	const char *kind, *what, *target;
	int64_t from_us, until_us;
};
int evidence_measures(struct txn *t, const struct scope *s, int64_t case_id, struct arena *a,
		      struct evidence_measure **out, size_t *n_out, struct err *e);
int evidence_measure_add(struct txn *t, const struct user *u, int64_t case_id,
			 const struct evidence_measure_new *n, int64_t now_us, int64_t *id_out,
			 struct err *e);

/* --- time and cost --- */

/* One truth: incident.minutes and cost_yen are the sum of these lines. An action of a case is such
 * a line by itself (ACTION_ID, category labour, channel in WHAT's place when it has no words);
 * further lines stand in evidence_cost. A line is never changed: it is voided with a reason. */
struct evidence_cost {
	int64_t id, action_id; /* one of them is 0 */
	int64_t at_us;
	const char *category;   /* labour travel parts forensics restoration lost_business
				   notification   legal other */
	const char *what, *who; /* WHO: person or organisation */
	int64_t quantity_milli; /* 1500 = 1.5 */
	const char *unit;       /* "" = once */
	int64_t unit_yen, yen, minutes;
	bool billable, claimable; /* to the company; to the insurer */
	int64_t item_id;          /* receipt: an evidence_item; 0 = none */
	int64_t voided_us;        /* not in the sums; 0 = counts */
	const char *voided_why;
};
struct evidence_cost_new {
	int64_t at_us; /* 0 = now */
	const char *category, *what, *who, *unit;
	int64_t quantity_milli; /* 0 = 1000 */
	int64_t unit_yen, minutes;
	bool billable, claimable;
	int64_t item_id;
};
/* Lines of evidence_cost and actions, in order of time. */
int evidence_costs(struct txn *t, const struct scope *s, int64_t case_id, struct arena *a,
		   struct evidence_cost **out, size_t *n_out, struct err *e);
int evidence_cost_add(struct txn *t, const struct user *u, int64_t case_id,
		      const struct evidence_cost_new *n, int64_t now_us, int64_t *id_out,
		      struct err *e);

#endif
