/* SPDX-License-Identifier: Apache-2.0 */
/* Zeek's records: examples of its documentation ("conn.log", "files.log", "Zeek Log Formats and
 * Inspection") with addresses of the documentation ranges, as JSON and tab-separated. */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/test.h"
#include "probe/records/record_reader.h"

static struct record_reader *reader;
static struct record_stream stream;

static int read_one(const char *line, struct foreign *out)
{
	struct err e = { 0 };
	int got = record_reader_line(reader, &stream, str_of(line), 0, out, &e);

	if (got < 0)
		print_message("%s\n", e.text);
	return got;
}

static void assert_addr(const struct addr *a, const char *text)
{
	char got[ADDR_TEXT_MAX];

	assert_string_equal(addr_format(a, got), text);
}

static void a_connection_counts_its_bytes(void **state)
{
	struct foreign r;

	(void)state;
	assert_int_equal(
		read_one(
			"{\"ts\":1591367999.430166,\"uid\":\"C5bLoe2Mvxqhawzqqd\","
			"\"id.orig_h\":\"192.0.2.76\",\"id.orig_p\":46378,\"id.resp_h\":"
			"\"203.0.113.133\",\"id.resp_p\":80,\"proto\":\"tcp\",\"service\":\"http\","
			"\"duration\":0.25411510467529297,\"orig_bytes\":77,\"resp_bytes\":295,"
			"\"conn_state\":\"SF\",\"missed_bytes\":0,\"history\":\"ShADadFf\","
			"\"orig_pkts\":6,\"orig_ip_bytes\":397,\"resp_pkts\":4,"
			"\"resp_ip_bytes\":511}",
			&r),
		1);
	assert_int_equal(r.kind, FOREIGN_FLOW);
	assert_int_equal(r.at_us, INT64_C(1591367999430166));
	assert_addr(&r.src, "192.0.2.76");
	assert_addr(&r.dst, "203.0.113.133");
	assert_int_equal(r.dport, 80);
	assert_int_equal(r.proto, 6);
	assert_true(r.opened);
	assert_int_equal(r.bytes_out, 397);
	assert_int_equal(r.bytes_in, 511);
}

static void a_request_gives_its_host(void **state)
{
	struct foreign r;

	(void)state;
	assert_int_equal(
		read_one("{\"ts\":1596820191.94812,\"uid\":\"CzoFRWTQ6YIzfFXHk\",\"id.orig_h\":"
			 "\"192.0.2.37\",\"id.orig_p\":58264,\"id.resp_h\":\"203.0.113.241\","
			 "\"id.resp_p\":80,\"trans_depth\":1,\"method\":\"GET\",\"host\":"
			 "\"download.microsoft.com\",\"uri\":\"/download/d/e/5/wfetch.exe\","
			 "\"version\":\"1.1\",\"user_agent\":\"Wget/1.19.4 (linux-gnu)\","
			 "\"request_body_len\":0,\"response_body_len\":179272,\"status_code\":200,"
			 "\"status_msg\":\"OK\",\"tags\":[],\"resp_fuids\":["
			 "\"FBbQxG1GXLXgmWhbk9\"]}",
			 &r),
		1);
	assert_int_equal(r.kind, FOREIGN_HTTP);
	assert_string_equal(r.name, "download.microsoft.com");
}

static void a_file_belongs_to_who_receives_it(void **state)
{
	struct foreign r;

	(void)state;
	assert_int_equal(
		read_one("{\"ts\":1596820191.969902,\"fuid\":\"FBbQxG1GXLXgmWhbk9\",\"tx_hosts\":["
			 "\"203.0.113.241\"],\"rx_hosts\":[\"192.0.2.37\"],\"conn_uids\":["
			 "\"CzoFRWTQ6YIzfFXHk\"],\"source\":\"HTTP\",\"depth\":0,\"analyzers\":["
			 "\"MD5\",\"PE\"],\"mime_type\":\"application/x-dosexec\",\"md5\":"
			 "\"6711727ADF76599BF50C9426057A35FE\",\"is_orig\":false,"
			 "\"seen_bytes\":179272}",
			 &r),
		1);
	assert_int_equal(r.kind, FOREIGN_FILE);
	assert_addr(&r.src, "192.0.2.37");
	assert_addr(&r.dst, "203.0.113.241");
	assert_string_equal(r.md5, "6711727adf76599bf50c9426057a35fe");
}

