/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of tls.c, tls_server.c, tls_creds.c: both ends on one loop. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/crypto.h"
#include "net/listen.h"
#include "net/pki.h"
#include "net/tls.h"

enum { CLIENTS = 100, FRAME_LIMIT = 64 * 1024, PATIENCE_MS = 20 * 1000 };

struct side { /* what one end has seen */
	struct fixture *f;
	int opened, closed, frames, drained;
	int refuse; /* 1: opened() refuses; 2: frame() does */
	bool echo, hang_up;
	size_t bytes;
	struct tls_peer peer;
	struct tls_conn *last;
	char reason[300], text[64];
};

struct identity {
	char *key, *cert;
};

struct fixture {
	struct loop *loop;
	struct tls_server *server;
	char *ca_key, *ca_cert;
	struct identity hub, sensor;
	struct side s, c;
	int wanted; /* closings of clients until the loop stops */
	bool timed_out;
};

static int on_opened(void *arg, struct tls_conn *c, const struct tls_peer *peer)
{
	struct side *x = arg;

	x->opened++;
	x->peer = *peer;
	x->last = c;
	if (x == &x->f->c && x->refuse != 3)
		assert_int_equal(tls_send(c, 7, "hello", 5), 0);
	return x->refuse == 1 ? -EDENIED : 0;
}

static int on_frame(void *arg, struct tls_conn *c, uint8_t type, const uint8_t *p, size_t n)
{
	struct side *x = arg;

	x->frames++;
	x->bytes += n;
	assert_int_equal(type, 7);
	if (n < sizeof(x->text)) {
		memcpy(x->text, p, n);
		x->text[n] = '\0';
	}
	if (x->echo)
		assert_int_equal(tls_send(c, type, p, n), 0);
	if (x->hang_up)
		tls_close(c, "that was all");
	return x->refuse == 2 ? -EDENIED : 0;
}

static void on_closed(void *arg, struct tls_conn *c, const char *reason)
{
	struct side *x = arg;
	(void)c;

	x->closed++;
	if (x->last == c)
		x->last = NULL;
	(void)str_copy(x->reason, sizeof(x->reason), str_of(reason));
	if (x->f->c.closed >= x->f->wanted && x->f->s.closed >= x->f->wanted)
		loop_stop(x->f->loop);
}

static void on_drained(void *arg, struct tls_conn *c)
{
	struct side *x = arg;

	x->drained++;
	tls_close(c, "drained");
}

static const struct tls_events events = { on_opened, on_frame, on_closed, on_drained };

/* --- certificates --- */

static int64_t now_us(void)
{
	return (int64_t)time(NULL) * US_PER_SEC;
}

static struct identity identity_new(const char *ca_key, const char *ca_cert, int64_t at_us,
				    bool server)
{
	static const char *const names[] = { "hub.example", NULL };
	struct pki_issue i = { .ca_key_pem = ca_key,
			       .ca_cert_pem = ca_cert,
			       .now_us = at_us,
			       .valid_us = US_PER_DAY,
			       .common_name = server ? "hub" : "sensor-7",
			       .dns_names = server ? names : NULL };
	struct identity id = { NULL, NULL };
	SCOPED_MEM char *csr = NULL;

	assert_int_equal(pki_key_new(&id.key, NULL), 0);
	if (server) {
		assert_int_equal(pki_issue_server(&i, id.key, &id.cert, NULL), 0);
	} else {
		assert_int_equal(pki_request_new(id.key, "x", &csr, NULL), 0);
		assert_int_equal(pki_issue_client(&i, csr, strlen(csr), &id.cert, NULL), 0);
	}
	return id;
}

static void identity_free(struct identity *id)
{
	free(id->key);
	free(id->cert);
}

/* --- set-up --- */

