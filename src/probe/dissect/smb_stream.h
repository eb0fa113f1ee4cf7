/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the messages in one direction of an SMB connection wherever in a segment they begin:
 * NetBIOS frames (RFC 1002, 4.3) are followed by their lengths. Of a message that spans segments
 * only the first bytes are kept, the rest is stepped over. After a loss it waits until a segment
 * begins with a message. */
#ifndef PROBE_DISSECT_SMB_STREAM_H
#define PROBE_DISSECT_SMB_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rd.h"

enum { SMB_KEPT_MAX = 2048 }; /* of one message: head, name, the beginning of a call */

/* All zero is a stream at its beginning. */
struct smb_stream {
	bool synced;
	uint32_t next; /* the byte expected */
	uint32_t skip; /* of the message at hand, not looked at */
	uint32_t have; /* in KEPT: frame and message */
	uint8_t *kept; /* NULL while no message is split */
};

/* MESSAGE without its frame, cut at SMB_KEPT_MAX. */
typedef void smb_stream_fn(void *arg, struct rd message);

/* A segment that begins at SEQ; WIRE: its bytes on the wire, of which SEGMENT holds the first. */
void smb_stream_feed(struct smb_stream *s, uint32_t seq, struct rd segment, uint32_t wire,
		     smb_stream_fn *fn, void *arg);
void smb_stream_done(struct smb_stream *s);

#endif
