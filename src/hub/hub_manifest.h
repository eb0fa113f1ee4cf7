/* SPDX-License-Identifier: Apache-2.0 */
/* What a backup says of itself: its files with their sizes and hashes. */
#ifndef HUB_HUB_MANIFEST_H
#define HUB_HUB_MANIFEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "hub/hub_tar.h"

#define MANIFEST_NAME  "MANIFEST"
#define BACKUP_DAMAGED "damaged-" /* of a file that was not what came in when it was backed up */

enum { MANIFEST_BYTES_MAX = 16 * 1024, MANIFEST_FILES = 7, MANIFEST_HASH = 65 };

/* Every file that a backup may hold; the database is the first. */
extern const char *const manifest_files[MANIFEST_FILES];

struct manifest_file {
	char name[TAR_NAME_MAX + 1];
	char hash[MANIFEST_HASH]; /* SHA-256 in hex */
	uint64_t size;
};

struct manifest {
	struct manifest_file file[MANIFEST_FILES];
	size_t n;
	/* Files of features behind these; -1 = made before they were part of backups. */
	int64_t n_files, bytes;
};

void manifest_write(const struct manifest *m, int64_t now_us, const char *region, struct buf *out);
/* -EFORMAT; unknown lines are left alone, unknown files are refused. */
int manifest_parse(const char *text, struct manifest *out, struct err *e);

#endif