static int set_up(void **state)
{
	struct fixture *f = mem_new(sizeof(*f));

	f->loop = loop_new(NULL);
	f->s.f = f->c.f = f;
	f->wanted = 1;
	assert_int_equal(pki_ca_new("CA", now_us(), US_PER_DAY, &f->ca_key, &f->ca_cert, NULL), 0);
	f->hub = identity_new(f->ca_key, f->ca_cert, now_us(), true);
	f->sensor = identity_new(f->ca_key, f->ca_cert, now_us(), false);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	if (f->c.last)
		tls_drop(f->c.last);
	tls_server_stop(f->server);
	loop_free(f->loop);
	identity_free(&f->hub);
	identity_free(&f->sensor);
	free(f->ca_key);
	free(f->ca_cert);
	free(f);
	return 0;
}

static const struct tls_limits roomy = { .frame_max = FRAME_LIMIT,
					 .queue_max = 4 * FRAME_LIMIT,
					 .handshake_ms = PATIENCE_MS };

static void serve(struct fixture *f, bool cert_required, const struct tls_limits *limits)
{
	struct tls_server_conf c = { .address = "127.0.0.1",
				     .cert_pem = f->hub.cert,
				     .key_pem = f->hub.key,
				     .client_ca_pem = f->ca_cert,
				     .client_cert_required = cert_required,
				     .limits = *limits,
				     .events = events,
				     .arg = &f->s };

	assert_int_equal(tls_server_start(f->loop, &c, &f->server, NULL), 0);
}

static struct tls_client_conf client(struct fixture *f, const struct identity *id)
{
	return (struct tls_client_conf){ .host = "127.0.0.1",
					 .port = tls_server_port(f->server),
					 .cert_pem = id ? id->cert : NULL,
					 .key_pem = id ? id->key : NULL,
					 .ca_pem = f->ca_cert,
					 .limits = roomy,
					 .events = events,
					 .arg = &f->c };
}

static void call(struct fixture *f, const struct tls_client_conf *c)
{
	assert_int_equal(tls_client_start(f->loop, c, &f->c.last, NULL), 0);
}

static void give_up(void *arg)
{
	struct fixture *f = arg;

	f->timed_out = true;
	loop_stop(f->loop);
}

/* Runs until both ends have seen their connections closed. */
static void run(struct fixture *f)
{
	struct loop_timer *t = loop_timer_start(f->loop, PATIENCE_MS, 0, give_up, f);

	assert_int_equal(loop_run(f->loop, NULL), 0);
	loop_timer_stop(t);
	assert_false(f->timed_out);
}

/* --- what works --- */

static void frames_go_both_ways(void **state)
{
	struct fixture *f = *state;

	serve(f, true, &roomy);
	struct tls_client_conf c = client(f, &f->sensor);
	f->s.echo = true;
	f->c.hang_up = true;
	call(f, &c);
	run(f);
	assert_true(f->s.peer.has_cert);
	assert_string_equal(f->s.peer.common_name, "sensor-7");
	assert_string_equal(f->s.peer.address, "127.0.0.1");
	uint8_t sum[32];
	assert_int_equal(pki_cert_sha256(f->sensor.cert, sum, NULL), 0);
	assert_memory_equal(f->s.peer.cert_sha256, sum, 32);
	assert_string_equal(f->s.text, "hello");
	assert_string_equal(f->c.text, "hello");
	assert_string_equal(f->c.reason, "that was all");
	assert_string_equal(f->s.reason, "the peer closed the connection");
	assert_int_equal(f->s.closed, 1);
	assert_int_equal(f->c.closed, 1);
}

static void the_last_words_before_closing_arrive(void **state)
{
	struct fixture *f = *state;

	serve(f, true, &roomy);
	struct tls_client_conf c = client(f, &f->sensor);
	f->s.echo = f->s.hang_up = true;
	call(f, &c);
	run(f);
	assert_string_equal(f->c.text, "hello");
	assert_string_equal(f->s.reason, "that was all");
}

