/* SPDX-License-Identifier: Apache-2.0 */
/* Duties of a case: to whom it must be reported by when, counted from when the firm came to know;
 * what is known for the report; when it was made. Rules and days: duty_rule.h. */
#ifndef HUB_DUTIES_DUTIES_H
#define HUB_DUTIES_DUTIES_H

#include "hub/cases/cases.h"
#include "hub/duties/duty_rule.h"
#include "hub/hub.h"

extern const struct hub_feature duties_feature;

#define DUTY_OPEN      "open"
#define DUTY_MADE      "made"
#define DUTY_WITHDRAWN "withdrawn"

enum { DUTY_TEXT_CHARS = 4000, DUTY_ITEMS = 9 };

/* Texts live in the arena; none is NULL. */
struct case_duty {
	int64_t id, incident_id, company_id;
	const char *rule_id, *needs, *state;
	const struct duty_rule *rule;
	int64_t rule_from_us, known_us, warn_us, due_us, warned;
	int64_t mail_us, mail_rank; /* what was told by mail: duty_warning.h */
	int64_t made_us, version;
	const char *made_to, *receipt, *note, *made_name;
	const char *number, *title, *company_name; /* of its case */
};

struct duty_facts_row {
	struct duty_facts f;
	int64_t version, changed_us; /* VERSION 0: nobody has answered */
	const char *changed_name;
};

struct duty_item {
	const char *item, *state, *body, *changed_name; /* STATE "": nobody has said */
	int64_t version, changed_us;
};

/* --- rules: each writes its audit row and its line of the story in T --- */

/* What is asked about the case; clocks begin, end or count anew. VERSION as the person saw it:
 * -ECONFLICT when somebody answered meanwhile. */
int duties_facts_set(struct txn *t, const struct user *u, const char *number,
		     const struct duty_facts *f, int64_t version, int64_t now_us, struct err *e);
/* A report was made; it stops the clock, and is late when it was late. */
struct duty_made {
	int64_t id, version, made_us; /* MADE_US 0 = now */
	const char *made_to, *receipt, *note;
};
int duties_made(struct txn *t, const struct user *u, const char *number, const struct duty_made *n,
		int64_t now_us, struct err *e);
/* It was not: recorded by mistake. */
int duties_unmade(struct txn *t, const struct user *u, const char *number, int64_t id,
		  int64_t version, int64_t now_us, struct err *e);
int duties_item_set(struct txn *t, const struct user *u, const char *number,
		    const struct duty_item *n, int64_t now_us, struct err *e);

/* All that there is of a case, for its record. KNOWN_US 0: nobody has asked. */
struct duty_record {
	int64_t known_us;
	struct case_duty *duties;
	size_t n_duties;
	struct duty_item *items;
	size_t n_items;
};
int duties_record(struct txn *t, const struct scope *s, int64_t incident_id, struct arena *a,
		  struct duty_record *out, struct err *e);
int duties_of(struct txn *t, const struct scope *s, int64_t incident_id, struct arena *a,
	      struct case_duty **out, size_t *n_out, struct err *e);

#endif
