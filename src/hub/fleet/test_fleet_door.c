/* SPDX-License-Identifier: Apache-2.0 */
/* The sensors' door with real TLS on loopback: enrolment, batches exactly once, revocation. */
#include <errno.h>
#include <unistd.h>

#include "base/loop.h"
#include "hub/fleet/fleet_keep.h"
#include "hub/fleet/fleet_listen.h"
#include "hub/fleet/fleet_store.h"
#include "hub/hub_core.h"
#include "hub/live.h"
#include "hub/members/test_members_db.h"
#include "net/crypto.h"
#include "net/pki.h"
#include "net/tls.h"
#include "wire/frame.h"
#include "wire/item.h"

enum { PATIENCE_MS = 10000 };

/* A hub with this feature alone, and its desk. */
struct world {
	struct test_db *db;
	struct hub hub;
	struct fleet fleet;
	struct user desk;
	int64_t company;
	char dir[TEST_DIR_MAX], *ca_cert;
	int findings_taken; /* by the consumer below */
	bool take_fails;
};

/* One connection as a sensor makes it; what the hub answered last. */
struct client {
	struct loop *loop;
	struct tls_conn *conn;
	uint8_t type;
	struct buf answer, item; /* items come beside the answers */
	bool opened, closed;
	char reason[128];
};

static int on_opened(void *arg, struct tls_conn *c, const struct tls_peer *p)
{
	struct client *x = arg;

	(void)c;
	(void)p;
	x->opened = true;
	loop_stop(x->loop);
	return 0;
}

static int on_frame(void *arg, struct tls_conn *c, uint8_t type, const uint8_t *p, size_t n)
{
	struct client *x = arg;

	(void)c;
	if (type == FRAME_ITEM) {
		buf_clear(&x->item);
		buf_add(&x->item, p, n);
		loop_stop(x->loop);
		return 0;
	}
	x->type = type;
	buf_clear(&x->answer);
	buf_add(&x->answer, p, n);
	loop_stop(x->loop);
	return 0;
}

static void on_closed(void *arg, struct tls_conn *c, const char *reason)
{
	struct client *x = arg;

	(void)c;
	x->closed = true;
	x->conn = NULL;
	str_copy(x->reason, sizeof(x->reason), str_of(reason));
	loop_stop(x->loop);
}

static void too_late(void *arg)
{
	(void)arg;
	fail_msg("no answer");
}

static void wait_for(struct client *x)
{
	struct loop_timer *t = loop_timer_start(x->loop, PATIENCE_MS, 0, too_late, x);
	struct err e;

	assert_int_equal(loop_run(x->loop, &e), 0);
	loop_timer_stop(t);
}

static struct client *client_new(struct world *w, const char *cert, const char *key)
{
	struct client *x = mem_new(sizeof(*x));
	struct tls_client_conf c = {
		.host = "127.0.0.1",
		.port = fleet_listen_port(w->fleet.listener),
		.cert_pem = cert,
		.key_pem = key,
		.ca_pem = w->ca_cert,
		.limits = { .frame_max = FRAME_MAX, .queue_max = FRAME_MAX, .handshake_ms = 5000 },
		.events = { on_opened, on_frame, on_closed, NULL },
		.arg = x,
	};
	struct err e;

	x->loop = loop_new(&e);
	if (tls_client_start(x->loop, &c, &x->conn, &e) < 0)
		fail_msg("%s", e.text);
	wait_for(x);
	return x;
}

static void client_free(struct client *x)
{
	if (x->conn) {
		tls_close(x->conn, "done");
		while (!x->closed)
			wait_for(x);
	}
	loop_free(x->loop);
	buf_done(&x->answer);
	buf_done(&x->item);
	free(x);
}

static void say(struct client *x, enum frame_type type, const struct buf *b)
{
	x->type = 0;
	assert_int_equal(tls_send(x->conn, (uint8_t)type, b->p, b->n), 0);
	while (x->type == 0 && !x->closed)
		wait_for(x);
}

static ProtobufCMessage *answer(struct client *x, enum frame_type type,
				const ProtobufCMessageDescriptor *d)
{
	ProtobufCMessage *m;
	struct err e;

	assert_int_equal(x->type, type);
	assert_int_equal(frame_unpack(d, x->answer.p, x->answer.n, &m, &e), 0);
	return m;
}

