/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: a whole hub, its people, and requests through the real HTTP server. */
#include "hub/test_hub.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/test.h"
#include "hub/accounts/accounts_login.h"
#include "hub/accounts/accounts_people.h"
#include "hub/accounts/accounts_store.h"
#include "hub/hub_core.h"
#include "store/test_db.h"

enum { PEOPLE_MAX = 64, COOKIE_TEXT = 96 };

struct person {
	int64_t id;
	char token[SESSION_TOKEN];
	char cookie[COOKIE_TEXT];
	char csrf[SESSION_TOKEN];
};

struct test_hub_priv {
	struct test_db *db;
	char dir[TEST_DIR_MAX];
	struct http_server *server;
	struct hub_door door;
	struct person people[PEOPLE_MAX];
	size_t n_people;
	struct buf answer;
	char location[512], type[128];
};

/* The hub's own database is opened by its own code: SQLite in memory, or the URL of a fresh
 * PostgreSQL database. */
static void hub_make(struct test_hub *th, bool postgres, struct err *e)
{
	struct hub_open_options o = { .state_dir = th->priv->dir,
				      .database = postgres ? test_db_url(th->priv->db)
							   : "sqlite::memory:",
				      .clock = &th->clock.clock,
				      .no_conf_file = true };

	if (hub_open(&o, &th->hub, e) < 0 || hub_migrate(th->hub, NULL, e) < 0)
		fail_msg("%s", e->text);
	assert_true(conf_set(th->hub->conf_rows, "hub.sensor_address", "", e) >= 0);
	if (hub_features_start(th->hub, e) < 0 || live_start(th->hub, e) < 0)
		fail_msg("%s", e->text);
}

struct test_hub *test_hub_new(bool postgres)
{
	struct test_db_setup none = { .n_schemas = 0 };
	struct err e = { 0 };
	struct test_hub *th = mem_new(sizeof(*th));

	th->priv = mem_new(sizeof(*th->priv));
	if (postgres && !(th->priv->db = test_db_new(&none, true))) {
		mem_cleanup(&th->priv);
		mem_cleanup(&th);
		return NULL;
	}
	test_dir_new(th->priv->dir);
	clock_fake_init(&th->clock, TEST_HUB_NOW);
	hub_make(th, postgres, &e);
	th->consortium_id = test_hub_org(th, ORG_CONSORTIUM, "いわてお助け隊");
	th->priv->door = (struct hub_door){ th->hub, false };
	struct http_conf conf = {
		.address = "127.0.0.1",
		.threads = 1,
		.handler = hub_handle,
		.refused = hub_refused,
		.upload = hub_upload,
		.arg = &th->priv->door,
	};
	if (http_server_start(&conf, &th->priv->server, &e) < 0)
		fail_msg("%s", e.text);
	return th;
}

void test_hub_free(struct test_hub *th)
{
	if (!th)
		return;
	http_server_stop(th->priv->server);
	hub_features_stop(th->hub);
	hub_close(th->hub);
	test_db_free(th->priv->db);
	test_dir_free(th->priv->dir);
	buf_done(&th->priv->answer);
	mem_cleanup(&th->priv);
	mem_cleanup(&th);
}

void test_hub_each(test_hub_fn fn)
{
	static const char *const names[] = { "sqlite", "postgresql" };
	const char *only = getenv("OTASUKE_TEST_DRIVER");

	for (int i = 0; i < 2; i++) {
		if (only && *only && strcmp(only, names[i]) != 0)
			continue;
		struct test_hub *th = test_hub_new(i == 1);
		if (!th) {
			(void)printf("on PostgreSQL: SKIPPED, OTASUKE_TEST_PG is not set\n");
			continue;
		}
		fn(th);
		test_hub_free(th);
	}
}

void test_hub_job(struct test_hub *th, const char *name)
{
	struct err e = { 0 };

	if (jobs_run(th->hub, name, &e) < 0)
		fail_msg("job %s: %s", name, e.text);
}

int64_t test_hub_org(struct test_hub *th, const char *kind, const char *name)
{
	struct user by = accounts_system_user(clock_utc_us(th->hub->clock));
	struct accounts_org o = { .active = true };
	struct err e = { 0 };
	int64_t id = 0;

	str_copy(o.kind, sizeof(o.kind), str_of(kind));
	str_copy(o.name, sizeof(o.name), str_of(name));
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	if (!t || accounts_org_add(t, &by, &o, &id, &e) < 0 || txn_commit(&t, &e) < 0)
		fail_msg("%s", e.text);
	return id;
}

