/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of refused log-ons: forms of web pages, FTP, Telnet, mail, RDP. */
#include <stdio.h>
#include <string.h>

#include "probe/detect/log_on.h"
#include "probe/test_world.h"

static const struct end pc = { 1, "192.0.2.10", 50001 }, web = { 2, "192.0.2.20", 80 };

static struct world *office(void)
{
	struct world *w = world_new();

	make_arp(&w->b, 1, pc, "192.0.2.1");
	world_put(w, 0);
	make_arp(&w->b, 1, web, "192.0.2.1");
	world_put(w, 0.1);
	return w;
}

/* TIMES forms are sent to PATH, each answered by ANSWER; with FIXED the same one again and again.
 */
static void fill(struct world *w, double at, int times, const char *path, const char *answer,
		 bool fixed)
{
	for (int i = 0; i < times; i++) {
		char ask[300], field[60];
		(void)snprintf(field, sizeof(field), "user=admin&password=%05d", fixed ? 7 : i);
		(void)snprintf(ask, sizeof(ask),
			       "POST %s HTTP/1.1\r\nHost: nas\r\nAccept: x\r\nUser-Agent: a\r\n"
			       "Content-Length: %zu\r\n\r\n%s",
			       path, strlen(field), field);
		struct end from = { 1, pc.ip, (uint16_t)(41000 + (int)at * 7 + i) };
		world_talk(w, at + i * 2, from, web, ask, answer);
	}
}

static int told(int times, const char *path, const char *answer, bool fixed)
{
	struct world *w = office();
	fill(w, 1, times, path, answer, fixed);
	world_run(w);
	const struct seen *f = world_find(w, "brute_force");
	int severity = f ? (int)f->severity : -1;
	if (f) {
		assert_string_equal(f->device, "192.0.2.10");
		assert_string_equal(f->peer, "192.0.2.20:80");
		assert_non_null(strstr(f->reasons, "web form"));
	}
	world_free(w);
	return severity;
}

#define AGAIN  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nagain"
#define BACK   "HTTP/1.1 302 Found\r\nLocation: /login?error=1\r\n\r\n"
#define ONWARD "HTTP/1.1 302 Found\r\nLocation: /desk\r\n\r\n"
#define NO     "HTTP/1.1 401 Unauthorized\r\n\r\n"

static void forms_that_come_back_are_refusals(void **state)
{
	(void)state;
	assert_int_equal(told(20, "/index.php", AGAIN, false), SEVERITY_MEDIUM);
	assert_int_equal(told(20, "/login", BACK, false), SEVERITY_MEDIUM);
	assert_int_equal(told(20, "/api/session", NO, false), SEVERITY_MEDIUM);
	assert_int_equal(told(60, "/login", BACK, false), SEVERITY_HIGH);
}

static void programs_that_renew_their_session_are_not_told(void **state)
{
	(void)state;
	assert_int_equal(told(40, "/api/login", AGAIN, true), -1); /* the same password each time */
	assert_int_equal(told(40, "/login", ONWARD, false), -1);   /* it is let in */
	assert_int_equal(told(8, "/login", BACK, false), -1);      /* somebody who forgot it */
}

static void what_bears_no_password_is_no_log_on(void **state)
{
	(void)state;
	struct world *w = office();
	for (int i = 0; i < 40; i++) {
		char ask[200];
		(void)snprintf(
			ask, sizeof(ask),
			"POST /ipp/print HTTP/1.1\r\nHost: a\r\nAccept: x\r\nUser-Agent: a\r\n"
			"Content-Length: 8\r\n\r\npage=%03d",
			i);
		world_talk(w, 1 + i, (struct end){ 1, pc.ip, (uint16_t)(41000 + i) }, web, ask,
			   AGAIN);
	}
	world_run(w);
	assert_null(world_find(w, "brute_force"));
	world_free(w);
}

