/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of http_server.c over real connections: libcurl where a browser would do, plain sockets
 * where one would not. */
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <curl/curl.h>

#include "base/mem.h"
#include "net/crypto.h"
#include "net/http.h"
#include "net/pki.h"

enum { BODY_MAX = 100 * 1000, PARALLEL = 200, STREAMS = 20 };

struct fixture {
	struct http_server *server;
	char base[64];
	struct http_stream *stream[STREAMS]; /* handed to browsers, in order */
	atomic_int n_streams;
	atomic_int requests;
};

/* --- the site --- */

static void say_form(struct http_req *q, struct http_res *r)
{
	struct http_file f = { 0 };

	buf_printf(&r->body, "%s|%s", http_form(q, "name"), http_form(q, "text"));
	if (http_file_get(q, "file", &f))
		buf_printf(&r->body, "|%s|%zu", f.name, f.n);
}

static void serve(void *arg, struct http_req *q, struct http_res *r)
{
	struct fixture *f = arg;
	const char *path = http_path(q);

	atomic_fetch_add(&f->requests, 1);
	r->status = 200;
	r->type = "text/plain; charset=utf-8";
	if (strcmp(path, "/form") == 0) {
		say_form(q, r);
	} else if (strcmp(path, "/stream") == 0) {
		int n = atomic_fetch_add(&f->n_streams, 1);
		f->stream[n] = http_stream_new(1000);
		http_stream_ref(f->stream[n]);
		r->stream = f->stream[n];
	} else if (strcmp(path, "/cookie") == 0) {
		const struct http_cookie c = { .name = "session", .value = "abc", .max_age_s = 60 };
		http_res_cookie(r, q, &c);
		http_res_header(r, "X-Bad", "a\r\nX-Evil: 1");
		http_res_redirect(r, "/next");
	} else if (strcmp(path, "/broken") == 0) {
		r->status = 0;
	} else {
		buf_printf(&r->body, "%s %s q=%s from %s tls %d body %zu", http_method(q), path,
			   http_query(q, "q"), http_remote(q), http_is_tls(q), http_body(q).n);
	}
}

static void refused(void *arg, int status, struct http_res *r)
{
	(void)arg;
	r->type = "text/plain";
	buf_printf(&r->body, "refused %d", status);
}

static int set_up(void **state)
{
	struct fixture *f = mem_new(sizeof(*f));
	struct http_conf c = { .address = "127.0.0.1",
			       .body_max = BODY_MAX,
			       .connections_max = 1000,
			       .handler = serve,
			       .refused = refused,
			       .arg = f };

	*state = f;
	if (http_server_start(&c, &f->server, NULL) < 0)
		return -1;
	(void)snprintf(f->base, sizeof(f->base), "http://127.0.0.1:%u",
		       http_server_port(f->server));
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	http_server_stop(f->server);
	for (int i = 0; i < atomic_load(&f->n_streams); i++)
		http_stream_unref(f->stream[i]);
	free(f);
	return 0;
}

/* --- clients --- */

struct reply {
	long status;
	struct buf head, body;
};

static void reply_done(struct reply *r)
{
	buf_done(&r->head);
	buf_done(&r->body);
}
#define SCOPED_REPLY __attribute__((cleanup(reply_done)))

static size_t keep(char *p, size_t size, size_t n, void *arg)
{
	buf_add(arg, p, size * n);
	return size * n;
}

static CURL *browser(struct fixture *f, const char *path, struct reply *r)
{
	char url[256];
	CURL *h = curl_easy_init();

	(void)snprintf(url, sizeof(url), "%s%s", f->base, path);
	curl_easy_setopt(h, CURLOPT_URL, url);
	curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(h, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(h, CURLOPT_TIMEOUT, 30L);
	curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, keep);
	curl_easy_setopt(h, CURLOPT_WRITEDATA, &r->body);
	curl_easy_setopt(h, CURLOPT_HEADERDATA, &r->head);
	return h;
}

static void go(CURL *h, struct reply *r)
{
	CURLcode code = curl_easy_perform(h);

	if (code == CURLE_OK)
		curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &r->status);
	else
		r->status = -(long)code;
	curl_easy_cleanup(h);
}

static int connect_to(const struct fixture *f)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons(http_server_port(f->server)),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct timeval patience = { .tv_sec = 20 };

	assert_true(fd >= 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	return fd;
}

static void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

