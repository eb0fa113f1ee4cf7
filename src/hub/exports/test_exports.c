/* SPDX-License-Identifier: Apache-2.0 */
/* Exports of a case with nasty texts, on both databases; each format is looked at by another
 * program (tests/schemas/check.py, xmllint, poppler). */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/test.h"
#include "hub/accounts/accounts.h"
#include "hub/duties/duties.h"
#include "hub/evidence/evidence.h"
#include "hub/exports/exports_data.h"
#include "hub/exports/exports_gate.h"
#include "hub/exports/exports_rules.h"
#include "hub/fleet/fleet_store.h"
#include "hub/test_hub.h"
#include "hub/threads/threads.h"

#define NUMBER "IW-2026-000001"
#define NASTY  "<b>\"&amp;' 髙橋 𠮷 🚨 \x01 ]]> =1+1"
#define HASH   "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

struct ready {
	struct test_hub *th;
	int64_t company, desk, insurer, member;
	struct user u;
};

static void indicator(struct txn *t, const struct ready *r, const char *type, const char *value)
{
	const struct case_indicator i = { .type = type, .value = value, .note = NASTY };
	struct err e = { 0 };

	if (cases_indicator(t, &r->u, NUMBER, &i, TEST_HUB_NOW, &e) < 0)
		fail_msg("%s: %s", value, e.text);
}

static void marked(struct txn *t, const struct ready *r, const char *value, const char *tlp)
{
	const struct case_indicator i = {
		.type = "domain", .value = value, .note = "", .tlp = tlp
	};

	assert_int_equal(cases_indicator(t, &r->u, NUMBER, &i, TEST_HUB_NOW, NULL), 0);
}

static void hang_on(struct txn *t, const struct ready *r)
{
	const struct case_device d = { .name = NASTY,
				       .mac = "02:00:5e:00:53:01",
				       .address = "192.0.2.7",
				       .state = "suspected" };
	const struct case_consent k = { .what = "remote_access",
					.how = "call",
					.given_by = "佐藤" };
	const struct case_action_new n = { .channel = CASE_PHONE,
					   .body = "=HYPERLINK(\"http://x\")",
					   .started_us = TEST_HUB_NOW - US_PER_HOUR,
					   .minutes = 20,
					   .cost_yen = 1234567 };
	struct err e = { 0 };

	indicator(t, r, "domain", "BAD.example.");
	indicator(t, r, "address", "203.0.113.9:8443");
	indicator(t, r, "address", "2001:db8::1");
	indicator(t, r, "url", "hxxps://bad.example/a'b\\c?x=1&y=2");
	indicator(t, r, "hash", HASH);
	indicator(t, r, "ja3", "e7d705a3286e19ea42f587b344ee6865");
	indicator(t, r, "domain", "これは 形が ちがう");
	marked(t, r, "red.example", "red");
	marked(t, r, "strict.example", "amber+strict");
	marked(t, r, "green.example", "green");
	if (cases_device(t, &r->u, NUMBER, &d, TEST_HUB_NOW, &e) < 0 ||
	    cases_consent(t, &r->u, NUMBER, &k, TEST_HUB_NOW, &e) < 0 ||
	    cases_act(t, &r->u, NUMBER, &n, TEST_HUB_NOW, &e) < 0 ||
	    cases_note(t, &r->u, NUMBER, "内輪のメモ", 0, TEST_HUB_NOW, &e) < 0)
		fail_msg("%s", e.text);
}

static void case_add(const struct ready *r, const char *kind, bool whole)
{
	const struct case_new n = { .company_id = r->company,
				    .kind = kind,
				    .title = NASTY,
				    .source = "phone",
				    .severity = 3,
				    .words = NASTY "\n二行目",
				    .contact_name = "佐藤",
				    .contact_phone = "+81196000000",
				    .happened_us = TEST_HUB_NOW - US_PER_DAY };
	struct err e = { 0 };
	int64_t id;
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_WRITE, &e);

	if (!t || cases_open(t, r->th->hub, &r->u, &n, TEST_HUB_NOW, &id, &e) < 0)
		fail_msg("%s", e.text);
	if (whole)
		hang_on(t, r);
	assert_int_equal(txn_commit(&t, &e), 0);
}

