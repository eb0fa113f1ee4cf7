/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of the readers: each format, its bad lines, and how it is told from the others. */
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/test.h"
#include "wire/indicator/indicator_files.h"

#define UUID1 "5a1e0000-0000-4000-8000-000000000001"
#define UUID2 "5a1e0000-0000-4000-8000-000000000002"

struct heard {
	struct buf text; /* "kind value [label]" a line */
	unsigned n, bad[INDICATOR_BADS], bads;
	long first_line;
	size_t first_offset;
};

static void found(void *arg, const struct indicator *i)
{
	struct heard *h = arg;

	h->n++;
	buf_printf(&h->text, "%s %s%s%s\n", indicator_kind_name(i->kind), i->value,
		   i->label[0] ? " " : "", i->label);
}

static void bad(void *arg, const struct indicator_bad_line *b)
{
	struct heard *h = arg;

	h->bad[b->why]++;
	if (h->bads++ == 0) {
		h->first_line = b->line;
		h->first_offset = b->offset;
	}
}

/* Reads TEXT as the format that it must be taken for. */
static struct heard *read_all(enum indicator_format f, const char *text)
{
	struct heard *h = mem_new(sizeof(*h));
	struct indicator_reader to = {
		.arg = h, .found = found, .bad = bad, .now_us = INT64_C(1700000000000000)
	};
	enum indicator_format got = indicator_format_of(text, strlen(text));

	buf_init(&h->text, 0);
	buf_adds(&h->text, "");
	if (got != f)
		fail_msg("taken for %s: %s", indicator_format_name(got), text);
	assert_int_equal(indicator_read(f, text, strlen(text), &to, NULL), 0);
	return h;
}

static void heard_free(struct heard *h)
{
	buf_done(&h->text);
	free(h);
}

static void says(struct heard *h, unsigned bads, const char *text)
{
	assert_string_equal(h->text.p ? h->text.p : "", text);
	assert_int_equal(h->bads, bads);
	heard_free(h);
}

static void plain_lists(void **state)
{
	(void)state;
	struct heard *h = read_all(INDICATOR_FORMAT_PLAIN, "# a list\n"
							   "bad.example   # botnet\r\n"
							   "hxxp://evil[.]example/gate.php\n"
							   "\n"
							   "203.0.113.66 ; C2\n"
							   "198.51.100.0/24 ; SBL1\n"
							   "||ads.example^\n"
							   "not_a_thing\n"
							   "44d88612fea8a8f36de82e1278abb02f\n"
							   "127.0.0.1\n");
	assert_int_equal(h->bad[INDICATOR_TOO_WIDE], 1);
	assert_int_equal(h->bad[INDICATOR_NOBODY], 1);
	assert_int_equal(h->first_line, 8);
	assert_int_equal(h->first_offset, 9 + 24 + 31 + 1 + 18 + 23 + 15);
	says(h, 2,
	     "domain bad.example botnet\nurl evil.example/gate.php\nip 203.0.113.66 C2\n"
	     "cidr 198.51.100.0/24 SBL1\ndomain ads.example\n"
	     "file 44d88612fea8a8f36de82e1278abb02f\n");
}

static void lists_with_types(void **state)
{
	(void)state;
	struct heard *h =
		read_all(INDICATOR_FORMAT_LIST, "\xef\xbb\xbf"
						"type,value,description\n"
						"domain,*.Bad.Example.,\"a botnet, really\"\n"
						"ip,203.0.113.999\n"
						"sha1,da39a3ee5e6b4b0d3255bfef95601890afd80709,x\n"
						"mutex,Global\\x\n");
	assert_int_equal(h->bad[INDICATOR_NOT_ADDRESS], 1);
	assert_int_equal(h->bad[INDICATOR_NO_TYPE], 1);
	assert_int_equal(h->first_line, 3);
	says(h, 2,
	     "domain bad.example a botnet, really\n"
	     "file da39a3ee5e6b4b0d3255bfef95601890afd80709 x\n");
}

