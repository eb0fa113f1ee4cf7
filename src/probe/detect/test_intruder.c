/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of the detectors lateral and brute_force, on small captures made here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "probe/dissect/smb.h"
#include "probe/test_world.h"

enum { NO_SUB = 0, CREATE_SERVICE = 12, LOGON_FAILURE_LOW = 0x6d };

static const struct end pc = { 1, "192.0.2.10", 50001 }, server = { 2, "192.0.2.20", 445 },
			stranger = { 9, "203.0.113.5", 40000 };

static struct world *office(void)
{
	struct world *w = world_new();

	make_arp(&w->b, 1, pc, "192.0.2.1");
	world_put(w, 0);
	make_arp(&w->b, 1, server, "192.0.2.1");
	world_put(w, 0.1);
	return w;
}

static void le(struct buf *b, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_addc(b, (char)(v >> (8 * i)));
}

static void zeros(struct buf *b, size_t n)
{
	le(b, 0, n < 8 ? n : 8);
	for (size_t i = 8; i < n; i++)
		buf_addc(b, 0);
}

static void wide(struct buf *b, const char *text)
{
	for (; *text; text++)
		le(b, (uint8_t)*text, 2);
}

static void head_v2(struct buf *b, uint16_t command, uint32_t status, bool response, size_t body)
{
	buf_clear(b);
	buf_be32(b, (uint32_t)(64 + body));
	buf_add(b,
		"\xfe"
		"SMB",
		4);
	le(b, 64, 4);
	le(b, status, 4);
	le(b, command, 4);
	le(b, response, 4);
	zeros(b, 64 - 20);
}

static void tree(struct buf *b, const char *path)
{
	head_v2(b, SMB2_TREE, 0, false, 8 + 2 * strlen(path));
	le(b, 9, 4);
	le(b, 64 + 8, 2);
	le(b, 2 * strlen(path), 2);
	wide(b, path);
}

static void create(struct buf *b, const char *name)
{
	head_v2(b, SMB2_CREATE, 0, false, 56 + 2 * strlen(name));
	zeros(b, 44);
	le(b, 64 + 56, 2);
	le(b, 2 * strlen(name), 2);
	zeros(b, 8);
	wide(b, name);
}

static void call(struct buf *b, uint16_t operation)
{
	head_v2(b, SMB2_WRITE, 0, false, 48 + 24);
	le(b, 49, 2);
	le(b, 64 + 48, 2);
	le(b, 24, 4);
	zeros(b, 40);
	buf_add(b, "\5\0\0\3\x10\0\0\0\x18\0\0\0\1\0\0\0", 16);
	zeros(b, 6);
	le(b, operation, 2);
}

static void send(struct world *w, double at, const struct buf *b)
{
	world_send(w, at, pc, server, rd_of(b->p, b->n));
}

static void a_service_made_from_afar_is_grave(void **state)
{
	(void)state;
	struct world *w = office();
	SCOPED_BUF struct buf b;
	buf_init(&b, 0);
	world_open(w, 1, pc, server);
	tree(&b, "\\\\SERVER\\ADMIN$");
	send(w, 2, &b);
	create(&b, "tool.EXE");
	send(w, 3, &b);
	create(&b, "svcctl");
	send(w, 4, &b);
	call(&b, CREATE_SERVICE);
	send(w, 5, &b);
	world_run(w);
	const struct seen *f = world_find(w, "lateral");
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_HIGH);
	assert_string_equal(f->device, "192.0.2.10");
	assert_string_equal(f->peer, "192.0.2.20:445");
	world_free(w);
}

/* The same words, but glued together and cut anew: 100 bytes a segment. */
static void a_service_is_seen_wherever_a_segment_is_cut(void **state)
{
	(void)state;
	struct world *w = office();
	SCOPED_BUF struct buf b, all;
	buf_init(&b, 0);
	buf_init(&all, 0);
	world_open(w, 1, pc, server);
	tree(&b, "\\\\SERVER\\ADMIN$");
	buf_add(&all, b.p, b.n);
	create(&b, "svcctl");
	buf_add(&all, b.p, b.n);
	call(&b, CREATE_SERVICE);
	buf_add(&all, b.p, b.n);
	for (size_t at = 0; at < all.n; at += 100)
		world_send(w, 2 + (double)at / 1000, pc, server,
			   rd_of(all.p + at, all.n - at < 100 ? all.n - at : 100));
	world_run(w);
	const struct seen *f = world_find(w, "lateral");
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_HIGH);
	world_free(w);
}