static struct ready ready(struct test_hub *th)
{
	struct ready r = { .th = th, .company = test_hub_company(th, "みなと製作所") };
	const int64_t insurer = test_hub_org(th, ORG_INSURER, "北東北損保");

	r.desk = test_hub_person(th, th->consortium_id, ROLE_DESK, "desk");
	r.insurer = test_hub_person(th, insurer, ROLE_INSURER, "insurer");
	test_hub_relate(th, r.company, insurer, "insurer");
	r.u = test_hub_user(th, r.desk);
	case_add(&r, "malware_suspected", true);
	return r;
}

static int make(const struct ready *r, struct export_order o, const char *kind, struct buf *out,
		struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const char *name;

	o.kind = exports_kind_find(kind);
	o.to = o.to ? o.to : "MISP の仲間";
	o.purpose = o.purpose ? o.purpose : "共有";
	return exports_make(r->th->hub, &r->u, &o, TEST_HUB_NOW, a, out, &name, e);
}

static void made(const struct ready *r, bool named, const char *kind, struct buf *out)
{
	const struct export_order o = { .number = NUMBER, .named = named };
	struct err e = { 0 };

	if (make(r, o, kind, out, &e) < 0)
		fail_msg("%s: %s", kind, e.text);
}

/* What COMMAND (with %s for the file) prints; fails the test when it fails. The caller frees. */
static char *run(const char *command, const struct buf *file)
{
	char dir[TEST_DIR_MAX], path[TEST_DIR_MAX + 8], line[1024], piece[2048];
	struct buf out = { 0 };
	size_t n;

	test_dir_new(dir);
	(void)snprintf(path, sizeof(path), "%s/file", dir);
	assert_int_equal(file_write(path, 0600, file->p, file->n, NULL), 0);
	(void)snprintf(line, sizeof(line), command, path);
	FILE *f = popen(line, "r");
	assert_non_null(f);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(&out, piece, n);
	if (pclose(f) != 0)
		fail_msg("%s: %s", line, out.p ? out.p : "");
	test_dir_free(dir);
	return buf_take(&out);
}

static void check(const char *kind, const struct buf *file)
{
	char command[512];

	/* the sanitizers of this test are none of python's business */
	(void)snprintf(command, sizeof(command),
		       "env -u ASAN_OPTIONS /usr/bin/python3 %s/tests/schemas/check.py %s %%s 2>&1",
		       getenv("OTASUKE_SOURCE"), kind);
	SCOPED_MEM char *said = run(command, file);
	(void)said;
}

static bool has(const struct buf *b, const char *text)
{
	return b->p && strstr(b->p, text) != NULL;
}

static void others_can_read_them(struct test_hub *th)
{
	static const char *const kinds[] = { "stix", "misp", "veris", "iodef" };
	struct ready r = ready(th);

	for (int named = 0; named < 2; named++)
		for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
			SCOPED_BUF struct buf b = { 0 };
			made(&r, named, kinds[i], &b);
			check(kinds[i], &b);
			/* names stay here unless somebody chose otherwise */
			assert_int_equal(has(&b, "みなと製作所"), named);
			assert_false(!named && (has(&b, "佐藤") || has(&b, "髙橋") ||
						has(&b, "192.0.2.7") || has(&b, "内輪")));
			assert_false(has(&b, "形が"));
			assert_false(has(&b, "red.example") || has(&b, "strict.example"));
			assert_int_equal(has(&b, "green.example"), strcmp(kinds[i], "veris") != 0);
			if (strcmp(kinds[i], "veris") != 0)
				assert_true(has(&b, "203.0.113.9") && !has(&b, "8443"));
		}
}

