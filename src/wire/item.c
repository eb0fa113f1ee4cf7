/* SPDX-License-Identifier: Apache-2.0 */
/* Items, packed and unpacked with limits, and the one byte string that a signature is over. */
#include "wire/item.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "wire/frame.h"

static const char title[] = "otasuke item 1\n";

static bool name_ok(const char *s, bool may_be_empty)
{
	size_t n = strlen(s);

	return n <= ITEM_NAME_MAX && (n > 0 || may_be_empty) &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789._-") == n;
}

static int item_check(const struct item *i, struct err *e)
{
	if (!name_ok(i->sensor, false))
		return err_set(e, -EINVAL, "an item is addressed to no sensor");
	if (!name_ok(i->kind, false) || !name_ok(i->replace_key, true))
		return err_set(e, -EINVAL, "an item's kind is not a name");
	if (i->sequence == 0)
		return err_set(e, -EINVAL, "an item has no number");
	if (i->body_n > ITEM_BODY_MAX)
		return err_set(e, -ELIMIT, "an item of %zu bytes, the limit is %d", i->body_n,
			       ITEM_BODY_MAX);
	if (i->blob ? i->blob_size == 0 || i->blob_size > BLOB_SIZE_MAX : i->blob_size != 0)
		return err_set(e, -ELIMIT, "an item names a blob of %llu bytes, the limit is %d",
			       (unsigned long long)i->blob_size, BLOB_SIZE_MAX);
	return 0;
}

static void add_text(struct buf *out, const char *s)
{
	buf_be16(out, (uint16_t)strlen(s)); /* checked: ITEM_NAME_MAX */
	buf_adds(out, s);
}

void item_signed_bytes(const struct item *i, struct buf *out)
{
	static const uint8_t none[BLOB_HASH];

	buf_adds(out, title);
	add_text(out, i->sensor);
	buf_be64(out, i->sequence);
	add_text(out, i->kind);
	add_text(out, i->replace_key);
	buf_be64(out, (uint64_t)i->made_us);
	buf_be64(out, (uint64_t)i->expires_us);
	buf_add(out, i->blob ? i->blob : none, BLOB_HASH);
	buf_be64(out, i->blob_size);
	buf_be32(out, (uint32_t)i->body_n); /* checked: ITEM_BODY_MAX */
	buf_add(out, i->body, i->body_n);
}

static ProtobufCBinaryData bytes_of(const void *p, size_t n)
{
	return (ProtobufCBinaryData){ .data = (uint8_t *)(uintptr_t)p, .len = n };
}

int item_encode(const struct item *i, struct buf *out, struct err *e)
{
	Otasuke__Wire__Item m = OTASUKE__WIRE__ITEM__INIT;
	int r = item_check(i, e);

	if (r < 0)
		return r;
	m.sequence = i->sequence;
	m.sensor = (char *)(uintptr_t)i->sensor; /* packed, not kept */
	m.kind = (char *)(uintptr_t)i->kind;
	m.replace_key = (char *)(uintptr_t)i->replace_key;
	m.made_us = i->made_us;
	m.expires_us = i->expires_us;
	m.body = bytes_of(i->body, i->body_n);
	m.blob_sha256 = bytes_of(i->blob, i->blob ? BLOB_HASH : 0);
	m.blob_size = i->blob_size;
	m.signature = bytes_of(i->signature, i->signature ? ITEM_SIGNATURE : 0);
	frame_pack(&m.base, out);
	return 0;
}

static void *keep(struct arena *a, const ProtobufCBinaryData *d)
{
	void *p = arena_alloc(a, d->len + 1);

	if (d->len > 0)
		memcpy(p, d->data, d->len);
	return p;
}

int item_decode(const void *p, size_t n, struct arena *a, struct item *out, struct err *e)
{
	ProtobufCMessage *m = NULL;

	if (n > ITEM_MAX)
		return err_set(e, -ELIMIT, "an item of %zu bytes, the limit is %d", n, ITEM_MAX);
	int r = frame_unpack(&otasuke__wire__item__descriptor, p, n, &m, e);
	if (r < 0)
		return r;
	const Otasuke__Wire__Item *w = (const Otasuke__Wire__Item *)m;
	bool sized = (w->signature.len == 0 || w->signature.len == ITEM_SIGNATURE) &&
		     (w->blob_sha256.len == 0 || w->blob_sha256.len == BLOB_HASH);
	struct item i = {
		.sensor = arena_strdup(a, w->sensor),
		.sequence = w->sequence,
		.kind = arena_strdup(a, w->kind),
		.replace_key = arena_strdup(a, w->replace_key),
		.made_us = w->made_us,
		.expires_us = w->expires_us,
		.blob = w->blob_sha256.len ? keep(a, &w->blob_sha256) : NULL,
		.blob_size = w->blob_size,
		.body = keep(a, &w->body),
		.body_n = w->body.len,
		.signature = w->signature.len ? keep(a, &w->signature) : NULL,
	};
	protobuf_c_message_free_unpacked(m, NULL);
	if (!sized)
		return err_set(e, -EFORMAT, "an item's signature or hash has the wrong length");
	r = item_check(&i, e);
	if (r < 0)
		return r == -EINVAL ? err_set(e, -EFORMAT, "an item without its names or number")
				    : r;
	*out = i;
	return 0;
}
