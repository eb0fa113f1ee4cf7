/* SPDX-License-Identifier: Apache-2.0 */
/* Foreign bytes into base/conf.h. */
#include <stdint.h>
#include <stdlib.h>

#include "base/conf.h"
#include "base/mem.h"

struct target {
	char *name;
	int64_t number, wait_ms, size_bytes;
	bool on;
};

static const struct conf_row rows[] = {
	{ "name", CONF_TEXT, 0, 10, "", offsetof(struct target, name), "" },
	{ "number", CONF_INT, -5, 100, "7", offsetof(struct target, number), "" },
	{ "wait", CONF_DURATION_MS, 0, 86400000, "5m", offsetof(struct target, wait_ms), "" },
	{ "size", CONF_SIZE_BYTES, 0, 1 << 30, "64k", offsetof(struct target, size_bytes), "" },
	{ "on", CONF_BOOL, 0, 0, "yes", offsetof(struct target, on), "" },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct target target = { 0 };
	struct err e = { 0 };
	struct conf *c = conf_new();
	if (conf_add(c, rows, ARRAY_LEN(rows), &target, NULL) < 0)
		abort();
	(void)conf_parse(c, "fuzz", (struct str){ (const char *)data, size }, &e);
	conf_free(c);
	return 0;
}