/* A service is made on computer N (2 to 9) at so many hours from the beginning. */
static void make_service(struct world *w, double hour, uint8_t n)
{
	char ip[16];
	struct end from = { 1, pc.ip, (uint16_t)(50001 + hour) }, to = { n, ip, 445 };
	SCOPED_BUF struct buf b;

	(void)snprintf(ip, sizeof(ip), "192.0.2.2%u", n - 2U);
	double at = 10 + hour * 3600;

	buf_init(&b, 0);
	world_open(w, at, from, to);
	tree(&b, "\\\\SERVER\\ADMIN$");
	world_send(w, at + 1, from, to, rd_of(b.p, b.n));
	create(&b, "svcctl");
	world_send(w, at + 2, from, to, rd_of(b.p, b.n));
	call(&b, CREATE_SERVICE);
	world_send(w, at + 3, from, to, rd_of(b.p, b.n));
}

static void who_administers_on_many_days_does_his_work(void **state)
{
	(void)state;
	for (int days = 2; days <= 3; days++) {
		struct world *w = office();
		for (int i = 0; i < days; i++)
			make_service(w, 24 * i, (uint8_t)(2 + i));
		world_run(w);
		const struct seen *f = world_find(w, "lateral");
		assert_non_null(f);
		assert_int_equal(f->severity, days < 3 ? SEVERITY_HIGH : SEVERITY_LOW);
		world_free(w);
	}
}

static void what_was_told_as_grave_stays_so(void **state)
{
	(void)state;
	struct world *w = office();
	for (int i = 0; i < 5; i++)
		make_service(w, 24 * i, 2);
	world_run(w);
	assert_int_equal(world_find(w, "lateral")->severity, SEVERITY_HIGH);
	world_free(w);
}

static void ordinary_files_are_not_told(void **state)
{
	(void)state;
	struct world *w = office();
	SCOPED_BUF struct buf b;
	buf_init(&b, 0);
	world_open(w, 1, pc, server);
	tree(&b, "\\\\SERVER\\sales");
	send(w, 2, &b);
	create(&b, "setup.exe");
	send(w, 3, &b);
	call(&b, CREATE_SERVICE); /* to whatever pipe it was: not the service manager */
	send(w, 4, &b);
	world_run(w);
	assert_int_equal(w->n, 0);
	world_free(w);
}

static void the_administrators_share_alone_is_only_a_clue(void **state)
{
	(void)state;
	struct world *w = office();
	SCOPED_BUF struct buf b;
	buf_init(&b, 0);
	world_open(w, 1, pc, server);
	tree(&b, "\\\\SERVER\\C$");
	send(w, 2, &b);
	world_run(w);
	assert_int_equal(w->n, 0);
	world_free(w);
}

static void exploit_packet(struct buf *b, uint8_t command, uint16_t sub)
{
	buf_clear(b);
	buf_be32(b, 32 + 1 + 30 + 2);
	buf_add(b,
		"\xff"
		"SMB",
		4);
	buf_addc(b, (char)command);
	zeros(b, 27);
	buf_addc(b, 15);
	zeros(b, 28);
	le(b, sub, 2);
	le(b, 0, 2);
}

static void the_exploit_of_smb1_is_critical(void **state)
{
	(void)state;
	struct world *w = office();
	SCOPED_BUF struct buf b;
	buf_init(&b, 0);
	world_open(w, 1, pc, server);
	exploit_packet(&b, SMB1_TRANSACTION2, 0x0e);
	send(w, 2, &b);
	for (int i = 0; i < 12; i++) {
		exploit_packet(&b, SMB1_TRANSACTION2_MORE, NO_SUB);
		send(w, 3 + i * 0.01, &b);
	}
	world_run(w);
	const struct seen *f = world_find(w, "lateral");
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_CRITICAL);
	world_free(w);
}

static void refuse(struct world *w, int times)
{
	SCOPED_BUF struct buf b;
	buf_init(&b, 0);
	for (int i = 0; i < times; i++) {
		struct end from = { 1, pc.ip, (uint16_t)(41000 + i) };
		world_open(w, 1 + i, from, server);
		head_v2(&b, SMB2_SESSION, 0xc0000000U | LOGON_FAILURE_LOW, true, 8);
		zeros(&b, 8);
		world_send(w, 1.1 + i, server, from, rd_of(b.p, b.n));
	}
}

static void refused_passwords_are_counted(void **state)
{
	(void)state;
	struct world *w = office();
	refuse(w, 14);
	world_run(w);
	assert_null(world_find(w, "brute_force"));
	world_free(w);
	w = office();
	refuse(w, 16);
	world_run(w);
	const struct seen *f = world_find(w, "brute_force");
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_MEDIUM);
	assert_string_equal(f->device, "192.0.2.10");
	world_free(w);
}

