/* SPDX-License-Identifier: Apache-2.0 */
/* Files that go to the disk while they arrive, over real connections: what comes whole, what is too
 * large, what lies about its length, what ends in the middle. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/test.h"
#include "net/crypto.h"
#include "net/http.h"

enum {
	FILE_MAX = 100 * 1000,
	ROOM = 150 * 1000,
	WAITS = 6000, /* of 10 ms: an end that came with the last bytes shows at the timeout */
};

struct fixture {
	struct http_server *server;
	char dir[64];
	atomic_int asked, handled;
	int64_t announced;
};

static int plan(void *arg, struct http_req *q, int64_t announced, struct http_plan *out,
		struct http_res *r)
{
	struct fixture *f = arg;

	atomic_fetch_add(&f->asked, 1);
	f->announced = announced;
	if (strcmp(http_path(q), "/memory") == 0)
		return 0;
	if (announced > 2 * FILE_MAX) {
		r->status = 413;
		buf_adds(&r->body, "too large, said early");
		return -ELIMIT;
	}
	str_copy(out->dir, sizeof(out->dir), str_of(f->dir));
	out->file_max = FILE_MAX;
	out->room = ROOM;
	out->advice = "split it";
	return 1;
}

static void serve(void *arg, struct http_req *q, struct http_res *r)
{
	struct fixture *f = arg;
	struct http_uploaded up;
	const struct err *e = http_upload_problem(q);

	atomic_fetch_add(&f->handled, 1);
	r->status = 200;
	r->type = "text/plain";
	if (e)
		buf_printf(&r->body, "lost %d %s", e->code, e->text);
	else if (http_upload_get(q, "file", &up))
		buf_printf(&r->body, "got %s|%llu|%s|%s|there %d|", up.name,
			   (unsigned long long)up.size, up.sha256, http_form(q, "note"),
			   access(up.path, R_OK) == 0);
	else
		buf_printf(&r->body, "none %s", http_form(q, "note"));
}

static int set_up(void **state)
{
	struct fixture *f = mem_new(sizeof(*f));
	struct http_conf c = {
		.address = "127.0.0.1", .threads = 1, .handler = serve, .upload = plan, .arg = f
	};

	*state = f;
	str_copy(f->dir, sizeof(f->dir), STR("/tmp/test-upload-XXXXXX"));
	return mkdtemp(f->dir) ? http_server_start(&c, &f->server, NULL) : -1;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	http_server_stop(f->server);
	assert_int_equal(rmdir(f->dir), 0); /* nothing was left behind */
	free(f);
	return 0;
}

static int connect_to(const struct fixture *f)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons(http_server_port(f->server)),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct timeval patience = { .tv_sec = 20 };

	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	return fd;
}

static void say(int fd, const void *p, size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t r = send(fd, (const char *)p + done, n - done, MSG_NOSIGNAL);
		if (r <= 0)
			return; /* the server has had enough */
		done += (size_t)r;
	}
}

static void hear(int fd, struct buf *got)
{
	char part[4096];
	ssize_t n;

	while ((n = recv(fd, part, sizeof(part), 0)) > 0)
		buf_add(got, part, (size_t)n);
	if (!got->p)
		buf_adds(got, "");
}

/* A form with a field, a file of N bytes named NAME, a field. */
static void form(struct buf *b, const char *name, size_t n)
{
	SCOPED_MEM char *bytes = mem_new(n + 1);

	memset(bytes, 'x', n);
	buf_printf(b,
		   "--BB\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\ntoken\r\n"
		   "--BB\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\n"
		   "Content-Type: text/html\r\nContent-Length: 3\r\n\r\n",
		   name);
	buf_add(b, bytes, n);
	buf_adds(b, "\r\n--BB\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nmemo\r\n"
		    "--BB--\r\n");
}

static void head(struct buf *b, const char *path, const char *more)
{
	buf_printf(b,
		   "POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
		   "Content-Type: multipart/form-data; boundary=BB\r\n%s\r\n\r\n",
		   path, more);
}

