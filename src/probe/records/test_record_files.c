/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of reading whole files: records of several files come in the order of their times, what is
 * not understood is named, a capture is none. */
#include <string.h>

#include "base/mem.h"
#include "base/test.h"
#include "probe/records/record_files.h"

#define EVE(second, id)                                                                            \
	"{\"timestamp\":\"2026-11-23T08:00:" second ".0+0000\",\"event_type\":\"alert\","          \
	"\"src_ip\":\"10.0.0.5\",\"dest_ip\":\"203.0.113.7\",\"proto\":\"TCP\",\"alert\":{"        \
	"\"signature_id\":" id ",\"signature\":\"t\",\"category\":"                                \
	"\"A Network Trojan was detected\",\"severity\":1}}\n"
#define NOTICE "{\"ts\":1795420805.0,\"note\":\"SSH::Password_Guessing\",\"src\":\"10.0.0.6\"}\n"

struct heard {
	char stories[512], told[512];
	int n_told;
};

static void on_finding(void *arg, const struct finding *f)
{
	struct heard *h = arg;
	size_t n = strlen(h->stories);

	if (strcmp(f->detector, "ids_alert") == 0)
		(void)snprintf(h->stories + n, sizeof(h->stories) - n, "%s ", f->story);
}

static void on_tell(void *arg, const char *text)
{
	struct heard *h = arg;

	h->n_told++;
	(void)snprintf(h->told, sizeof(h->told), "%s", text);
}

static int run(const char *const *paths, size_t n, struct heard *h, struct err *e)
{
	struct probe_sink sink = { .arg = h, .finding = on_finding };
	struct record_reader *r = record_reader_new(540);
	struct probe_config c;
	struct probe *p = NULL;

	*h = (struct heard){ 0 };
	probe_config_init(&c);
	assert_int_equal(probe_new(&c, &sink, &p, e), 0);
	int got = record_files_run(p, r, paths, n, on_tell, h, e);
	probe_finish(p);
	probe_free(p);
	record_reader_free(r);
	return got;
}

static void put(const char *path, const char *text)
{
	assert_int_equal(file_write(path, 0600, text, strlen(text), NULL), 0);
}

static void files_are_merged_by_time_and_bad_lines_named(void **state)
{
	char dir[TEST_DIR_MAX], a[TEST_DIR_MAX + 8], b[TEST_DIR_MAX + 8];
	const char *const paths[] = { a, b };
	struct heard h;
	struct err e = { 0 };

	(void)state;
	test_dir_new(dir);
	(void)snprintf(a, sizeof(a), "%s/a.json", dir);
	(void)snprintf(b, sizeof(b), "%s/b.log", dir);
	put(a, EVE("01", "1") EVE("09", "2"));
	put(b, NOTICE "not one of them\n");
	assert_true(record_file_is(a));
	assert_true(record_file_is(b));
	assert_int_equal(run(paths, 2, &h, &e), 0);
	assert_string_equal(h.stories, "ids_alert/10.0.0.5/Suricata/1 "
				       "ids_alert/10.0.0.6/Zeek/SSH::Password_Guessing "
				       "ids_alert/10.0.0.5/Suricata/2 ");
	assert_int_equal(h.n_told, 1);
	assert_non_null(strstr(h.told, "b.log:2: no mapping fits this record (text): not one of"));
	test_dir_free(dir);
}

static void many_bad_lines_are_summed_up(void **state)
{
	char dir[TEST_DIR_MAX], a[TEST_DIR_MAX + 8];
	const char *const paths[] = { a };
	struct heard h;
	struct err e = { 0 };

	(void)state;
	test_dir_new(dir);
	(void)snprintf(a, sizeof(a), "%s/a.log", dir);
	put(a, "x\nx\nx\nx\nx");
	assert_int_equal(run(paths, 1, &h, &e), 0);
	assert_int_equal(h.n_told, 4);
	assert_non_null(strstr(h.told, "5 of 5 lines were not understood, 0 were too long"));
	test_dir_free(dir);
}

static void a_capture_is_no_file_of_records(void **state)
{
	char dir[TEST_DIR_MAX], a[TEST_DIR_MAX + 8];
	const char *const paths[] = { a };
	struct heard h;
	struct err e = { 0 };

	(void)state;
	test_dir_new(dir);
	(void)snprintf(a, sizeof(a), "%s/a.pcap", dir);
	assert_false(record_file_is(a));
	assert_true(run(paths, 1, &h, &e) < 0);
	assert_int_equal(file_write(a, 0600, "\xd4\xc3\xb2\xa1\x02\x00\x04\x00", 8, NULL), 0);
	assert_false(record_file_is(a));
	put(a, "#separator \\x09\n#path\tconn\n");
	assert_true(record_file_is(a)); /* a log of Zeek */
	put(a, "");
	assert_false(record_file_is(a));
	test_dir_free(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_merged_by_time_and_bad_lines_named),
		cmocka_unit_test(many_bad_lines_are_summed_up),
		cmocka_unit_test(a_capture_is_no_file_of_records),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