static const struct seen *ssh(struct world *w, struct end from, int times, double gap)
{
	struct end to = { 2, server.ip, 22 };

	for (int i = 0; i < times; i++) {
		from.port = (uint16_t)(41000 + i);
		world_talk(w, 1 + gap * i, from, to, "SSH-2.0-a\r\n", "SSH-2.0-b\r\n");
	}
	world_run(w);
	return world_find(w, "brute_force");
}

/* Sizes of an SSH session as ssh_session.c reads them: the client's positive, the server's
 * negative.
 */
static void ssh_session(struct world *w, double at, uint16_t port, bool enters)
{
	static const int refused[] = { 1560, -1088, 1208, -1564, 60, -44, 60, -76, 84, -76 },
			 entered[] = { 1200, -1088, 1208, -1564, 60, -44, 60, -76, 140, -28 };
	static const uint8_t keys[16] = { 0, 0, 0, 12, 10, 21 };
	struct end from = { 1, pc.ip, port }, to = { 2, server.ip, 22 };
	SCOPED_BUF struct buf b;

	buf_init(&b, 0);
	world_open(w, at, from, to);
	world_send(w, at + 0.01, from, to, rd_of("SSH-2.0-a\r\n", 11));
	world_send(w, at + 0.02, to, from, rd_of("SSH-2.0-b\r\n", 11));
	for (int i = 0; i < 10; i++) {
		int size = (enters ? entered : refused)[i];
		buf_clear(&b);
		for (int k = abs(size); k > 0; k--)
			buf_addc(&b, 'x');
		if (i == 3)
			memcpy(b.p + b.n - sizeof(keys), keys, sizeof(keys));
		world_send(w, at + 0.03 + 0.01 * i, size > 0 ? from : to, size > 0 ? to : from,
			   rd_of(b.p, b.n));
	}
}

static void who_gets_in_by_ssh_does_not_guess(void **state)
{
	(void)state;
	struct world *w = office();
	for (uint16_t i = 0; i < 100; i++)
		ssh_session(w, 1 + 2 * i, (uint16_t)(50000 + i), i % 4 != 0);
	world_run(w);
	assert_null(world_find(w, "brute_force"));
	world_free(w);
}

static void who_gets_in_by_ssh_after_many_refusals_may_have_guessed(void **state)
{
	(void)state;
	for (int last = 0; last < 2; last++) {
		struct world *w = office();
		for (uint16_t i = 0; i < 30; i++)
			ssh_session(w, 1 + 2 * i, (uint16_t)(50000 + i), last && i == 29);
		world_run(w);
		const struct seen *f = world_find(w, "brute_force");
		assert_non_null(f);
		assert_int_equal(f->severity, last ? SEVERITY_HIGH : SEVERITY_MEDIUM);
		world_free(w);
	}
}

static void short_sessions_of_ssh_are_tries(void **state)
{
	(void)state;
	struct world *w = office();
	const struct seen *f = ssh(w, pc, 70, 0.2);
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_HIGH);
	assert_string_equal(f->peer, "192.0.2.20:22");
	world_free(w);
	w = office();
	assert_null(ssh(w, pc, 30, 700)); /* a watch that looks in now and then */
	world_free(w);
}

static void tries_from_outside_are_about_their_target(void **state)
{
	(void)state;
	struct world *w = office();
	const struct seen *f = ssh(w, stranger, 70, 0.2);
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_LOW);
	assert_string_equal(f->device, "192.0.2.20");
	assert_string_equal(f->peer, "203.0.113.5");
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(a_service_made_from_afar_is_grave),
		cmocka_unit_test(a_service_is_seen_wherever_a_segment_is_cut),
		cmocka_unit_test(who_administers_on_many_days_does_his_work),
		cmocka_unit_test(what_was_told_as_grave_stays_so),
		cmocka_unit_test(ordinary_files_are_not_told),
		cmocka_unit_test(the_administrators_share_alone_is_only_a_clue),
		cmocka_unit_test(the_exploit_of_smb1_is_critical),
		cmocka_unit_test(refused_passwords_are_counted),
		cmocka_unit_test(who_gets_in_by_ssh_does_not_guess),
		cmocka_unit_test(who_gets_in_by_ssh_after_many_refusals_may_have_guessed),
		cmocka_unit_test(short_sessions_of_ssh_are_tries),
		cmocka_unit_test(tries_from_outside_are_about_their_target),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}