static void many_clients(void **state)
{
	struct fixture *f = *state;

	serve(f, true, &roomy);
	struct tls_client_conf c = client(f, &f->sensor);
	f->wanted = CLIENTS;
	f->s.echo = true;
	f->c.hang_up = true;
	for (int i = 0; i < CLIENTS; i++)
		call(f, &c);
	run(f);
	assert_int_equal(f->s.opened, CLIENTS);
	assert_int_equal(f->c.frames, CLIENTS);
	assert_int_equal(tls_server_count(f->server), 0);
}

/* Sends as much as the queue takes, then waits for drained(). */
static void fill_queue(void *arg)
{
	struct fixture *f = arg;
	SCOPED_MEM char *block = mem_new(FRAME_LIMIT - 5);
	int r = 0, n = 0;

	if (!f->c.opened || f->c.bytes)
		return;
	while ((r = tls_send(f->c.last, 7, block, FRAME_LIMIT - 5)) == 0)
		n++;
	assert_int_equal(r, -ELIMIT);
	f->c.bytes = (size_t)n * (FRAME_LIMIT - 5);
}

static void a_full_queue_refuses_and_drains(void **state)
{
	struct fixture *f = *state;

	serve(f, true, &roomy);
	struct tls_client_conf c = client(f, &f->sensor);
	f->c.refuse = 3;
	call(f, &c);
	struct loop_timer *t = loop_timer_start(f->loop, 5, 5, fill_queue, f);
	run(f);
	loop_timer_stop(t);
	assert_int_equal(f->c.drained, 1);
	assert_int_equal(f->s.bytes, f->c.bytes);
	assert_true(f->s.frames >= 3);
}

static void a_pinned_ca_is_enough_for_enrolment(void **state)
{
	struct fixture *f = *state;
	uint8_t pin[32];

	serve(f, false, &roomy);
	struct tls_client_conf c = client(f, NULL);
	c.ca_pem = NULL;
	c.ca_spki_sha256 = pin;
	assert_int_equal(pki_cert_spki_sha256(f->ca_cert, pin, NULL), 0);
	f->s.echo = true;
	f->c.hang_up = true;
	call(f, &c);
	run(f);
	assert_int_equal(f->s.opened, 1);
	assert_false(f->s.peer.has_cert);
	assert_int_equal(f->c.frames, 1);
}

/* --- what is refused --- */

static void nobody_opened(struct fixture *f, const char *server_reason)
{
	assert_int_equal(f->s.opened, 0);
	assert_int_equal(f->s.frames, 0);
	assert_int_equal(f->s.closed, 1);
	assert_int_equal(f->c.closed, 1);
	assert_int_equal(f->c.frames, 0);
	if (!strstr(f->s.reason, server_reason))
		fail_msg("the server said: %s", f->s.reason);
}

static void no_certificate_where_one_is_required(void **state)
{
	struct fixture *f = *state;

	serve(f, true, &roomy);
	struct tls_client_conf c = client(f, NULL);
	call(f, &c);
	run(f);
	nobody_opened(f, "ertificate");
	assert_non_null(strstr(f->c.reason, "the peer refused"));
}

static void a_rogue_certificate(void **state, bool required)
{
	struct fixture *f = *state;
	SCOPED_MEM char *key = NULL, *cert = NULL;

	assert_int_equal(pki_ca_new("CA", now_us(), US_PER_DAY, &key, &cert, NULL), 0);
	struct identity rogue = identity_new(key, cert, now_us(), false);
	serve(f, required, &roomy);
	struct tls_client_conf c = client(f, &rogue);
	call(f, &c);
	run(f);
	identity_free(&rogue);
	nobody_opened(f, "NOT trusted");
}

static void a_rogue_certificate_is_refused(void **state)
{
	a_rogue_certificate(state, true);
}

static void a_rogue_certificate_is_refused_in_enrolment_too(void **state)
{
	a_rogue_certificate(state, false);
}

