/* SPDX-License-Identifier: Apache-2.0 */
/* The protocol with sensors (doc/wire.md), from the hub's side. Listening and the hand-over from
 * the writer's thread: fleet_listen.c. */
#include "hub/fleet/fleet_peer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "hub/fleet/fleet_ingest_store.h"
#include "hub/fleet/fleet_store.h"
#include "net/crypto.h"
#include "wire/frame.h"

enum { RETRY_BUSY_MS = 1000, RETRY_FULL_MS = 10000 };

/* Freed when it is closed and the writer has given back its last job. */
struct peer {
	struct peer *next;
	struct peers *all;
	struct tls_conn *conn; /* NULL once closed */
	int64_t sensor_id, company_id;
	char company[256];
	bool greeted, refused, enrolling;
	uint64_t acknowledged;
	size_t jobs;
	struct post post;
	struct writer_lane lane;
};

static void send_message(struct peer *p, enum frame_type type, const ProtobufCMessage *m)
{
	SCOPED_BUF struct buf b = { 0 };

	if (!p->conn)
		return;
	frame_pack(m, &b);
	if (tls_send(p->conn, (uint8_t)type, b.p, b.n) < 0)
		tls_close(p->conn, "it does not read our answers");
}

static void refuse(struct peer *p, const char *code, const char *text, int64_t retry_ms)
{
	Otasuke__Wire__Refuse m = OTASUKE__WIRE__REFUSE__INIT;

	m.code = (char *)(uintptr_t)code; /* packed, not kept */
	m.text = (char *)(uintptr_t)text;
	m.retry_ms = retry_ms;
	send_message(p, FRAME_REFUSE, &m.base);
}

/* Says why and closes; what still arrives is ignored. */
static void turn_away(struct peer *p, const char *code, const char *text)
{
	p->refused = true;
	refuse(p, code, text, RETRY_FULL_MS);
	if (p->conn)
		tls_close(p->conn, text);
}

static void peer_release(struct peer *p)
{
	if (!p->conn && p->jobs == 0)
		free(p);
}

static void drop(struct peers *all, int64_t sensor_id, const struct peer *but, const char *code,
		 const char *text)
{
	for (struct peer *p = all->first, *next; p; p = next) {
		next = p->next;
		if (p->sensor_id == sensor_id && p != but && !p->refused)
			turn_away(p, code, text);
	}
}

/* Whose certificate it is: 0, or the reason in words. */
static int identify(struct peer *p, const struct tls_peer *who, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct fleet_sensor s;
	char hex[65];
	int r;

	crypto_hex(who->cert_sha256, sizeof(who->cert_sha256), hex);
	SCOPED_TXN struct txn *t = txn_begin(p->all->hub->db, TXN_READ, e);
	if (!t)
		return e->code;
	if ((r = fleet_store_by_cert(t, hex, a, &s, e)) < 0)
		return r;
	if (s.revoked_us != 0)
		return err_set(e, -EDENIED, "this sensor was revoked: please ask the desk");
	p->sensor_id = s.id;
	p->company_id = s.company_id;
	str_copy(p->company, sizeof(p->company), str_of(s.company_name));
	return 0;
}

static int on_opened(void *arg, struct tls_conn *c, const struct tls_peer *who)
{
	struct peers *all = arg;
	struct peer *p = mem_new(sizeof(*p));
	struct err e;

	p->all = all;
	p->conn = c;
	p->next = all->first;
	all->first = p;
	tls_set_user(c, p);
	if (!who->has_cert)
		return 0;
	int r = identify(p, who, &e);
	if (r == -ENOENT || r == -EDENIED) {
		log_warn("sensor at %s refused: %s", who->address, e.text);
		turn_away(p, "revoked", e.text);
	} else if (r < 0) {
		log_error("sensor at %s: %s", who->address, e.text);
		turn_away(p, "busy", "the hub cannot read its database now");
	} else {
		drop(all, p->sensor_id, p, "busy", "the sensor has connected anew");
	}
	return 0;
}

static void on_closed(void *arg, struct tls_conn *c, const char *reason)
{
	struct peers *all = arg;
	struct peer *p = tls_user(c);

	if (!p)
		return;
	log_debug("sensor %lld gone: %s", (long long)p->sensor_id, reason);
	for (struct peer **at = &all->first; *at; at = &(*at)->next) {
		if (*at == p) {
			*at = p->next;
			break;
		}
	}
	p->conn = NULL;
	if (p->greeted)
		fleet_present_remove(all->present, p->sensor_id);
	peer_release(p);
}

static void post(struct peer *p)
{
	if (p->conn && p->greeted && !p->refused &&
	    fleet_post_send(&p->all->post, &p->post, p->conn) < 0)
		tls_close(p->conn, "it does not read our items");
}

