/* SPDX-License-Identifier: Apache-2.0 */
/* Items from the hub, laid down as they came for the roles that check their signature. */
#ifndef SENSOR_INBOX_H
#define SENSOR_INBOX_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { INBOX_MAX = 1000, INBOX_PATH_MAX = 4096 };

struct inbox {
	char dir[INBOX_PATH_MAX];
};

int inbox_open(const char *dir, struct inbox *out, struct err *e);
/* Stores the packed Item durably as <sequence>.item; an item that is there already is fine.
 * SEQUENCE_OUT is what to acknowledge. -EFORMAT, -ELIMIT when INBOX_MAX items wait. */
int inbox_add(const struct inbox *in, const uint8_t *p, size_t n, uint64_t *sequence_out,
	      struct err *e);

#endif