static void an_expired_certificate_is_refused(void **state)
{
	struct fixture *f = *state;
	struct identity old = identity_new(f->ca_key, f->ca_cert, now_us() - 3 * US_PER_DAY, false);

	serve(f, true, &roomy);
	struct tls_client_conf c = client(f, &old);
	call(f, &c);
	run(f);
	identity_free(&old);
	nobody_opened(f, "expired");
}

static void a_server_certificate_is_none_for_a_client(void **state)
{
	struct fixture *f = *state;

	serve(f, true, &roomy);
	struct tls_client_conf c = client(f, &f->hub);
	call(f, &c);
	run(f);
	nobody_opened(f, "certificate");
}

static void the_client_refuses_a_foreign_hub(void **state)
{
	struct fixture *f = *state;
	SCOPED_MEM char *key = NULL, *cert = NULL;
	uint8_t pin[32];

	assert_int_equal(pki_ca_new("CA", now_us(), US_PER_DAY, &key, &cert, NULL), 0);
	serve(f, false, &roomy);
	struct tls_client_conf c = client(f, &f->sensor);
	c.ca_pem = cert;
	call(f, &c);
	run(f);
	assert_int_equal(f->c.opened, 0);
	assert_non_null(strstr(f->c.reason, "NOT trusted"));
	assert_int_equal(f->s.frames, 0);

	f->c.closed = f->s.closed = 0;
	f->c.reason[0] = '\0';
	c.ca_pem = NULL;
	c.ca_spki_sha256 = pin;
	assert_int_equal(pki_cert_spki_sha256(cert, pin, NULL), 0);
	call(f, &c);
	run(f);
	assert_int_equal(f->c.opened, 0);
	assert_non_null(strstr(f->c.reason, "NOT trusted"));

	/* the hub's own key is no authority's */
	f->c.closed = f->s.closed = 0;
	assert_int_equal(pki_cert_spki_sha256(f->hub.cert, pin, NULL), 0);
	call(f, &c);
	run(f);
	assert_int_equal(f->c.opened, 0);
}

static void the_program_may_refuse(void **state)
{
	struct fixture *f = *state;

	serve(f, true, &roomy);
	struct tls_client_conf c = client(f, &f->sensor);
	f->s.refuse = 1;
	call(f, &c);
	run(f);
	assert_string_equal(f->s.reason, "refused");
	assert_int_equal(f->s.frames, 0);
	f->s.refuse = 2;
	f->c.closed = f->s.closed = 0;
	call(f, &c);
	run(f);
	assert_int_equal(f->s.frames, 1);
	assert_string_equal(f->s.reason, "refused");
}

static void a_frame_beyond_the_limit_ends_the_connection(void **state)
{
	struct fixture *f = *state;
	struct tls_limits tight = roomy;

	tight.frame_max = 9; /* "hello" makes ten */
	serve(f, true, &tight);
	struct tls_client_conf c = client(f, &f->sensor);
	call(f, &c);
	run(f);
	assert_int_equal(f->s.frames, 0);
	assert_string_equal(f->s.reason, "the peer sent a frame beyond the limit");
}

static void too_many_connections_are_hung_up_on(void **state)
{
	struct fixture *f = *state;
	struct tls_limits tight = roomy;

	tight.connections_max = 1;
	serve(f, true, &tight);
	struct tls_client_conf c = client(f, &f->sensor);
	f->c.refuse = 3;
	call(f, &c);
	struct tls_conn *first = f->c.last;
	f->s.closed = 1; /* only the client's end of the second is waited for */
	call(f, &c);
	run(f);
	assert_int_equal(tls_server_refused(f->server), 1);
	assert_int_equal(f->c.closed, 1);
	if (!f->c.last)
		f->c.last = first;
}

static void who_does_not_listen_is_said_so(void **state)
{
	struct fixture *f = *state;

	serve(f, true, &roomy);
	struct tls_client_conf c = client(f, &f->sensor);
	tls_server_stop(f->server);
	f->server = NULL;
	f->s.closed = 1;
	call(f, &c);
	run(f);
	assert_string_equal(f->c.reason, "cannot connect: Connection refused");
}

