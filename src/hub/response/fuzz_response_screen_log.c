/* SPDX-License-Identifier: Apache-2.0 */
/* Logs of remote-screen tools: what is read is clean text within its limits, and times that fit. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "hub/response/response_screen_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void sane(const char *s)
{
	const size_t n = strlen(s);

	if (!utf8_valid(s, n) || utf8_count(s, n) > SCREEN_WORK_CHARS)
		abort();
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)s[i] < ' ')
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct screen_work *rows;
	size_t n_rows;

	response_screen_log_read((struct str){ (const char *)p, n }, a, &rows, &n_rows);
	if (n_rows > SCREEN_WORK_MAX)
		abort();
	for (size_t i = 0; i < n_rows; i++) {
		sane(rows[i].person);
		sane(rows[i].device);
		sane(rows[i].session);
		if (rows[i].seconds < -1 || rows[i].seconds > SCREEN_WORK_SECONDS_MAX)
			abort();
	}
	return 0;
}