/* Reads until TEXT has come; false when the connection ends before. */
static bool hear(int fd, const char *text, struct buf *got)
{
	char part[4096];

	while (got->n == 0 || !memmem(got->p, got->n, text, strlen(text))) {
		ssize_t n = recv(fd, part, sizeof(part), 0);
		if (n <= 0)
			return false;
		buf_add(got, part, (size_t)n);
	}
	return true;
}

/* --- requests --- */

static void get_is_answered(void **state)
{
	struct fixture *f = *state;
	SCOPED_REPLY struct reply r = { 0 };

	go(browser(f, "/a%20b?q=%E4%BC%9A", &r), &r);
	assert_int_equal(r.status, 200);
	assert_string_equal(r.body.p, "GET /a b q=会 from 127.0.0.1 tls 0 body 0");
	assert_non_null(strstr(r.head.p, "Cache-Control: no-store"));
	assert_non_null(strstr(r.head.p, "Content-Type: text/plain; charset=utf-8"));
}

static void head_has_no_body(void **state)
{
	struct fixture *f = *state;
	SCOPED_REPLY struct reply r = { 0 };
	CURL *h = browser(f, "/a", &r);

	curl_easy_setopt(h, CURLOPT_NOBODY, 1L);
	go(h, &r);
	assert_int_equal(r.status, 200);
	assert_int_equal(r.body.n, 0);
	assert_non_null(strstr(r.head.p, "Content-Length: "));
}

static void headers_cannot_be_injected(void **state)
{
	struct fixture *f = *state;
	SCOPED_REPLY struct reply r = { 0 };

	go(browser(f, "/cookie", &r), &r);
	assert_int_equal(r.status, 303);
	assert_non_null(strstr(r.head.p, "Location: /next"));
	assert_non_null(strstr(r.head.p, "Set-Cookie: session=abc; Path=/; HttpOnly; SameSite=Lax; "
					 "Max-Age=60\r\n"));
	assert_null(strstr(r.head.p, "X-Evil"));
}

static void an_unset_status_is_500(void **state)
{
	struct fixture *f = *state;
	SCOPED_REPLY struct reply r = { 0 };

	go(browser(f, "/broken", &r), &r);
	assert_int_equal(r.status, 500);
}

static void a_form_is_posted(void **state)
{
	struct fixture *f = *state;
	SCOPED_REPLY struct reply r = { 0 };
	CURL *h = browser(f, "/form", &r);

	curl_easy_setopt(h, CURLOPT_POSTFIELDS, "name=a%26b&text=1+2");
	go(h, &r);
	assert_int_equal(r.status, 200);
	assert_string_equal(r.body.p, "a&b|1 2");
}

static void a_file_is_uploaded(void **state)
{
	struct fixture *f = *state;
	SCOPED_REPLY struct reply r = { 0 };
	SCOPED_MEM char *file = mem_new(50000);
	CURL *h = browser(f, "/form", &r);
	curl_mime *m = curl_mime_init(h);
	curl_mimepart *p = curl_mime_addpart(m);

	curl_mime_name(p, "name");
	curl_mime_data(p, "みなと", CURL_ZERO_TERMINATED);
	p = curl_mime_addpart(m);
	curl_mime_name(p, "text");
	curl_mime_data(p, "", CURL_ZERO_TERMINATED);
	p = curl_mime_addpart(m);
	curl_mime_name(p, "file");
	curl_mime_filename(p, "会社\".csv");
	curl_mime_data(p, file, 50000);
	curl_easy_setopt(h, CURLOPT_MIMEPOST, m);
	go(h, &r);
	curl_mime_free(m);
	assert_int_equal(r.status, 200);
	assert_string_equal(r.body.p, "みなと||会社\".csv|50000");
}

static void a_body_too_large_is_413(void **state)
{
	struct fixture *f = *state;
	static const long sizes[] = { BODY_MAX + 1, BODY_MAX * 3, BODY_MAX * 50 };

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		SCOPED_REPLY struct reply r = { 0 };
		SCOPED_MEM char *body = mem_new((size_t)sizes[i]);
		CURL *h = browser(f, "/form", &r);
		curl_easy_setopt(h, CURLOPT_POSTFIELDS, body);
		curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE, sizes[i]);
		go(h, &r);
		assert_int_equal(r.status, 413);
		assert_string_equal(r.body.p, "refused 413");
	}
	assert_int_equal(atomic_load(&f->requests), 0);
}

static void a_chunked_body_is_limited_too(void **state)
{
	struct fixture *f = *state;
	SCOPED_FD int fd = connect_to(f);
	SCOPED_BUF struct buf got = { 0 };
	SCOPED_MEM char *block = mem_new(10001);

	memset(block, 'a', 10000);
	say(fd, "POST /form HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 15; i++) {
		say(fd, "2710\r\n");
		say(fd, block);
		say(fd, "\r\n");
	}
	say(fd, "0\r\n\r\n");
	assert_true(hear(fd, "refused 413", &got));
}

