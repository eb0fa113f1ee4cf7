/* SPDX-License-Identifier: Apache-2.0 */
/* A playbook as people write it: what to ask and say on the first call, questions, tasks, and what
 * to see to before the end. Lines of "word rest"; # begins a remark.
 *
 *   playbook ransomware            which kind of case
 *   version 2   date 2026-11-23   source where it comes from      (a line each)
 *   goal.ja / goal.en              what is to be reached
 *   ask | say | never              one line of the call script
 *   question ID CHOICE...          yes, no, unknown, or choices of its own:
 *   choice ID                      the words of such a choice
 *   task ID ROLE DUE [if QUESTION=CHOICE,...]
 *   close                          one thing to see to before the case is closed
 *
 * Each of the last five is followed by its words: "ja ..." and "en ...", a task may add "why.ja"
 * and "why.en". ROLE: desk technician company analyst. DUE: 15m, 2h, 3d (days of 24 hours), 1w (end
 * of the 1st working day after), - (none). The same id means the same thing in every playbook: what
 * was done stays done when a case turns out to be of another kind. */
#ifndef HUB_PLAYBOOKS_PLAYBOOK_TEXT_H
#define HUB_PLAYBOOKS_PLAYBOOK_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"

enum {
	PLAYBOOK_BYTES_MAX = 65536,
	PLAYBOOK_LINE_MAX = 1000, /* bytes */
	PLAYBOOK_ID_MAX = 32,
	PLAYBOOK_LINES_MAX = 40, /* of each part of the call script */
	PLAYBOOK_QUESTIONS_MAX = 24,
	PLAYBOOK_CHOICES_MAX = 6,
	PLAYBOOK_TASKS_MAX = 64,
};

struct playbook_line {
	const char *text[LANG_COUNT];
};

struct playbook_choice {
	const char *id;
	const char *text[LANG_COUNT]; /* NULL: yes, no, unknown */
};

struct playbook_question {
	const char *id;
	const char *text[LANG_COUNT];
	struct playbook_choice choices[PLAYBOOK_CHOICES_MAX];
	size_t n_choices;
};

struct playbook_due {
	char unit; /* m h d w, '-' = none */
	int n;
};

struct playbook_task {
	const char *id, *role;
	const char *text[LANG_COUNT], *why[LANG_COUNT]; /* WHY may be "" */
	struct playbook_due due;
	const struct playbook_question *question; /* NULL: always */
	unsigned choices;                         /* of QUESTION, a set of 1 << index */
};

struct playbook {
	const char *kind, *version, *date, *source;
	int64_t date_us;
	const char *goal[LANG_COUNT];
	struct playbook_line *asks, *says, *nevers, *closes;
	size_t n_asks, n_says, n_nevers, n_closes;
	struct playbook_question *questions;
	size_t n_questions;
	struct playbook_task *tasks;
	size_t n_tasks;
};

/* Everything of OUT lives in A. -EFORMAT with the number of the line, -ELIMIT. */
int playbook_parse(const char *p, size_t n, struct arena *a, struct playbook *out, struct err *e);

/* NULL when there is none. */
const struct playbook_question *playbook_question_find(const struct playbook *b, const char *id);
const struct playbook_task *playbook_task_find(const struct playbook *b, const char *id);
int playbook_choice_find(const struct playbook_question *q, const char *id); /* index; -1 */

/* When something is due that was taken up at FROM_US; 0 = no time. */
int64_t playbook_due_us(const struct playbook_due *d, int64_t from_us);

#endif
