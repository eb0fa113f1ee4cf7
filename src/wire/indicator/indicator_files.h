/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of indicators in files, and MISP feeds in folders. */
#ifndef WIRE_INDICATOR_INDICATOR_FILES_H
#define WIRE_INDICATOR_INDICATOR_FILES_H

#include "wire/indicator/indicator_read.h"

/* Reads PATH in whatever format it is; a folder is a MISP feed (manifest.json, an event in
 * UUID.json each, perhaps hashes.csv). BEGIN (may be NULL, gets TO->arg) hears of each file before
 * it is read. A missing or broken event of a feed is a bad line; the rest is read. */
int indicator_file_read(const char *path, const struct indicator_reader *to,
			void (*begin)(void *arg, const char *path, enum indicator_format f),
			struct err *e);
/* The same for known good things, without folders. */
int known_good_file_read(const char *path, struct known_good *good,
			 const struct indicator_reader *to, struct err *e);

#endif
