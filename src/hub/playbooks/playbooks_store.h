/* SPDX-License-Identifier: Apache-2.0 */
/* Every SQL statement on the tables of playbooks.sql. */
#ifndef HUB_PLAYBOOKS_PLAYBOOKS_STORE_H
#define HUB_PLAYBOOKS_PLAYBOOKS_STORE_H

#include "hub/playbooks/playbook_text.h"
#include "hub/playbooks/playbooks.h"

struct edition {
	int64_t id;
	const char *kind, *version, *source, *digest, *body, *origin, *error;
	int64_t date_us, changed_us;
};
/* The edition with DIGEST, added when it is new. */
struct edition_row {
	const struct playbook *b;
	const char *digest, *body;
	int64_t now_us;
};
int playbooks_store_edition(struct txn *t, const struct scope *s, const struct edition_row *r,
			    int64_t *id_out, struct err *e);
struct current_row {
	const char *kind, *origin, *error;
	int64_t edition_id, now_us;
};
/* Writes only what is different. */
int playbooks_store_current_set(struct txn *t, const struct scope *s, const struct current_row *r,
				struct err *e);
/* KIND NULL: of all, by kind. */
int playbooks_store_currents(struct txn *t, const struct scope *s, const char *kind,
			     struct arena *a, struct edition **out, size_t *n_out, struct err *e);

/* Id, company, number, kind and state only. -ENOENT. */
int playbooks_store_incident(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
			     struct incident *out, struct err *e);

struct case_playbook {
	int64_t incident_id, company_id, edition_id, attached_us;
	int64_t n_open, n_done, next_due_us;
	const char *body; /* of the edition */
};
int playbooks_store_case(struct txn *t, const struct scope *s, int64_t incident_id, struct arena *a,
			 struct case_playbook *out, struct err *e); /* -ENOENT */
int playbooks_store_case_set(struct txn *t, const struct scope *s, const struct case_playbook *p,
			     struct err *e);
/* The sums again. */
int playbooks_store_sums(struct txn *t, const struct scope *s, int64_t incident_id, struct err *e);

struct case_answer {
	int64_t id, person_id, at_us;
	const char *question, *answer, *person_name;
	bool applied;
};
int playbooks_store_answers(struct txn *t, const struct scope *s, int64_t incident_id,
			    struct arena *a, struct case_answer **out, size_t *n_out,
			    struct err *e);
struct answer_row {
	int64_t incident_id, company_id, person_id, now_us;
	const char *question, *answer;
	bool applied;
};
int playbooks_store_answer(struct txn *t, const struct scope *s, const struct answer_row *r,
			   struct err *e);

struct task_row {
	int64_t incident_id, company_id, owner_id, due_us, person_id, now_us;
	const char *task, *role, *because;
	const char *const *text, *const *why; /* [LANG_COUNT] */
};
int playbooks_store_task_add(struct txn *t, const struct scope *s, const struct task_row *r,
			     struct err *e);
int playbooks_store_tasks(struct txn *t, const struct scope *s, int64_t incident_id,
			  struct arena *a, struct case_task **out, size_t *n_out, struct err *e);
int playbooks_store_task(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
			 struct case_task *out, struct err *e);
/* 1, or 0 when its version is another. */
struct task_change {
	int64_t id, version, owner_id, due_us, person_id, now_us;
	const char *state, *role, *note, *because;
	bool automatic;
};
int playbooks_store_task_change(struct txn *t, const struct scope *s, const struct task_change *k,
				struct err *e);
/* The number of tasks changed. */
int64_t playbooks_store_all_done(struct txn *t, const struct scope *s, int64_t incident_id,
				 int64_t person_id, int64_t upto_us, int64_t now_us, struct err *e);

/* Open tasks of live cases: those of PERSON_ID or of ROLES (a set of ROLE_...) that nobody has;
 * LATE_US: only those due before. The first due first. */
struct task_filter {
	int64_t person_id;
	unsigned roles;
	int64_t late_us, limit;
};
int playbooks_store_mine(struct txn *t, const struct scope *s, const struct task_filter *f,
			 struct arena *a, struct case_task **out, size_t *n_out, struct err *e);
int playbooks_store_mine_count(struct txn *t, const struct scope *s, const struct task_filter *f,
			       int64_t *out, struct err *e);

/* Live cases with a task whose time is over. */
struct late_case {
	const char *number, *title, *company_name;
	int64_t due_us, n_open;
};
int playbooks_store_late(struct txn *t, const struct scope *s, int64_t now_us, struct arena *a,
			 struct late_case **out, size_t *n_out, struct err *e);

/* For a generated region: closed cases have done what was to be done, live ones half of it. */
int playbooks_store_fill(struct txn *t, const struct scope *s, struct err *e);

#endif
