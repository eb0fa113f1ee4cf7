/* SPDX-License-Identifier: Apache-2.0 */
/* Pairs, CEF, LEEF and the mappings that say what they mean; the examples of doc/mappings. */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/test.h"
#include "probe/records/pairs.h"
#include "probe/records/record_reader.h"

#define NOW INT64_C(1795420800000000) /* 2026-11-23T08:00:00Z */
#define JST 540

static struct fields *fields;

static const struct fields *clear(void)
{
	fields_clear(fields);
	return fields;
}

static void pairs_may_be_quoted(void **state)
{
	const struct fields *f = clear();

	(void)state;
	assert_int_equal(pairs_plain(fields, STR("a=1 b=\"two words\" c=\"say \\\"x\\\"\" d= e=5")),
			 5);
	assert_string_equal(fields_get(f, "b"), "two words");
	assert_string_equal(fields_get(f, "c"), "say \"x\"");
	assert_string_equal(fields_get(f, "d"), "");
	assert_string_equal(fields_get(f, "e"), "5");
	assert_int_equal(pairs_plain(fields, STR("just words = here, no=\"end")), 1);
}

/* The rules and examples of the CEF guide ("Character Encoding"). */
static void cef_undoes_its_escapes(void **state)
{
	const struct fields *f = clear();
	struct err e = { 0 };

	(void)state;
	assert_int_equal(pairs_cef(fields,
				   STR("CEF:0|security|threat\\|manager|1.0|100|detected a \\\\ in "
				       "packet|10|src=192.0.2.1 act=blocked a \\= dst=203.0.113.1 "
				       "msg=Detected a threat.\\nNo action needed. cs1=C:\\\\x"),
				   &e),
			 0);
	assert_string_equal(fields_get(f, "cef.vendor"), "security");
	assert_string_equal(fields_get(f, "cef.product"), "threat|manager");
	assert_string_equal(fields_get(f, "cef.name"), "detected a \\ in packet");
	assert_string_equal(fields_get(f, "cef.severity"), "10");
	assert_string_equal(fields_get(f, "src"), "192.0.2.1");
	assert_string_equal(fields_get(f, "act"), "blocked a =");
	assert_string_equal(fields_get(f, "dst"), "203.0.113.1");
	assert_string_equal(fields_get(f, "msg"), "Detected a threat. No action needed.");
	assert_string_equal(fields_get(f, "cs1"), "C:\\x");
	assert_int_equal(pairs_cef(fields, STR("CEF:0|a|b|c"), &e), -EFORMAT);
	assert_int_equal(pairs_cef(fields, STR("CEF:0|a|b|c|d|e|5\\|"), &e), -EFORMAT);
}

static void leef_has_two_versions(void **state)
{
	const struct fields *f = clear();
	struct err e = { 0 };

	(void)state;
	assert_int_equal(pairs_leef(fields,
				    STR("LEEF:1.0|Vendor|Product|3.1|41|src=192.0.2.1\tdst=192.0."
					"2.2\tsev=5"),
				    &e),
			 0);
	assert_string_equal(fields_get(f, "leef.id"), "41");
	assert_string_equal(fields_get(f, "dst"), "192.0.2.2");
	clear();
	assert_int_equal(pairs_leef(fields,
				    STR("LEEF:2.0|Vendor|Product|3.1|41|x5E|src=192.0.2.1^sev=7"),
				    &e),
			 0);
	assert_string_equal(fields_get(f, "sev"), "7");
	assert_int_equal(pairs_leef(fields, STR("LEEF:2.0|a|b|c|d|long|x=1"), &e), -EFORMAT);
}

static struct record_reader *reader_of(const char *name)
{
	struct record_reader *r = record_reader_new(JST);
	char path[512];
	struct err e = { 0 };

	(void)snprintf(path, sizeof(path), "%s/doc/mappings/%s", getenv("OTASUKE_SOURCE"), name);
	if (record_reader_load(r, path, &e) < 0)
		fail_msg("%s", e.text);
	return r;
}

static int read_one(struct record_reader *r, const char *line, struct foreign *out)
{
	struct record_stream stream = { 0 };
	struct err e = { 0 };

	return record_reader_line(r, &stream, str_of(line), NOW, out, &e);
}

static void assert_addr(const struct addr *a, const char *text)
{
	char got[ADDR_TEXT_MAX];

	assert_string_equal(addr_format(a, got), text);
}