static void post(struct fixture *f, const char *path, const struct buf *body, struct buf *got)
{
	SCOPED_BUF struct buf b = { 0 };
	SCOPED_FD int fd = connect_to(f);
	char length[64];

	(void)snprintf(length, sizeof(length), "Content-Length: %zu", body->n);
	head(&b, path, length);
	buf_add(&b, body->p, body->n);
	say(fd, b.p, b.n);
	hear(fd, got);
}

static int files_in(const char *dir)
{
	DIR *d = opendir(dir);
	int n = 0;

	for (const struct dirent *x = readdir(d); x; x = readdir(d))
		n += x->d_name[0] != '.';
	(void)closedir(d);
	return n;
}

/* --- tests --- */

static void a_file_arrives_whole_and_hashed(void **state)
{
	SCOPED_BUF struct buf b = { 0 };
	SCOPED_BUF struct buf got = { 0 };
	uint8_t sum[32];
	char hex[65], want[256];
	SCOPED_MEM char *bytes = mem_new(70001);

	memset(bytes, 'x', 70000);
	crypto_sha256(bytes, 70000, sum);
	crypto_hex(sum, sizeof(sum), hex);
	form(&b, "会社.txt", 70000);
	post(*state, "/up", &b, &got);
	(void)snprintf(want, sizeof(want), "got 会社.txt|70000|%s|memo|there 1|", hex);
	assert_non_null(strstr(got.p, want));
}

static void a_name_is_only_a_name(void **state)
{
	static const char *const names[] = { "../../etc/passwd", "/etc/passwd", "C:\\x\\y.exe",
					     "a\x01\x1b[2Jb", "\xe2\x80\xaegpj.exe" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		SCOPED_BUF struct buf b = { 0 };
		SCOPED_BUF struct buf got = { 0 };
		form(&b, names[i], 10);
		post(*state, "/up", &b, &got);
		assert_non_null(strstr(got.p, names[i]));
		assert_non_null(strstr(got.p, "there 1"));
	}
}

static void an_endless_name_is_refused_or_cut(void **state)
{
	struct fixture *f = *state;
	SCOPED_MEM char *name = mem_new(60001);
	static const size_t lengths[] = { 3000, 60000 };

	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		SCOPED_BUF struct buf b = { 0 };
		SCOPED_BUF struct buf got = { 0 };
		memset(name, 'n', lengths[i]);
		name[lengths[i]] = '\0';
		form(&b, name, 10);
		post(f, "/up", &b, &got);
		assert_non_null(strstr(got.p, "200 OK"));
		assert_true(got.n < 2500);
	}
}

static void two_gib_are_refused_before_they_come(void **state)
{
	struct fixture *f = *state;
	SCOPED_BUF struct buf b = { 0 };
	SCOPED_BUF struct buf got = { 0 };
	SCOPED_FD int fd = connect_to(f);

	head(&b, "/up", "Content-Length: 2147483648");
	say(fd, b.p, b.n); /* and not a byte of the file */
	hear(fd, &got);
	assert_non_null(strstr(got.p, "413"));
	assert_non_null(strstr(got.p, "too large, said early"));
	assert_true(f->announced == INT64_C(2147483648));
	assert_int_equal(atomic_load(&f->handled), 0);
}

static void somewhat_too_much_is_swallowed_and_answered(void **state)
{
	SCOPED_BUF struct buf b = { 0 };
	SCOPED_BUF struct buf got = { 0 };

	form(&b, "x", 3 * FILE_MAX);
	post(*state, "/up", &b, &got);
	assert_non_null(strstr(got.p, "too large, said early"));
}

static void a_length_that_lies_does_not_help(void **state)
{
	struct fixture *f = *state;
	SCOPED_BUF struct buf b = { 0 };
	SCOPED_BUF struct buf body = { 0 };
	SCOPED_BUF struct buf got = { 0 };
	SCOPED_FD int fd = connect_to(f);

	form(&body, "x", FILE_MAX + 1);
	head(&b, "/up", "Transfer-Encoding: chunked");
	buf_printf(&b, "%zx\r\n", body.n);
	buf_add(&b, body.p, body.n);
	buf_adds(&b, "\r\n0\r\n\r\n");
	say(fd, b.p, b.n);
	hear(fd, &got);
	assert_true(f->announced == -1);
	assert_non_null(strstr(got.p, "lost -1001 a file may have 0 MiB; split it"));
}

