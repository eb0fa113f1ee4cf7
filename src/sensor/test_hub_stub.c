/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps what it saw in plain fields, for tests to look at. Not part of any program. */
#include "sensor/test_hub_stub.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/crypto.h"
#include "net/pki.h"
#include "net/tls.h"
#include "wire/frame.h"

static void answer(struct tls_conn *c, enum frame_type type, const ProtobufCMessage *m)
{
	SCOPED_BUF struct buf b;

	buf_init(&b, 0);
	frame_pack(m, &b);
	(void)tls_send(c, (uint8_t)type, b.p, b.n); /* a test that needs it will notice */
}

static void refuse(struct hub_stub *h, struct tls_conn *c, const char *code, const char *text)
{
	Otasuke__Wire__Refuse m = OTASUKE__WIRE__REFUSE__INIT;

	h->refused++;
	m.code = (char *)(uintptr_t)code;
	m.text = (char *)(uintptr_t)text;
	m.retry_ms = h->refuse_ms;
	answer(c, FRAME_REFUSE, &m.base);
}

static int on_opened(void *arg, struct tls_conn *c, const struct tls_peer *peer)
{
	struct hub_stub *h = arg;

	(void)peer;
	h->conn = c;
	h->connections++;
	h->first_of_connection = 0;
	return 0;
}

static void on_closed(void *arg, struct tls_conn *c, const char *reason)
{
	struct hub_stub *h = arg;

	(void)reason;
	if (h->conn == c)
		h->conn = NULL;
}

static void on_hello(struct hub_stub *h, struct tls_conn *c)
{
	Otasuke__Wire__Welcome m = OTASUKE__WIRE__WELCOME__INIT;

	if (h->refuse && strcmp(h->refuse, "revoked") == 0) {
		refuse(h, c, h->refuse, "please ask the desk");
		return;
	}
	m.acknowledged = h->acknowledged;
	m.company = (char *)(uintptr_t) "株式会社みなと製作所";
	answer(c, FRAME_WELCOME, &m.base);
}

static void on_batch(struct hub_stub *h, struct tls_conn *c, const uint8_t *p, size_t n)
{
	Otasuke__Wire__Ack m = OTASUKE__WIRE__ACK__INIT;
	Otasuke__Wire__Batch *b = NULL;

	if (h->refuse) {
		refuse(h, c, h->refuse, "no room");
		return;
	}
	if (h->silent_after > 0 && h->batches >= h->silent_after)
		return;
	assert_int_equal(batch_open(p, n, &b, NULL), 0);
	h->batches++;
	for (size_t i = 0; i < b->n_records; i++) {
		uint64_t sequence = b->records[i]->sequence;
		assert_true(sequence < STUB_RECORDS_MAX);
		if (h->first_of_connection == 0)
			h->first_of_connection = sequence;
		h->out_of_order |= h->seen[sequence] == 0 && sequence < h->acknowledged;
		h->seen[sequence]++;
		if (sequence > h->acknowledged)
			h->acknowledged = sequence;
	}
	otasuke__wire__batch__free_unpacked(b, NULL);
	m.acknowledged = h->acknowledged;
	if (h->silent_after == 0 || h->batches < h->silent_after)
		answer(c, FRAME_ACK, &m.base);
}

static void on_enrol(struct hub_stub *h, struct tls_conn *c, const uint8_t *p, size_t n)
{
	Otasuke__Wire__Enrolled m = OTASUKE__WIRE__ENROLLED__INIT;
	ProtobufCMessage *in = NULL;
	SCOPED_MEM char *cert = NULL;
	struct pki_issue issue = { .ca_key_pem = h->ca_key,
				   .ca_cert_pem = h->ca_cert,
				   .now_us = clock_utc_us(&clock_real),
				   .valid_us = US_PER_DAY,
				   .common_name = "17" };

	assert_int_equal(frame_unpack(&otasuke__wire__enrol__descriptor, p, n, &in, NULL), 0);
	const Otasuke__Wire__Enrol *ask = (const Otasuke__Wire__Enrol *)in;
	if (!h->enrol_code || strcmp(ask->code, h->enrol_code) != 0) {
		refuse(h, c, "denied", "this code is not valid: please ask the desk for a new one");
	} else {
		assert_int_equal(pki_issue_client(&issue, (const char *)ask->csr_pem.data,
						  ask->csr_pem.len, &cert, NULL),
				 0);
		m.cert_pem = (ProtobufCBinaryData){ .len = strlen(cert), .data = (uint8_t *)cert };
		m.ca_pem = (ProtobufCBinaryData){ .len = strlen(h->ca_cert),
						  .data = (uint8_t *)h->ca_cert };
		m.item_key = (ProtobufCBinaryData){ .len = sizeof(h->item_public),
						    .data = h->item_public };
		m.sensor = (char *)(uintptr_t) "17";
		m.company = (char *)(uintptr_t) "株式会社みなと製作所";
		answer(c, FRAME_ENROLLED, &m.base);
		h->enrol_code = NULL; /* good once */
	}
	protobuf_c_message_free_unpacked(in, NULL);
}

