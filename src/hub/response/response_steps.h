/* SPDX-License-Identifier: Apache-2.0 */
/* Guided steps: short procedures by which an operator talks a caller through something. What they
 * say: data/response_steps.tsv. */
#ifndef HUB_RESPONSE_RESPONSE_STEPS_H
#define HUB_RESPONSE_RESPONSE_STEPS_H

#include <stddef.h>
#include <stdint.h>

struct call;

/* Step 0 heads a procedure: its title and when it is for; MINUTES are of the whole. */
struct steps_row {
	const char *procedure;
	int step, minutes;
	const char *say_ja, *see_ja, *else_ja, *say_en, *see_en, *else_en;
};
extern const struct steps_row response_steps_table[];
extern const size_t response_steps_table_n;

struct steps_item {
	const char *id, *title, *when;
	int minutes;
};
/* All procedures in the call's language, in its arena. */
struct steps_item *response_steps_items(struct call *c, size_t *n_out);

int response_steps_list(struct call *c);
int response_steps_show(struct call *c);    /* /steps/{procedure} */
int response_steps_of_case(struct call *c); /* /cases/{number}/steps/{procedure} */
int response_steps_save(struct call *c);

#endif