static void refused(struct client *x, const char *code, const char *part)
{
	Otasuke__Wire__Refuse *m = (Otasuke__Wire__Refuse *)answer(
		x, FRAME_REFUSE, &otasuke__wire__refuse__descriptor);

	assert_string_equal(m->code, code);
	if (!strstr(m->text, part))
		fail_msg("\"%s\" without \"%s\"", m->text, part);
	otasuke__wire__refuse__free_unpacked(m, NULL);
}

/* --- what a sensor says --- */

struct identity {
	char *key, *cert;
};

static void identity_free(struct identity *id)
{
	free(id->key);
	free(id->cert);
}

static struct client *enrol(struct world *w, const char *code, char **key_out)
{
	Otasuke__Wire__Enrol m = OTASUKE__WIRE__ENROL__INIT;
	struct client *x = client_new(w, NULL, NULL);
	SCOPED_BUF struct buf b = { 0 };
	SCOPED_MEM char *csr = NULL;

	assert_int_equal(pki_key_new(key_out, NULL), 0);
	assert_int_equal(pki_request_new(*key_out, "sensor", &csr, NULL), 0);
	m.code = (char *)(uintptr_t)code;
	m.csr_pem.data = (uint8_t *)csr;
	m.csr_pem.len = strlen(csr);
	m.version = (char *)(uintptr_t) "0.1.0";
	m.hardware = (char *)(uintptr_t) "test";
	frame_pack(&m.base, &b);
	say(x, FRAME_ENROL, &b);
	return x;
}

static void new_code(struct world *w, char out[FLEET_CODE_SIZE])
{
	struct fleet_enrol_code c = { .company_id = w->company, .sensor_name = "本社" };
	int64_t expires;
	struct err e;

	if (fleet_code_make(w->hub.db, &w->desk, &c, out, &expires, &e) < 0)
		fail_msg("%s", e.text);
}

static struct identity enrolled(struct world *w)
{
	struct identity id = { NULL, NULL };
	char code[FLEET_CODE_SIZE];

	new_code(w, code);
	struct client *x = enrol(w, code, &id.key);
	Otasuke__Wire__Enrolled *m = (Otasuke__Wire__Enrolled *)answer(
		x, FRAME_ENROLLED, &otasuke__wire__enrolled__descriptor);
	id.cert = mem_strndup((const char *)m->cert_pem.data, m->cert_pem.len);
	assert_string_equal(m->company, "株式会社みなと製作所");
	otasuke__wire__enrolled__free_unpacked(m, NULL);
	client_free(x);
	return id;
}

static uint64_t greet(struct client *x)
{
	Otasuke__Wire__Hello m = OTASUKE__WIRE__HELLO__INIT;
	SCOPED_BUF struct buf b = { 0 };

	m.version = (char *)(uintptr_t) "0.1.0";
	frame_pack(&m.base, &b);
	say(x, FRAME_HELLO, &b);
	Otasuke__Wire__Welcome *w = (Otasuke__Wire__Welcome *)answer(
		x, FRAME_WELCOME, &otasuke__wire__welcome__descriptor);
	uint64_t n = w->acknowledged;
	otasuke__wire__welcome__free_unpacked(w, NULL);
	return n;
}

static void send_findings(struct client *x, uint64_t first, size_t n)
{
	SCOPED_BUF struct buf raw = { 0 };
	SCOPED_BUF struct buf batch = { 0 };
	struct err e;

	for (size_t i = 0; i < n; i++) {
		Otasuke__Wire__Record r = OTASUKE__WIRE__RECORD__INIT;
		Otasuke__Wire__Finding f = OTASUKE__WIRE__FINDING__INIT;
		Otasuke__Wire__Device d = OTASUKE__WIRE__DEVICE__INIT;
		SCOPED_BUF struct buf one = { 0 };

		d.mac = (char *)(uintptr_t) "02:00:00:00:00:01";
		d.hostname = (char *)(uintptr_t) "phone";
		d.first_seen_us = d.last_seen_us = TEST_NOW;
		f.detector = (char *)(uintptr_t) "beacon";
		f.story = (char *)(uintptr_t) "beacon:203.0.113.9";
		f.severity = OTASUKE__WIRE__SEVERITY__HIGH;
		f.confidence = 0.9;
		f.device = &d;
		r.sequence = first + i;
		r.body_case = OTASUKE__WIRE__RECORD__BODY_FINDING;
		r.finding = &f;
		frame_pack(&r.base, &one);
		batch_add(&raw, one.p, one.n);
	}
	assert_int_equal(batch_compress(&raw, &batch, &e), 0);
	say(x, FRAME_BATCH, &batch);
}

