/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of the intake: files that are followed over rotation, sockets, who may send how much, and
 * what a person is told. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/test.h"
#include "probe/records/record_intake.h"

#define NOW INT64_C(1795420800000000) /* 2026-11-23T08:00:00Z */
#define ALERT(id)                                                                                  \
	"{\"timestamp\":\"2026-11-23T07:59:59.0+0000\",\"event_type\":\"alert\",\"src_ip\":"       \
	"\"192.0.2.10\",\"dest_ip\":\"203.0.113.7\",\"proto\":\"TCP\",\"alert\":{"                 \
	"\"signature_id\":" id ",\"signature\":\"t\",\"category\":"                                \
	"\"A Network Trojan was detected\",\"severity\":1}}"

struct place {
	char dir[TEST_DIR_MAX], path[TEST_DIR_MAX + 16], other[TEST_DIR_MAX + 16];
	char places[TEST_DIR_MAX + 16];
	char last[512];
	int told, found;
	struct clock_fake clock;
	struct record_conf conf;
	struct record_intake *intake;
	struct probe_config config;
	struct probe *probe;
};

static void on_tell(void *arg, const char *text)
{
	struct place *p = arg;

	p->told++;
	(void)snprintf(p->last, sizeof(p->last), "%s", text);
}

static void on_finding(void *arg, const struct finding *f)
{
	struct place *p = arg;

	p->found += strcmp(f->detector, "ids_alert") == 0;
}

static char none[] = "", zone[] = "+09:00", any_port[] = "127.0.0.1:0", local[] = "127.0.0.0/8",
	    far_away[] = "192.0.2.0/24";

static struct place *place_new(void)
{
	struct place *p = mem_new(sizeof(*p));
	struct probe_sink sink = { .arg = p, .finding = on_finding };
	struct err e = { 0 };

	test_dir_new(p->dir);
	(void)snprintf(p->path, sizeof(p->path), "%s/eve.json", p->dir);
	(void)snprintf(p->places, sizeof(p->places), "%s/records", p->dir);
	(void)snprintf(p->other, sizeof(p->other), "%s/eve.json.1", p->dir);
	clock_fake_init(&p->clock, NOW);
	p->conf = (struct record_conf){ none, none, none, none, none, none, none, zone, 100, NULL };
	probe_config_init(&p->config);
	assert_int_equal(probe_new(&p->config, &sink, &p->probe, &e), 0);
	return p;
}

static void place_open(struct place *p)
{
	struct err e = { 0 };

	if (record_intake_open(&p->conf, &p->clock.clock, on_tell, p, &p->intake, &e) < 0)
		fail_msg("%s", e.text);
}

static void place_free(struct place *p)
{
	record_intake_close(p->intake);
	probe_free(p->probe);
	test_dir_free(p->dir);
	free(p);
}

static struct record_counts step(struct place *p)
{
	struct record_counts c;

	clock_fake_add(&p->clock, 2 * US_PER_SEC);
	for (int i = 0; i < 4; i++)
		(void)record_intake_step(p->intake, p->probe);
	record_intake_counts(p->intake, &c);
	return c;
}

static void append(const char *path, const char *text)
{
	SCOPED_FD int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	assert_int_equal(fd_write_all(fd, text, strlen(text)), 0);
}

static void a_file_is_followed_from_its_end_over_rotation(void **state)
{
	struct place *p = place_new();

	(void)state;
	append(p->path, ALERT("1") "\n");
	p->conf.files = p->path;
	place_open(p);
	assert_int_equal(step(p).lines, 0); /* what was there is past */
	append(p->path, ALERT("2") "\n" ALERT("3"));
	assert_int_equal(step(p).records, 1);
	append(p->path, "\n");
	assert_int_equal(step(p).records, 2);
	assert_int_equal(rename(p->path, p->other), 0);
	append(p->other, ALERT("4") "\n"); /* its writer has not noticed yet */
	assert_int_equal(step(p).records, 3);
	append(p->path, ALERT("5") "\n");
	assert_int_equal(step(p).records, 4);
	assert_int_equal(truncate(p->path, 0), 0);
	assert_int_equal(step(p).records, 4);
	append(p->path, ALERT("6") "\n");
	assert_int_equal(step(p).records, 5);
	assert_int_equal(p->found, 5);
	assert_int_equal(p->told, 0);
	place_free(p);
}

static void again(struct place *p)
{
	record_intake_close(p->intake);
	p->intake = NULL;
}

static struct place *place_kept(void)
{
	struct place *p = place_new();

	append(p->path, ALERT("1") "\n");
	p->conf.files = p->path;
	p->conf.places = p->places;
	place_open(p);
	assert_int_equal(step(p).lines, 0);
	append(p->path, ALERT("2") "\n" ALERT("3"));
	assert_int_equal(step(p).records, 1);
	again(p);
	return p;
}