/* The schemas refuse what the standards do not have, even where it looks alike. */
static void the_checker_sees_what_is_wrong(struct test_hub *th)
{
	static const struct {
		const char *kind, *right, *wrong, *said;
	} faults[] = {
		/* the id is not the id of it any more */
		{ "stix", "\"value\":\"bad.example\"", "\"value\":\"cad.example\"",
		  "domain-name--" },
		{ "stix", ".000Z\",\"modified\"", ".0000\",\"modified\"", "created" },
		{ "misp", "\"published\":false", "\"published\":    0", "published" },
		{ "veris", "\"internal\":{\"variety\":[\"Reported by employee\"",
		  "\"external\":{\"variety\":[\"Reported by employee\"", "discovery_method" },
		{ "veris", "\"country\":[\"Unknown\"]", "\"countri\":[\"Unknown\"]", "country" },
		{ "iodef", "source=\"internal-notification\"", "source=\"internal-notificatiom\"",
		  "Discovery" },
		{ "iodef", "<Discovery ", "<Assessmen ", "Assessmen" },
		/* 3.4: the name is a domain name */
		{ "iodef", "<IncidentID name=\"", "<IncidentID name=\"\xc3\xa9", "IncidentID" },
	};
	struct ready r = ready(th);
	char command[512];

	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		SCOPED_BUF struct buf b = { 0 };
		made(&r, false, faults[i].kind, &b);
		char *at = strstr(b.p, faults[i].right);
		if (!at)
			fail_msg("%s", faults[i].right);
		memcpy(at, faults[i].wrong, strlen(faults[i].wrong));
		(void)snprintf(command, sizeof(command),
			       "! env -u ASAN_OPTIONS /usr/bin/python3 %s/tests/schemas/check.py "
			       "%s %%s 2>&1",
			       getenv("OTASUKE_SOURCE"), faults[i].kind);
		SCOPED_MEM char *said = run(command, &b);
		if (!strstr(said, faults[i].said))
			fail_msg("%s: %s", faults[i].wrong, said);
	}
}

static void every_kind_of_case_has_its_words_or_none(struct test_hub *th)
{
	size_t n;
	const char *const *kinds = cases_kinds(&n);
	struct ready r = ready(th);
	const struct case_filter all = { .state = "" };
	SCOPED_BUF struct buf b = { 0 };
	struct err e = { 0 };

	for (size_t i = 0; i < n; i++)
		case_add(&r, kinds[i], false);
	for (size_t i = 0; i < veris_map_table_n; i++) {
		size_t k = 0;
		while (k < n && strcmp(kinds[k], veris_map_table[i].kind) != 0)
			k++;
		assert_true(k < n); /* no word for a kind that there is not */
	}
	assert_int_equal(make(&r, (struct export_order){ .filter = &all }, "veris", &b, &e), 0);
	check("veris", &b);
	SCOPED_BUF struct buf s = { 0 };
	assert_int_equal(make(&r, (struct export_order){ .filter = &all }, "stix", &s, &e), 0);
	check("stix", &s);
}

static void the_same_case_gives_the_same_bytes(struct test_hub *th)
{
	static const char *const kinds[] = { "stix", "misp", "veris", "indicators_csv" };
	struct ready r = ready(th);

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		SCOPED_BUF struct buf one = { 0 };
		SCOPED_BUF struct buf two = { 0 };
		made(&r, false, kinds[i], &one);
		made(&r, false, kinds[i], &two);
		assert_string_equal(one.p, two.p);
	}
}

static void reports_say_it_in_both_languages(struct test_hub *th)
{
	struct ready r = ready(th);

	for (int lang = LANG_JA; lang <= LANG_EN; lang++) {
		const struct export_order o = { .number = NUMBER, .lang = (enum lang)lang };
		SCOPED_BUF struct buf pdf = { 0 };
		SCOPED_BUF struct buf html = { 0 };
		struct err e = { 0 };
		assert_int_equal(make(&r, o, "full_pdf", &pdf, &e), 0);
		SCOPED_MEM char *text = run("pdftotext -layout %s -", &pdf);
		assert_non_null(strstr(text, NUMBER));
		assert_non_null(strstr(text, "みなと製作所"));
		assert_non_null(strstr(text, "1,234,567"));
		assert_non_null(strstr(text, "髙橋"));
		assert_non_null(strstr(text, "TLP:amber"));
		assert_non_null(strstr(text, lang == LANG_JA ? "全記録" : "Full record"));
		SCOPED_MEM char *fonts =
			run("pdffonts %s | tail -n +3 | grep -v 'yes yes' | wc -l", &pdf);
		assert_int_equal(fonts[0], '0');
		assert_int_equal(make(&r, o, "full_html", &html, &e), 0);
		assert_null(strstr(html.p, "<b>"));
		assert_non_null(strstr(html.p, "&lt;b&gt;"));
	}
}

/* What other features keep of a case: a thing with its chain, a measure, an order, letters to the
 * police, clocks and items of a report, a line of cost. LONG: a letter of many pages. */
