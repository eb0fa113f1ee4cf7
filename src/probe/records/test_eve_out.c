/* SPDX-License-Identifier: Apache-2.0 */
/* What we write is what the user guide of Suricata describes ("Eve JSON Format", and the types of
 * its schema): each field of each record is looked up in a table of theirs. */
#include <ctype.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "base/mem.h"
#include "probe/records/eve_out.h"
#include "probe/test_world.h"

enum type { INTEGER, TEXT, TIME, TEXTS_OF_ANY_NAME };

struct field {
	const char *in, *name; /* IN: "" = the record itself */
	enum type type;
	bool always;
};

static const struct field published[] = {
	{ "", "timestamp", TIME, true },
	{ "", "event_type", TEXT, true },
	{ "", "flow_id", INTEGER, false },
	{ "", "src_ip", TEXT, false },
	{ "", "src_port", INTEGER, false },
	{ "", "dest_ip", TEXT, false },
	{ "", "dest_port", INTEGER, false },
	{ "", "proto", TEXT, false },
	{ "", "app_proto", TEXT, false },
	{ "", "community_id", TEXT, false },
	{ "alert", "action", TEXT, true },
	{ "alert", "gid", INTEGER, true },
	{ "alert", "signature_id", INTEGER, true },
	{ "alert", "rev", INTEGER, true },
	{ "alert", "signature", TEXT, true },
	{ "alert", "category", TEXT, true },
	{ "alert", "severity", INTEGER, true },
	{ "alert", "metadata", TEXTS_OF_ANY_NAME, false },
	{ "flow", "pkts_toserver", INTEGER, true },
	{ "flow", "pkts_toclient", INTEGER, true },
	{ "flow", "bytes_toserver", INTEGER, true },
	{ "flow", "bytes_toclient", INTEGER, true },
	{ "flow", "start", TIME, true },
	{ "flow", "end", TIME, true },
	{ "flow", "age", INTEGER, true },
	{ "flow", "state", TEXT, true },
	{ "flow", "reason", TEXT, true },
	{ "dns", "version", INTEGER, false },
	{ "dns", "type", TEXT, true },
	{ "dns", "id", INTEGER, true },
	{ "dns", "rcode", TEXT, false },
	{ "dns", "rrname", TEXT, true },
	{ "dns", "rrtype", TEXT, true },
	{ "tls", "sni", TEXT, false },
	{ "http", "hostname", TEXT, false },
};

static const struct end pc = { 1, "192.0.2.10", 50001 }, web = { 9, "203.0.113.7", 80 },
			dns = { 9, "192.0.2.1", 53 };
static char home[] = "192.0.2.0/24";

static bool is_time(const char *s)
{
	static const char shape[] = "dddd-dd-ddTdd:dd:dd.dddddd+dddd";

	for (size_t i = 0; i < sizeof(shape); i++) {
		if (shape[i] == 'd' ? !isdigit((unsigned char)s[i]) : s[i] != shape[i])
			return false;
	}
	return true;
}

static bool fits(enum type t, const cJSON *v)
{
	const cJSON *list, *one;

	switch (t) {
	case INTEGER:
		return cJSON_IsNumber(v) && v->valuedouble == (double)(int64_t)v->valuedouble;
	case TEXT:
		return cJSON_IsString(v) && v->valuestring[0];
	case TIME:
		return cJSON_IsString(v) && is_time(v->valuestring);
	default:
		cJSON_ArrayForEach(list, v)
		{
			if (!cJSON_IsArray(list))
				return false;
			cJSON_ArrayForEach(one, list)
			{
				if (!cJSON_IsString(one))
					return false;
			}
		}
		return cJSON_IsObject(v);
	}
}

static void check_object(const char *in, const cJSON *o)
{
	const cJSON *v;

	cJSON_ArrayForEach(v, o)
	{
		bool known = !in[0] && cJSON_IsObject(v);
		for (size_t i = 0; i < ARRAY_LEN(published); i++) {
			const struct field *f = &published[i];
			if (strcmp(f->in, in) == 0 && strcmp(f->name, v->string) == 0)
				known = fits(f->type, v);
		}
		if (!known)
			fail_msg("%s.%s is not as published", in, v->string);
	}
	for (size_t i = 0; i < ARRAY_LEN(published); i++) {
		const struct field *f = &published[i];
		if (strcmp(f->in, in) == 0 && f->always)
			assert_non_null(cJSON_GetObjectItemCaseSensitive(o, f->name));
	}
}

/* Every line is one object with an object named as its type; how many of TYPE there are. */
static int check_lines(const char *text, const char *type)
{
	struct str rest = str_of(text), line;
	int n = 0;

	while (str_cut(&rest, '\n', &line)) {
		cJSON *o = cJSON_ParseWithLength(line.p, line.n);
		assert_true(cJSON_IsObject(o));
		check_object("", o);
		const char *is = cJSON_GetObjectItemCaseSensitive(o, "event_type")->valuestring;
		const cJSON *body = cJSON_GetObjectItemCaseSensitive(o, is);
		assert_true(cJSON_IsObject(body));
		check_object(is, body);
		n += strcmp(is, type) == 0;
		cJSON_Delete(o);
	}
	return n;
}

static void quiet(void *arg, const char *text)
{
	(void)text;
	++*(int *)arg;
}

