/* SPDX-License-Identifier: Apache-2.0 */
/* What the rules of playbooks share; for playbooks*.c only. */
#ifndef HUB_PLAYBOOKS_PLAYBOOKS_RULES_H
#define HUB_PLAYBOOKS_PLAYBOOKS_RULES_H

#include "hub/playbooks/playbooks_store.h"

/* The case NUMBER, which U may change and which is not closed. */
int playbooks_rules_live(struct txn *t, const struct user *u, const char *number, struct arena *a,
			 struct incident *out, struct err *e);

/* The answer that counts; NULL = none. */
const struct case_answer *playbooks_answer_of(const struct case_answer *list, size_t n,
					      const char *question);
/* Whether the answers call for the task. */
bool playbooks_task_applies(const struct playbook_task *k, const struct case_answer *answers,
			    size_t n);

/* hub_feature.case_kind */
int playbooks_case_kind(struct hub *h, struct txn *t, const struct user *u, int64_t case_id,
			const char *was, int64_t now_us, struct err *e);

/* Puts what is compiled in and what lies in the state folder into force (playbooks_sync.c). */
int playbooks_sync(struct hub *h, struct err *e);
/* What is wrong with a file, of what is stored of it. */
const char *playbooks_error_text(const char *error, enum lang lang, struct arena *a);
/* The job: the same where there is a folder. */
int playbooks_look(struct hub *h, struct err *e);

#endif
