/* SPDX-License-Identifier: Apache-2.0 */
/* Puts frames together from the pieces in which a stream delivers them; see net/tls.h for their
 * form. Pure: no I/O. */
#ifndef NET_TLS_FRAME_H
#define NET_TLS_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum { TLS_FRAME_HEAD = 5 }; /* bytes: length and type */

struct tls_frames {
	struct buf part;  /* the beginning of a frame that has not come whole */
	size_t frame_max; /* bytes of a whole frame with its head */
};

/* Negative stops and is returned. P lives as long as the call. */
typedef int (*tls_frame_fn)(void *arg, uint8_t type, const uint8_t *p, size_t n);

/* 0; -EFORMAT for a length that cannot be; -ELIMIT for a frame beyond frame_max; FN's refusal.
 * After a failure nothing more must be added. */
int tls_frames_add(struct tls_frames *f, const uint8_t *p, size_t n, tls_frame_fn fn, void *arg);
void tls_frames_done(struct tls_frames *f);

void tls_frame_encode(struct buf *out, uint8_t type, const void *p, size_t n);

#endif