static void serve(struct peer *p)
{
	if (p->conn && p->greeted && !p->refused &&
	    fleet_post_serve(&p->all->post, &p->post, p->conn) < 0)
		tls_close(p->conn, "it does not read our blobs");
}

static int on_hello(struct peer *p, const uint8_t *bytes, size_t n)
{
	Otasuke__Wire__Welcome m = OTASUKE__WIRE__WELCOME__INIT;
	const struct hub *h = p->all->hub;
	ProtobufCMessage *hello = NULL;
	struct err e;
	int r = frame_unpack(&otasuke__wire__hello__descriptor, bytes, n, &hello, &e);

	if (r < 0)
		return r;
	protobuf_c_message_free_unpacked(hello, NULL);
	if (p->greeted) /* once a connection */
		return -EFORMAT;
	struct txn *t = txn_begin(h->db, TXN_READ, &e);
	r = t ? fleet_ingest_store_acknowledged(t, p->sensor_id, &m.acknowledged, &e) : e.code;
	txn_rollback(&t);
	if (r < 0) {
		log_error("sensor %lld: %s", (long long)p->sensor_id, e.text);
		turn_away(p, "busy", "the hub cannot read its database now");
		return 0;
	}
	m.region = h->conf.region;
	m.hub_time_us = clock_utc_us(h->clock);
	m.company = p->company;
	p->greeted = true;
	fleet_present_add(p->all->present, p->sensor_id);
	p->acknowledged = m.acknowledged;
	p->post = (struct post){ .sensor_id = p->sensor_id };
	send_message(p, FRAME_WELCOME, &m.base);
	post(p);
	return 0;
}

static int push(struct peer *p, struct writer_job *j)
{
	j->lane = &p->lane;
	j->owner = p;
	int r = writer_push(p->all->writer, j);
	if (r < 0)
		writer_job_free(j);
	else
		p->jobs++;
	return r;
}

static int on_batch(struct peer *p, const uint8_t *bytes, size_t n)
{
	struct writer_job *j = mem_new(sizeof(*j));
	int r = batch_open(bytes, n, &j->batch, &j->err);

	if (r < 0) {
		log_warn("sensor %lld: a bad batch: %s", (long long)p->sensor_id, j->err.text);
		turn_away(p, "format", j->err.text);
		writer_job_free(j);
		return 0;
	}
	j->kind = WRITER_BATCH;
	j->sensor_id = p->sensor_id;
	j->company_id = p->company_id;
	if (push(p, j) < 0)
		refuse(p, "busy", "the hub has too much to write now", RETRY_BUSY_MS);
	return 0;
}

static int on_item_ack(struct peer *p, const uint8_t *bytes, size_t n)
{
	ProtobufCMessage *m = NULL;
	struct err e;
	int r = frame_unpack(&otasuke__wire__item_ack__descriptor, bytes, n, &m, &e);

	if (r < 0)
		return r;
	struct writer_job *j = mem_new(sizeof(*j));
	j->kind = WRITER_ITEM_ACK;
	j->sensor_id = p->sensor_id;
	j->item = ((const Otasuke__Wire__ItemAck *)m)->sequence;
	protobuf_c_message_free_unpacked(m, NULL);
	fleet_post_acked(&p->post, j->item, clock_utc_us(p->all->hub->clock));
	(void)push(p, j); /* too much to write now: it is sent again, and answered again */
	return 0;
}

static int on_ask(struct peer *p, const uint8_t *bytes, size_t n)
{
	int r = fleet_post_ask(&p->post, bytes, n);

	if (r >= 0)
		serve(p);
	return r;
}

/* One that finds no room in the queue is not answered: the sensor says it again. */
static int on_upload(struct peer *p, const uint8_t *bytes, size_t n)
{
	ProtobufCMessage *m = NULL;
	struct err e;
	int r = frame_unpack(&otasuke__wire__upload_part__descriptor, bytes, n, &m, &e);

	if (r < 0)
		return r;
	struct writer_job *j = mem_new(sizeof(*j));
	j->kind = WRITER_UPLOAD;
	j->sensor_id = p->sensor_id;
	j->part = (Otasuke__Wire__UploadPart *)m;
	if ((r = fleet_upload_check(j->part)) < 0)
		writer_job_free(j);
	else
		(void)push(p, j);
	return r;
}

static int on_enrol(struct peer *p, const uint8_t *bytes, size_t n)
{
	ProtobufCMessage *m = NULL;
	struct err e;
	int r = frame_unpack(&otasuke__wire__enrol__descriptor, bytes, n, &m, &e);

	if (r < 0 || p->enrolling) { /* one try a connection */
		if (r >= 0)
			protobuf_c_message_free_unpacked(m, NULL);
		return -EFORMAT;
	}
	struct writer_job *j = mem_new(sizeof(*j));
	j->kind = WRITER_ENROL;
	j->enrol = (Otasuke__Wire__Enrol *)m;
	p->enrolling = true;
	if (push(p, j) < 0)
		turn_away(p, "busy", "the hub has too much to write now");
	return 0;
}

