/* SPDX-License-Identifier: Apache-2.0 */
/* Playbooks: what is to be asked, said and done in a case of a kind. A playbook is a dated text
 * (playbook_text.h), compiled in and replaced by a file of its name in the state folder; a case
 * keeps the edition that was in force when it was opened. */
#ifndef HUB_PLAYBOOKS_PLAYBOOKS_H
#define HUB_PLAYBOOKS_PLAYBOOKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hub/cases/cases.h"
#include "hub/hub.h"

extern const struct hub_feature playbooks_feature;

#define TASK_OPEN       "open"
#define TASK_DONE       "done"
#define TASK_NOT_NEEDED "not_needed"

enum { TASK_TEXT_CHARS = 500, TASK_NOTE_CHARS = 1000, CASE_TASKS_MAX = 200 };

/* Texts live in the arena; none is NULL. */
struct case_task {
	int64_t id, incident_id, company_id;
	const char *task; /* "": somebody's own */
	const char *text[LANG_COUNT], *why[LANG_COUNT];
	const char *role, *state, *because, *note;
	int64_t owner_id;
	const char *owner_name, *changed_name;
	int64_t due_us, added_us, changed_us, changed_by, version;
	bool by_answer; /* an answer or another kind made it not needed */
	const char *number, *company_name, *title; /* of its case */
};

/* The text in a language, or in the other when there is none. */
const char *case_task_text(const struct case_task *k, enum lang lang);

/* --- rules: each writes its audit row in T --- */

/* Gives a case the playbook of its kind; what is done stays. */
int playbooks_attach(struct txn *t, const struct user *u, const char *number, int64_t now_us,
		     struct err *e);
/* SEEN: id of the answer that stood there when the person answered; 0 = none. When somebody has
 * answered otherwise meanwhile, the answer is kept but does not count: -ECONFLICT, and T shall be
 * committed. */
struct playbooks_answer {
	const char *question, *answer;
	int64_t seen;
};
int playbooks_answer(struct txn *t, const struct user *u, const char *number,
		     const struct playbooks_answer *n, int64_t now_us, struct err *e);

struct playbooks_task_new {
	const char *text, *role;
	int64_t owner_id, due_us; /* 0 = anybody, no time */
};
int playbooks_task_add(struct txn *t, const struct user *u, const char *number,
		       const struct playbooks_task_new *n, int64_t now_us, struct err *e);
/* VERSION: as the person saw it; -ECONFLICT when somebody changed it meanwhile. NOT_NEEDED must say
 * why in NOTE. */
struct playbooks_task_set {
	int64_t id, version;
	const char *state, *note;
};
int playbooks_task_set(struct txn *t, const struct user *u, const char *number,
		       const struct playbooks_task_set *n, int64_t now_us, struct err *e);
struct playbooks_task_give {
	int64_t id, version;
	const char *role;
	int64_t owner_id, due_us;
};
int playbooks_task_give(struct txn *t, const struct user *u, const char *number,
			const struct playbooks_task_give *n, int64_t now_us, struct err *e);
/* All that are open and were there at UPTO_US are done; the number of them. */
int playbooks_all_done(struct txn *t, const struct user *u, const char *number, int64_t upto_us,
		       int64_t now_us, struct err *e);

int playbooks_tasks(struct txn *t, const struct scope *s, int64_t incident_id, struct arena *a,
		    struct case_task **out, size_t *n_out, struct err *e);

#endif
