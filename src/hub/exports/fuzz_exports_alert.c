/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts of other systems: what is read is clean text within its limits. */
#include <stdlib.h>
#include <string.h>

#include "hub/exports/exports_alert.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void sane(const char *s, size_t max)
{
	if (!utf8_valid(s, strlen(s)) || utf8_count(s, strlen(s)) > max)
		abort();
}

static void look(const struct outside_alert *x)
{
	sane(x->title, OUTSIDE_TITLE_CHARS);
	sane(x->text, OUTSIDE_TEXT_CHARS);
	sane(x->source, OUTSIDE_NAME_CHARS);
	sane(x->source_ref, OUTSIDE_NAME_CHARS);
	sane(x->customer, OUTSIDE_NAME_CHARS);
	if (!x->title[0] || !x->source[0] || x->severity < 0 || x->severity > 4 ||
	    x->n_things > OUTSIDE_THINGS_MAX || x->n_assets > OUTSIDE_THINGS_MAX)
		abort();
	for (size_t i = 0; i < x->n_things; i++)
		sane(x->things[i].value, 1000);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct outside_alert x;
	const struct str json = { (const char *)p, n };

	if (outside_thehive(json, a, &x, NULL) == 0)
		look(&x);
	if (outside_iris(json, a, &x, NULL) == 0)
		look(&x);
	return 0;
}