/* --- peers that stall --- */

static int plain_socket(const struct fixture *f)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons(tls_server_port(f->server)),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	return fd;
}

static void who_says_nothing_is_let_go(void **state)
{
	struct fixture *f = *state;
	struct tls_limits tight = roomy;

	tight.handshake_ms = 50;
	serve(f, true, &tight);
	SCOPED_FD int fd = plain_socket(f);
	f->c.closed = 1;
	run(f);
	assert_string_equal(f->s.reason, "the peer did not answer in time");
	assert_int_equal(f->s.opened, 0);
}

static void who_speaks_no_tls_is_let_go(void **state)
{
	struct fixture *f = *state;

	serve(f, true, &roomy);
	SCOPED_FD int fd = plain_socket(f);
	assert_int_equal(send(fd, "GET / HTTP/1.1\r\n\r\n", 18, MSG_NOSIGNAL), 18);
	f->c.closed = 1;
	run(f);
	assert_int_equal(f->s.opened, 0);
	assert_int_equal(f->s.closed, 1);
}

static void a_server_that_says_nothing_is_given_up(void **state)
{
	struct fixture *f = *state;
	uint16_t port = 0;
	SCOPED_FD int fd = listen_tcp("127.0.0.1", 0, &port, NULL);

	serve(f, true, &roomy);
	struct tls_client_conf c = client(f, &f->sensor);
	c.port = port;
	c.limits.handshake_ms = 50;
	f->s.closed = 1;
	call(f, &c);
	run(f);
	assert_string_equal(f->c.reason, "the peer did not answer in time");
}

static void who_falls_silent_is_let_go(void **state)
{
	struct fixture *f = *state;
	struct tls_limits tight = roomy;

	tight.idle_ms = 60;
	serve(f, true, &tight);
	struct tls_client_conf c = client(f, &f->sensor);
	call(f, &c);
	run(f);
	assert_int_equal(f->s.frames, 1);
	assert_string_equal(f->s.reason, "nothing came for too long");
	assert_string_equal(f->c.reason, "the peer closed the connection");
}

static void stopping_closes_what_is_open(void **state)
{
	struct fixture *f = *state;

	serve(f, true, &roomy);
	struct tls_client_conf c = client(f, &f->sensor);
	f->s.echo = true;
	f->c.hang_up = true;
	call(f, &c);
	tls_drop(f->c.last); /* before its first step */
	assert_int_equal(f->c.closed, 1);
	SCOPED_FD int fd = plain_socket(f);
	f->c.closed = f->s.closed = 0;
	call(f, &c);
	run(f); /* accepts the silent one too */
	assert_int_equal(tls_server_count(f->server), 1);
	tls_server_stop(f->server);
	f->server = NULL;
	assert_int_equal(f->s.closed, 2);
	assert_string_equal(f->s.reason, "the server stops");
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(frames_go_both_ways),
		T(the_last_words_before_closing_arrive),
		T(many_clients),
		T(a_full_queue_refuses_and_drains),
		T(a_pinned_ca_is_enough_for_enrolment),
		T(no_certificate_where_one_is_required),
		T(a_rogue_certificate_is_refused),
		T(a_rogue_certificate_is_refused_in_enrolment_too),
		T(an_expired_certificate_is_refused),
		T(a_server_certificate_is_none_for_a_client),
		T(the_client_refuses_a_foreign_hub),
		T(the_program_may_refuse),
		T(a_frame_beyond_the_limit_ends_the_connection),
		T(too_many_connections_are_hung_up_on),
		T(who_does_not_listen_is_said_so),
		T(who_says_nothing_is_let_go),
		T(who_speaks_no_tls_is_let_go),
		T(a_server_that_says_nothing_is_given_up),
		T(who_falls_silent_is_let_go),
		T(stopping_closes_what_is_open),
	};

	if (crypto_start(NULL) < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
