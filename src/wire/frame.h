/* SPDX-License-Identifier: Apache-2.0 */
/* Frame types between sensor and hub, and the codec of their payloads (protobuf-c; batches are
 * zstd-compressed). Pure: no I/O. */
#ifndef WIRE_FRAME_H
#define WIRE_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "wire/otasuke.pb-c.h"

enum frame_type {
	FRAME_HELLO = 1,
	FRAME_WELCOME = 2,
	FRAME_BATCH = 3,
	FRAME_ACK = 4,
	FRAME_REFUSE = 5,
	FRAME_ENROL = 6,
	FRAME_ENROLLED = 7,
	FRAME_ITEM = 8,
	FRAME_ITEM_ACK = 9,
	FRAME_BLOB_ASK = 10,
	FRAME_BLOB_PART = 11,
	FRAME_UPLOAD = 12,
	FRAME_UPLOAD_HAVE = 13,
};

enum {
	FRAME_MAX = 4 * 1024 * 1024,      /* bytes of one frame on the wire */
	FRAME_MEM_MAX = 16 * 1024 * 1024, /* memory of one unpacked message that is not a batch */
	BATCH_RAW_MAX = 16 * 1024 * 1024, /* bytes of a batch after decompression */
	BATCH_MEM_MAX = 64 * 1024 * 1024, /* memory of an unpacked batch */
	BATCH_RECORDS_MAX = 10000,
	RECORD_MAX = 256 * 1024,
};

/* Any message that is not a batch. Replaces nothing: appends to OUT. */
void frame_pack(const ProtobufCMessage *m, struct buf *out);
/* Unpacks with limits; the caller frees with protobuf_c_message_free_unpacked(m, NULL). Texts are
 * valid UTF-8 afterwards. -EFORMAT, -ELIMIT. */
int frame_unpack(const ProtobufCMessageDescriptor *d, const void *p, size_t n,
		 ProtobufCMessage **out, struct err *e);

/* A batch from records that are packed already (as they lie in the spool): RAW is a sequence of
 * Batch.records fields. */
void batch_add(struct buf *raw, const void *record, size_t n);
/* Appends the payload of FRAME_BATCH to OUT; an empty RAW is a batch of no records. -ELIMIT when
 * RAW is larger than the other side would open. */
int batch_compress(const struct buf *raw, struct buf *out, struct err *e);
/* The records of a FRAME_BATCH. They are within all limits above, their sequences start at 1 or
 * higher and rise, their texts are valid UTF-8 (bad bytes become '?'); a body that this program
 * does not know has body_case BODY__NOT_SET. -EFORMAT, -ELIMIT; the result is freed with
 * otasuke__wire__batch__free_unpacked(b, NULL). */
int batch_open(const void *p, size_t n, Otasuke__Wire__Batch **out, struct err *e);

#endif