static void hosts_files(void **state)
{
	(void)state;
	struct heard *h =
		read_all(INDICATOR_FORMAT_HOSTS, "# hosts\n"
						 "127.0.0.1\tlocalhost\n"
						 "::1 localhost ip6-loopback\n"
						 "0.0.0.0 bad.example evil.example # two\n"
						 "0.0.0.0 a..b\n"
						 "127.0.0.1 third.example\n");
	assert_int_equal(h->bad[INDICATOR_NOT_DOMAIN], 1);
	says(h, 1, "domain bad.example\ndomain evil.example\ndomain third.example\n");
}

static void csv_by_heading(void **state)
{
	(void)state;
	struct heard *h =
		read_all(INDICATOR_FORMAT_CSV, "first_seen,ioc_type,ioc_value,malware\n"
					       "2023-01-01,ip:port,203.0.113.66:443,Bot\n"
					       "2023-01-01,domain,\"bad.example\",\"x, y\"\n"
					       "2023-01-01,md5_hash,zz,Bot\n"
					       "2023-01-01,regkey,HKLM,Bot\n"
					       "2023-01-01,domain,\"open,Bot\n"
					       "2023-01-01,url,http://bad.example/a,Bot\n");
	assert_int_equal(h->bad[INDICATOR_NOT_HASH], 1);
	assert_int_equal(h->bad[INDICATOR_NO_TYPE], 1);
	assert_int_equal(h->bad[INDICATOR_BROKEN], 1);
	assert_int_equal(h->first_line, 4);
	says(h, 3, "ip 203.0.113.66 Bot\ndomain bad.example x, y\nurl bad.example/a Bot\n");
}

static void csv_with_its_heading_in_a_remark(void **state)
{
	(void)state;
	says(read_all(INDICATOR_FORMAT_CSV,
		      "# Feed, of today\n"
		      "# \"first_seen_utc\",\"dst_ip\",\"dst_port\",\"malware\"\n"
		      "\"2023-01-01 00:00:00\",\"203.0.113.66\",\"443\",\"Bot\"\n"
		      "\"2023-01-01 00:00:00\",\"203.0.113.67\",\"443\",\"Bot\"\n"),
	     0, "ip 203.0.113.66 Bot\nip 203.0.113.67 Bot\n");
}

static void csv_without_heading(void **state)
{
	(void)state;
	says(read_all(INDICATOR_FORMAT_CSV,
		      "1,2023-01-01,http://bad.example/a,online,bad.example\n"
		      "2,2023-01-01,http://evil.example/b,online,evil.example\n"),
	     0, "url bad.example/a\nurl evil.example/b\n");
}

static void response_policy_zones(void **state)
{
	(void)state;
	struct heard *h =
		read_all(INDICATOR_FORMAT_RPZ, "$TTL 300\n"
					       "@ IN SOA localhost. root.localhost. (\n"
					       "   1 ; serial\n"
					       "   3600 600 86400 300 )\n"
					       "  IN NS localhost.\n"
					       "$ORIGIN rpz.example.\n"
					       "bad.example CNAME . ; botnet\n"
					       "*.bad.example CNAME .\n"
					       "evil.example.rpz.example. 60 IN CNAME *.\n"
					       "walled.example A 192.0.2.7\n"
					       "32.66.113.0.203.rpz-ip CNAME .\n"
					       "48.zz.1.db8.2001.rpz-ip CNAME rpz-drop.\n"
					       "good.example CNAME rpz-passthru.\n"
					       "ns.evil.example.rpz-nsdname CNAME .\n"
					       "alone\n");
	assert_int_equal(h->bad[INDICATOR_NOT_FOR_ALARMS], 1);
	assert_int_equal(h->bad[INDICATOR_NOT_UNDERSTOOD], 1);
	assert_int_equal(h->bad[INDICATOR_BROKEN], 1);
	says(h, 3,
	     "domain bad.example botnet\ndomain bad.example\ndomain evil.example\n"
	     "domain walled.example\nip 203.0.113.66\ncidr 2001:db8:1::/48\n");
}

