/* SPDX-License-Identifier: Apache-2.0 */
/* For tests/bench/ingest.py: uplinks that send findings as fast as the hub acknowledges them, with
 * identities that were enrolled before. And the floor: the same rows into SQLite with nothing in
 * between.
 *     uplink-load send HOST PORT FINDINGS BATCH IDENTITY_DIR...
 *     uplink-load floor FILE FINDINGS BATCH
 * Prints one JSON object. Batches are packed beforehand: packing is the sensor's work elsewhere. */
#include <errno.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/crypto.h"
#include "net/tls.h"
#include "wire/frame.h"
#include "wire/record.h"

enum { WINDOW = 8, DEVICES = 25, STORIES = 20, PEM_MAX = 65536, PATIENCE_MS = 300000 };

struct batch {
	struct buf payload;
	uint64_t last; /* sequence */
};

struct load;
struct link {
	struct load *load;
	struct tls_conn *conn;
	char *key, *cert, *ca;
	struct batch *batches;
	size_t n_batches, sent, acked;
	uint64_t refusals;
	bool greeted;
};

struct load {
	struct loop *loop;
	struct link *links;
	size_t n_links, n_done, n_greeted;
	size_t batch_records;
	int64_t start_ns, end_ns;
	char trouble[200];
};

/* A finding of about the size that a real one has. TEXT keeps its words. */
struct sample {
	char mac[20], address[20], name[40], peer[40], story[80], reason[160];
	const char *addresses[1], *peers[1], *names[1], *reasons[1];
	struct evidence evidence[4];
	struct finding f;
};

static void sample_make(uint64_t n, int64_t now_us, struct sample *s)
{
	unsigned device = (unsigned)(n % DEVICES), story = (unsigned)(n / DEVICES % STORIES);

	(void)snprintf(s->mac, sizeof(s->mac), "02:00:00:00:00:%02x", device);
	(void)snprintf(s->address, sizeof(s->address), "192.0.2.%u", 10 + device);
	(void)snprintf(s->name, sizeof(s->name), "cdn-update-%u.example", story);
	(void)snprintf(s->peer, sizeof(s->peer), "203.0.113.%u:443", 1 + story);
	(void)snprintf(s->story, sizeof(s->story), "beacon/%s/%s:443", s->mac, s->name);
	(void)snprintf(s->reason, sizeof(s->reason),
		       "%" PRIu64 " connections every 60.2 s with little deviation to %s", n,
		       s->peer);
	s->addresses[0] = s->address;
	s->peers[0] = s->peer;
	s->names[0] = s->name;
	s->reasons[0] = s->reason;
	s->evidence[0] = (struct evidence){ "interval_median_s", 60.2, NULL };
	s->evidence[1] = (struct evidence){ "interval_mad_s", 0.4, NULL };
	s->evidence[2] = (struct evidence){ "connections", (double)n, NULL };
	s->evidence[3] = (struct evidence){ "bytes_out", 1234, NULL };
	s->f = (struct finding){ .detector = "beacon",
				 .severity = SEVERITY_LOW,
				 .confidence = 0.7,
				 .device = { .mac = s->mac,
					     .addresses = s->addresses,
					     .n_addresses = 1,
					     .hostname = "PC-KEIRI01",
					     .vendor = "Minato Denki",
					     .dhcp_fingerprint = "1,3,6,15,31,33,43,44,46,47",
					     .dhcp_class = "MSFT 5.0",
					     .dhcp6_fingerprint = "",
					     .first_seen_us = now_us - 1000000,
					     .last_seen_us = now_us },
				 .peers = s->peers,
				 .n_peers = 1,
				 .names = s->names,
				 .n_names = 1,
				 .first_us = now_us - 60000000,
				 .last_us = now_us,
				 .evidence = s->evidence,
				 .n_evidence = 4,
				 .reasons = s->reasons,
				 .n_reasons = 1,
				 .story = s->story,
				 .count = n };
}

static int batches_make(struct link *l, uint64_t first, size_t n, size_t size, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_BUF struct buf raw = { 0 };
	SCOPED_BUF struct buf one = { 0 };
	int64_t now = clock_utc_us(&clock_real);
	int r = 0;

	l->n_batches = (n + size - 1) / size;
	l->batches = mem_array(l->n_batches + 1, sizeof(*l->batches));
	for (size_t i = 0; i < n && r >= 0; i++) {
		struct sample s;
		struct record rec = { .sequence = first + i, .kind = RECORD_FINDING };

		sample_make(first + i, now, &s);
		rec.finding = s.f;
		buf_clear(&one);
		if ((r = record_encode(&rec, a, &one, e)) < 0)
			return r;
		batch_add(&raw, one.p, one.n);
		if ((i + 1) % size == 0 || i + 1 == n) {
			struct batch *b = &l->batches[i / size];

			b->last = first + i;
			r = batch_compress(&raw, &b->payload, e);
			buf_clear(&raw);
			arena_reset(a);
		}
	}
	return r;
}

