/* SPDX-License-Identifier: Apache-2.0 */
/* Every SQL statement on the tables of duties.sql. */
#ifndef HUB_DUTIES_DUTIES_STORE_H
#define HUB_DUTIES_DUTIES_STORE_H

#include "hub/duties/duties.h"

/* VERSION 0 in *OUT when nobody has answered. */
int duties_store_facts(struct txn *t, const struct scope *s, int64_t incident_id, struct arena *a,
		       struct duty_facts_row *out, struct err *e);
struct facts_set {
	int64_t incident_id, company_id, version, person_id, now_us;
	const struct duty_facts *f;
};
/* 1, or 0 when its version is another. */
int duties_store_facts_set(struct txn *t, const struct scope *s, const struct facts_set *r,
			   struct err *e);

int duties_store_list(struct txn *t, const struct scope *s, int64_t incident_id, struct arena *a,
		      struct case_duty **out, size_t *n_out, struct err *e);
/* Open ones that are to be warned of at NOW_US, of all cases; NOW_US 0: all open ones. What is due
 * first comes first. */
int duties_store_open(struct txn *t, const struct scope *s, int64_t now_us, struct arena *a,
		      struct case_duty **out, size_t *n_out, struct err *e);
/* Open ones whose warning or lateness was not told of yet. */
int duties_store_untold(struct txn *t, const struct scope *s, int64_t now_us, struct arena *a,
			struct case_duty **out, size_t *n_out, struct err *e);
int duties_store_get(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
		     struct case_duty *out, struct err *e);
int duties_store_add(struct txn *t, const struct scope *s, const struct case_duty *d,
		     int64_t now_us, struct err *e);
/* The clock of D, or that it applies no longer. */
int duties_store_clock(struct txn *t, const struct scope *s, const struct case_duty *d,
		       int64_t now_us, struct err *e);
/* 1, or 0 when its version is another. */
struct made_row {
	const struct duty_made *n;
	const char *state;
	int64_t made_us, person_id, now_us; /* 0 = taken back */
};
int duties_store_made(struct txn *t, const struct scope *s, const struct made_row *r,
		      struct err *e);
int duties_store_warned(struct txn *t, const struct scope *s, int64_t id, int64_t warned,
			struct err *e);

int duties_store_items(struct txn *t, const struct scope *s, int64_t incident_id, struct arena *a,
		       struct duty_item **out, size_t *n_out, struct err *e);
struct item_set {
	const struct duty_item *n;
	int64_t incident_id, company_id, person_id, now_us;
};
int duties_store_item_set(struct txn *t, const struct scope *s, const struct item_set *r,
			  struct err *e); /* 1, or 0 when its version is another */

/* Number of the case. -ENOENT. */
int duties_store_number(struct txn *t, const struct scope *s, int64_t incident_id, struct arena *a,
			const char **out, struct err *e);
/* What is known of case FROM stands for INTO too, where nothing is known of INTO. */
int duties_store_lend(struct txn *t, const struct scope *s, int64_t from_id, int64_t into_id,
		      struct err *e);
/* For a generated region: numbers of the youngest cases that such duties are likely for. */
int duties_store_likely(struct txn *t, const struct scope *s, int64_t limit, struct arena *a,
			const char ***out, size_t *n_out, struct err *e);
/* What a report takes from the case, a line each. */
enum duties_lines { LINES_DEVICES, LINES_INDICATORS, LINES_ACTIONS, LINES_WORDS };
struct duties_line {
	int64_t at_us;
	const char *text;
};
int duties_store_lines(struct txn *t, const struct scope *s, int64_t incident_id,
		       enum duties_lines what, struct arena *a, struct duties_line **out,
		       size_t *n_out, struct err *e);

#endif