static const char misp_event[] =
	"{\"Event\": {\"info\": \"Bot \\u00e9\", \"Attribute\": [\n"
	" {\"type\": \"domain\", \"value\": \"bad.example\", \"to_ids\": true, \"comment\": "
	"\"\"},\n"
	" {\"type\": \"ip-dst|port\", \"value\": \"203.0.113.66|443\", \"to_ids\": \"1\", "
	"\"comment\": \"C2\"},\n"
	" {\"type\": \"domain|ip\", \"value\": \"evil.example|203.0.113.67\"},\n"
	" {\"type\": \"url\", \"value\": \"http:\\/\\/bad.example\\/a\", \"to_ids\": true},\n"
	" {\"type\": \"ip-dst\", \"value\": \"192.0.2.53\", \"to_ids\": false},\n"
	" {\"type\": \"domain\", \"value\": \"old.example\", \"to_ids\": true, \"deleted\": "
	"true},\n"
	" {\"type\": \"yara\", \"value\": \"rule x {}\"},\n"
	" {\"type\": \"domain\"},\n"
	" {\"type\": domain, : \"x\"},\n"
	" {\"type\": \"x509-fingerprint-sha1\", \"value\": "
	"\"da39a3ee5e6b4b0d3255bfef95601890afd80709\"}],\n"
	" \"Object\": [{\"name\": \"file\", \"Attribute\": [\n"
	"  {\"type\": \"filename|md5\", \"value\": "
	"\"a.exe|44d88612fea8a8f36de82e1278abb02f\"}]}]}}\n";

static void misp_events(void **state)
{
	(void)state;
	struct heard *h = read_all(INDICATOR_FORMAT_MISP, misp_event);
	assert_int_equal(h->bad[INDICATOR_NOT_FOR_ALARMS], 1);
	assert_int_equal(h->bad[INDICATOR_REVOKED], 1);
	assert_int_equal(h->bad[INDICATOR_NO_TYPE], 1);
	assert_int_equal(h->bad[INDICATOR_BROKEN], 2);
	assert_int_equal(h->first_line, 6);
	says(h, 5,
	     "domain bad.example Bot \xc3\xa9\nip 203.0.113.66 C2\n"
	     "domain evil.example Bot \xc3\xa9\nip 203.0.113.67 Bot \xc3\xa9\n"
	     "url bad.example/a Bot \xc3\xa9\n"
	     "cert da39a3ee5e6b4b0d3255bfef95601890afd80709 Bot \xc3\xa9\n"
	     "file 44d88612fea8a8f36de82e1278abb02f Bot \xc3\xa9\n");
}

static void an_event_that_breaks_off_is_read_so_far(void **state)
{
	(void)state;
	char text[260] = "";
	memcpy(text, misp_event, 250);
	struct heard *h = read_all(INDICATOR_FORMAT_MISP, text);
	assert_int_equal(h->bad[INDICATOR_BROKEN], 1);
	says(h, 1, "domain bad.example Bot \xc3\xa9\nip 203.0.113.66 C2\n");
}

static void misp_answers_of_a_search(void **state)
{
	(void)state;
	says(read_all(INDICATOR_FORMAT_MISP,
		      "{\"response\": [{\"Event\": {\"info\": \"a\", \"Attribute\": "
		      "[{\"type\": \"hostname\", \"value\": \"bad.example\"}]}}]}"),
	     0, "domain bad.example a\n");
	says(read_all(INDICATOR_FORMAT_MISP,
		      "{\"response\": {\"Attribute\": "
		      "[{\"type\": \"md5\", \"value\": \"44d88612fea8a8f36de82e1278abb02f\"}]}}"),
	     0, "file 44d88612fea8a8f36de82e1278abb02f\n");
}

#define STIX(fields)                                                                               \
	"{\"type\": \"indicator\", \"name\": \"n\", \"pattern_type\": \"stix\", " fields "}"

