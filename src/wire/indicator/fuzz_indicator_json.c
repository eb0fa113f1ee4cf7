/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: MISP events, manifests and hash lists, STIX bundles, warninglists. */
#include <stdlib.h>
#include <string.h>

#include "wire/indicator/indicator_read.h"

static void found(void *arg, const struct indicator *i)
{
	struct indicator again = { 0 };

	++*(size_t *)arg;
	if (indicator_set(&again, i->kind, (struct str){ i->value, i->n }) != INDICATOR_OK ||
	    strcmp(again.value, i->value) != 0)
		abort();
}

static void bad(void *arg, const struct indicator_bad_line *b)
{
	struct err e = { 0 };

	(void)indicator_bad_err(&e, b->why, b->text);
	*(size_t *)arg += strlen(e.text);
}

static void event(void *arg, struct str uuid, int64_t changed_s)
{
	(void)changed_s;
	*(size_t *)arg += uuid.n;
}

static void row(void *arg, const uint8_t md5[16], struct str uuid)
{
	*(size_t *)arg += md5[0] + uuid.n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n = 0;
	struct indicator_reader to = { .arg = &n, .found = found, .bad = bad, .now_us = 1 };
	struct known_good *g = known_good_new();

	(void)indicator_read(INDICATOR_FORMAT_MISP, data, size, &to, NULL);
	(void)indicator_read(INDICATOR_FORMAT_STIX, data, size, &to, NULL);
	(void)indicator_format_of(data, size);
	(void)misp_manifest_read(data, size, event, &n, NULL);
	(void)misp_hashes_read(data, size, row, &n);
	(void)known_good_read(data, size, g, &to, NULL);
	known_good_ready(g);
	known_good_free(g);
	return 0;
}