static int order_put(struct txn *t, const struct ready *r, struct err *e)
{
	struct fleet_sensor x = { .company_id = r->company,
				  .name = "本社",
				  .cert_sha256 = HASH,
				  .cert_expires_us = TEST_HUB_NOW + US_PER_DAY,
				  .version = "1",
				  .hardware = "" };
	int64_t sensor;
	int ret = fleet_store_add(t, &scope_system, &x, &sensor, e);

	if (ret < 0)
		return ret;
	return db_run(
		t, &scope_system,
		"INSERT INTO sensor_order (company_id, incident_id, sensor_id, type, mac,"
		" network, port, protocol, target, seconds, bytes, until_us, expires_us,"
		" token, made_by, made_us, sent_us, heard_us, done_us, sensor_us, state,"
		" reason, detail, report_no, in_effect, ended_us, figures, devices,"
		" file_sha256, file_size, file_us) SELECT $1, 1, $2, 'isolate', '', '', 0, 0,"
		" 'レジの PC', 0, 0, 0, 0, 'token', $3, $4, $4, $4, $4, $4, 'done', '', '',"
		" 1, 1, 0, '', 0, '', 0, 0 WHERE @scope($1)",
		DB_ARGS(DB_INT(r->company), DB_INT(sensor), DB_INT(r->desk), DB_INT(TEST_HUB_NOW)),
		e);
}

