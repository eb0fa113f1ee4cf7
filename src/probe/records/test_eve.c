/* SPDX-License-Identifier: Apache-2.0 */
/* Suricata's records: the examples of its user guide ("Eve JSON Format") with addresses of the
 * documentation ranges. */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/test.h"
#include "probe/records/eve.h"

static struct fields *fields;

static int read_one(const char *json, struct foreign *out)
{
	struct err e = { 0 };

	fields_clear(fields);
	assert_int_equal(fields_json(fields, str_of(json), &e), 0);
	assert_true(eve_is(fields));
	return eve_read(fields, out, &e);
}

static void assert_addr(const struct addr *a, const char *text)
{
	char got[ADDR_TEXT_MAX];

	assert_string_equal(addr_format(a, got), text);
}

#define HUNTING                                                                                    \
	"{\"timestamp\": \"2017-04-07T22:24:37.251547+0100\", \"flow_id\": 586497171462735,"       \
	"\"pcap_cnt\": 53381, \"event_type\": \"alert\", \"src_ip\": \"192.0.2.14\","              \
	"\"src_port\": 50096, \"dest_ip\": \"203.0.113.5\", \"dest_port\": 80,"                    \
	"\"proto\": \"TCP\", \"metadata\": { \"flowbits\": [ \"http.dottedquadhost\" ] },"         \
	"\"tx_id\": 4, \"alert\": { \"action\": \"allowed\", \"gid\": 1,"                          \
	"\"signature_id\": 2018358, \"rev\": 10, \"signature\":"                                   \
	"\"ET HUNTING GENERIC SUSPICIOUS POST to Dotted Quad with Fake Browser 1\","               \
	"\"category\": \"Potentially Bad Traffic\", \"severity\": 2 }, \"app_proto\": \"http\" }"

static void an_alert_says_who_whom_when_and_what(void **state)
{
	struct foreign r;
	char when[TIME_TEXT_MAX];

	(void)state;
	assert_int_equal(read_one(HUNTING, &r), 1);
	assert_int_equal(r.kind, FOREIGN_ALARM);
	assert_string_equal(time_format(r.at_us, when, sizeof(when)),
			    "2017-04-07T21:24:37.251547Z");
	assert_addr(&r.src, "192.0.2.14");
	assert_addr(&r.dst, "203.0.113.5");
	assert_int_equal(r.sport, 50096);
	assert_int_equal(r.dport, 80);
	assert_int_equal(r.proto, 6);
	assert_string_equal(r.id, "2018358");
	assert_string_equal(
		r.what, "ET HUNTING GENERIC SUSPICIOUS POST to Dotted Quad with Fake Browser 1");
	assert_float_equal(r.weight, 8, 0.01); /* "Potentially Bad Traffic": a weak clue */
	assert_false(r.compromise || r.blocked);
}

#define ALERT(signature, category, severity, more)                                                 \
	"{\"timestamp\":\"2026-11-23T10:00:00.000000+0900\",\"event_type\":\"alert\","             \
	"\"src_ip\":\"192.0.2.14\",\"src_port\":50096,\"dest_ip\":\"203.0.113.5\","                \
	"\"dest_port\":443,\"proto\":\"TCP\",\"alert\":{\"action\":\"allowed\",\"gid\":1,"         \
	"\"signature_id\":2024056,\"rev\":4,\"signature\":\"" signature                            \
	"\",\"category\":\"" category "\",\"severity\":" severity more "}}"

static double weight_of(const char *json)
{
	struct foreign r;

	assert_int_equal(read_one(json, &r), 1);
	return r.weight;
}

static void what_an_alert_weighs_is_its_class_and_metadata(void **state)
{
	(void)state;
	/* The example of the guide with its metadata. */
	assert_float_equal(
		weight_of(ALERT(
			"ET MALWARE Win32/CryptFile2 / Revenge Ransomware Checkin M3",
			"Malware Command and Control Activity Detected", "1",
			",\"metadata\":{\"affected_product\":["
			"\"Windows_XP_Vista_7_8_10_Server_32_64_Bit\"],\"attack_target\":["
			"\"Client_Endpoint\"],\"created_at\":[\"2017_03_15\"],\"deployment\":["
			"\"Perimeter\"],\"former_category\":[\"MALWARE\"],\"malware_family\":["
			"\"CryptFile2\"],\"performance_impact\":[\"Moderate\"],"
			"\"signature_severity\":[\"Major\"],\"updated_at\":[\"2020_08_04\"]}")),
		85, 0.01);
	assert_float_equal(weight_of(ALERT("A", "A Network Trojan was detected", "1", "")), 80,
			   0.01);
	assert_float_equal(weight_of(ALERT("A", "A Network Trojan was detected", "1",
					   ",\"metadata\":{\"confidence\":[\"Low\"]}")),
			   40, 0.01);
	assert_float_equal(weight_of(ALERT("A", "A class of one's own", "1", "")), 40, 0.01);
	assert_float_equal(weight_of(ALERT("A", "A class of one's own", "3", "")), 0, 0.01);
}

static void talk_of_use_is_no_evidence(void **state)
{
	(void)state;
	assert_float_equal(weight_of(ALERT("ET INFO Dotted Quad Host DLL Request",
					   "Potentially Bad Traffic", "2", "")),
			   0, 0.01);
	assert_float_equal(weight_of(ALERT("ET POLICY curl User-Agent Outbound",
					   "Attempted Information Leak", "2", "")),
			   0, 0.01);
	assert_float_equal(weight_of(ALERT("SURICATA STREAM excessive retransmissions",
					   "Generic Protocol Command Decode", "3", "")),
			   0, 0.01);
	assert_float_equal(
		weight_of(ALERT("ET MALWARE X", "A Network Trojan was detected", "1",
				",\"metadata\":{\"signature_severity\":[\"Informational\"]}")),
		0, 0.01);
}

