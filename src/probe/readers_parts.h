/* SPDX-License-Identifier: Apache-2.0 */
/* Files that come in parts (HTTP ranges): what is known of one between two answers. */
#ifndef PROBE_READERS_PARTS_H
#define PROBE_READERS_PARTS_H

#include "probe/detect/detect.h"
#include "probe/dissect/digest.h"

struct part {
	uint64_t key; /* who asked for which file; 0 = free */
	uint64_t next, total;
	struct digest *digest;
	struct http_file file;
};

struct parts;

struct parts *parts_new(void);
void parts_free(struct parts *p);
/* Keeps PART, whose digest is the table's from now on; another in its place is forgotten. */
void parts_keep(struct parts *p, const struct part *part);
/* Takes the part of KEY that ends where FIRST begins out of the table; false: there is none. */
bool parts_take(struct parts *p, uint64_t key, uint64_t first, uint64_t total, struct part *out);

#endif