static void whole_record(const struct ready *r, bool long_letter)
{
	static const char line[] = "本日、ファイルが開けなくなりました。「鍵」を求める文書が、"
				   "共有フォルダーに残されています（２件）。A file named "
				   "READ_ME_TO_RECOVER_YOUR_FILES.txt was left behind. ";
	const struct evidence_new disk = { .case_id = 1,
					   .kind = "disk",
					   .name = "経理の PC のディスク",
					   .note = "起動しないもの",
					   .source = "hand",
					   .sha256 = HASH,
					   .seal = "S-77",
					   .place = "金庫" };
	const struct evidence_step handed = { .kind = "handed",
					      .from = "佐藤",
					      .to = "警察 鈴木",
					      .why = "鑑定",
					      .at_us = TEST_HUB_NOW,
					      .seen = -1 };
	const struct thread_new police = { .incident_id = 1,
					   .kind = "police",
					   .org_name = "岩手県警",
					   .person_name = "鈴木",
					   .reference = "受理 45",
					   .purpose = "被害の相談",
					   .told = "暗号化されたこと",
					   .phone = "",
					   .mail = "" };
	struct duty_facts f = { .known_us = TEST_HUB_NOW - US_PER_DAY,
				.sector = "none",
				.people = 1200 };
	const struct duty_item cause = { .item = "cause", .state = "known", .body = "VPN の弱点" };
	SCOPED_BUF struct buf letter = { 0 };
	struct err e = { 0 };
	int64_t item, thread, message;
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_WRITE, &e);

	for (int i = 0; i < FACT_COUNT; i++)
		f.given[i] = "no";
	f.given[FACT_PERSONAL] = f.given[FACT_MALICIOUS] = "yes";
	for (int i = 0; i < (long_letter ? 40 : 1); i++)
		buf_adds(&letter, line);
	const struct thread_post post = { .direction = THREAD_OUT,
					  .channel = "paper",
					  .subject = "被害の届出",
					  .body = letter.p };
	if (evidence_put(t, r->th->hub, &r->u, &disk, NULL, TEST_HUB_NOW, &item, &e) < 0 ||
	    evidence_handled(t, &r->u, item, &handed, TEST_HUB_NOW, &e) < 0 ||
	    threads_open(t, &r->u, &police, TEST_HUB_NOW, &thread, &e) < 0 ||
	    threads_post(t, &r->u, thread, &post, TEST_HUB_NOW, &message, &e) < 0 ||
	    duties_facts_set(t, &r->u, NUMBER, &f, 0, TEST_HUB_NOW, &e) < 0 ||
	    duties_item_set(t, &r->u, NUMBER, &cause, TEST_HUB_NOW, &e) < 0 ||
	    order_put(t, r, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(txn_commit(&t, &e), 0);
}

static void the_full_record_is_complete(struct test_hub *th)
{
	static const char *const both[] = { "S-77",      HASH,         "経理の PC のディスク",
					    "警察 鈴木", "鑑定",       "岩手県警",
					    "受理 45",   "被害の届出", "VPN の弱点",
					    "1,234,567" };
	static const char *const words[][7] = {
		{ "証拠を取り扱った記録", "関係先とのやりとり", "届出と期限", "確報（不正な目的",
		  "報告する 9 つの項目", "引き渡し", "センサーへの指示" },
		{ "Chain of custody", "Messages with others", "Duties to report",
		  "Final report (malicious act: 60 days)", "The nine items of a report",
		  "Handed over", "Orders to sensors" },
	};
	struct ready r = ready(th);

	whole_record(&r, false);
	for (int lang = LANG_JA; lang <= LANG_EN; lang++) {
		const struct export_order o = { .number = NUMBER, .lang = (enum lang)lang };
		SCOPED_BUF struct buf pdf = { 0 };
		SCOPED_BUF struct buf html = { 0 };
		struct err e = { 0 };
		assert_int_equal(make(&r, o, "full_pdf", &pdf, &e), 0);
		assert_int_equal(make(&r, o, "full_html", &html, &e), 0);
		/* cells break their words: without blanks both read alike */
		SCOPED_MEM char *text = run("pdftotext -raw %s - | tr -d ' \\n'", &pdf);
		for (size_t i = 0; i < ARRAY_LEN(both); i++)
			if (!strstr(html.p, both[i]))
				fail_msg("%s", both[i]);
		for (size_t i = 0; i < ARRAY_LEN(words[0]); i++)
			if (!strstr(html.p, words[lang == LANG_EN][i]))
				fail_msg("%s", words[lang == LANG_EN][i]);
		assert_non_null(strstr(text, HASH));
		assert_non_null(strstr(text, "VPNの弱点"));
		assert_null(strstr(html.p, "export."));
		assert_null(strstr(html.p, "duty."));
		if (lang == LANG_EN) /* no heading is left in Japanese */
			assert_null(strstr(html.p, "届出と期限"));
	}
}

static void long_letters_flow_over_pages(struct test_hub *th)
{
	struct ready r = ready(th);
	SCOPED_BUF struct buf pdf = { 0 };

	whole_record(&r, true);
	made(&r, false, "full_pdf", &pdf);
	SCOPED_MEM char *text = run("pdftotext -raw %s - | tr -d ' \\n'", &pdf);
	size_t n = 0;
	for (const char *at = text; (at = strstr(at, "READ_ME_TO_RECOVER_YOUR_FILES.txt")); at++)
		n++;
	assert_int_equal(n, 40); /* nothing of it is cut off */
	SCOPED_MEM char *last = run("pdftotext -raw -f 2 -l 2 %s - | grep -c '2 / '", &pdf);
	assert_int_equal(last[0], '1');
}

/* The press has room for a few; who comes too late is told what to do. */
static void only_so_many_at_once(struct test_hub *th)
{
	struct ready r = ready(th);
	SCOPED_BUF struct buf b = { 0 };
	const struct export_order o = { .number = NUMBER };
	struct err e = { 0 };

	for (int64_t i = 0; i < exports_conf.pdf_at_once; i++)
		assert_int_equal(exports_gate_enter(th->hub, &e), 0);
	assert_int_equal(make(&r, o, "full_pdf", &b, &e), -EAGAIN);
	struct test_answer x =
		test_hub_post(th, r.desk, "/cases/" NUMBER "/export", "kind=company_pdf");
	assert_int_equal(x.status, 503);
	assert_non_null(strstr(x.body, "いま PDF を 2 件つくっています"));
	assert_int_equal(make(&r, o, "full_html", &b, &e), 0); /* needs no press */
	exports_gate_leave(th->hub);
	SCOPED_BUF struct buf pdf = { 0 };
	assert_int_equal(make(&r, o, "full_pdf", &pdf, &e), 0);
	for (int64_t i = 1; i < exports_conf.pdf_at_once; i++)
		exports_gate_leave(th->hub);
}

/* What is for us only stays with us, also in a table and for the company. */
static void marks_are_kept(struct test_hub *th)
{
	static const char *const kinds[] = { "indicators_csv", "company_html", "full_html" };
	struct ready r = ready(th);

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		SCOPED_BUF struct buf b = { 0 };
		made(&r, false, kinds[i], &b);
		assert_int_equal(has(&b, "red.example"), strcmp(kinds[i], "full_html") == 0);
		assert_int_equal(has(&b, "strict.example"), strcmp(kinds[i], "full_html") == 0);
	}
}