static uint64_t acknowledged(struct client *x)
{
	Otasuke__Wire__Ack *m =
		(Otasuke__Wire__Ack *)answer(x, FRAME_ACK, &otasuke__wire__ack__descriptor);
	uint64_t n = m->acknowledged;

	otasuke__wire__ack__free_unpacked(m, NULL);
	return n;
}

/* --- the hub --- */

static int take(void *arg, struct txn *t, const struct fleet_batch *b, struct err *e)
{
	struct world *w = arg;

	(void)t;
	if (w->take_fails)
		return err_set(e, -ENOSPC, "the disk is full");
	for (size_t i = 0; i < b->n_findings; i++)
		assert_true(b->findings[i].device_id > 0);
	w->findings_taken += (int)b->n_findings;
	return 0;
}

static void state_file(struct world *w, const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", w->dir, name);
	assert_int_equal(file_write(path, 0600, text, strlen(text), NULL), 0);
}

static void make_keys(struct world *w)
{
	static const char *const names[] = { "127.0.0.1", NULL };
	int64_t now = clock_utc_us(&clock_real);
	SCOPED_MEM char *ca_key = NULL;
	SCOPED_MEM char *key = NULL;
	SCOPED_MEM char *cert = NULL;

	assert_int_equal(pki_ca_new("CA", now, US_PER_DAY * 9, &ca_key, &w->ca_cert, NULL), 0);
	assert_int_equal(pki_key_new(&key, NULL), 0);
	struct pki_issue i = { .ca_key_pem = ca_key,
			       .ca_cert_pem = w->ca_cert,
			       .now_us = now,
			       .valid_us = US_PER_DAY,
			       .common_name = "hub",
			       .dns_names = names };
	assert_int_equal(pki_issue_server(&i, key, &cert, NULL), 0);
	state_file(w, HUB_CA_KEY, ca_key);
	state_file(w, HUB_CA_CERT, w->ca_cert);
	state_file(w, HUB_SERVER_KEY, key);
	state_file(w, HUB_SERVER_CERT, cert);
	assert_int_equal(hub_item_key_make(&(struct hub){ .conf = { .state_dir = w->dir } }, NULL),
			 0);
}

static int set_up(void **state)
{
	struct world *w = mem_new(sizeof(*w));
	struct err e;

	assert_int_equal(crypto_start(&e), 0);
	test_dir_new(w->dir);
	make_keys(w);
	w->db = test_db_new(&test_setup, false);
	w->hub = (struct hub){ .db = test_db_get(w->db),
			       .clock = &clock_real,
			       .live = live_new(),
			       .fleet = &w->fleet,
			       .conf = { .state_dir = w->dir,
					 .sensor_address = (char *)(uintptr_t) "127.0.0.1:0",
					 .region = (char *)(uintptr_t) "IW" } };
	w->fleet.consumers.list[w->fleet.consumers.n++] =
		(struct fleet_consumer){ .name = "test", .take = take, .arg = w };
	w->desk = test_user(test_org(w->hub.db, ORG_CONSORTIUM, "北の協議会"), ROLE_DESK);
	w->desk.scope.now_us = clock_utc_us(&clock_real);
	w->company = test_register(w->hub.db, &w->desk, "株式会社みなと製作所");
	if (fleet_listen_start(&w->hub, &w->fleet.consumers, &w->fleet.listener, &e) < 0)
		fail_msg("%s", e.text);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	fleet_listen_stop(w->fleet.listener);
	live_free(w->hub.live);
	test_db_free(w->db);
	test_dir_free(w->dir);
	free(w->ca_cert);
	free(w);
	return 0;
}

static int64_t rows(struct world *w, const char *table)
{
	char sql[100];

	snprintf(sql, sizeof(sql), "@global SELECT count(*) FROM %s", table);
	return test_count(w->hub.db, sql);
}

