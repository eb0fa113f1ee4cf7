/* SPDX-License-Identifier: Apache-2.0 */
/* The one place where foreign protobuf and zstd bytes are opened: size, count and memory are
 * checked before anything is believed. Sockets are net's business, meaning is the caller's. */
#include "wire/frame.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/mem.h"
#include "base/rd.h"
#include "base/str.h"

enum {
	BATCH_ZSTD_LEVEL = 1, /* the sensor is a small box; higher levels gain a tenth */
	WIRE_VARINT = 0,
	WIRE_FIXED64 = 1,
	WIRE_BYTES = 2,
	WIRE_FIXED32 = 5,
	BATCH_RECORDS_TAG = 1 << 3 | WIRE_BYTES,
};

/* Memory for one message. What is freed on the way is not given back: the limit is on the work. */
struct budget {
	size_t left;
	bool over;
};

static void *budget_alloc(void *arg, size_t n)
{
	struct budget *b = arg;

	if (n > b->left) {
		b->over = true;
		return NULL;
	}
	b->left -= n;
	return mem_new(n);
}

static void budget_free(void *arg, void *p)
{
	(void)arg;
	free(p);
}

/* Makes S valid UTF-8 in place. */
static void text_clean(char *s)
{
	size_t n = strlen(s);

	if (utf8_valid(s, n))
		return;
	for (size_t i = 0; i < n;) {
		size_t len = 1;
		while (len <= 4 && i + len <= n && !utf8_valid(s + i, len))
			len++;
		if (len > 4 || i + len > n) {
			s[i] = '?';
			len = 1;
		}
		i += len;
	}
}

static void message_clean(ProtobufCMessage *m);

static void field_clean(const ProtobufCFieldDescriptor *f, void *value)
{
	if (f->type == PROTOBUF_C_TYPE_STRING && *(char **)value)
		text_clean(*(char **)value);
	else if (f->type == PROTOBUF_C_TYPE_MESSAGE && *(ProtobufCMessage **)value)
		message_clean(*(ProtobufCMessage **)value);
}

/* The schema does not nest itself, so the depth is bounded. */
static void message_clean(ProtobufCMessage *m)
{
	for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];
		char *at = (char *)m + f->offset;
		const char *quantifier = (const char *)m + f->quantifier_offset;

		if (f->type != PROTOBUF_C_TYPE_STRING && f->type != PROTOBUF_C_TYPE_MESSAGE)
			continue;
		if (f->label == PROTOBUF_C_LABEL_REPEATED) {
			void **list = *(void ***)(void *)at;
			size_t n = *(const size_t *)(const void *)quantifier;
			for (size_t k = 0; k < n; k++)
				field_clean(f, &list[k]);
		} else if (!(f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) ||
			   *(const uint32_t *)(const void *)quantifier == f->id) {
			field_clean(f, at);
		}
	}
}

static int message_open(const ProtobufCMessageDescriptor *d, struct rd bytes, size_t mem_max,
			ProtobufCMessage **out, struct err *e)
{
	struct budget budget = { .left = mem_max };
	ProtobufCAllocator alloc = { .alloc = budget_alloc,
				     .free = budget_free,
				     .allocator_data = &budget };
	ProtobufCMessage *m = protobuf_c_message_unpack(d, &alloc, bytes.n, bytes.p);

	if (!m && budget.over)
		return err_set(e, -ELIMIT, "a %s of %zu bytes needs more than %zu bytes of memory",
			       d->short_name, bytes.n, mem_max);
	if (!m)
		return err_set(e, -EFORMAT, "%zu bytes are not a %s", bytes.n, d->short_name);
	message_clean(m);
	*out = m;
	return 0;
}

static uint64_t rd_varint(struct rd *r)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t b = rd_u8(r);
		v |= (uint64_t)(b & 0x7f) << shift;
		if (!(b & 0x80))
			return v;
	}
	r->bad = true;
	return 0;
}

static void field_skip(struct rd *r, uint64_t tag)
{
	switch (tag & 7) {
	case WIRE_VARINT:
		(void)rd_varint(r);
		break;
	case WIRE_FIXED64:
		rd_skip(r, 8);
		break;
	case WIRE_BYTES:
		rd_skip(r, rd_varint(r));
		break;
	case WIRE_FIXED32:
		rd_skip(r, 4);
		break;
	default:
		r->bad = true;
	}
}

/* Counts and measures the records before any memory is spent on them. */
static int batch_limits(const void *raw, size_t n, struct err *e)
{
	struct rd r = rd_of(raw, n);
	size_t records = 0;

	while (r.n > 0 && !r.bad) {
		size_t at = n - r.n;
		uint64_t tag = rd_varint(&r);
		if (tag != BATCH_RECORDS_TAG) {
			field_skip(&r, tag);
			continue;
		}
		uint64_t length = rd_varint(&r);
		if (!r.bad && length > RECORD_MAX)
			return err_set(e, -ELIMIT,
				       "the record at byte %zu of the batch has %" PRIu64
				       " bytes, the limit is %d",
				       at, length, RECORD_MAX);
		if (++records > BATCH_RECORDS_MAX)
			return err_set(e, -ELIMIT, "the batch has more than %d records",
				       BATCH_RECORDS_MAX);
		rd_skip(&r, length);
	}
	if (r.bad)
		return err_set(e, -EFORMAT, "the batch breaks off or is damaged before byte %zu",
			       n - r.n);
	return 0;
}