static void on_blob_ask(struct hub_stub *h, struct tls_conn *c, const uint8_t *p, size_t n)
{
	Otasuke__Wire__BlobPart m = OTASUKE__WIRE__BLOB_PART__INIT;
	ProtobufCMessage *in = NULL;

	assert_int_equal(frame_unpack(&otasuke__wire__blob_ask__descriptor, p, n, &in, NULL), 0);
	const Otasuke__Wire__BlobAsk *ask = (const Otasuke__Wire__BlobAsk *)in;
	size_t left = ask->offset < h->blob_n ? h->blob_n - (size_t)ask->offset : 0;
	size_t part = left < ask->length ? left : ask->length;
	SCOPED_MEM uint8_t *data = mem_new(part + 1);
	if (part > 0)
		memcpy(data, h->blob + ask->offset, part);
	if (h->blob_spoil && part > 0 && part == left)
		data[part - 1] ^= 1;
	m.sha256 = ask->sha256;
	m.offset = ask->offset;
	m.data = (ProtobufCBinaryData){ part, data };
	h->blob_asks++;
	h->blob_sent += part;
	if (h->blob_cut && h->blob_asks >= h->blob_cut)
		tls_close(c, "cut");
	else
		answer(c, FRAME_BLOB_PART, &m.base);
	protobuf_c_message_free_unpacked(in, NULL);
}

static void on_upload(struct hub_stub *h, struct tls_conn *c, const uint8_t *p, size_t n)
{
	Otasuke__Wire__UploadHave m = OTASUKE__WIRE__UPLOAD_HAVE__INIT;
	ProtobufCMessage *in = NULL;

	assert_int_equal(frame_unpack(&otasuke__wire__upload_part__descriptor, p, n, &in, NULL), 0);
	const Otasuke__Wire__UploadPart *part = (const Otasuke__Wire__UploadPart *)in;
	if (!h->file)
		h->file = mem_new((size_t)part->size);
	if (part->data.len > 0 && part->offset == h->file_n) {
		memcpy(h->file + h->file_n, part->data.data, part->data.len);
		h->file_n += part->data.len;
	}
	h->file_came += part->data.len;
	h->file_parts += part->data.len > 0;
	m.item = part->item;
	m.sha256 = part->sha256;
	m.have = h->file_n;
	m.code = (char *)(uintptr_t)(h->code ? h->code : h->file_n == part->size ? "done" : "");
	if (h->file_cut && h->file_parts >= h->file_cut)
		tls_close(c, "cut");
	else
		answer(c, FRAME_UPLOAD_HAVE, &m.base);
	protobuf_c_message_free_unpacked(in, NULL);
}

static int on_frame(void *arg, struct tls_conn *c, uint8_t type, const uint8_t *p, size_t n)
{
	struct hub_stub *h = arg;

	if (type == FRAME_HELLO)
		on_hello(h, c);
	else if (type == FRAME_BATCH)
		on_batch(h, c, p, n);
	else if (type == FRAME_ENROL)
		on_enrol(h, c, p, n);
	else if (type == FRAME_ITEM_ACK)
		h->item_acks++;
	else if (type == FRAME_BLOB_ASK)
		on_blob_ask(h, c, p, n);
	else if (type == FRAME_UPLOAD)
		on_upload(h, c, p, n);
	else
		fail_msg("frame %u", (unsigned)type);
	return 0;
}