static void after_a_restart_it_goes_on_where_it_stopped(void **state)
{
	struct place *p = place_kept();

	(void)state;
	append(p->path, "\n" ALERT("4") "\n"); /* 3 was half a line when it stopped */
	place_open(p);
	assert_int_equal(step(p).records, 2);
	assert_int_equal(p->found, 3);
	again(p);
	place_open(p);
	assert_int_equal(step(p).records, 0);
	assert_int_equal(p->told, 0);
	place_free(p);
}

static void what_was_rotated_meanwhile_is_read_to_its_end(void **state)
{
	struct place *p = place_kept();

	(void)state;
	append(p->path, "\n" ALERT("4") "\n");
	assert_int_equal(rename(p->path, p->other), 0);
	append(p->path, ALERT("5") "\n");
	place_open(p);
	(void)step(p);
	assert_int_equal(step(p).records, 3);
	assert_int_equal(p->told, 0);
	again(p);
	/* and gone altogether: the new one is read whole, and a person is told */
	assert_int_equal(unlink(p->other), 0);
	assert_int_equal(unlink(p->path), 0);
	append(p->other, "keeps the inode from being used again\n");
	append(p->path, " " ALERT("6") "\n"); /* begins otherwise */
	place_open(p);
	assert_int_equal(step(p).records, 1);
	assert_int_equal(p->told, 1);
	assert_non_null(strstr(p->last, "was replaced while it was not followed"));
	place_free(p);
}

static void a_crash_loses_nothing(void **state)
{
	struct place *p = place_kept();
	struct buf kept;

	(void)state;
	append(p->path, "\n");
	place_open(p);
	for (int i = 0; i < 6; i++) /* longer than between two times of keeping */
		assert_int_equal(step(p).records, 1);
	append(p->path, ALERT("4") "\n");
	buf_init(&kept, 0);
	assert_int_equal(file_read(p->places, 10000, &kept, NULL), 0);
	assert_int_equal(step(p).records, 2);
	again(p);
	assert_int_equal(file_write(p->places, 0600, kept.p, kept.n, NULL), 0);
	place_open(p);
	assert_int_equal(step(p).records, 1); /* once more rather than never */
	again(p);
	assert_int_equal(file_write(p->places, 0600, "broken", 6, NULL), 0);
	place_open(p);
	assert_int_equal(step(p).records, 0); /* as at first */
	buf_done(&kept);
	place_free(p);
}

static void a_file_written_anew_is_known_by_its_beginning(void **state)
{
	struct place *p = place_new();

	(void)state;
	append(p->path, ALERT("1") "\n");
	p->conf.files = p->path;
	place_open(p);
	append(p->path, ALERT("2") "\n");
	assert_int_equal(step(p).records, 1);
	assert_int_equal(truncate(p->path, 0), 0); /* and longer than before at the next look */
	append(p->path, "{\"event_type\":\"stats\",\"timestamp\":\"2026-11-23T07:59:59Z\"}\n" ALERT(
				"3") "\n" ALERT("4") "\n");
	(void)step(p);
	assert_int_equal(step(p).records, 4);
	place_free(p);
}

static void a_file_that_comes_later_is_read_from_its_beginning(void **state)
{
	struct place *p = place_new();

	(void)state;
	p->conf.files = p->path;
	place_open(p);
	(void)step(p);
	(void)step(p);
	assert_int_equal(p->told, 1);
	assert_non_null(strstr(p->last, "it is tried again"));
	append(p->path, ALERT("1") "\n");
	(void)step(p);
	assert_int_equal(step(p).records, 1);
	place_free(p);
}

static void the_columns_of_a_log_are_known_though_its_past_is_not_read(void **state)
{
	struct place *p = place_new();

	(void)state;
	append(p->path, "#separator \\x09\n#path\tnotice\n#fields\tts\tnote\tsrc\tmsg\n"
			"1\tSSH::Password_Guessing\t192.0.2.1\told\n");
	p->conf.files = p->path;
	place_open(p);
	append(p->path, "1795420799.0\tSSH::Password_Guessing\t192.0.2.1\tnew\n");
	assert_int_equal(step(p).records, 1);
	place_free(p);
}