static void stix_bundles(void **state)
{
	(void)state;
	struct heard *
		h = read_all(INDICATOR_FORMAT_STIX, "{\"type\": \"bundle\", \"id\": \"bundle--1\", "
						    "\"objects\": [\n"
						    "{\"type\": \"malware\", \"name\": "
						    "\"Bot\"},\n" STIX(
							    "\"pattern\": \"[domain-name:value = "
							    "'bad.example' OR ipv4-addr:value = "
							    "'203.0.113.66']\"") ",\n" STIX("\"patt"
											    "ern\":"
											    " \"["
											    "file:"
											    "hashes"
											    ".'SHA-"
											    "256' "
											    "= "
											    "'e3b0c"
											    "44298f"
											    "c1c149"
											    "afbf4c"
											    "8996fb"
											    "92427a"
											    "e41e4"
											    "649b93"
											    "4ca495"
											    "991b78"
											    "52b855"
											    "' AND "
											    "file:"
											    "name "
											    "= "
											    "'a."
											    "exe']"
											    "\"") ",\n" STIX("\"pattern\": \"[url:value IN ('http://bad.example/a', "
													     "'http://bad.example/b')] OR [ipv4-addr:value ISSUBSET '198.51.100.0/24']\"") ",\n" STIX("\"pattern\": \"[network-traffic:dst_ref.type = 'ipv4-addr' AND "
																								      "network-traffic:dst_ref.value = '203.0.113.67']\"") ",\n" STIX("\"pattern\": \"[domain-name:value LIKE '%.evil.example']\"") ",\n" STIX("\"pattern\": \"[x509-certificate:hashes.'SHA-1' = "
																																									       "'da39a3ee5e6b4b0d3255bfef95601890afd80709']\"") ",\n" STIX("\"pattern\": \"[domain-name:value = 'a.example'] FOLLOWEDBY "
																																																	   "[domain-name:value = 'b.example']\"") ",\n" STIX("\"pattern\": \"[domain-name:value = 'a.example' AND url:value = "
																																																							     "'http://b.example/']\"") ",\n" STIX("\"pattern\": \"[domain-name:value != 'a.example']\"") ",\n" STIX("\"pattern\": \"[domain-name:value = 'a.example'] REPEATS 5 TIMES\"") ",\n" STIX("\"pattern\": \"[domain-name:value = 'old.example']\", \"valid_until\": "
																																																																														     "\"2020-01-01T00:00:00Z\"") ",\n" STIX("\"pattern\": \"[domain-name:value = 'off.example']\", \"revoked\": true") ",\n" STIX("\"pattern\": \"[domain-name:value = 'later.example']\", \"valid_until\": "
																																																																																														  "\"2040-01-01T00:00:00Z\"") ",\n"
																																																																																																	      "{\"type\": \"indicator\", \"pattern_type\": \"yara\", \"pattern\": \"rule\"},\n"
																																																																																																	      "{\"type\": \"indicator\"}\n"
																																																																																																	      "]}\n");
	assert_int_equal(h->bad[INDICATOR_NOT_UNDERSTOOD], 5);
	assert_int_equal(h->bad[INDICATOR_EXPIRED], 1);
	assert_int_equal(h->bad[INDICATOR_REVOKED], 1);
	assert_int_equal(h->bad[INDICATOR_BROKEN], 1);
	says(h, 8,
	     "domain bad.example n\nip 203.0.113.66 n\n"
	     "file e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 n\n"
	     "url bad.example/a n\nurl bad.example/b n\ncidr 198.51.100.0/24 n\n"
	     "ip 203.0.113.67 n\ndomain evil.example n\n"
	     "cert da39a3ee5e6b4b0d3255bfef95601890afd80709 n\ndomain later.example n\n");
}

static unsigned good_from(const char *text, struct known_good *g)
{
	struct heard h = { 0 };
	struct indicator_reader to = { .arg = &h, .found = found, .bad = bad };

	assert_int_equal(known_good_read(text, strlen(text), g, &to, NULL), 0);
	return h.bads;
}

static enum known_good_verdict verdict(const struct known_good *g, const char *value)
{
	struct indicator i = { 0 };

	assert_int_equal(indicator_guess(&i, str_of(value)), INDICATOR_OK);
	return known_good_check(g, &i);
}

static void warninglists(void **state)
{
	(void)state;
	struct known_good *g = known_good_new();
	static const char hosts[] =
		"{\"list\": [\"cloud.example\", \"a b\"], \"type\": \"hostname\", "
		"\"name\": \"x\", \"version\": 1, \"description\": \"\"}";
	assert_int_equal(indicator_format_of(hosts, strlen(hosts)), INDICATOR_FORMAT_WARNINGLIST);
	assert_int_equal(good_from(hosts, g), 1);
	assert_int_equal(good_from("{\"type\": \"cidr\", \"list\": [\"198.51.100.0/24\"]}", g), 0);
	assert_int_equal(good_from("{\"type\": \"regex\", \"list\": [\"/x/\", \"/y/\"]}", g), 2);
	assert_int_equal(good_from("search.example\n# remark\n", g), 0);
	known_good_ready(g);
	assert_int_equal(verdict(g, "cloud.example"), KNOWN_GOOD_LEAVE);
	assert_int_equal(verdict(g, "a.cloud.example"), KNOWN_GOOD_INFO);
	assert_int_equal(verdict(g, "198.51.100.9"), KNOWN_GOOD_INFO);
	assert_int_equal(verdict(g, "search.example"), KNOWN_GOOD_LEAVE);
	assert_int_equal(verdict(g, "bad.example"), KNOWN_GOOD_NOT);
	known_good_free(g);
}

