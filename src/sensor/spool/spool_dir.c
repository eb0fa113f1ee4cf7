/* SPDX-License-Identifier: Apache-2.0 */
/* Listing and naming only; contents are the writer's and the reader's. */
#include "sensor/spool/spool_dir.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"

enum { NAME_DIGITS = 20 };

void spool_segment_path(const char *dir, uint64_t first_sequence, char *out)
{
	(void)snprintf(out, SPOOL_PATH_MAX, "%s/%0*" PRIu64 ".seg", dir, NAME_DIGITS,
		       first_sequence); /* cut ones do not open */
}

void spool_file_path(const char *dir, const char *name, char *out)
{
	(void)snprintf(out, SPOOL_PATH_MAX, "%s/%s", dir, name); /* cut ones do not open */
}

static bool name_parse(const char *name, uint64_t *first_out)
{
	struct str s = str_of(name);
	uint64_t v = 0;

	if (s.n != NAME_DIGITS + 4 || !str_ends(s, STR(".seg")))
		return false;
	for (size_t i = 0; i < NAME_DIGITS; i++) {
		uint64_t digit = (uint64_t)(unsigned char)name[i] - '0';
		if (digit > 9 || v > (UINT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*first_out = v;
	return v > 0;
}

static int rising(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

int spool_list(const char *dir, uint64_t **first_out, size_t *n_out, struct err *e)
{
	DIR *d = opendir(dir);
	if (!d)
		return err_set(e, -errno, "cannot read the spool folder %s: %s", dir,
			       err_text(-errno));
	uint64_t *list = NULL;
	size_t n = 0, cap = 0;
	const struct dirent *entry;
	while (n < SPOOL_SEGMENTS_MAX && (entry = readdir(d))) {
		uint64_t first = 0;
		if (!name_parse(entry->d_name, &first))
			continue;
		if (n == cap) {
			cap = cap ? 2 * cap : 64;
			list = mem_resize(list, cap, sizeof(*list));
		}
		list[n++] = first;
	}
	(void)closedir(d); /* read only */
	if (n > 1)
		qsort(list, n, sizeof(*list), rising);
	*first_out = list;
	*n_out = n;
	return 0;
}