static void one_who_gets_in_after_many_is_grave(void **state)
{
	(void)state;
	struct world *w = office();
	fill(w, 1, 20, "/login", BACK, false);
	fill(w, 60, 1, "/login", ONWARD, false);
	world_run(w);
	const struct seen *f = world_find(w, "brute_force");
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_HIGH);
	assert_non_null(strstr(f->reasons, "a password may have been found"));
	world_free(w);
}

static enum service refusal(uint16_t port, const char *text)
{
	return log_on_refused(port, rd_of(text, strlen(text)));
}

static void servers_are_understood(void **state)
{
	(void)state;
	assert_int_equal(refusal(21, "530 Login incorrect.\r\n"), SERVICE_FTP);
	assert_int_equal(refusal(21, "530 Please login with USER and PASS.\r\n"), SERVICE_NONE);
	assert_int_equal(refusal(21, "230 Welcome\r\n"), SERVICE_NONE);
	assert_int_equal(refusal(23, "\r\nLogin incorrect\r\nlogin: "), SERVICE_TELNET);
	assert_int_equal(refusal(23, "Last login: yesterday"), SERVICE_NONE);
	assert_int_equal(refusal(587, "535 5.7.8 Authentication failed\r\n"), SERVICE_MAIL);
	assert_int_equal(refusal(587, "550 no such user\r\n"), SERVICE_NONE);
	assert_int_equal(refusal(110, "-ERR [AUTH] wrong\r\n"), SERVICE_MAIL);
	assert_int_equal(refusal(110, "-ERR no such message\r\n"), SERVICE_NONE);
	assert_int_equal(refusal(143, "a1 NO [AUTHENTICATIONFAILED] no\r\n"), SERVICE_MAIL);
	assert_int_equal(refusal(143, "a1 NO LOGIN failed.\r\n"), SERVICE_MAIL);
	assert_int_equal(refusal(143, "a2 NO Mailbox does not exist\r\n"), SERVICE_NONE);
	assert_int_equal(refusal(8080, "530 Login incorrect.\r\n"), SERVICE_NONE);
}

static const struct seen *talks(struct world *w, uint16_t port, int times, const char *ask,
				const char *answer)
{
	struct end to = { 2, web.ip, port };

	for (int i = 0; i < times; i++)
		world_talk(w, 1 + i * 2, (struct end){ 1, pc.ip, (uint16_t)(41000 + i) }, to, ask,
			   answer);
	world_run(w);
	return world_find(w, "brute_force");
}

static void each_service_is_counted(void **state)
{
	static const struct {
		uint16_t port;
		const char *ask, *answer, *name;
	} row[] = {
		{ 21, "PASS x\r\n", "530 Login incorrect.\r\n", "by FTP" },
		{ 23, "x\r\n", "Login incorrect\r\n", "by Telnet" },
		{ 25, "AUTH PLAIN x\r\n", "535 no\r\n", "by mail" },
		{ 110, "PASS x\r\n", "-ERR login failed\r\n", "by mail" },
		{ 143, "a LOGIN x y\r\n", "a NO LOGIN failed\r\n", "by mail" },
		{ 80, "GET / HTTP/1.1\r\nAuthorization: Basic x\r\n\r\n",
		  "HTTP/1.1 401 Unauthorized\r\n\r\n", "by HTTP" },
		{ 3389, "\x03\x01 cookie", "\x03\x01 no", "by RDP" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct world *w = office();
		const struct seen *f = talks(w, row[i].port, 25, row[i].ask, row[i].answer);
		assert_non_null(f);
		assert_int_equal(f->severity, SEVERITY_MEDIUM);
		assert_non_null(strstr(f->reasons, row[i].name));
		world_free(w);
		w = office();
		assert_null(talks(w, row[i].port, 5, row[i].ask, row[i].answer));
		world_free(w);
	}
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(forms_that_come_back_are_refusals),
		cmocka_unit_test(programs_that_renew_their_session_are_not_told),
		cmocka_unit_test(what_bears_no_password_is_no_log_on),
		cmocka_unit_test(one_who_gets_in_after_many_is_grave),
		cmocka_unit_test(servers_are_understood),
		cmocka_unit_test(each_service_is_counted),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}
