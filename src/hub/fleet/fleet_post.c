/* SPDX-License-Identifier: Apache-2.0 */
/* Signs and sends. What there is to send: fleet_item.c; what a sensor made of it comes with its
 * heartbeats. */
#include "hub/fleet/fleet_post.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "hub/fleet/fleet_item_store.h"
#include "net/crypto.h"
#include "wire/frame.h"
#include "wire/item.h"

enum { AT_ONCE = 8, AT_ONCE_BYTES = 256 * 1024 };
#define OWED_US (60 * US_PER_SEC) /* then what was not answered is sent again */

static int sign_and_send(const struct post_office *o, const struct item_row *row,
			 struct tls_conn *c, struct err *e)
{
	uint8_t signature[CRYPTO_SIGNATURE], blob[BLOB_HASH];
	size_t blob_n = 0;
	char sensor[24];
	struct item i = {
		.sensor = sensor,
		.sequence = (uint64_t)row->sequence,
		.kind = row->kind,
		.replace_key = row->replace_key,
		.made_us = row->made_us,
		.expires_us = row->expires_us,
		.blob_size = (uint64_t)row->blob_size,
		.body = row->body,
		.body_n = row->body_n,
	};
	SCOPED_BUF struct buf text = { 0 };
	SCOPED_BUF struct buf packed = { 0 };

	(void)snprintf(sensor, sizeof(sensor), "%" PRId64, row->sensor_id); /* fits */
	if (*row->blob && str_hex(str_of(row->blob), blob, sizeof(blob), &blob_n) >= 0)
		i.blob = blob;
	item_signed_bytes(&i, &text);
	crypto_key_sign(o->key->secret, text.p, text.n, signature);
	i.signature = signature;
	int r = item_encode(&i, &packed, e);
	return r < 0 ? r : tls_send(c, FRAME_ITEM, packed.p, packed.n);
}

int fleet_post_send(const struct post_office *o, struct post *p, struct tls_conn *c)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	int64_t now_us = clock_utc_us(o->hub->clock);
	struct item_row *list;
	struct err e;
	size_t n, bytes = 0;

	if (p->unanswered > 0 && now_us - p->moved_us < OWED_US)
		return 0;
	if (p->unanswered > 0)
		p->sent = 0;
	p->unanswered = 0;
	SCOPED_TXN struct txn *t = txn_begin(o->hub->db, TXN_READ, &e);
	int r = t ? fleet_item_store_waiting(t, p->sensor_id, p->sent, now_us, AT_ONCE, a, &list,
					     &n, &e)
		  : e.code;
	txn_rollback(&t);
	if (r < 0) {
		log_error("sensor %" PRId64 ": %s", p->sensor_id, e.text);
		return 0; /* the next look */
	}
	for (size_t i = 0; i < n && bytes <= AT_ONCE_BYTES; i++) {
		r = sign_and_send(o, &list[i], c, &e);
		if (r == -ELIMIT || r == -ECLOSED)
			return r;
		if (r < 0)
			log_error("sensor %" PRId64 ": item %" PRId64 ": %s", p->sensor_id,
				  list[i].sequence, e.text);
		p->unanswered += r >= 0;
		p->sent = (uint64_t)list[i].sequence;
		p->moved_us = now_us;
		bytes += list[i].body_n;
	}
	return 0;
}

void fleet_post_acked(struct post *p, uint64_t sequence, int64_t now_us)
{
	if (sequence <= p->sent && p->unanswered > 0)
		p->unanswered--;
	p->moved_us = now_us;
}

int fleet_post_ask(struct post *p, const uint8_t *bytes, size_t n)
{
	ProtobufCMessage *m = NULL;
	struct err e;
	int r = frame_unpack(&otasuke__wire__blob_ask__descriptor, bytes, n, &m, &e);

	if (r < 0)
		return r;
	const Otasuke__Wire__BlobAsk *ask = (const Otasuke__Wire__BlobAsk *)m;
	r = ask->sha256.len == BLOB_HASH && ask->offset < BLOB_SIZE_MAX ? 0 : -EFORMAT;
	if (r >= 0) {
		crypto_hex(ask->sha256.data, BLOB_HASH, p->blob);
		p->offset = ask->offset;
		p->length = ask->length < BLOB_CHUNK_MAX ? ask->length : BLOB_CHUNK_MAX;
		p->asked = true;
	}
	protobuf_c_message_free_unpacked(m, NULL);
	return r;
}

static int read_part(const struct post_office *o, const struct post *p, struct buf *out,
		     struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(o->hub->db, TXN_READ, e);

	return t ? fleet_blob_store_read(t, p->sensor_id, p->blob, p->offset, out, e) : e->code;
}

int fleet_post_serve(struct post_office *o, struct post *p, struct tls_conn *c)
{
	Otasuke__Wire__BlobPart m = OTASUKE__WIRE__BLOB_PART__INIT;
	SCOPED_BUF struct buf data = { 0 };
	SCOPED_BUF struct buf packed = { 0 };
	uint8_t hash[BLOB_HASH];
	size_t hash_n;
	struct err e;

	if (!p->asked || o->budget == 0)
		return 0;
	p->asked = false;
	int r = str_hex(str_of(p->blob), hash, sizeof(hash), &hash_n);
	if (r >= 0)
		r = read_part(o, p, &data, &e);
	if (r < 0) {
		log_error("sensor %" PRId64 ": a blob cannot be read: %s", p->sensor_id, e.text);
		return 0; /* the sensor asks again */
	}
	if (data.n > p->length)
		data.n = p->length;
	o->budget -= data.n < o->budget ? data.n : o->budget;
	m.sha256 = (ProtobufCBinaryData){ hash_n, hash };
	m.offset = p->offset;
	m.data = (ProtobufCBinaryData){ data.n, (uint8_t *)data.p };
	frame_pack(&m.base, &packed);
	return tls_send(c, FRAME_BLOB_PART, packed.p, packed.n);
}
