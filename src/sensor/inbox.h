/* SPDX-License-Identifier: Apache-2.0 */
/* Items from the hub and the blobs that they name, laid down as they came for the roles that check
 * their signature. The uplink's alone to write:
 *
 *   <sequence>.item   a packed Item
 *   <sha256>.part     a blob on its way; what is there needs not be asked for again
 *   <sha256>.blob     a blob that is whole and has this hash */
#ifndef SENSOR_INBOX_H
#define SENSOR_INBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "wire/item.h"

enum { INBOX_MAX = 1000, INBOX_PATH_MAX = 4096, INBOX_HEX = 2 * BLOB_HASH + 1 };

struct inbox {
	char dir[INBOX_PATH_MAX];
};

int inbox_open(const char *dir, struct inbox *out, struct err *e);
/* Stores the packed Item durably as <sequence>.item; an item that is there already is fine.
 * SEQUENCE_OUT is what to acknowledge. -EFORMAT, -ELIMIT when INBOX_MAX items wait. */
int inbox_add(const struct inbox *in, const uint8_t *p, size_t n, uint64_t *sequence_out,
	      struct err *e);

/* A blob that an item waits for. */
struct inbox_want {
	uint8_t hash[BLOB_HASH];
	uint64_t size, have; /* bytes */
};
/* The one that the oldest incomplete item names: 1, or 0 when all are there. */
int inbox_want(const struct inbox *in, struct inbox_want *out, struct err *e);
/* Adds the next bytes. 1 = it is whole and its hash is right, 0 = more is to come; -EFORMAT: it is
 * longer than the item said or has another hash, and is gone; -ENOSPC and friends leave it as it
 * was. */
int inbox_part(const struct inbox *in, struct inbox_want *w, const void *p, size_t n,
	       struct err *e);
/* The hub has no such blob any more: removes the items that wait for it. */
int inbox_give_up(const struct inbox *in, const uint8_t hash[BLOB_HASH], struct err *e);
/* Removes the items that the probe has dealt with (their names in DONE, which are hashes of their
 * files too), and blobs that no item names. */
struct inbox_done {
	uint64_t sequence;
	uint8_t hash[8]; /* SHA-256 of the file, its beginning */
};
int inbox_sweep(const struct inbox *in, const struct inbox_done *done, size_t n, struct err *e);

/* Numbers of the items, rising, at most INBOX_MAX. */
int inbox_list(const char *dir, uint64_t *out, size_t *n_out, struct err *e);
void inbox_item_path(const char *dir, uint64_t sequence, char out[INBOX_PATH_MAX]);
void inbox_blob_path(const char *dir, const uint8_t hash[BLOB_HASH], bool whole,
		     char out[INBOX_PATH_MAX]);

#endif
