/* SPDX-License-Identifier: Apache-2.0 */
/* The list of makers, one line a prefix: six hex digits, a tab, the name; sorted. */
#include "probe/inventory/oui.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "probe/probe_oui.h"

enum { PREFIX_DIGITS = 6, ROWS_MAX = 4096 };

struct row {
	uint32_t prefix;
	const char *vendor;
};

struct oui {
	char *text; /* lines ended by NULs */
	size_t n;
	struct row row[ROWS_MAX];
};

static void row_add(struct oui *o, struct str line)
{
	uint8_t b[3];
	size_t n = 0;

	if (line.n <= PREFIX_DIGITS + 1 || line.p[0] == '#' || o->n == ROWS_MAX)
		return;
	if (str_hex((struct str){ line.p, PREFIX_DIGITS }, b, sizeof(b), &n) < 0 || n != 3)
		return;
	o->row[o->n++] = (struct row){
		.prefix = (uint32_t)b[0] << 16 | (uint32_t)b[1] << 8 | b[2],
		.vendor = line.p + PREFIX_DIGITS + 1,
	};
}

struct oui *oui_new(void)
{
	struct oui *o = mem_new(sizeof(*o));
	o->text = mem_strdup(probe_oui);
	struct str all = str_of(o->text), line;

	while (str_cut(&all, '\n', &line)) {
		row_add(o, line);
		o->text[(line.p - o->text) + (ptrdiff_t)line.n] = 0;
	}
	return o;
}

void oui_free(struct oui *o)
{
	if (!o)
		return;
	free(o->text);
	free(o);
}

static int by_prefix(const void *key, const void *row)
{
	uint32_t a = *(const uint32_t *)key, b = ((const struct row *)row)->prefix;

	return a < b ? -1 : a > b;
}

const char *oui_vendor(const struct oui *o, const struct mac *m)
{
	uint32_t prefix = (uint32_t)m->b[0] << 16 | (uint32_t)m->b[1] << 8 | m->b[2];
	const struct row *r = bsearch(&prefix, o->row, o->n, sizeof(o->row[0]), by_prefix);

	return r ? r->vendor : "";
}