static void an_endless_stream_is_cut(void **state)
{
	struct fixture *f = *state;
	SCOPED_BUF struct buf b = { 0 };
	SCOPED_BUF struct buf got = { 0 };
	SCOPED_FD int fd = connect_to(f);
	SCOPED_MEM char *block = mem_new(65536);

	head(&b, "/up", "Transfer-Encoding: chunked");
	buf_adds(&b, "7fffffff\r\n");
	form(&b, "x", 10);
	b.n -= 10; /* no end */
	say(fd, b.p, b.n);
	for (int i = 0; i < 400; i++) /* 25 MiB; the server leaves at some 8 */
		say(fd, block, 65536);
	hear(fd, &got);
	assert_int_equal(atomic_load(&f->handled), 0);
}

static void no_room_is_said(void **state)
{
	SCOPED_BUF struct buf b = { 0 };
	SCOPED_BUF struct buf got = { 0 };

	form(&b, "x", 90000);
	b.n -= strlen("--BB--\r\n");
	form(&b, "y", 90000);
	post(*state, "/up", &b, &got);
	assert_non_null(strstr(got.p, "lost -28 there is no room"));
}

static void a_disk_that_takes_nothing_is_said(void **state)
{
	struct fixture *f = *state;
	SCOPED_BUF struct buf b = { 0 };
	SCOPED_BUF struct buf got = { 0 };

	assert_int_equal(rmdir(f->dir), 0);
	form(&b, "x", 10);
	post(f, "/up", &b, &got);
	assert_non_null(strstr(got.p, "lost -5 the file cannot be stored"));
	assert_int_equal(dir_make(f->dir, 0700, NULL), 0);
}

static void what_ends_in_the_middle_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	SCOPED_BUF struct buf b = { 0 };
	SCOPED_BUF struct buf body = { 0 };
	int waits = 0;

	form(&body, "x", 90000);
	head(&b, "/up", "Content-Length: 100000");
	buf_add(&b, body.p, 60000);
	int fd = connect_to(f);
	say(fd, b.p, b.n);
	while (files_in(f->dir) == 0 && waits++ < WAITS)
		(void)usleep(10000);
	assert_int_equal(files_in(f->dir), 1);
	(void)close(fd);
	while (files_in(f->dir) > 0 && waits++ < WAITS)
		(void)usleep(10000);
	assert_int_equal(files_in(f->dir), 0);
	assert_int_equal(atomic_load(&f->handled), 0);
}

static void a_damaged_form_is_said(void **state)
{
	static const char *const bodies[] = {
		"--BB\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\nabc",
		"--BB\r\n\r\n\r\n--BB\r\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		SCOPED_BUF struct buf b = { 0 };
		SCOPED_BUF struct buf got = { 0 };
		buf_adds(&b, bodies[i]);
		post(*state, "/up", &b, &got);
		if (!strstr(got.p, "lost -1000 the form with the file"))
			fail_msg("%zu: %s", i, got.p);
	}
}

static void other_forms_stay_in_memory(void **state)
{
	struct fixture *f = *state;
	SCOPED_BUF struct buf b = { 0 };
	SCOPED_BUF struct buf got = { 0 };

	form(&b, "x", 10);
	post(f, "/memory", &b, &got);
	assert_non_null(strstr(got.p, "none memo"));
}

static void a_file_that_was_not_chosen_is_none(void **state)
{
	SCOPED_BUF struct buf b = { 0 };
	SCOPED_BUF struct buf got = { 0 };

	form(&b, "", 0);
	post(*state, "/up", &b, &got);
	assert_non_null(strstr(got.p, "none memo"));
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_file_arrives_whole_and_hashed),
		T(a_name_is_only_a_name),
		T(an_endless_name_is_refused_or_cut),
		T(two_gib_are_refused_before_they_come),
		T(somewhat_too_much_is_swallowed_and_answered),
		T(a_length_that_lies_does_not_help),
		T(an_endless_stream_is_cut),
		T(no_room_is_said),
		T(a_disk_that_takes_nothing_is_said),
		T(what_ends_in_the_middle_leaves_nothing),
		T(a_damaged_form_is_said),
		T(other_forms_stay_in_memory),
		T(a_file_that_was_not_chosen_is_none),
	};

	if (crypto_start(NULL) < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
