/* SPDX-License-Identifier: Apache-2.0 */
/* SQL for mending cases. Private to this feature. */
#ifndef HUB_CASES_CASES_EDIT_STORE_H
#define HUB_CASES_CASES_EDIT_STORE_H

#include "hub/cases/cases_store.h"

/* Writes C's editable fields if the case still has C's version: 1, else 0. */
int cases_edit_store_put(struct txn *t, const struct scope *s, const struct incident *c,
			 int64_t now_us, struct err *e);
struct was_row {
	int64_t incident_id, company_id, entry_id, person_id, now_us;
	const char *field, *old_text, *new_text;
};
int cases_edit_store_was(struct txn *t, const struct scope *s, const struct was_row *w,
			 struct err *e);
/* One entry of a case. -ENOENT. */
int cases_edit_store_entry(struct txn *t, const struct scope *s, int64_t incident_id, int64_t id,
			   struct arena *a, struct case_entry *out, struct err *e);
int cases_edit_store_entry_put(struct txn *t, const struct scope *s, const struct case_entry *n,
			       struct err *e);
/* The action behind an entry, and the difference to the sums of its case. */
struct action_change {
	int64_t incident_id, action_id, minutes, cost_yen, more_minutes, more_yen;
	int64_t started_us;
	const char *body;
};
int cases_edit_store_action_put(struct txn *t, const struct scope *s, const struct action_change *n,
				struct err *e);

#endif
