/* SPDX-License-Identifier: Apache-2.0 */
/* Live pages: an event reaches those who may see its company, and nobody else. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/test.h"
#include "hub/accounts/accounts.h"
#include "hub/live.h"
#include "hub/test_hub.h"

static int stream_open(struct test_hub *th, int64_t person, int64_t since)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons(test_hub_port(th)),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval wait = { .tv_sec = 20 };
	char request[512], part[1024];
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)), 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&a, sizeof(a)), 0);
	int n = snprintf(request, sizeof(request),
			 "GET /live?since=%lld HTTP/1.1\r\nHost: x\r\nCookie: %s\r\n\r\n",
			 (long long)since, test_hub_cookie(th, person));
	assert_int_equal(fd_write_all(fd, request, (size_t)n), 0);
	/* the head of the answer and no more: from then on the stream is on the list */
	size_t got = 0;
	for (part[0] = '\0'; got < sizeof(part) - 1 && !strstr(part, "\r\n\r\n"); part[got] = '\0')
		assert_int_equal(read(fd, part + got++, 1), 1);
	assert_non_null(strstr(part, "200"));
	assert_non_null(strstr(part, "text/event-stream"));
	return fd;
}

/* Everything up to WANTED, which must come. */
static void read_until(int fd, const char *wanted, char *out, size_t size)
{
	size_t n = 0;

	out[0] = '\0';
	while (!strstr(out, wanted)) {
		ssize_t got = read(fd, out + n, size - n - 1);
		if (got <= 0) {
			fail_msg("no %s in: %s", wanted, out);
			return;
		}
		n += (size_t)got;
		out[n] = '\0';
	}
}

static void events_follow_the_scope(struct test_hub *th)
{
	int64_t vendor = test_hub_org(th, ORG_VENDOR, "みちのくセキュリティ");
	int64_t analyst = test_hub_person(th, vendor, ROLE_ANALYST, "analyst");
	int64_t desk = test_hub_person(th, th->consortium_id, ROLE_DESK, "desk");
	int64_t ours = test_hub_company(th, "株式会社みなと製作所");
	int64_t foreign = test_hub_company(th, "有限会社やまびこ");
	char seen[4096];

	test_hub_relate(th, ours, vendor, "vendor");
	int a = stream_open(th, analyst, -1), d = stream_open(th, desk, -1);
	live_publish(th->hub, "alert", foreign, 71);
	live_publish(th->hub, "alert", ours, 72);
	live_publish(th->hub, "job", 0, 73);
	read_until(a, "73", seen, sizeof(seen));
	assert_non_null(strstr(seen, "event: alert\ndata: {\"kind\":\"alert\",\"id\":72}"));
	assert_null(strstr(seen, "71"));
	read_until(d, "73", seen, sizeof(seen));
	assert_non_null(strstr(seen, "71"));
	assert_non_null(strstr(seen, "72"));
	close(a);
	close(d);
}

static void what_came_before_the_stream_is_not_lost(struct test_hub *th)
{
	int64_t vendor = test_hub_org(th, ORG_VENDOR, "みちのくセキュリティ");
	int64_t analyst = test_hub_person(th, vendor, ROLE_ANALYST, "analyst");
	int64_t desk = test_hub_person(th, th->consortium_id, ROLE_DESK, "desk");
	int64_t ours = test_hub_company(th, "株式会社みなと製作所");
	int64_t foreign = test_hub_company(th, "有限会社やまびこ");
	char seen[4096];

	test_hub_relate(th, ours, vendor, "vendor");
	live_publish(th->hub, "order", ours, 70); /* the page shows it */
	int64_t mark = live_mark(th->hub);
	live_publish(th->hub, "order", foreign, 71);
	live_publish(th->hub, "order", ours, 72);
	int d = stream_open(th, desk, -1), a = stream_open(th, analyst, mark);
	live_publish(th->hub, "job", 0, 73);
	read_until(a, "73", seen, sizeof(seen));
	assert_null(strstr(seen, "70"));
	assert_null(strstr(seen, "71"));
	assert_non_null(strstr(seen, "event: order\ndata: {\"kind\":\"order\",\"id\":72}"));
	assert_null(strstr(seen, "lost"));
	read_until(d, "73", seen, sizeof(seen));
	assert_null(strstr(seen, "72")); /* a page that was there all the while heard of it then */
	close(a);
	for (int i = 0; i < 3000; i++)
		live_publish(th->hub, "order", ours, 1000 + i);
	a = stream_open(th, analyst, mark);
	read_until(a, "lost", seen, sizeof(seen));
	close(a);
	close(d);
}

static void live(void **state)
{
	(void)state;
	test_hub_each(what_came_before_the_stream_is_not_lost);
	test_hub_each(events_follow_the_scope);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(live) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
