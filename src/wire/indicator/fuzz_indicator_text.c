/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: lists of indicators of one line each, and CSV. What is found must be in normal form:
 * read again it is itself. */
#include <stdlib.h>
#include <string.h>

#include "wire/indicator/indicator_read.h"

static void found(void *arg, const struct indicator *i)
{
	struct indicator again = { 0 };

	++*(size_t *)arg;
	if (indicator_set(&again, i->kind, (struct str){ i->value, i->n }) != INDICATOR_OK ||
	    strcmp(again.value, i->value) != 0 || again.kind != i->kind)
		abort();
}

static void bad(void *arg, const struct indicator_bad_line *b)
{
	struct err e = { 0 };

	(void)indicator_bad_err(&e, b->why, b->text);
	*(size_t *)arg += strlen(e.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum indicator_format formats[] = {
		INDICATOR_FORMAT_PLAIN, INDICATOR_FORMAT_LIST, INDICATOR_FORMAT_HOSTS,
		INDICATOR_FORMAT_CSV,   INDICATOR_FORMAT_RPZ,
	};
	size_t n = 0;
	struct indicator_reader to = { .arg = &n, .found = found, .bad = bad };
	struct known_good *g = known_good_new();

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		(void)indicator_read(formats[i], data, size, &to, NULL);
	(void)indicator_format_of(data, size);
	(void)known_good_read(data, size, g, &to, NULL);
	known_good_ready(g);
	known_good_free(g);
	return 0;
}
