/* SPDX-License-Identifier: Apache-2.0 */
/* From rows to what the pages of playbooks show. */
#ifndef HUB_PLAYBOOKS_PLAYBOOKS_VIEW_H
#define HUB_PLAYBOOKS_PLAYBOOKS_VIEW_H

#include "hub/playbooks/playbooks_pages.h"

/* What stands on the page of case C; without a playbook ATTACHED is false. */
int playbooks_view_panel(struct call *c, struct txn *t, const struct incident *i,
			 struct playbook_panel *p);
void playbooks_view_script(struct call *c, const struct playbook *b, struct script_view *out);
/* ANSWERS may be empty. */
struct question_view *playbooks_view_questions(struct call *c, const struct playbook *b,
					       const struct case_answer *answers, size_t n);
/* B may be NULL. */
struct task_view playbooks_view_task(struct call *c, const struct playbook *b,
				     const struct case_task *k);
const char *playbooks_view_choice(struct call *c, const struct playbook_question *q, int i);
/* "within 2 hours", in words. */
const char *playbooks_view_due(struct call *c, const struct playbook_due *d);
/* "Backup?: no or unknown" */
const char *playbooks_view_condition(struct call *c, const struct playbook_task *k);
struct playbook_option *playbooks_view_roles(struct call *c, const char *chosen, size_t *n_out);
const char *playbooks_view_kind_key(struct call *c, const char *kind);

/* JSON of a case's playbook, of one and of all playbooks, of a list of tasks. */
int playbooks_json_case(struct call *c, const struct incident *i, const struct playbook_panel *p,
			const struct task_view *tasks, size_t n);
int playbooks_json_page(struct call *c, const struct edition *d, const struct playbook *b);
int playbooks_json_list(struct call *c, const struct playbook_list *p);
int playbooks_json_tasks(struct call *c, const struct task_view *rows, size_t n);

#endif