/* A session as if password and code had just been given. */
static void person_sign_in(struct test_hub *th, struct person *p)
{
	struct login_try in = { .address = "192.0.2.1",
				.agent = "test",
				.now_us = clock_utc_us(th->hub->clock) };
	struct accounts_session s;
	struct err e = { 0 };
	int64_t id;

	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	if (!t || accounts_session_start(t, p->id, &in, MFA_LATER, p->token, &id, &e) < 0 ||
	    txn_commit(&t, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(accounts_session_find(th->hub, p->token, in.now_us, &s, &e), 1);
	str_copy(p->csrf, sizeof(p->csrf), str_of(s.row.csrf));
	(void)snprintf(p->cookie, sizeof(p->cookie), "otasuke_plain=%s", p->token);
}

static struct person *person_find(struct test_hub *th, int64_t id)
{
	for (size_t i = 0; i < th->priv->n_people; i++)
		if (th->priv->people[i].id == id)
			return &th->priv->people[i];
	fail_msg("no person %lld in this test", (long long)id);
	return NULL;
}

/* Sessions end while a test moves the clock: a new one is made then. */
static struct person *person_signed_in(struct test_hub *th, int64_t id)
{
	struct person *p = person_find(th, id);

	if (!p)
		return NULL;
	struct accounts_session s;
	struct err e = { 0 };
	if (accounts_session_find(th->hub, p->token, clock_utc_us(th->hub->clock), &s, &e) != 1)
		person_sign_in(th, p);
	return p;
}

int64_t test_hub_person(struct test_hub *th, int64_t org_id, unsigned roles, const char *login)
{
	struct user by = accounts_system_user(clock_utc_us(th->hub->clock));
	struct accounts_person p = { .org_id = org_id, .roles = roles, .lang = LANG_JA };
	struct test_hub_priv *x = th->priv;
	struct err e = { 0 };
	char once[ONCE_TEXT];
	int64_t id;

	assert_true(x->n_people < PEOPLE_MAX);
	str_copy(p.login, sizeof(p.login), str_of(login));
	str_copy(p.name, sizeof(p.name), str_of(login));
	if (accounts_person_add(th->hub, &by, &p, once, &id, &e) < 0)
		fail_msg("%s", e.text);
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	struct accounts_secret secret;
	if (!t || accounts_store_secret_get(t, &scope_system, id, &secret, &e) < 0 ||
	    accounts_store_password_set(t, &scope_system, id, secret.password, 0, &e) < 0 ||
	    txn_commit(&t, &e) < 0)
		fail_msg("%s", e.text);
	x->people[x->n_people] = (struct person){ .id = id };
	person_sign_in(th, &x->people[x->n_people]);
	x->n_people++;
	return id;
}

struct user test_hub_user(struct test_hub *th, int64_t person_id)
{
	const struct person *p = person_signed_in(th, person_id);
	struct accounts_session s;
	struct err e = { 0 };

	if (accounts_session_find(th->hub, p->token, clock_utc_us(th->hub->clock), &s, &e) != 1)
		fail_msg("no session for person %lld: %s", (long long)person_id, e.text);
	return s.user;
}

const char *test_hub_cookie(struct test_hub *th, int64_t person_id)
{
	return person_signed_in(th, person_id)->cookie;
}

const char *test_hub_csrf(struct test_hub *th, int64_t person_id)
{
	return person_signed_in(th, person_id)->csrf;
}

/* --- requests --- */

static void exchange(struct test_hub *th, const char *request, size_t n)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons(http_server_port(th->priv->server)),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	char part[16384];
	ssize_t got;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(fd_write_all(fd, request, n), 0);
	buf_clear(&th->priv->answer);
	while ((got = read(fd, part, sizeof(part))) > 0)
		buf_add(&th->priv->answer, part, (size_t)got);
	close(fd);
}

static void header_copy(const char *head, const char *name, char *out, size_t out_size)
{
	const char *p = strcasestr(head, name);

	out[0] = '\0';
	if (!p)
		return;
	p += strlen(name);
	str_copy(out, out_size, (struct str){ p, strcspn(p, "\r\n") });
}

uint16_t test_hub_port(const struct test_hub *th)
{
	return http_server_port(th->priv->server);
}

struct test_answer test_hub_raw(struct test_hub *th, const char *request)
{
	struct test_hub_priv *x = th->priv;
	struct test_answer a = { .status = 0 };

	exchange(th, request, strlen(request));
	char *end = x->answer.p ? strstr(x->answer.p, "\r\n\r\n") : NULL;
	if (!end || sscanf(x->answer.p, "HTTP/1.%*d %d", &a.status) != 1) {
		fail_msg("no answer to %.60s", request);
		return a;
	}
	*end = '\0';
	header_copy(x->answer.p, "\nLocation: ", x->location, sizeof(x->location));
	header_copy(x->answer.p, "\nContent-Type: ", x->type, sizeof(x->type));
	a.body = end + 4;
	a.location = x->location;
	a.type = x->type;
	return a;
}

static struct test_answer get(struct test_hub *th, int64_t person_id, const char *path,
			      const char *more)
{
	SCOPED_BUF struct buf b = { 0 };

	buf_printf(&b, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s", path, more);
	if (person_id)
		buf_printf(&b, "Cookie: %s\r\n", test_hub_cookie(th, person_id));
	buf_adds(&b, "\r\n");
	return test_hub_raw(th, b.p);
}

struct test_answer test_hub_get(struct test_hub *th, int64_t person_id, const char *path)
{
	return get(th, person_id, path, "");
}

struct test_answer test_hub_json(struct test_hub *th, int64_t person_id, const char *path)
{
	return get(th, person_id, path, "Accept: application/json\r\n");
}

struct test_answer test_hub_part(struct test_hub *th, int64_t person_id, const char *path)
{
	return get(th, person_id, path, "HX-Request: true\r\n");
}

struct test_answer test_hub_post(struct test_hub *th, int64_t person_id, const char *path,
				 const char *form)
{
	SCOPED_BUF struct buf body = { 0 };
	SCOPED_BUF struct buf b = { 0 };

	if (person_id)
		buf_printf(&body, "csrf=%s&", test_hub_csrf(th, person_id));
	buf_adds(&body, form ? form : "");
	buf_printf(&b,
		   "POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
		   "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n",
		   path, body.n);
	if (person_id)
		buf_printf(&b, "Cookie: %s\r\n", test_hub_cookie(th, person_id));
	buf_adds(&b, "\r\n");
	buf_adds(&b, body.p ? body.p : "");
	return test_hub_raw(th, b.p);
}
