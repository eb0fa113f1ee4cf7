/* SPDX-License-Identifier: Apache-2.0 */
/* Playbooks that an administrator wrote: whatever is taken can be worked with. */
#include <stdlib.h>

#include "hub/playbooks/playbook_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void walk(const struct playbook *b)
{
	if (b->n_tasks == 0 || !b->kind || !b->goal[LANG_JA] || !b->goal[LANG_EN])
		abort();
	for (size_t i = 0; i < b->n_tasks; i++) {
		const struct playbook_task *k = &b->tasks[i];
		int64_t due_us = playbook_due_us(&k->due, INT64_C(1795395600000000));

		if (due_us < 0 || playbook_task_find(b, k->id) != k || !k->text[LANG_JA] ||
		    !k->text[LANG_EN] || !k->why[LANG_JA] || !k->why[LANG_EN])
			abort();
		if (k->question && (k->choices == 0 || k->choices >> k->question->n_choices))
			abort();
	}
	for (size_t i = 0; i < b->n_questions; i++)
		if (playbook_question_find(b, b->questions[i].id) != &b->questions[i])
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct playbook b;
	struct err e;

	if (playbook_parse((const char *)p, n, a, &b, &e) == 0)
		walk(&b);
	return 0;
}