static void a_code_makes_one_sensor(void **state)
{
	struct world *w = *state;
	char code[FLEET_CODE_SIZE];
	SCOPED_MEM char *key = NULL;
	SCOPED_MEM char *key2 = NULL;

	new_code(w, code);
	struct client *x = enrol(w, code, &key);
	assert_int_equal(x->type, FRAME_ENROLLED);
	client_free(x);
	x = enrol(w, code, &key2);
	refused(x, "denied", "used already");
	client_free(x);
	assert_int_equal(rows(w, "sensor"), 1);
}

static void a_wrong_code_says_so(void **state)
{
	struct world *w = *state;
	char code[FLEET_CODE_SIZE];
	SCOPED_MEM char *key = NULL;
	SCOPED_MEM char *key2 = NULL;

	new_code(w, code);
	code[0] = code[0] == 'A' ? 'B' : 'A';
	struct client *x = enrol(w, code, &key);
	refused(x, "denied", "mistyped");
	client_free(x);
	crypto_code(code, FLEET_CODE_CHARS);
	x = enrol(w, code, &key2);
	refused(x, "denied", "no such code");
	client_free(x);
	assert_int_equal(rows(w, "sensor"), 0);
}

static void batches_are_stored_exactly_once(void **state)
{
	struct world *w = *state;
	struct identity id = enrolled(w);
	struct client *x = client_new(w, id.cert, id.key);

	assert_int_equal(greet(x), 0);
	send_findings(x, 1, 100);
	assert_int_equal(acknowledged(x), 100);
	send_findings(x, 51, 100); /* half of it again */
	assert_int_equal(acknowledged(x), 150);
	client_free(x);
	x = client_new(w, id.cert, id.key);
	assert_int_equal(greet(x), 150);
	send_findings(x, 1, 150); /* all of it again, and nothing was lost in between */
	assert_int_equal(acknowledged(x), 150);
	send_findings(x, 151, 1);
	assert_int_equal(acknowledged(x), 151);
	client_free(x);
	assert_int_equal(rows(w, "finding"), 151);
	assert_int_equal(rows(w, "device"), 1);
	assert_int_equal(w->findings_taken, 151);
	identity_free(&id);
}

static void a_full_hub_refuses_and_loses_nothing(void **state)
{
	struct world *w = *state;
	struct identity id = enrolled(w);
	struct client *x = client_new(w, id.cert, id.key);

	greet(x);
	w->take_fails = true;
	send_findings(x, 1, 10);
	refused(x, "full", "the disk is full");
	w->take_fails = false;
	send_findings(x, 11, 10); /* not before the first has come again */
	refused(x, "busy", "");
	send_findings(x, 1, 10);
	assert_int_equal(acknowledged(x), 10);
	send_findings(x, 11, 10);
	assert_int_equal(acknowledged(x), 20);
	client_free(x);
	assert_int_equal(rows(w, "finding"), 20);
	identity_free(&id);
}

static void a_revoked_sensor_is_out_at_once(void **state)
{
	struct world *w = *state;
	struct identity id = enrolled(w);
	struct client *x = client_new(w, id.cert, id.key);
	int64_t sensor;
	struct err e;

	greet(x);
	sensor = test_count(w->hub.db, "@global SELECT max(id) FROM sensor");
	assert_int_equal(fleet_revoke(&w->hub, &w->desk, sensor, "盗難", &e), 0);
	while (!x->closed)
		wait_for(x);
	refused(x, "revoked", "revoked");
	client_free(x);
	x = client_new(w, id.cert, id.key);
	while (!x->closed)
		wait_for(x);
	refused(x, "revoked", "revoked");
	client_free(x);
	assert_int_equal(fleet_revoke(&w->hub, &w->desk, sensor, "", &e), -ENOENT);
	identity_free(&id);
}

static void without_certificate_nothing_but_enrolment(void **state)
{
	struct world *w = *state;
	struct client *x = client_new(w, NULL, NULL);
	SCOPED_BUF struct buf b = { 0 };

	buf_adds(&b, "x");
	say(x, FRAME_BATCH, &b);
	assert_true(x->closed);
	client_free(x);
}