static void bad_bytes_are_400(void **state)
{
	struct fixture *f = *state;
	static const char *const requests[] = {
		"GET /%ff HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /a?x=%c3%28 HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /a HTTP/1.1\r\nHost: x\r\nX-Name: \xff\xfe\r\n\r\n",
		"POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
		"Content-Type: application/x-www-form-urlencoded\r\n\r\na=%ff",
		"POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
		"Content-Type: multipart/form-data; boundary=x\r\n\r\nhello",
	};

	for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
		SCOPED_FD int fd = connect_to(f);
		SCOPED_BUF struct buf got = { 0 };
		say(fd, requests[i]);
		assert_true(hear(fd, "refused 400", &got));
		assert_non_null(strstr(got.p, "HTTP/1.1 400 "));
	}
	assert_int_equal(atomic_load(&f->requests), 0);
}

static void other_methods_are_405(void **state)
{
	struct fixture *f = *state;
	SCOPED_REPLY struct reply r = { 0 };
	CURL *h = browser(f, "/a", &r);

	curl_easy_setopt(h, CURLOPT_CUSTOMREQUEST, "DELETE");
	go(h, &r);
	assert_int_equal(r.status, 405);
}

static void endless_headers_are_refused(void **state)
{
	struct fixture *f = *state;
	SCOPED_FD int fd = connect_to(f);
	SCOPED_BUF struct buf got = { 0 }, head = { 0 };

	buf_adds(&head, "GET /a HTTP/1.1\r\nHost: x\r\n");
	for (int i = 0; i < 20000; i++)
		buf_adds(&head, "X: y\r\n");
	ssize_t sent = send(fd, head.p, head.n, MSG_NOSIGNAL);
	(void)sent; /* the server may hang up in the middle */
	assert_false(hear(fd, "HTTP/1.1 200", &got));
	assert_int_equal(atomic_load(&f->requests), 0);
}

static void *one_of_many(void *arg)
{
	SCOPED_REPLY struct reply r = { 0 };

	go(browser(arg, "/many", &r), &r);
	return (void *)(intptr_t)r.status;
}

static void many_at_once(void **state)
{
	struct fixture *f = *state;
	pthread_t threads[PARALLEL];

	for (int i = 0; i < PARALLEL; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, one_of_many, f), 0);
	for (int i = 0; i < PARALLEL; i++) {
		void *status = NULL;
		assert_int_equal(pthread_join(threads[i], &status), 0);
		assert_int_equal((intptr_t)status, 200);
	}
}

/* --- event streams --- */