static void put(const char *dir, const char *name, const char *text)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(file_write(path, 0600, text, strlen(text), NULL), 0);
}

static void a_folder_is_a_misp_feed(void **state)
{
	(void)state;
	char dir[TEST_DIR_MAX];
	struct heard *h = mem_new(sizeof(*h));
	struct indicator_reader to = { .arg = h, .found = found, .bad = bad };
	static const char manifest[] =
		"{\"" UUID1 "\": {\"info\": \"a\", \"timestamp\": \"1700000000\"}, \"" UUID2
		"\": {\"info\": \"b\"}, \"../../etc/passwd\": {}}";
	test_dir_new(dir);
	buf_init(&h->text, 0);
	assert_int_equal(indicator_file_read(dir, &to, NULL, NULL), -ENOENT);
	put(dir, "manifest.json", manifest);
	put(dir, UUID1 ".json", misp_event);
	put(dir, "hashes.csv",
	    "44d88612fea8a8f36de82e1278abb02f," UUID1 "\n"
	    "44d88612fea8a8f36de82e1278abb02f," UUID2 "\n");
	assert_int_equal(indicator_format_of(manifest, strlen(manifest)),
			 INDICATOR_FORMAT_MISP_MANIFEST);
	assert_int_equal(indicator_file_read(dir, &to, NULL, NULL), 0);
	assert_int_equal(h->n, 7);
	assert_int_equal(h->bads, 5 + 2); /* the second event: not there, and missed again */
	heard_free(h);
	test_dir_free(dir);
}

static void formats_are_told_apart(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum indicator_format f;
	} rows[] = {
		{ "", INDICATOR_FORMAT_PLAIN },
		{ "\x7f"
		  "ELF\x01\x02",
		  INDICATOR_FORMAT_PLAIN }, /* no zero byte yet: each line says that it is none */
		{ "# nothing today\n", INDICATOR_FORMAT_PLAIN },
		{ "{\"a\": 1}", INDICATOR_FORMAT_NONE },
		{ "[1, 2]", INDICATOR_FORMAT_CSV },
		{ "[ {\"x\": 2} ]", INDICATOR_FORMAT_NONE },
		{ "44d88612fea8a8f36de82e1278abb02f," UUID1 "\n", INDICATOR_FORMAT_MISP_HASHES },
		{ "bad.example\nevil.example\n", INDICATOR_FORMAT_PLAIN },
		{ "OTSKIND1", INDICATOR_FORMAT_BUNDLE },
	};
	struct err e = { 0 };
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (indicator_format_of(rows[i].text, strlen(rows[i].text)) != rows[i].f)
			fail_msg("row %zu", i);
	}
	assert_int_equal(indicator_read(INDICATOR_FORMAT_NONE, "{}", 2, NULL, &e), -EFORMAT);
	assert_true(e.text[0] != 0);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(plain_lists),
		cmocka_unit_test(lists_with_types),
		cmocka_unit_test(hosts_files),
		cmocka_unit_test(csv_by_heading),
		cmocka_unit_test(csv_with_its_heading_in_a_remark),
		cmocka_unit_test(csv_without_heading),
		cmocka_unit_test(response_policy_zones),
		cmocka_unit_test(misp_events),
		cmocka_unit_test(an_event_that_breaks_off_is_read_so_far),
		cmocka_unit_test(misp_answers_of_a_search),
		cmocka_unit_test(stix_bundles),
		cmocka_unit_test(warninglists),
		cmocka_unit_test(a_folder_is_a_misp_feed),
		cmocka_unit_test(formats_are_told_apart),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}