static void certificates_make(struct hub_stub *h)
{
	static const char *const names[] = { "127.0.0.1", NULL };
	int64_t now = clock_utc_us(&clock_real);
	SCOPED_MEM char *csr = NULL;

	assert_int_equal(
		pki_ca_new("a hub for tests", now, US_PER_DAY, &h->ca_key, &h->ca_cert, NULL), 0);
	struct pki_issue i = { .ca_key_pem = h->ca_key,
			       .ca_cert_pem = h->ca_cert,
			       .now_us = now,
			       .valid_us = US_PER_DAY,
			       .common_name = "hub",
			       .dns_names = names };
	assert_int_equal(pki_key_new(&h->key, NULL), 0);
	assert_int_equal(pki_issue_server(&i, h->key, &h->cert, NULL), 0);
	i.common_name = "17";
	i.dns_names = NULL;
	assert_int_equal(pki_key_new(&h->sensor_key, NULL), 0);
	assert_int_equal(pki_request_new(h->sensor_key, "sensor", &csr, NULL), 0);
	assert_int_equal(pki_issue_client(&i, csr, strlen(csr), &h->sensor_cert, NULL), 0);
}

struct hub_stub *hub_stub_new(struct loop *l)
{
	struct hub_stub *h = mem_new(sizeof(*h));

	assert_int_equal(crypto_start(NULL), 0);
	h->loop = l;
	certificates_make(h);
	static const uint8_t seed[CRYPTO_SEED] = "a seed of the hub stub's";
	crypto_key_pair(seed, h->item_public, h->item_secret);
	hub_stub_up(h);
	return h;
}

void hub_stub_up(struct hub_stub *h)
{
	struct tls_server_conf c = {
		.address = "127.0.0.1",
		.port = h->port,
		.cert_pem = h->cert,
		.key_pem = h->key,
		.client_ca_pem = h->ca_cert,
		.limits = { .frame_max = FRAME_MAX, .queue_max = FRAME_MAX, .connections_max = 10 },
		.events = { .opened = on_opened, .frame = on_frame, .closed = on_closed },
		.arg = h,
	};
	struct err e = { 0 };

	if (tls_server_start(h->loop, &c, &h->server, &e) < 0)
		fail_msg("%s", e.text);
	h->port = tls_server_port(h->server);
}

void hub_stub_down(struct hub_stub *h)
{
	tls_server_stop(h->server);
	h->server = NULL;
}

void hub_stub_free(struct hub_stub *h)
{
	hub_stub_down(h);
	free(h->ca_key);
	free(h->ca_cert);
	free(h->key);
	free(h->cert);
	free(h->sensor_key);
	free(h->sensor_cert);
	free(h->file);
	free(h);
}

struct identity hub_stub_identity(struct hub_stub *h)
{
	return (struct identity){ .key_pem = h->sensor_key,
				  .cert_pem = h->sensor_cert,
				  .ca_pem = h->ca_cert,
				  .sensor = "17",
				  .hub_host = "127.0.0.1",
				  .hub_port = h->port };
}

void hub_stub_item_blob(struct hub_stub *h, uint64_t sequence, const uint8_t hash[32], size_t size)
{
	Otasuke__Wire__Item m = OTASUKE__WIRE__ITEM__INIT;

	assert_non_null(h->conn);
	m.sequence = sequence;
	m.kind = (char *)(uintptr_t) "mutes";
	m.sensor = (char *)(uintptr_t) "17";
	m.blob_size = size;
	if (hash)
		m.blob_sha256 = (ProtobufCBinaryData){ 32, (uint8_t *)(uintptr_t)hash };
	answer(h->conn, FRAME_ITEM, &m.base);
}

void hub_stub_item(struct hub_stub *h, uint64_t sequence)
{
	hub_stub_item_blob(h, sequence, NULL, 0);
}

void hub_stub_address(const struct hub_stub *h, const char *code, char *out)
{
	uint8_t digest[32];
	char hex[65];

	assert_int_equal(pki_cert_spki_sha256(h->ca_cert, digest, NULL), 0);
	crypto_hex(digest, sizeof(digest), hex);
	(void)snprintf(out, 512, "otasuke://127.0.0.1:%u/?code=%s&ca=%s", (unsigned)h->port, code,
		       hex); /* fits */
}