static int batch_order(const Otasuke__Wire__Batch *b, struct err *e)
{
	uint64_t last = 0;

	for (size_t i = 0; i < b->n_records; i++) {
		uint64_t sequence = b->records[i]->sequence;
		if (sequence <= last)
			return err_set(e, -EFORMAT,
				       "record %zu of the batch has sequence %" PRIu64
				       ", which does not follow %" PRIu64,
				       i + 1, sequence, last);
		last = sequence;
	}
	return 0;
}

static int batch_inflate(const void *p, size_t n, char **raw_out, size_t *n_out, struct err *e)
{
	unsigned long long size = ZSTD_getFrameContentSize(p, n);

	if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN ||
	    ZSTD_findFrameCompressedSize(p, n) != n)
		return err_set(e, -EFORMAT, "%zu bytes are not a compressed batch", n);
	if (size > BATCH_RAW_MAX)
		return err_set(e, -ELIMIT, "the batch would unpack to %llu bytes, the limit is %d",
			       size, BATCH_RAW_MAX);
	SCOPED_MEM char *raw = mem_new((size_t)size + 1);
	size_t got = ZSTD_decompress(raw, (size_t)size, p, n);
	if (ZSTD_isError(got) || got != size)
		return err_set(e, -EFORMAT, "the compressed batch is damaged: %s",
			       ZSTD_isError(got) ? ZSTD_getErrorName(got) : "short");
	*raw_out = raw;
	*n_out = got;
	raw = NULL;
	return 0;
}

void frame_pack(const ProtobufCMessage *m, struct buf *out)
{
	size_t n = protobuf_c_message_get_packed_size(m);
	SCOPED_MEM uint8_t *p = mem_new(n + 1);

	(void)protobuf_c_message_pack(m, p);
	buf_add(out, p, n);
}

int frame_unpack(const ProtobufCMessageDescriptor *d, const void *p, size_t n,
		 ProtobufCMessage **out, struct err *e)
{
	if (n > FRAME_MAX)
		return err_set(e, -ELIMIT, "a frame of %zu bytes, the limit is %d", n, FRAME_MAX);
	return message_open(d, rd_of(p, n), FRAME_MEM_MAX, out, e);
}

void batch_add(struct buf *raw, const void *record, size_t n)
{
	buf_addc(raw, BATCH_RECORDS_TAG);
	for (size_t v = n;; v >>= 7) {
		buf_addc(raw, (char)((v & 0x7f) | (v > 0x7f ? 0x80 : 0)));
		if (v <= 0x7f)
			break;
	}
	buf_add(raw, record, n);
}

int batch_compress(const struct buf *raw, struct buf *out, struct err *e)
{
	if (raw->over || raw->n > BATCH_RAW_MAX)
		return err_set(e, -ELIMIT, "a batch of %zu bytes, the limit is %d", raw->n,
			       BATCH_RAW_MAX);
	size_t cap = ZSTD_compressBound(raw->n);
	SCOPED_MEM char *p = mem_new(cap);
	size_t n = ZSTD_compress(p, cap, raw->n ? raw->p : "", raw->n, BATCH_ZSTD_LEVEL);
	if (ZSTD_isError(n))
		return err_set(e, -EINVAL, "the batch cannot be compressed: %s",
			       ZSTD_getErrorName(n));
	if (n > FRAME_MAX)
		return err_set(e, -ELIMIT, "a frame of %zu bytes, the limit is %d", n, FRAME_MAX);
	buf_add(out, p, n);
	return 0;
}

int batch_open(const void *p, size_t n, Otasuke__Wire__Batch **out, struct err *e)
{
	SCOPED_MEM char *raw = NULL;
	ProtobufCMessage *m = NULL;
	size_t raw_n = 0;
	int r;

	if (n > FRAME_MAX)
		return err_set(e, -ELIMIT, "a frame of %zu bytes, the limit is %d", n, FRAME_MAX);
	if ((r = batch_inflate(p, n, &raw, &raw_n, e)) < 0)
		return r;
	if ((r = batch_limits(raw, raw_n, e)) < 0)
		return r;
	if ((r = message_open(&otasuke__wire__batch__descriptor, rd_of(raw, raw_n), BATCH_MEM_MAX,
			      &m, e)) < 0)
		return r;
	Otasuke__Wire__Batch *b = (Otasuke__Wire__Batch *)m;
	if ((r = batch_order(b, e)) < 0) {
		otasuke__wire__batch__free_unpacked(b, NULL);
		return r;
	}
	*out = b;
	return 0;
}
