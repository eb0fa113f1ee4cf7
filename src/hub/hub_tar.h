/* SPDX-License-Identifier: Apache-2.0 */
/* Just enough of POSIX ustar (IEEE 1003.1, pax) for a backup that any tar can list: regular files
 * with short names, one behind the other. */
#ifndef HUB_HUB_TAR_H
#define HUB_HUB_TAR_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

enum { TAR_BLOCK = 512, TAR_NAME_MAX = 99 };

struct tar_entry {
	char name[TAR_NAME_MAX + 1];
	uint64_t size;
};

/* A header of TAR_BLOCK bytes. */
void tar_header(const char *name, uint64_t size, int64_t mtime_s, unsigned char out[TAR_BLOCK]);
/* 1 = an entry, 0 = the end of the archive, -EFORMAT. Names with a slash, and anything but regular
 * files, are refused. */
int tar_parse(const unsigned char block[TAR_BLOCK], struct tar_entry *out, struct err *e);

#endif
