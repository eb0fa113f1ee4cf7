/* SPDX-License-Identifier: Apache-2.0 */
/* Forms of members, field by field: shown with what is stored, or as typed with what is wrong. */
#ifndef HUB_MEMBERS_MEMBERS_FIELDS_H
#define HUB_MEMBERS_MEMBERS_FIELDS_H

#include "hub/members/members_pages.h"

enum { FIELDS_MAX = 20 };

struct members_fields {
	struct call *call;
	const struct form *form; /* NULL when the form was not posted yet */
	struct members_field list[FIELDS_MAX];
	size_t n;
};

/* ROW is copied; its value is what is stored, replaced by what was typed. */
void members_fields_add(struct members_fields *f, const struct members_field *row);
/* Answers with the page: 200 when new, 400 when posted. RULE_ERROR: what the rule said, or NULL. */
int members_fields_page(struct members_fields *f, struct members_form_page *m,
			const char *rule_error);
/* "2026-11-23" as the beginning of that day in the hub's zone; 0 when absent, OTHER then. */
int64_t members_fields_day(struct form *f, const char *field, bool required, int64_t other);
const char *members_fields_day_text(struct call *c, int64_t us); /* "" for 0 and for ever */
/* What the forms show instead of failing: wrong values and refusals in words. */
bool members_fields_is_answer(int r);

#endif