static void stop(struct load *x, const char *why)
{
	if (why && !x->trouble[0])
		str_copy(x->trouble, sizeof(x->trouble), str_of(why));
	loop_stop(x->loop);
}

static void push(struct link *l)
{
	while (l->sent < l->n_batches && l->sent < l->acked + WINDOW) {
		const struct batch *b = &l->batches[l->sent];

		if (tls_send(l->conn, FRAME_BATCH, b->payload.p, b->payload.n) < 0)
			return;
		l->sent++;
	}
}

static int on_opened(void *arg, struct tls_conn *c, const struct tls_peer *peer)
{
	Otasuke__Wire__Hello m = OTASUKE__WIRE__HELLO__INIT;
	SCOPED_BUF struct buf b = { 0 };

	(void)arg;
	(void)peer;
	m.version = (char *)(uintptr_t) "load";
	frame_pack(&m.base, &b);
	return tls_send(c, FRAME_HELLO, b.p, b.n);
}

static void again(void *arg)
{
	struct link *l = arg;

	l->sent = l->acked;
	if (l->conn)
		push(l);
}

static void on_ack(struct link *l, const uint8_t *p, size_t n)
{
	ProtobufCMessage *m = NULL;

	if (frame_unpack(&otasuke__wire__ack__descriptor, p, n, &m, NULL) < 0)
		return;
	uint64_t upto = ((const Otasuke__Wire__Ack *)m)->acknowledged;
	protobuf_c_message_free_unpacked(m, NULL);
	while (l->acked < l->n_batches && l->batches[l->acked].last <= upto)
		l->acked++;
	if (l->sent < l->acked)
		l->sent = l->acked;
	push(l);
	if (l->acked == l->n_batches && ++l->load->n_done == l->load->n_links) {
		l->load->end_ns = clock_mono_ns(&clock_real);
		stop(l->load, NULL);
	}
}

/* Everybody is greeted before the clock starts: handshakes are not what is measured. */
static void on_welcome(struct link *l)
{
	struct load *x = l->load;

	if (l->greeted)
		return;
	l->greeted = true;
	if (++x->n_greeted < x->n_links)
		return;
	x->start_ns = clock_mono_ns(&clock_real);
	for (size_t i = 0; i < x->n_links; i++)
		push(&x->links[i]);
}

static int on_frame(void *arg, struct tls_conn *c, uint8_t type, const uint8_t *p, size_t n)
{
	struct link *l = arg;

	(void)c;
	if (type == FRAME_WELCOME)
		on_welcome(l);
	else if (type == FRAME_ACK)
		on_ack(l, p, n);
	else if (type == FRAME_REFUSE && ++l->refusals)
		(void)loop_timer_start(l->load->loop, 100, 0, again, l);
	return 0;
}

static void on_closed(void *arg, struct tls_conn *c, const char *reason)
{
	struct link *l = arg;

	(void)c;
	l->conn = NULL;
	if (l->acked < l->n_batches)
		stop(l->load, reason);
}

static void too_late(void *arg)
{
	stop(arg, "not done in time");
}

static int pem_load(const char *dir, const char *name, char **out, struct err *e)
{
	struct buf b = { 0 }, path = { 0 };

	buf_printf(&path, "%s/%s", dir, name);
	int r = file_read(path.p, PEM_MAX, &b, e);
	buf_done(&path);
	if (r >= 0)
		*out = buf_take(&b);
	return r;
}

static int link_start(struct link *l, const char *dir, const char *host, uint16_t port,
		      struct err *e)
{
	int r;

	if ((r = pem_load(dir, "sensor.key", &l->key, e)) < 0 ||
	    (r = pem_load(dir, "sensor.crt", &l->cert, e)) < 0 ||
	    (r = pem_load(dir, "ca.crt", &l->ca, e)) < 0)
		return r;
	const struct tls_client_conf c = {
		.host = host,
		.port = port,
		.cert_pem = l->cert,
		.key_pem = l->key,
		.ca_pem = l->ca,
		.limits = { .frame_max = FRAME_MAX, .queue_max = 2 * WINDOW * FRAME_MAX },
		.events = { .opened = on_opened, .frame = on_frame, .closed = on_closed },
		.arg = l,
	};
	return tls_client_start(l->load->loop, &c, &l->conn, e);
}