/* An office in which a program in disguise is fetched; what was written of it. */
static void run(struct world *w, struct eve_out *out)
{
	struct probe_sink inner = { 0 }, sink = eve_out_sink(out, &inner);
	struct probe *p = NULL;
	struct err e = { 0 };

	w->config.home = home;
	make_arp(&w->b, 1, pc, "192.0.2.1");
	world_put(w, 0);
	make_dns_query(&w->b, (struct end){ 1, pc.ip, 5000 }, dns, "www.shop.example");
	world_put(w, 0.5);
	make_dns_answer(&w->b, dns, (struct end){ 1, pc.ip, 5000 }, "www.shop.example", web.ip);
	world_put(w, 1);
	world_talk(w, 2, pc, web, "GET /a.jpg HTTP/1.1\r\nHost: www.shop.example\r\n\r\n",
		   "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n\r\nMZ");
	pcap_write(&w->file, w->path);
	assert_int_equal(probe_new(&w->config, &sink, &p, &e), 0);
	assert_int_equal(probe_open_file(p, w->path, &e), 0);
	while (probe_step(p, 0, &e) > 0)
		;
	probe_finish(p);
	probe_free(p);
}

static void every_field_is_as_published(void **state)
{
	struct world *w = world_new();
	char path[TEST_DIR_MAX + 16];
	struct eve_conf c = { .write = path, .flows = true, .keep = 1 };
	struct eve_out *out = NULL;
	struct buf text;
	struct err e = { 0 };
	int told = 0;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/eve.json", w->dir);
	assert_int_equal(eve_out_open(&c, &clock_real, quiet, &told, &out, &e), 0);
	run(w, out);
	eve_out_close(out);
	buf_init(&text, 0);
	assert_int_equal(file_read(path, 1 << 20, &text, &e), 0);
	assert_true(check_lines(text.p, "alert") >= 1);
	assert_true(check_lines(text.p, "flow") >= 2);
	assert_int_equal(check_lines(text.p, "dns"), 2);
	assert_int_equal(check_lines(text.p, "http"), 1);
	assert_non_null(strstr(text.p, "\"otasuke_detector\":[\"download\"]"));
	assert_non_null(strstr(text.p, "\"rrname\":\"www.shop.example\""));
	assert_non_null(strstr(text.p, "\"src_ip\":\"192.0.2.10\""));
	assert_non_null(strstr(text.p, "\"community_id\":\"1:"));
	assert_int_equal(told, 0);
	buf_done(&text);
	world_free(w);
}

static void a_file_is_set_aside_at_its_size(void **state)
{
	struct world *w = world_new();
	char path[TEST_DIR_MAX + 16], aside[TEST_DIR_MAX + 24];
	struct eve_conf c = { .write = path, .flows = true, .keep = 2, .rotate_bytes = 1000 };
	struct eve_out *out = NULL;
	struct probe_sink inner = { 0 };
	struct finding f = { .detector = "beacon", .device = { .mac = "" }, .story = "a" };
	struct err e = { 0 };
	int told = 0;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/eve.json", w->dir);
	assert_int_equal(eve_out_open(&c, &clock_real, quiet, &told, &out, &e), 0);
	struct probe_sink sink = eve_out_sink(out, &inner);
	for (int i = 0; i < 20; i++) {
		sink.finding(sink.arg, &f);
		eve_out_flush(out);
	}
	eve_out_close(out);
	(void)snprintf(aside, sizeof(aside), "%s.1", path);
	assert_true(file_exists(aside));
	(void)snprintf(aside, sizeof(aside), "%s.2", path);
	assert_true(file_exists(aside));
	(void)snprintf(aside, sizeof(aside), "%s.3", path);
	assert_false(file_exists(aside));
	assert_int_equal(told, 0);
	world_free(w);
}

static void a_socket_without_listener_loses_lines_and_says_so(void **state)
{
	struct world *w = world_new();
	char where[TEST_DIR_MAX + 24], got[4096] = "";
	struct eve_conf c = { .write = where };
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct clock_fake clock;
	struct eve_out *out = NULL;
	struct probe_sink inner = { 0 };
	struct finding f = { .detector = "scan", .device = { .mac = "" }, .story = "a" };
	struct err e = { 0 };
	int told = 0;

	(void)state;
	clock_fake_init(&clock, T0);
	(void)snprintf(where, sizeof(where), "unix:%s/s", w->dir);
	(void)snprintf(a.sun_path, sizeof(a.sun_path), "%s/s", w->dir);
	assert_int_equal(eve_out_open(&c, &clock.clock, quiet, &told, &out, &e), 0);
	assert_int_equal(told, 1);
	struct probe_sink sink = eve_out_sink(out, &inner);
	for (int i = 0; i < 500; i++)
		sink.finding(sink.arg, &f);
	assert_true(eve_out_dropped(out) > 0);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 1), 0);
	clock_fake_add(&clock, 10 * US_PER_SEC);
	sink.finding(sink.arg, &f);
	eve_out_flush(out);
	int conn = accept(fd, NULL, NULL);
	assert_true(read(conn, got, sizeof(got) - 1) > 0);
	assert_memory_equal(got, "{\"timestamp\":", 13);
	(void)close(conn);
	(void)close(fd);
	eve_out_close(out);
	world_free(w);
}

static void signatures_have_numbers_of_their_own(void **state)
{
	(void)state;
	assert_int_equal(eve_signature_id("beacon"), eve_signature_id("beacon"));
	assert_int_not_equal(eve_signature_id("beacon"), eve_signature_id("scan"));
	assert_in_range(eve_signature_id("beacon"), 1000000, 1999999);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_is_as_published),
		cmocka_unit_test(a_file_is_set_aside_at_its_size),
		cmocka_unit_test(a_socket_without_listener_loses_lines_and_says_so),
		cmocka_unit_test(signatures_have_numbers_of_their_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
