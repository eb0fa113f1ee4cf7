/* SPDX-License-Identifier: Apache-2.0 */
/* The sensors' door: who connects, what their frames say, what is answered. Everything here runs on
 * the listener's thread but for start, stop, drop and the writer's hand-over. */
#include "hub/fleet/fleet_listen.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "hub/fleet/fleet_ingest_store.h"
#include "hub/fleet/fleet_store.h"
#include "hub/hub_core.h"
#include "net/crypto.h"
#include "net/tls.h"
#include "wire/frame.h"

enum {
	PEM_MAX = 64 * 1024,
	SENSORS_MAX = 10000, /* connections */
	ANSWERS_MAX = 1024 * 1024,
	HANDSHAKE_MS = 10000,
	IDLE_MS = 10 * 60 * 1000, /* a heartbeat comes every minute */
	RETRY_BUSY_MS = 1000,
	RETRY_FULL_MS = 10000,
	DROPS_MAX = 64,
};

/* One connection. Freed when it is closed and the writer has given back its last job. */
struct peer {
	struct peer *next;
	struct fleet_listener *listener;
	struct tls_conn *conn; /* NULL once closed */
	int64_t sensor_id, company_id;
	char company[256];
	bool greeted, refused, enrolling;
	uint64_t acknowledged;
	size_t jobs;
	struct writer_lane lane;
};