static int on_frame(void *arg, struct tls_conn *c, uint8_t type, const uint8_t *bytes, size_t n)
{
	struct peer *p = tls_user(c);

	(void)arg;
	if (p->refused)
		return 0;
	if (type == FRAME_ENROL && p->sensor_id == 0)
		return on_enrol(p, bytes, n);
	if (p->sensor_id == 0)
		return -EFORMAT;
	if (type == FRAME_HELLO)
		return on_hello(p, bytes, n);
	if (type == FRAME_BATCH && p->greeted)
		return on_batch(p, bytes, n);
	if (type == FRAME_ITEM_ACK && p->greeted)
		return on_item_ack(p, bytes, n);
	if (type == FRAME_UPLOAD && p->greeted)
		return on_upload(p, bytes, n);
	return type == FRAME_BLOB_ASK && p->greeted ? on_ask(p, bytes, n) : -EFORMAT;
}

static bool is_full(int r)
{
	return r == -ENOSPC || r == -EROFS || r == -EIO || r == -EDQUOT;
}

static void answer_batch(struct peer *p, const struct writer_job *j)
{
	Otasuke__Wire__Ack m = OTASUKE__WIRE__ACK__INIT;

	if (j->result < 0) {
		bool full = is_full(j->result);

		refuse(p, full ? "full" : "busy", j->err.text,
		       full ? RETRY_FULL_MS : RETRY_BUSY_MS);
		return;
	}
	if (j->ingest.acknowledged > p->acknowledged)
		p->acknowledged = j->ingest.acknowledged;
	m.acknowledged = p->acknowledged; /* each batch has its answer, an empty one too */
	send_message(p, FRAME_ACK, &m.base);
}

static void answer_upload(struct peer *p, const struct writer_job *j)
{
	Otasuke__Wire__UploadHave m = OTASUKE__WIRE__UPLOAD_HAVE__INIT;

	if (j->result < 0)
		return; /* the sensor asks again */
	m.item = j->part->item;
	m.sha256 = j->part->sha256;
	m.have = j->upload.have;
	m.code = (char *)(uintptr_t)j->upload.code; /* packed, not kept */
	send_message(p, FRAME_UPLOAD_HAVE, &m.base);
}

static void answer_enrol(struct peer *p, const struct writer_job *j)
{
	Otasuke__Wire__Enrolled m = OTASUKE__WIRE__ENROLLED__INIT;
	const struct fleet_ca *ca = p->all->ca;
	char name[32];

	if (j->result < 0) {
		log_warn("enrolment refused: %s", j->err.text);
		turn_away(p, j->result == -EDENIED ? "denied" : "format", j->err.text);
		return;
	}
	log_info("sensor %lld enrolled for company %lld", (long long)j->enrolled.sensor_id,
		 (long long)j->enrolled.company_id);
	snprintf(name, sizeof(name), "%lld", (long long)j->enrolled.sensor_id);
	m.cert_pem.data = (uint8_t *)j->enrolled.cert_pem;
	m.cert_pem.len = strlen(j->enrolled.cert_pem);
	m.ca_pem.data = (uint8_t *)ca->cert_pem;
	m.ca_pem.len = strlen(ca->cert_pem);
	m.item_key.data = (uint8_t *)(uintptr_t)ca->item.public_key; /* packed, not kept */
	m.item_key.len = sizeof(ca->item.public_key);
	m.sensor = name;
	m.company = (char *)(uintptr_t)j->enrolled.company;
	send_message(p, FRAME_ENROLLED, &m.base);
}

void fleet_peer_answer(struct writer_job *j)
{
	struct peer *p = j->owner;

	if (p->conn && !p->refused && j->kind == WRITER_BATCH)
		answer_batch(p, j);
	else if (p->conn && !p->refused && j->kind == WRITER_ENROL)
		answer_enrol(p, j);
	else if (p->conn && !p->refused && j->kind == WRITER_UPLOAD)
		answer_upload(p, j);
	else
		post(p);
	p->jobs--;
	peer_release(p);
	writer_job_free(j);
}

void fleet_peer_drop(struct peers *all, int64_t sensor_id, const char *code, const char *text)
{
	drop(all, sensor_id, NULL, code, text);
}

void fleet_peer_post(struct peers *all)
{
	for (struct peer *p = all->first, *next; p; p = next) {
		next = p->next;
		post(p);
	}
}

/* One part each and round again: none waits for another's whole blob. */
void fleet_peer_serve(struct peers *all)
{
	all->post.budget = POST_BLOB_BYTES;
	for (struct peer *p = all->first, *next; p; p = next) {
		next = p->next;
		serve(p);
	}
}

const struct tls_events fleet_peer_events = { .opened = on_opened,
					      .frame = on_frame,
					      .closed = on_closed };
