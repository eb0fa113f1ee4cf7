/* SPDX-License-Identifier: Apache-2.0 */
/* Part of cases.h: mending what was typed into a case. */
#ifndef HUB_CASES_CASES_EDIT_H
#define HUB_CASES_CASES_EDIT_H

#include <stddef.h>
#include <stdint.h>

#include "hub/hub.h"

/* Mends what was typed into a case; what was there stays readable (struct case_was). A field that
 * is NULL, -1 or 0 stays. VERSION is that of the case that the person saw: -ECONFLICT when somebody
 * has changed it since; 0 = whatever it is. */
struct case_edit {
	int64_t version;
	const char *title, *contact_name, *contact_phone, *cause, *lesson;
	int severity;        /* -1 = stays */
	int64_t happened_us; /* 0 = stays */
	int64_t owner_id;    /* 0 = stays; somebody who works on cases */
};
int cases_edit(struct txn *t, const struct user *u, const char *number, const struct case_edit *n,
	       int64_t now_us, struct err *e);
/* Corrects a note or what was done. OLD_BODY is what the person saw: -ECONFLICT when it was
 * corrected since. */
struct case_correction {
	int64_t entry_id;
	const char *old_body, *body;
	int64_t happened_us;       /* 0 = stays */
	int64_t minutes, cost_yen; /* -1 = stays; of an action */
};
int cases_correct(struct txn *t, const struct user *u, const char *number,
		  const struct case_correction *n, int64_t now_us, struct err *e);
/* What was there before, oldest first. ENTRY_ID 0: of the case itself. */
struct case_was {
	int64_t entry_id, changed_us;
	const char *field, *old_text, *new_text, *person_name;
};
int cases_was(struct txn *t, const struct scope *s, int64_t case_id, struct arena *a,
	      struct case_was **out, size_t *n_out, struct err *e);

#endif
