/* SPDX-License-Identifier: Apache-2.0 */
/* What a call asks: the numbers of its path and query; the fields of a posted form, and what is
 * wrong with each (hub_form.c). Part of hub.h. */
#ifndef HUB_HUB_FORM_H
#define HUB_HUB_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct call;

/* The id in the WHICH-th {…} of the path: 0, or -ENOENT. */
int call_id(struct call *c, size_t which, int64_t *out);
/* ?NAME=, from 1 to MAX; OTHER when it is absent or anything else. */
int64_t call_query_int(const struct call *c, const char *name, int64_t max, int64_t other);

struct form_error {
	const char *field, *text;
};                  /* TEXT is translated already */
struct form_wrong { /* of all forms of a call, for call_problem() */
	struct form_error row[16];
	size_t n;
};
struct form {
	struct call *call;
	struct form_error errors[24];
	size_t n_errors;
};
struct form form_of(struct call *c);
const char *form_text(struct form *f, const char *field, bool required,
		      size_t max_chars); /* trimmed; "" when absent and optional */
int64_t form_int(struct form *f, const char *field, bool required, int64_t min,
		 int64_t max); /* accepts full-width digits and commas */
int64_t form_time(struct form *f, const char *field,
		  bool required); /* datetime-local in the viewer's zone; 0 when absent */
void form_fail(struct form *f, const char *field, const char *text_key);
const char *form_error(const struct form *f, const char *field); /* NULL when the field is fine */
static inline bool form_ok(const struct form *f)
{
	return f->n_errors == 0;
}

#endif