static int open_stream(struct fixture *f, struct buf *got)
{
	int fd = connect_to(f);

	say(fd, "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_true(hear(fd, "retry: 2000\n\n", got));
	return fd;
}

static void an_event_reaches_the_browser(void **state)
{
	struct fixture *f = *state;
	SCOPED_BUF struct buf got = { 0 };
	SCOPED_FD int fd = open_stream(f, &got);

	assert_non_null(strstr(got.p, "Content-Type: text/event-stream"));
	assert_int_equal(http_stream_push(f->stream[0], "alert", "7", "one\ntwo"), 0);
	assert_true(hear(fd, "id: 7\nevent: alert\ndata: one\ndata: two\n\n", &got));
	assert_int_equal(http_stream_push(f->stream[0], "a\nevent: b", "1\r2", "three"), 0);
	assert_true(hear(fd, "data: three\n\n", &got));
	assert_null(strstr(got.p, "event: b"));
}

static void a_browser_that_does_not_read_is_let_go(void **state)
{
	struct fixture *f = *state;
	SCOPED_BUF struct buf got = { 0 };
	SCOPED_FD int fd = open_stream(f, &got);
	SCOPED_MEM char *big = mem_new(600);
	int r = 0;

	memset(big, 'x', 599);
	for (int i = 0; i < 100 * 1000 && r == 0; i++)
		r = http_stream_push(f->stream[0], "e", NULL, big);
	assert_int_equal(r, -ELIMIT);
	assert_true(http_stream_gone(f->stream[0]));
	assert_int_equal(http_stream_push(f->stream[0], "e", NULL, "x"), -ECLOSED);
}

static void a_browser_that_left_is_noticed(void **state)
{
	struct fixture *f = *state;
	SCOPED_BUF struct buf got = { 0 };
	int fd = open_stream(f, &got), r = 0;

	(void)close(fd);
	for (int i = 0; i < 1000 && r != -ECLOSED; i++) {
		r = http_stream_push(f->stream[0], "e", NULL, "x");
		(void)usleep(10 * 1000);
	}
	assert_int_equal(r, -ECLOSED);
}

static void many_streams_and_then_stop(void **state)
{
	struct fixture *f = *state;
	int fds[STREAMS];

	for (int i = 0; i < STREAMS; i++) {
		SCOPED_BUF struct buf got = { 0 };
		fds[i] = open_stream(f, &got);
	}
	for (int i = 0; i < STREAMS; i++)
		assert_int_equal(http_stream_push(f->stream[i], "e", NULL, "last"), 0);
	http_server_stop(f->server);
	f->server = NULL;
	for (int i = 0; i < STREAMS; i++) {
		SCOPED_BUF struct buf got = { 0 };
		assert_true(hear(fds[i], "data: last\n\n", &got));
		assert_false(hear(fds[i], "never", &got));
		(void)close(fds[i]);
		assert_int_equal(http_stream_push(f->stream[i], "e", NULL, "x"), -ECLOSED);
	}
}

/* --- start, TLS --- */

static void a_port_in_use_is_said_in_words(void **state)
{
	struct fixture *f = *state;
	struct http_conf c = { .address = "127.0.0.1",
			       .port = http_server_port(f->server),
			       .handler = serve };
	struct http_server *s = NULL;
	struct err e = { 0 };

	assert_true(http_server_start(&c, &s, &e) < 0);
	assert_non_null(strstr(e.text, "cannot listen on 127.0.0.1"));
	c.address = "nowhere";
	assert_int_equal(http_server_start(&c, &s, &e), -EINVAL);
	c.address = "127.0.0.1";
	c.port = 0;
	c.cert_pem = c.key_pem = "no pem";
	assert_int_equal(http_server_start(&c, &s, &e), -EINVAL);
	assert_null(s);
}

static void https_with_our_own_ca(void **state)
{
	struct fixture *f = *state;
	SCOPED_MEM char *ca_key = NULL, *ca = NULL, *key = NULL, *cert = NULL;
	static const char *const names[] = { "127.0.0.1", NULL };
	int64_t now_us = (int64_t)time(NULL) * 1000000, hour_us = INT64_C(3600000000);
	SCOPED_REPLY struct reply r = { 0 };
	struct http_server *s = NULL;

	assert_int_equal(pki_ca_new("CA", now_us, hour_us, &ca_key, &ca, NULL), 0);
	assert_int_equal(pki_key_new(&key, NULL), 0);
	struct pki_issue issue = { ca_key, ca, now_us, hour_us, "hub", names };
	assert_int_equal(pki_issue_server(&issue, key, &cert, NULL), 0);
	struct http_conf c = {
		.address = "127.0.0.1", .cert_pem = cert, .key_pem = key, .handler = serve, .arg = f
	};
	assert_int_equal(http_server_start(&c, &s, NULL), 0);
	(void)snprintf(f->base, sizeof(f->base), "https://127.0.0.1:%u", http_server_port(s));
	CURL *h = browser(f, "/a", &r);
	char ca_path[] = "/tmp/otasuke-test-XXXXXX";
	SCOPED_FD int fd = mkstemp(ca_path);
	assert_int_equal(write(fd, ca, strlen(ca)), (ssize_t)strlen(ca));
	curl_easy_setopt(h, CURLOPT_CAINFO, ca_path);
	go(h, &r);
	(void)unlink(ca_path);
	http_server_stop(s);
	assert_int_equal(r.status, 200);
	assert_non_null(strstr(r.body.p, "tls 1"));
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(get_is_answered),
		T(head_has_no_body),
		T(headers_cannot_be_injected),
		T(an_unset_status_is_500),
		T(a_form_is_posted),
		T(a_file_is_uploaded),
		T(a_body_too_large_is_413),
		T(a_chunked_body_is_limited_too),
		T(bad_bytes_are_400),
		T(other_methods_are_405),
		T(endless_headers_are_refused),
		T(many_at_once),
		T(an_event_reaches_the_browser),
		T(a_browser_that_does_not_read_is_let_go),
		T(a_browser_that_left_is_noticed),
		T(many_streams_and_then_stop),
		T(a_port_in_use_is_said_in_words),
		T(https_with_our_own_ca),
	};

	if (crypto_start(NULL) < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		return 1;
	int r = cmocka_run_group_tests(tests, NULL, NULL);
	curl_global_cleanup();
	return r;
}