struct fleet_listener {
	struct hub *hub;
	struct fleet_ca ca;
	struct loop *loop;
	struct tls_server *server;
	struct fleet_writer *writer;
	struct peer *peers;
	pthread_t thread;
	bool running;
	pthread_mutex_t lock; /* guards what follows */
	struct writer_job *done;
	int64_t drops[DROPS_MAX];
	size_t n_drops;
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

static void drop_sensor(struct fleet_listener *l, int64_t sensor_id, const struct peer *but,
			const char *code, const char *text)
{
	for (struct peer *p = l->peers, *next; p; p = next) {
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
	SCOPED_TXN struct txn *t = txn_begin(p->listener->hub->db, TXN_READ, e);
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
	struct fleet_listener *l = arg;
	struct peer *p = mem_new(sizeof(*p));
	struct err e;

	p->listener = l;
	p->conn = c;
	p->next = l->peers;
	l->peers = p;
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
		drop_sensor(l, p->sensor_id, p, "busy", "the sensor has connected anew");
	}
	return 0;
}

static void on_closed(void *arg, struct tls_conn *c, const char *reason)
{
	struct fleet_listener *l = arg;
	struct peer *p = tls_user(c);

	if (!p)
		return;
	log_debug("sensor %lld gone: %s", (long long)p->sensor_id, reason);
	for (struct peer **at = &l->peers; *at; at = &(*at)->next) {
		if (*at == p) {
			*at = p->next;
			break;
		}
	}
	p->conn = NULL;
	peer_release(p);
}

static int on_hello(struct peer *p, const uint8_t *bytes, size_t n)
{
	Otasuke__Wire__Welcome m = OTASUKE__WIRE__WELCOME__INIT;
	const struct hub *h = p->listener->hub;
	ProtobufCMessage *hello = NULL;
	struct err e;
	int r = frame_unpack(&otasuke__wire__hello__descriptor, bytes, n, &hello, &e);

	if (r < 0)
		return r;
	protobuf_c_message_free_unpacked(hello, NULL);
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
	p->acknowledged = m.acknowledged;
	send_message(p, FRAME_WELCOME, &m.base);
	return 0;
}

static int push(struct peer *p, struct writer_job *j)
{
	j->lane = &p->lane;
	j->owner = p;
	int r = writer_push(p->listener->writer, j);
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
	return type == FRAME_ITEM_ACK ? 0 : -EFORMAT;
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

static void answer_enrol(struct peer *p, const struct writer_job *j)
{
	Otasuke__Wire__Enrolled m = OTASUKE__WIRE__ENROLLED__INIT;
	const struct fleet_ca *ca = &p->listener->ca;
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
	m.sensor = name;
	m.company = (char *)(uintptr_t)j->enrolled.company;
	send_message(p, FRAME_ENROLLED, &m.base);
}

/* What the writer has finished, and whom to drop: woken by either. */
static void on_wake(void *arg)
{
	struct fleet_listener *l = arg;
	int64_t drops[DROPS_MAX];

	pthread_mutex_lock(&l->lock);
	struct writer_job *list = l->done;
	size_t n = l->n_drops;
	memcpy(drops, l->drops, n * sizeof(drops[0]));
	l->done = NULL;
	l->n_drops = 0;
	pthread_mutex_unlock(&l->lock);
	for (struct writer_job *j = list, *next; j; j = next) {
		struct peer *p = j->owner;

		next = j->next;
		if (p->conn && !p->refused && j->kind == WRITER_BATCH)
			answer_batch(p, j);
		else if (p->conn && !p->refused)
			answer_enrol(p, j);
		p->jobs--;
		peer_release(p);
		writer_job_free(j);
	}
	for (size_t i = 0; i < n; i++)
		drop_sensor(l, drops[i], NULL, "revoked",
			    "this sensor was revoked: please ask the desk");
}

/* On the writer's thread. */
static void on_done(void *arg, struct writer_job *list)
{
	struct fleet_listener *l = arg;
	struct writer_job **end = &l->done;

	pthread_mutex_lock(&l->lock);
	while (*end)
		end = &(*end)->next;
	*end = list;
	pthread_mutex_unlock(&l->lock);
	loop_wake(l->loop, on_wake, l);
}

void fleet_listen_drop(struct fleet_listener *l, int64_t sensor_id)
{
	pthread_mutex_lock(&l->lock);
	if (l->n_drops < DROPS_MAX)
		l->drops[l->n_drops++] = sensor_id;
	else
		log_error("too many sensors revoked at once: sensor %lld stays connected",
			  (long long)sensor_id);
	pthread_mutex_unlock(&l->lock);
	loop_wake(l->loop, on_wake, l);
}

static void *run(void *arg)
{
	struct fleet_listener *l = arg;
	struct err e;

	text_thread_lang(LANG_EN); /* logs of sensors are read by administrators everywhere */
	if (loop_run(l->loop, &e) < 0)
		log_error("sensors' door: %s", e.text);
	return NULL;
}

static int read_pem(const struct hub *h, const char *name, char **out, struct err *e)
{
	SCOPED_MEM char *path = hub_state_path(h, name);
	struct buf b = { 0 };
	int r = file_read(path, PEM_MAX, &b, e);

	if (r >= 0)
		*out = buf_take(&b);
	else
		buf_done(&b);
	return r;
}

static int open_door(struct fleet_listener *l, struct err *e)
{
	SCOPED_MEM char *cert = NULL;
	SCOPED_MEM char *key = NULL;
	char host[64];
	struct tls_server_conf c = {
		.limits = { .frame_max = FRAME_MAX,
			    .queue_max = ANSWERS_MAX,
			    .handshake_ms = HANDSHAKE_MS,
			    .idle_ms = IDLE_MS,
			    .connections_max = SENSORS_MAX },
		.events = { .opened = on_opened, .frame = on_frame, .closed = on_closed },
		.arg = l,
	};
	int r;

	if ((r = hub_address_parse(l->hub->conf.sensor_address, host, &c.port, e)) < 0 ||
	    (r = read_pem(l->hub, HUB_SERVER_CERT, &cert, e)) < 0 ||
	    (r = read_pem(l->hub, HUB_SERVER_KEY, &key, e)) < 0)
		return r;
	c.address = host;
	c.cert_pem = cert;
	c.key_pem = key;
	c.client_ca_pem = l->ca.cert_pem;
	r = tls_server_start(l->loop, &c, &l->server, e);
	return r < 0 ? err_context(e, "sensors' door on %s", l->hub->conf.sensor_address) : 0;
}

int fleet_listen_start(struct hub *h, const struct fleet_consumers *consumers,
		       struct fleet_listener **out, struct err *e)
{
	struct fleet_listener *l = mem_new(sizeof(*l));
	struct writer_conf w = {
		.hub = h, .ca = &l->ca, .consumers = consumers, .done = on_done, .arg = l
	};
	int r;

	l->hub = h;
	pthread_mutex_init(&l->lock, NULL);
	if ((r = read_pem(h, HUB_CA_KEY, &l->ca.key_pem, e)) < 0 ||
	    (r = read_pem(h, HUB_CA_CERT, &l->ca.cert_pem, e)) < 0)
		goto fail;
	r = -ENOMEM;
	if (!(l->loop = loop_new(e)) || (r = writer_start(&w, &l->writer, e)) < 0 ||
	    (r = open_door(l, e)) < 0)
		goto fail;
	if ((r = pthread_create(&l->thread, NULL, run, l)) != 0) {
		r = err_set(e, -r, "no thread for the sensors' door");
		goto fail;
	}
	l->running = true;
	*out = l;
	return 0;
fail:
	fleet_listen_stop(l);
	return r;
}

uint16_t fleet_listen_port(const struct fleet_listener *l)
{
	return tls_server_port(l->server);
}

void fleet_listen_stop(struct fleet_listener *l)
{
	if (!l)
		return;
	if (l->running) {
		loop_stop(l->loop);
		pthread_join(l->thread, NULL);
	}
	writer_stop(l->writer);
	if (l->server)
		tls_server_stop(l->server); /* closes every connection */
	on_wake(l);                         /* what was written last; nobody is left to be told */
	if (l->loop)
		loop_free(l->loop);
	pthread_mutex_destroy(&l->lock);
	free(l->ca.key_pem);
	free(l->ca.cert_pem);
	free(l);
}