static void a_notice_weighs_as_its_type_says(void **state)
{
	struct foreign r;

	(void)state;
	assert_int_equal(
		read_one("{\"ts\":1320435870.0,\"note\":\"SSH::Password_Guessing\",\"msg\":"
			 "\"192.0.2.8 appears to be guessing SSH passwords (seen in 30 "
			 "connections).\",\"sub\":\"Sampled servers: 192.0.2.9\",\"src\":"
			 "\"192.0.2.8\",\"actions\":[\"Notice::ACTION_LOG\"],"
			 "\"suppress_for\":3600.0}",
			 &r),
		1);
	assert_int_equal(r.kind, FOREIGN_ALARM);
	assert_addr(&r.src, "192.0.2.8");
	assert_float_equal(r.weight, 40, 0.01);
	assert_int_equal(read_one("{\"ts\":1,\"note\":\"SSL::Invalid_Server_Cert\",\"uid\":\"C\","
				  "\"id.orig_h\":\"192.0.2.8\",\"id.resp_h\":\"203.0.113.1\"}",
				  &r),
			 1);
	assert_float_equal(r.weight, 0, 0.01);
}

static void an_indicator_of_zeek_is_an_alarm(void **state)
{
	struct foreign r;

	(void)state;
	assert_int_equal(
		read_one("{\"ts\":1591367999.4,\"uid\":\"C1\",\"id.orig_h\":\"192.0.2.8\","
			 "\"id.orig_p\":4000,\"id.resp_h\":\"203.0.113.1\",\"id.resp_p\":53,"
			 "\"seen.indicator\":\"Bad.Example\",\"seen.indicator_type\":"
			 "\"Intel::DOMAIN\",\"seen.where\":\"DNS::IN_REQUEST\",\"matched\":["
			 "\"Intel::DOMAIN\"],\"sources\":[\"my_list\"]}",
			 &r),
		1);
	assert_int_equal(r.kind, FOREIGN_ALARM);
	assert_string_equal(r.name, "bad.example");
	assert_string_equal(r.class, "my_list");
	assert_true(r.compromise);
}

static void odd_packets_are_understood_and_add_nothing(void **state)
{
	struct foreign r;

	(void)state;
	assert_int_equal(read_one("{\"ts\":1,\"uid\":\"C1\",\"id.orig_h\":\"192.0.2.8\","
				  "\"id.resp_h\":\"203.0.113.1\",\"name\":"
				  "\"DNS_RR_unknown_type\",\"notice\":false,\"peer\":\"zeek\"}",
				  &r),
			 0);
}

static void columns_are_named_by_the_head(void **state)
{
	struct foreign r;

	(void)state;
	assert_int_equal(read_one("#separator \\x09", &r), 0);
	assert_int_equal(read_one("#set_separator\t,", &r), 0);
	assert_int_equal(read_one("#empty_field\t(empty)", &r), 0);
	assert_int_equal(read_one("#unset_field\t-", &r), 0);
	assert_int_equal(read_one("#path\tdns", &r), 0);
	assert_int_equal(read_one("#open\t2020-06-05-14-40-05", &r), 0);
	assert_int_equal(read_one("#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p"
				  "\tproto\ttrans_id\tquery\tqclass",
				  &r),
			 0);
	assert_int_equal(read_one("#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tcount"
				  "\tstring\tcount",
				  &r),
			 0);
	assert_int_equal(read_one("1591367999.306059\tCMdzit1AMNsmfAIiQc\t192.0.2.76\t36844"
				  "\t192.0.2.1\t53\tudp\t8555\ttestmyids.com\t1",
				  &r),
			 1);
	assert_int_equal(r.kind, FOREIGN_DNS);
	assert_string_equal(r.name, "testmyids.com");
	assert_addr(&r.src, "192.0.2.76");
	assert_int_equal(read_one("1591367999.306059\tCMdzit1AMNsmfAIiQc", &r), -EFORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_connection_counts_its_bytes),
		cmocka_unit_test(a_request_gives_its_host),
		cmocka_unit_test(a_file_belongs_to_who_receives_it),
		cmocka_unit_test(a_notice_weighs_as_its_type_says),
		cmocka_unit_test(an_indicator_of_zeek_is_an_alarm),
		cmocka_unit_test(odd_packets_are_understood_and_add_nothing),
		cmocka_unit_test(columns_are_named_by_the_head),
	};
	reader = record_reader_new(540);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	record_reader_free(reader);
	return failed;
}
