/* SPDX-License-Identifier: Apache-2.0 */
/* An item, from the hub to one sensor: its limits, its packed form and the bytes that are signed.
 * Pure: who signs and who checks is not its business. */
#ifndef WIRE_ITEM_H
#define WIRE_ITEM_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum {
	ITEM_MAX = 320 * 1024, /* packed */
	ITEM_BODY_MAX = 256 * 1024,
	ITEM_NAME_MAX = 64, /* kind, replace key, sensor */
	ITEM_SIGNATURE = 64,
	BLOB_HASH = 32,
	BLOB_SIZE_MAX = 128 * 1024 * 1024,
	BLOB_CHUNK_MAX = 128 * 1024, /* in one frame */
};

/* Texts and bytes are borrowed. */
struct item {
	const char *sensor; /* addressee, as the hub named it at enrolment */
	uint64_t sequence;
	const char *kind;
	const char *replace_key; /* "" = none */
	int64_t made_us, expires_us;
	const uint8_t *blob; /* BLOB_HASH bytes; NULL = names none */
	uint64_t blob_size;
	const void *body;
	size_t body_n;
	const uint8_t *signature; /* ITEM_SIGNATURE bytes; NULL while it is signed */
};

/* What the signature is over (doc/wire.md); appends to OUT. Never the same for two items that
 * differ in anything but the signature. */
void item_signed_bytes(const struct item *i, struct buf *out);
/* Appends the packed Item. -ELIMIT when it exceeds a limit above, -EINVAL for a name that is not
 * [a-z0-9._-] or empty where it may not be. */
int item_encode(const struct item *i, struct buf *out, struct err *e);
/* Foreign bytes into OUT, whose memory is in A. -EFORMAT, -ELIMIT. */
int item_decode(const void *p, size_t n, struct arena *a, struct item *out, struct err *e);

#endif