static void the_company_reads_plain_words(struct test_hub *th)
{
	struct ready r = ready(th);
	SCOPED_BUF struct buf html = { 0 };

	made(&r, false, "company_html", &html);
	assert_non_null(strstr(html.p, "何が起きましたか"));
	assert_non_null(strstr(html.p, "これからしていただくこと"));
	assert_null(strstr(html.p, "内輪のメモ"));
}

static void spreadsheets_run_no_formula(struct test_hub *th)
{
	struct ready r = ready(th);
	SCOPED_BUF struct buf csv = { 0 };

	made(&r, false, "actions_csv", &csv);
	assert_memory_equal(csv.p, "\xEF\xBB\xBF", 3);
	assert_null(strstr(csv.p, ",\"=HYPERLINK"));
	assert_non_null(strstr(csv.p, "'=HYPERLINK"));
}

static void it_is_kept_who_saw_what(struct test_hub *th)
{
	struct ready r = ready(th);
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_BUF struct buf b = { 0 };
	struct export_told *told;
	struct case_entry *lines;
	struct incident i;
	struct err e = { 0 };
	size_t n, last;

	made(&r, false, "misp", &b);
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_READ, &e);
	if (exports_told(t, &r.u.scope, r.company, 0, a, &told, &n, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(n, 1);
	assert_string_equal(told[0].kind, "misp");
	assert_string_equal(told[0].to, "MISP の仲間");
	assert_string_equal(told[0].number, NUMBER);
	assert_false(told[0].named);
	assert_true(told[0].hidden > 2);
	assert_int_equal(cases_get(t, &r.u.scope, NUMBER, a, &i, &e), 0);
	assert_int_equal(cases_store_entries(t, &r.u.scope, i.id, a, &lines, &last, &e), 0);
	assert_string_equal(lines[last - 1].text_key, "export.story.misp");
	int64_t rows = 0;
	assert_int_equal(db_one_int(t, &scope_system,
				    "SELECT count(*) FROM audit WHERE action = 'incident.export' "
				    "@global",
				    DB_NO_ARGS, &rows, &e),
			 0);
	assert_int_equal(rows, 1);
}

static void who_may(struct test_hub *th)
{
	struct ready r = ready(th);
	const char *path = "/cases/" NUMBER "/export";

	struct test_answer a = test_hub_post(th, r.insurer, path, "kind=full_html");
	if (a.status != 200)
		fail_msg("%s", a.body);
	assert_int_equal(test_hub_post(th, r.insurer, path, "kind=stix&to=x&purpose=x").status,
			 403);
	assert_int_equal(test_hub_post(th, r.desk, path, "kind=stix").status, 400); /* to whom? */
	assert_int_equal(test_hub_post(th, r.desk, path, "kind=nothing").status, 400);
	assert_int_equal(test_hub_post(th, r.desk, path, "kind=cases_csv").status, 400);
	a = test_hub_post(th, r.desk, path, "kind=iodef&to=x&purpose=x");
	if (a.status != 200)
		fail_msg("%s", strstr(a.body, "role=\"alert\""));
	assert_string_equal(a.type, "application/xml");
	a = test_hub_get(th, r.desk, path);
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.body, "匿名のため"));
	a = test_hub_json(th, r.desk, path);
	assert_non_null(strstr(a.body, "\"kind\":\"stix\""));
	a = test_hub_post(th, r.desk, "/cases/export", "kind=cases_csv&state=any");
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.body, NUMBER));
	assert_int_equal(test_hub_get(th, r.desk, "/cases/export").status, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(others_can_read_them),
		ON_BOTH(the_checker_sees_what_is_wrong),
		ON_BOTH(every_kind_of_case_has_its_words_or_none),
		ON_BOTH(the_same_case_gives_the_same_bytes),
		ON_BOTH(reports_say_it_in_both_languages),
		ON_BOTH(the_full_record_is_complete),
		ON_BOTH(long_letters_flow_over_pages),
		ON_BOTH(only_so_many_at_once),
		ON_BOTH(marks_are_kept),
		ON_BOTH(the_company_reads_plain_words),
		ON_BOTH(spreadsheets_run_no_formula),
		ON_BOTH(it_is_kept_who_saw_what),
		ON_BOTH(who_may),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