static int send_main(int argc, char **argv, struct err *e)
{
	struct load x = { .n_links = (size_t)(argc - 6) };
	size_t findings = strtoul(argv[4], NULL, 10), size = strtoul(argv[5], NULL, 10);
	uint64_t refusals = 0;
	int r = 0;

	x.loop = loop_new(e);
	x.links = mem_array(x.n_links, sizeof(*x.links));
	for (size_t i = 0; i < x.n_links && r >= 0; i++) {
		x.links[i].load = &x;
		r = batches_make(&x.links[i], 1, findings / x.n_links, size, e);
	}
	for (size_t i = 0; i < x.n_links && r >= 0; i++)
		r = link_start(&x.links[i], argv[6 + i], argv[2],
			       (uint16_t)strtoul(argv[3], NULL, 10), e);
	if (r < 0)
		return r;
	(void)loop_timer_start(x.loop, PATIENCE_MS, 0, too_late, &x);
	if ((r = loop_run(x.loop, e)) < 0)
		return r;
	if (x.trouble[0])
		return err_set(e, -EIO, "%s", x.trouble);
	for (size_t i = 0; i < x.n_links; i++)
		refusals += x.links[i].refusals;
	printf("{\"connections\": %zu, \"findings\": %zu, \"seconds\": %.6f, \"refusals\": %" PRIu64
	       "}\n",
	       x.n_links, findings / x.n_links * x.n_links, (double)(x.end_ns - x.start_ns) / 1e9,
	       refusals);
	return 0;
}

static const char floor_schema[] =
	"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000;"
	"CREATE TABLE finding (sensor_id BIGINT NOT NULL, sequence BIGINT NOT NULL,"
	" company_id BIGINT NOT NULL, detector TEXT NOT NULL, story TEXT NOT NULL,"
	" severity BIGINT NOT NULL, confidence BIGINT NOT NULL, device_mac TEXT NOT NULL,"
	" device_address TEXT NOT NULL, first_us BIGINT NOT NULL, last_us BIGINT NOT NULL,"
	" received_us BIGINT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (sensor_id, sequence));"
	"CREATE INDEX finding_by_story ON finding (company_id, story, device_mac);";

static void floor_row(sqlite3_stmt *st, uint64_t n, const struct sample *s, const struct buf *body)
{
	sqlite3_bind_int64(st, 1, 1);
	sqlite3_bind_int64(st, 2, (int64_t)n);
	sqlite3_bind_int64(st, 3, 1);
	sqlite3_bind_text(st, 4, s->f.detector, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 5, s->story, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 6, s->f.severity);
	sqlite3_bind_int64(st, 7, 700);
	sqlite3_bind_text(st, 8, s->mac, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 9, s->address, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 10, s->f.first_us);
	sqlite3_bind_int64(st, 11, s->f.last_us);
	sqlite3_bind_int64(st, 12, s->f.last_us);
	sqlite3_bind_blob(st, 13, body->p, (int)body->n, SQLITE_STATIC);
	sqlite3_step(st);
	sqlite3_reset(st);
}

static int floor_main(char **argv, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_BUF struct buf body = { 0 };
	size_t n = strtoul(argv[3], NULL, 10), size = strtoul(argv[4], NULL, 10);
	sqlite3 *db;
	sqlite3_stmt *st;
	struct sample s;

	if (sqlite3_open(argv[2], &db) != SQLITE_OK ||
	    sqlite3_exec(db, floor_schema, NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, "INSERT INTO finding VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)", -1,
			       &st, NULL) != SQLITE_OK)
		return err_set(e, -EIO, "%s", sqlite3_errmsg(db));
	sample_make(1, clock_utc_us(&clock_real), &s);
	struct record rec = { .sequence = 1, .kind = RECORD_FINDING, .finding = s.f };
	int r = record_encode(&rec, a, &body, e);
	if (r < 0)
		return r;
	int64_t start = clock_mono_ns(&clock_real);
	for (size_t i = 0; i < n; i++) {
		if (i % size == 0)
			sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
		sample_make(i + 1, s.f.last_us, &s);
		floor_row(st, i + 1, &s, &body);
		if ((i + 1) % size == 0 || i + 1 == n)
			sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	}
	printf("{\"findings\": %zu, \"seconds\": %.6f}\n", n,
	       (double)(clock_mono_ns(&clock_real) - start) / 1e9);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return 0;
}

int main(int argc, char **argv)
{
	struct err e = { 0 };
	int r = crypto_start(&e);

	if (r >= 0 && argc > 6 && strcmp(argv[1], "send") == 0)
		r = send_main(argc, argv, &e);
	else if (r >= 0 && argc == 5 && strcmp(argv[1], "floor") == 0)
		r = floor_main(argv, &e);
	else if (r >= 0)
		r = err_set(&e, -EINVAL, "uplink-load send|floor ...");
	if (r < 0)
		fprintf(stderr, "uplink-load: %s\n", e.text);
	return r < 0 ? 1 : 0;
}