static void a_firewall_of_pairs(void **state)
{
	struct record_reader *r = reader_of("fortigate.map");
	struct foreign f;
	char when[TIME_TEXT_MAX];

	(void)state;
	assert_int_equal(
		read_one(r,
			 "<185>date=2026-11-23 time=16:30:00 devname=\"gate\" logid=\"0419016384\" "
			 "type=\"utm\" subtype=\"ips\" level=\"alert\" severity=\"critical\" "
			 "srcip=192.0.2.20 srcport=50111 dstip=203.0.113.9 dstport=443 proto=6 "
			 "action=\"dropped\" attack=\"Sample.Botnet\" attackid=7 "
			 "srcmac=\"02:00:00:00:00:01\" msg=\"backdoor: Sample.Botnet\"",
			 &f),
		1);
	assert_string_equal(f.source, "FortiGate");
	assert_string_equal(time_format(f.at_us, when, sizeof(when)),
			    "2026-11-23T07:30:00.000000Z");
	assert_addr(&f.src, "192.0.2.20");
	assert_addr(&f.dst, "203.0.113.9");
	assert_int_equal(f.dport, 443);
	assert_int_equal(f.proto, 6);
	assert_true(f.has_mac && f.blocked && f.compromise);
	assert_string_equal(f.what, "Sample.Botnet");
	assert_string_equal(f.id, "7");
	assert_float_equal(f.weight, 80, 0.01);
	/* What the mapping knows and holds for harmless is no record, what it does not know is
	 * told.
	 */
	assert_int_equal(read_one(r,
				  "<189>date=2026-11-23 time=16:30:00 type=\"utm\" "
				  "subtype=\"webfilter\" level=\"notice\" srcip=192.0.2.20 "
				  "msg=\"URL was allowed\"",
				  &f),
			 0);
	assert_int_equal(read_one(r, "<189>date=2026-11-23 type=\"traffic\" srcip=192.0.2.20", &f),
			 -EFORMAT);
	assert_int_equal(record_reader_stats(r)->unknown, 1);
	record_reader_free(r);
}

static void a_utm_with_cef(void **state)
{
	struct record_reader *r = reader_of("cef-utm.map");
	struct foreign f;

	(void)state;
	assert_int_equal(
		read_one(r,
			 "<134>1 2026-11-23T07:59:00Z utm - - - - CEF:0|Maker|Box|9|1001|Virus "
			 "found|8|src=192.0.2.30 spt=4000 dst=203.0.113.1 dpt=80 act=blocked "
			 "fname=invoice \\= one.exe cat=malware fileHash="
			 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
			 &f),
		1);
	assert_string_equal(f.what, "Virus found");
	assert_string_equal(f.file, "invoice = one.exe");
	assert_int_equal(f.at_us, NOW - US_PER_MIN); /* the envelope's */
	assert_float_equal(f.weight, 55, 0.01);
	assert_true(f.blocked && f.compromise);
	assert_int_equal(strlen(f.sha256), 64);
	record_reader_free(r);
}

static void an_edr_with_json(void **state)
{
	struct record_reader *r = reader_of("edr-json.map");
	struct foreign f;

	(void)state;
	assert_int_equal(
		read_one(r,
			 "{\"@timestamp\":\"2026-11-23T07:59:00.000Z\",\"event\":{\"kind\":"
			 "\"alert\",\"category\":[\"malware\"],\"severity_label\":\"High\"},"
			 "\"host\":{\"name\":\"PC-01\",\"ip\":[\"192.0.2.31\",\"fe80::1\"],"
			 "\"mac\":\"02-00-00-00-00-02\"},\"rule\":{\"name\":\"A macro starts a "
			 "shell\",\"id\":\"r1\"},\"threat\":{\"technique\":{\"id\":[\"T1059\"]}}}",
			 &f),
		1);
	assert_string_equal(f.host, "PC-01");
	assert_addr(&f.src, "192.0.2.31");
	assert_true(f.has_mac);
	assert_string_equal(f.technique, "T1059");
	assert_float_equal(f.weight, 70, 0.01);
	record_reader_free(r);
}

static void assert_wrong(const char *text, const char *message)
{
	struct mapping *m = NULL;
	struct err e = { 0 };

	assert_true(mapping_parse("a.map", str_of(text), &m, &e) < 0);
	assert_string_equal(e.text, message);
	assert_null(m);
}

static void a_wrong_row_is_named_with_its_line(void **state)
{
	(void)state;
	assert_wrong("name = x\n\nfoo = bar\n", "a.map:3: there is no key \"foo\" in a mapping");
	assert_wrong("name\n", "a.map:1: the row is not \"key = value\"");
	assert_wrong("name =\n", "a.map:1: \"name\" has no value, or too long a one");
	assert_wrong("format = xml\n", "a.map:1: \"format\" is not \"xml\"");
	assert_wrong("when = a\n", "a.map:1: a condition is \"FIELD in A, B\", \"FIELD has TEXT\" "
				   "or \"FIELD there\"");
	assert_wrong("when = a in\n", "a.map:1: the condition on \"a\" lacks its values");
	assert_wrong("points.x = 101\n", "a.map:1: points are a number from 0 to 100, not \"101\"");
	assert_wrong("device = a\n", "a.map: the mapping has no \"name\"");
	assert_wrong("name = a\n", "a.map: the mapping names no \"device\", \"mac\" or \"host\"");
	assert_wrong("name = a\ndevice = b\n",
		     "a.map: the mapping has no \"what\" or no \"points\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs_may_be_quoted),
		cmocka_unit_test(cef_undoes_its_escapes),
		cmocka_unit_test(leef_has_two_versions),
		cmocka_unit_test(a_firewall_of_pairs),
		cmocka_unit_test(a_utm_with_cef),
		cmocka_unit_test(an_edr_with_json),
		cmocka_unit_test(a_wrong_row_is_named_with_its_line),
	};
	fields = mem_new(sizeof(*fields));
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	free(fields);
	return failed;
}