#define HEAD(type)                                                                                 \
	"{\"timestamp\":\"2016-01-11T05:10:54.612110-0800\",\"flow_id\":412547343494194,"          \
	"\"event_type\":\"" type "\",\"src_ip\":\"192.0.2.149\",\"src_port\":49324,"               \
	"\"dest_ip\":\"203.0.113.174\",\"dest_port\":443,\"proto\":\"TCP\","

static void look_ups_of_every_version_give_their_name(void **state)
{
	struct foreign r;

	(void)state;
	assert_int_equal(read_one(HEAD("dns") "\"dns\":{\"type\":\"query\",\"id\":16000,"
					      "\"rrname\":\"twitter.com\",\"rrtype\":\"A\"}}",
				  &r),
			 1);
	assert_int_equal(r.kind, FOREIGN_DNS);
	assert_string_equal(r.name, "twitter.com");
	assert_int_equal(read_one(HEAD("dns") "\"dns\":{\"version\":3,\"type\":\"request\","
					      "\"queries\":[{\"rrname\":\"Suricata.IO\","
					      "\"rrtype\":\"A\"}]}}",
				  &r),
			 1);
	assert_string_equal(r.name, "suricata.io");
}

static void a_handshake_gives_name_and_fingerprint(void **state)
{
	struct foreign r;

	(void)state;
	assert_int_equal(
		read_one(HEAD("tls") "\"tls\":{\"subject\":\"C=US, O=Google Inc, CN=*.google.com\","
				     "\"sni\":\"calendar.google.com\",\"version\":\"TLS 1.2\","
				     "\"ja3\":{\"hash\":\"e7d705a3286e19ea42f587b344ee6865\","
				     "\"string\":\"771,4865\"}}}",
			 &r),
		1);
	assert_int_equal(r.kind, FOREIGN_TLS);
	assert_string_equal(r.name, "calendar.google.com");
	assert_string_equal(r.ja3, "e7d705a3286e19ea42f587b344ee6865");
}

static void a_flow_counts_its_bytes_from_its_start(void **state)
{
	struct foreign r;
	char when[TIME_TEXT_MAX];

	(void)state;
	assert_int_equal(
		read_one(HEAD("flow") "\"flow\":{\"pkts_toserver\":23,\"pkts_toclient\":21,"
				      "\"bytes_toserver\":4884,\"bytes_toclient\":7392,"
				      "\"bypassed\":{\"pkts_toserver\":10},"
				      "\"start\":\"2019-05-28T23:32:29.025256+0200\","
				      "\"end\":\"2019-05-28T23:35:28.071281+0200\","
				      "\"age\":179,\"bypass\":\"capture\","
				      "\"state\":\"bypassed\",\"reason\":\"timeout\","
				      "\"alerted\":false}}",
			 &r),
		1);
	assert_int_equal(r.bytes_out, 4884);
	assert_int_equal(r.bytes_in, 7392);
	assert_true(r.opened);
	assert_string_equal(time_format(r.at_us, when, sizeof(when)),
			    "2019-05-28T21:32:29.025256Z");
}

static void an_anomaly_is_understood_and_adds_nothing(void **state)
{
	struct foreign r;

	(void)state;
	assert_int_equal(read_one("{\"timestamp\":\"1969-12-31T16:04:21.000000-0800\","
				  "\"pcap_cnt\":9262,\"event_type\":\"anomaly\","
				  "\"src_ip\":\"203.0.113.184\",\"src_port\":0,\"dest_ip\":"
				  "\"192.0.2.99\",\"dest_port\":0,\"proto\":\"UDP\",\"packet\":"
				  "\"////////AQEBAQEBCABFAAA8xZ5AAP8R1+DQFQK4CgE=\","
				  "\"packet_info\":{\"linktype\":1},\"anomaly\":{\"type\":"
				  "\"decode\",\"event\":\"decoder.udp.pkt_too_small\"}}",
				  &r),
			 0);
}

static void what_is_missing_is_named(void **state)
{
	struct foreign r;
	struct err e = { 0 };

	(void)state;
	fields_clear(fields);
	assert_int_equal(fields_json(fields,
				     STR("{\"timestamp\":\"2026-11-23T10:00:00Z\","
					 "\"event_type\":\"alert\"}"),
				     &e),
			 0);
	assert_int_equal(eve_read(fields, &r, &e), -EFORMAT);
	assert_string_equal(e.text, "the EVE record names no src_ip or dest_ip");
	assert_int_equal(fields_json(fields, STR("{\"a\":1"), &e), -EFORMAT);
	assert_int_equal(fields_json(fields, STR("{\"a\":1} x"), &e), -EFORMAT);
	assert_int_equal(fields_json(fields, STR("[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]"), &e),
			 -ELIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_alert_says_who_whom_when_and_what),
		cmocka_unit_test(what_an_alert_weighs_is_its_class_and_metadata),
		cmocka_unit_test(talk_of_use_is_no_evidence),
		cmocka_unit_test(look_ups_of_every_version_give_their_name),
		cmocka_unit_test(a_handshake_gives_name_and_fingerprint),
		cmocka_unit_test(a_flow_counts_its_bytes_from_its_start),
		cmocka_unit_test(an_anomaly_is_understood_and_adds_nothing),
		cmocka_unit_test(what_is_missing_is_named),
	};
	fields = mem_new(sizeof(*fields));
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	free(fields);
	return failed;
}