static void a_bad_batch_is_refused_in_words(void **state)
{
	struct world *w = *state;
	struct identity id = enrolled(w);
	struct client *x = client_new(w, id.cert, id.key);
	SCOPED_BUF struct buf b = { 0 };

	greet(x);
	buf_adds(&b, "this is no batch");
	say(x, FRAME_BATCH, &b);
	refused(x, "format", "");
	client_free(x);
	identity_free(&id);
}

/* --- items --- */

static void put_item(struct world *w, const char *body, const char *blob)
{
	struct fleet_item i = { .company_id = w->company,
				.kind = blob ? "indicators" : "mutes",
				.body = body,
				.body_n = strlen(body),
				.blob = blob,
				.replace_key = "all",
				.expires_us = clock_utc_us(&clock_real) + US_PER_DAY };
	struct err e;
	SCOPED_TXN struct txn *t = txn_begin(w->hub.db, TXN_WRITE, &e);

	if (fleet_item_put(t, &w->desk.scope, &i, clock_utc_us(&clock_real), &e) < 0 ||
	    txn_commit(&t, &e) < 0)
		fail_msg("%s", e.text);
	fleet_items_wake(&w->hub);
}

/* The next frame is an item that the hub has signed: its number. */
static uint64_t item_came(struct world *w, struct client *x, const char *body)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_BUF struct buf text = { 0 };
	struct hub_item_key key;
	struct item i;

	while (x->item.n == 0 && !x->closed)
		wait_for(x);
	assert_int_equal(item_decode(x->item.p, x->item.n, a, &i, NULL), 0);
	assert_int_equal(hub_item_key_load(&w->hub, &key, NULL), 0);
	item_signed_bytes(&i, &text);
	assert_true(crypto_key_verify(key.public_key, text.p, text.n, i.signature));
	assert_int_equal(i.body_n, strlen(body));
	assert_memory_equal(i.body, body, i.body_n);
	buf_clear(&x->item);
	return i.sequence;
}

static void acknowledge(struct client *x, uint64_t sequence)
{
	Otasuke__Wire__ItemAck m = OTASUKE__WIRE__ITEM_ACK__INIT;
	SCOPED_BUF struct buf b = { 0 };

	m.sequence = sequence;
	frame_pack(&m.base, &b);
	assert_int_equal(tls_send(x->conn, FRAME_ITEM_ACK, b.p, b.n), 0);
}

static int64_t items_in(struct world *w, const char *state)
{
	char sql[120];

	snprintf(sql, sizeof(sql), "@global SELECT count(*) FROM item WHERE state = '%s'", state);
	return test_count(w->hub.db, sql);
}

static void an_item_comes_on_connect_and_at_once(void **state)
{
	struct world *w = *state;
	struct identity id = enrolled(w);

	put_item(w, "one", NULL);
	struct client *x = client_new(w, id.cert, id.key);
	(void)greet(x);
	uint64_t first = item_came(w, x, "one");
	acknowledge(x, first);
	put_item(w, "two", NULL);
	uint64_t second = item_came(w, x, "two");
	assert_true(second > first);
	client_free(x); /* without an answer: it comes again */
	x = client_new(w, id.cert, id.key);
	(void)greet(x);
	assert_int_equal(item_came(w, x, "two"), second);
	acknowledge(x, second);
	send_findings(x, 1, 1); /* what was said before is out by now */
	for (int i = 0; i < 1000 && items_in(w, "delivered") < 1; i++)
		usleep(10000);
	assert_int_equal(items_in(w, "delivered"), 1);
	assert_int_equal(items_in(w, "superseded"), 1);
	client_free(x);
	identity_free(&id);
}

static size_t ask_blob(struct client *x, const char *name, uint64_t offset, struct buf *out)
{
	Otasuke__Wire__BlobAsk m = OTASUKE__WIRE__BLOB_ASK__INIT;
	SCOPED_BUF struct buf b = { 0 };
	uint8_t hash[32];
	size_t n;

	assert_int_equal(str_hex(str_of(name), hash, sizeof(hash), &n), 0);
	m.sha256 = (ProtobufCBinaryData){ n, hash };
	m.offset = offset;
	m.length = BLOB_CHUNK_MAX;
	frame_pack(&m.base, &b);
	say(x, FRAME_BLOB_ASK, &b);
	Otasuke__Wire__BlobPart *part = (Otasuke__Wire__BlobPart *)answer(
		x, FRAME_BLOB_PART, &otasuke__wire__blob_part__descriptor);
	assert_int_equal(part->offset, offset);
	buf_add(out, part->data.data, part->data.len);
	n = part->data.len;
	otasuke__wire__blob_part__free_unpacked(part, NULL);
	return n;
}

