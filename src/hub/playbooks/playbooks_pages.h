/* SPDX-License-Identifier: Apache-2.0 */
/* Models of the templates in this folder. */
#ifndef HUB_PLAYBOOKS_PLAYBOOKS_PAGES_H
#define HUB_PLAYBOOKS_PLAYBOOKS_PAGES_H

#include "hub/playbooks/playbooks_store.h"

struct playbook_option {
	const char *value, *text;
	bool chosen;
};

struct question_view {
	const struct playbook_question *q;
	const char *text;
	struct playbook_option choices[PLAYBOOK_CHOICES_MAX];
	size_t n_choices;
	int64_t seen;    /* id of the answer that counts; 0 = none */
	const char *who; /* who gave it; "" */
	int64_t at_us;
	const char *other, *other_who; /* an answer that came too late to count; "" */
};

struct task_view {
	struct case_task k;
	const char *text, *why;
	const char *role_key;
	const char *because; /* "question: answer" that brought it; "" */
	const char *light;   /* red late, amber before the day ends, "" */
	const char *state_key;
	const char *owner; /* person, or "" */
};

struct script_view { /* the call script, in the reader's language */
	const char *goal;
	const char **asks, **says, **nevers, **closes;
	size_t n_asks, n_says, n_nevers, n_closes;
};

struct playbook_panel {
	const char *number;
	const struct playbook *b;
	struct script_view s;
	bool attached, may_work, live, company, fresh; /* FRESH: nothing is answered or done */
	struct question_view *questions;
	size_t n_questions, n_answered;
	struct task_view *open, *gone; /* GONE: done and not needed */
	size_t n_open, n_gone;
	int64_t n_done, n_all, n_late;
	struct playbook_option *kinds, *roles;
	size_t n_kinds, n_roles;
	int64_t now_us;
};

struct playbook_case { /* the sheet to print */
	struct playbook_panel p;
	struct incident c;
	const char *kind_key, *region_name;
	struct task_view *tasks;
	size_t n_tasks;
	int64_t printed_us;
};

struct playbook_row {
	struct edition d;
	const char *kind_key;
	size_t n_tasks, n_questions;
	bool from_folder;
};
struct playbook_list {
	struct playbook_row *rows;
	size_t n_rows, n_bad;
	const char *folder; /* where files that replace them lie; "" = not for this reader */
};

struct plan_task { /* a task as the playbook has it */
	const char *text, *why, *role_key, *due, *condition;
};
struct playbook_page {
	struct edition d;
	const char *kind_key;
	struct script_view s;
	struct question_view *questions;
	size_t n_questions;
	struct plan_task *tasks;
	size_t n_tasks;
};

struct playbook_task_page {
	struct task_view v;
	const char *number, *error, *due; /* DUE as the form field wants it */
	struct playbook_option *people, *roles;
	size_t n_people, n_roles;
	bool may_work, live, may_do;
};

struct playbook_tasks {
	struct task_view *rows;
	size_t n_rows;
	int64_t n_mine, n_late;
	bool late;
};

struct playbook_home {
	struct late_case *rows;
	size_t n_rows, n_shown;
};

struct playbook_tab {
	int64_t n;
};

#endif