static int caller(struct place *p, bool tcp)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(record_intake_port(p->intake, tcp)) };
	int fd = socket(AF_INET, (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

static void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static void datagrams_over_the_rate_are_dropped_and_told(void **state)
{
	struct place *p = place_new();

	(void)state;
	p->conf.udp = any_port;
	p->conf.allow = local;
	p->conf.rate = 1; /* ten at once */
	place_open(p);
	int fd = caller(p, false);
	for (int i = 0; i < 15; i++)
		say(fd, "<14>1 2026-11-23T07:59:59Z h suricata - - - " ALERT("1"));
	struct record_counts c = step(p);
	assert_int_equal(c.records, 10);
	assert_int_equal(c.dropped, 5);
	assert_string_equal(p->last, "127.0.0.1: 5 lines over \"records.rate\" were dropped");
	(void)close(fd);
	place_free(p);
}

static void streams_take_both_framings(void **state)
{
	struct place *p = place_new();
	char text[1024];

	(void)state;
	p->conf.tcp = any_port;
	p->conf.allow = local;
	place_open(p);
	int fd = caller(p, true);
	(void)snprintf(text, sizeof(text), "%zu <14>%s", strlen(ALERT("1")) + 4, ALERT("1"));
	say(fd, text);
	say(fd, "<14>" ALERT("2") "\n<14>no one knows this\n");
	struct record_counts c = step(p);
	assert_int_equal(c.records, 2);
	assert_int_equal(c.unknown, 1);
	assert_string_equal(p->last, "127.0.0.1: 1 lines were not understood, as: <14>no one knows "
				     "this (no mapping fits this record (text))");
	say(fd, "<14>" ALERT("3")); /* no line end: the end of the connection is one */
	(void)close(fd);
	assert_int_equal(step(p).records, 3);
	place_free(p);
}

static void strangers_are_refused(void **state)
{
	struct place *p = place_new();

	(void)state;
	p->conf.udp = p->conf.tcp = any_port;
	p->conf.allow = far_away;
	place_open(p);
	int udp = caller(p, false), tcp = caller(p, true);
	say(udp, ALERT("1"));
	struct record_counts c = step(p);
	assert_int_equal(c.lines, 0);
	assert_int_equal(c.refused, 2);
	assert_int_equal(p->told, 1);
	assert_string_equal(p->last,
			    "records from 127.0.0.1 are refused: it is not in \"records.allow\"");
	(void)close(udp);
	(void)close(tcp);
	place_free(p);
}

static void programs_of_this_machine_use_unix_sockets(void **state)
{
	struct place *p = place_new();
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	(void)state;
	p->conf.unix_stream = p->path;
	p->conf.unix_dgram = p->other;
	place_open(p);
	int stream = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int dgram = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	(void)snprintf(to.sun_path, sizeof(to.sun_path), "%s", p->path);
	assert_int_equal(connect(stream, (struct sockaddr *)&to, sizeof(to)), 0);
	(void)snprintf(to.sun_path, sizeof(to.sun_path), "%s", p->other);
	assert_int_equal(connect(dgram, (struct sockaddr *)&to, sizeof(to)), 0);
	say(stream, ALERT("1") "\n" ALERT("2") "\n");
	say(dgram, ALERT("3") "\n");
	assert_int_equal(step(p).records, 3);
	(void)close(stream);
	(void)close(dgram);
	place_free(p);
}

static void a_wrong_clock_is_told(void **state)
{
	struct place *p = place_new();

	(void)state;
	p->conf.files = p->path;
	append(p->path, "");
	place_open(p);
	clock_fake_add(&p->clock, US_PER_HOUR);
	for (int i = 0; i < 20; i++)
		append(p->path, ALERT("1") "\n");
	(void)step(p);
	assert_non_null(strstr(p->last, "is 60 minutes behind, or its records come so late"));
	place_free(p);
	p = place_new();
	p->conf.files = p->path;
	append(p->path, "");
	clock_fake_add(&p->clock, -US_PER_HOUR);
	place_open(p);
	for (int i = 0; i < 20; i++)
		append(p->path, ALERT("1") "\n");
	(void)step(p);
	assert_non_null(strstr(p->last, "is 59 minutes ahead"));
	place_free(p);
}

static void assert_wrong(struct place *p, const char *message)
{
	struct record_intake *i = NULL;
	struct err e = { 0 };

	assert_true(record_intake_open(&p->conf, &p->clock.clock, on_tell, p, &i, &e) < 0);
	assert_string_equal(e.text, message);
}

static void what_is_configured_wrong_is_said(void **state)
{
	struct place *p = place_new();
	char bad[] = "somewhere";

	(void)state;
	p->conf.udp = any_port;
	assert_wrong(p, "\"records.udp\" and \"records.tcp\" want \"records.allow\": who may send");
	p->conf.allow = bad;
	assert_wrong(p, "\"somewhere\" in \"records.allow\" is no address or network");
	p->conf.allow = local;
	p->conf.udp = bad;
	assert_wrong(p, "\"records.udp\" is address:port, not \"somewhere\"");
	p->conf.zone = bad;
	assert_wrong(p, "\"records.zone\" is like +09:00, not \"somewhere\"");
	place_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_followed_from_its_end_over_rotation),
		cmocka_unit_test(after_a_restart_it_goes_on_where_it_stopped),
		cmocka_unit_test(what_was_rotated_meanwhile_is_read_to_its_end),
		cmocka_unit_test(a_crash_loses_nothing),
		cmocka_unit_test(a_file_written_anew_is_known_by_its_beginning),
		cmocka_unit_test(a_file_that_comes_later_is_read_from_its_beginning),
		cmocka_unit_test(the_columns_of_a_log_are_known_though_its_past_is_not_read),
		cmocka_unit_test(datagrams_over_the_rate_are_dropped_and_told),
		cmocka_unit_test(streams_take_both_framings),
		cmocka_unit_test(strangers_are_refused),
		cmocka_unit_test(programs_of_this_machine_use_unix_sockets),
		cmocka_unit_test(a_wrong_clock_is_told),
		cmocka_unit_test(what_is_configured_wrong_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