/* And the hub is started anew in the middle. */
static void a_blob_is_given_in_parts_to_whom_it_was_promised(void **state)
{
	struct world *w = *state;
	struct identity id = enrolled(w);
	enum { SIZE = 2 * BLOB_CHUNK_MAX + 5 };
	SCOPED_MEM char *p = mem_new(SIZE);
	SCOPED_BUF struct buf got = { 0 };
	char name[FLEET_BLOB_NAME];
	struct err e;

	for (size_t i = 0; i < SIZE; i++)
		p[i] = (char)(i * 13);
	struct txn *t = txn_begin(w->hub.db, TXN_WRITE, &e);
	assert_int_equal(fleet_blob_put(t, p, SIZE, clock_utc_us(&clock_real), name, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	struct client *x = client_new(w, id.cert, id.key);
	(void)greet(x);
	assert_int_equal(ask_blob(x, name, 0, &got), 0); /* no item names it */
	put_item(w, "list", name);
	acknowledge(x, item_came(w, x, "list"));
	assert_int_equal(ask_blob(x, name, 0, &got), BLOB_CHUNK_MAX);
	client_free(x);
	struct identity late = enrolled(w); /* after the item was put: none of its own names it */
	struct client *y = client_new(w, late.cert, late.key);
	SCOPED_BUF struct buf nothing = { 0 };
	(void)greet(y);
	assert_int_equal(ask_blob(y, name, 0, &nothing), 0);
	client_free(y);
	fleet_listen_stop(w->fleet.listener);
	w->fleet.listener = NULL;
	assert_int_equal(fleet_listen_start(&w->hub, &w->fleet.consumers, &w->fleet.listener, &e),
			 0);
	x = client_new(w, id.cert, id.key);
	(void)greet(x);
	x->type = 0;
	while (got.n < SIZE)
		assert_true(ask_blob(x, name, got.n, &got) > 0);
	assert_int_equal(got.n, SIZE);
	assert_memory_equal(got.p, p, SIZE);
	client_free(x);
	identity_free(&id);
	identity_free(&late);
}

static void outcomes_come_with_heartbeats_once(void **state)
{
	struct world *w = *state;
	struct identity id = enrolled(w);
	Otasuke__Wire__ItemResult result = OTASUKE__WIRE__ITEM_RESULT__INIT,
				  *results[] = { &result };
	Otasuke__Wire__Heartbeat h = OTASUKE__WIRE__HEARTBEAT__INIT;
	Otasuke__Wire__Record r = OTASUKE__WIRE__RECORD__INIT;

	put_item(w, "one", NULL);
	struct client *x = client_new(w, id.cert, id.key);
	(void)greet(x);
	result.sequence = item_came(w, x, "one");
	acknowledge(x, result.sequence);
	result.reason = (char *)(uintptr_t) "it has expired";
	result.at_us = h.at_us = clock_utc_us(&clock_real);
	h.items = results;
	h.n_items = 1;
	r.body_case = OTASUKE__WIRE__RECORD__BODY_HEARTBEAT;
	r.heartbeat = &h;
	for (r.sequence = 1; r.sequence <= 3; r.sequence++) {
		SCOPED_BUF struct buf one = { 0 };
		SCOPED_BUF struct buf raw = { 0 };
		SCOPED_BUF struct buf batch = { 0 };

		result.applied = r.sequence == 3; /* what was said first holds */
		frame_pack(&r.base, &one);
		batch_add(&raw, one.p, one.n);
		assert_int_equal(batch_compress(&raw, &batch, NULL), 0);
		say(x, FRAME_BATCH, &batch);
		assert_int_equal(acknowledged(x), r.sequence);
	}
	assert_int_equal(items_in(w, "refused"), 1);
	assert_int_equal(test_count(w->hub.db, "@global SELECT count(*) FROM audit WHERE action ="
					       " 'item.refused'"),
			 1);
	client_free(x);
	identity_free(&id);
}

/* --- orders --- */

static int64_t order_put(struct world *w, int64_t sensor_id)
{
	int64_t now = clock_utc_us(&clock_real);
	struct fleet_order o = { .company_id = w->company,
				 .sensor_id = sensor_id,
				 .order = { .id = 8,
					    .type = ORDER_CAPTURE,
					    .mac = "02:00:5e:10:00:01",
					    .seconds = 5,
					    .bytes = 1 << 16,
					    .consent = 5 },
				 .expires_us = now + US_PER_DAY };
	struct err e;
	SCOPED_TXN struct txn *t = txn_begin(w->hub.db, TXN_WRITE, &e);

	if (fleet_order_put(t, &w->desk.scope, &o, now, &e) < 0 || txn_commit(&t, &e) < 0)
		fail_msg("%s", e.text);
	fleet_items_wake(&w->hub);
	return test_count(w->hub.db, "@global SELECT max(item) FROM fleet_order");
}

static bool is_connected(struct world *w, int64_t sensor_id)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct fleet_reach reach;
	struct err e;
	SCOPED_TXN struct txn *t = txn_begin(w->hub.db, TXN_READ, &e);

	assert_int_equal(fleet_sensor_reach(&w->hub, t, &w->desk.scope, sensor_id, a, &reach, &e),
			 0);
	assert_false(reach.inline_box);
	return reach.connected;
}

/* What the hub says to BYTES of a file at OFFSET. */
static uint64_t bring(struct client *x, int64_t item, uint64_t offset, const char *bytes,
		      const char *code)
{
	Otasuke__Wire__UploadPart m = OTASUKE__WIRE__UPLOAD_PART__INIT;
	SCOPED_BUF struct buf b = { 0 };
	uint8_t hash[32];

	crypto_sha256("packets", 7, hash);
	m.item = (uint64_t)item;
	m.sha256 = (ProtobufCBinaryData){ sizeof(hash), hash };
	m.size = 7;
	m.offset = offset;
	m.data = (ProtobufCBinaryData){ strlen(bytes), (uint8_t *)(uintptr_t)bytes };
	frame_pack(&m.base, &b);
	say(x, FRAME_UPLOAD, &b);
	Otasuke__Wire__UploadHave *have = (Otasuke__Wire__UploadHave *)answer(
		x, FRAME_UPLOAD_HAVE, &otasuke__wire__upload_have__descriptor);
	uint64_t n = have->have;
	assert_string_equal(have->code, code);
	otasuke__wire__upload_have__free_unpacked(have, NULL);
	return n;
}

static void a_sensor_that_is_there_gets_an_order_and_brings_a_file(void **state)
{
	struct world *w = *state;
	struct identity id = enrolled(w);
	int64_t sensor = test_count(w->hub.db, "@global SELECT max(id) FROM sensor");

	fleet_conf.uploads_max_bytes = 1 << 20;
	assert_false(is_connected(w, sensor));
	struct client *x = client_new(w, id.cert, id.key);
	(void)greet(x);
	assert_true(is_connected(w, sensor));
	int64_t item = order_put(w, sensor);
	while (x->item.n == 0 && !x->closed)
		wait_for(x);
	assert_int_equal(bring(x, item + 1, 0, "", "unwanted"), 0);
	assert_int_equal(bring(x, item, 0, "", ""), 0);
	assert_int_equal(bring(x, item, 0, "pack", ""), 4);
	assert_int_equal(bring(x, item, 4, "ets", "done"), 7);
	client_free(x);
	for (int i = 0; i < 1000 && is_connected(w, sensor); i++)
		usleep(10000);
	assert_false(is_connected(w, sensor));
	identity_free(&id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_code_makes_one_sensor, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_wrong_code_says_so, set_up, tear_down),
		cmocka_unit_test_setup_teardown(batches_are_stored_exactly_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_full_hub_refuses_and_loses_nothing, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_revoked_sensor_is_out_at_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(without_certificate_nothing_but_enrolment, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_bad_batch_is_refused_in_words, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_item_comes_on_connect_and_at_once, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_blob_is_given_in_parts_to_whom_it_was_promised,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(outcomes_come_with_heartbeats_once, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(
			a_sensor_that_is_there_gets_an_order_and_brings_a_file, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
