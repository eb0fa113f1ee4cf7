/* SPDX-License-Identifier: Apache-2.0 */
/* Related: who else met what a case is about, cases that have to do with each other, and work on
 * many cases at once. Merging and splitting: hub/cases/cases_move.h. */
#ifndef HUB_RELATED_RELATED_H
#define HUB_RELATED_RELATED_H

#include "hub/cases/cases.h"
#include "hub/hub.h"

extern const struct hub_feature related_feature;

enum { /* who may know that two companies met the same thing */
       RELATED_STAFF = ROLE_ADMIN | ROLE_DESK | ROLE_ANALYST,
};

#define CALL_NEW        "new"
#define CALL_CALLED     "called"
#define CALL_NOT_NEEDED "not_needed"

/* A company that met a trait; texts in the arena, none NULL. */
struct who_row {
	int64_t company_id, first_us, last_us, days, severity;
	const char *company_name, *device, *detector;
	const char *contact_name, *contact_phone; /* E.164; "" = the company has none */
	const char *kind, *value;                 /* of the trait, for a case */
	/* for a case: */
	const char *state, *new_number; /* the case that the call opened, "" = none */
	const char *case_number, *case_title;
};

/* Ways in which a case may have to do with another. */
const char *const *related_tie_kinds(size_t *n_out);
struct tie_row {
	int64_t id, company_id;
	const char *kind, *note, *number, *title, *state, *company_name;
	bool reverse; /* the other case says it of this one */
};
/* -EINVAL itself or an unknown kind, -EEXIST. Cases of two companies: staff only. */
int related_tie(struct txn *t, const struct user *u, const char *number, const char *other,
		const char *kind, const char *note, int64_t now_us, struct err *e);
int related_untie(struct txn *t, const struct user *u, const char *number, int64_t id,
		  int64_t now_us, struct err *e);
/* What U may see of them: people of companies and insurers only cases of the same company. */
int related_ties(struct txn *t, const struct user *u, const struct incident *c, struct arena *a,
		 struct tie_row **out, size_t *n_out, struct err *e);
int related_tag(struct txn *t, const struct user *u, const char *number, const char *tag,
		int64_t now_us, struct err *e);
int related_untag(struct txn *t, const struct user *u, const char *number, const char *tag,
		  int64_t now_us, struct err *e);

/* Somebody calls the company: a case is opened there, tied to this one, with the words to say;
 * nothing in it names this case or its company. */
int related_call(struct txn *t, struct hub *h, const struct user *u, const char *number,
		 int64_t company_id, int64_t now_us, int64_t *id_out, struct err *e);
int related_not_needed(struct txn *t, const struct user *u, const char *number, int64_t company_id,
		       const char *why, int64_t now_us, struct err *e);

/* Up to five cases like C, each with a plain reason. */
enum { SIMILAR_MAX = 5 };
struct similar {
	struct incident c;
	const char *reason_key; /* related.similar.* */
	const char *reason_arg;
	int64_t score;
};
int related_similar(struct txn *t, const struct user *u, const struct incident *c, struct arena *a,
		    struct similar out[SIMILAR_MAX], size_t *n_out, struct err *e);

#endif
