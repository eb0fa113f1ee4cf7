/* SPDX-License-Identifier: Apache-2.0 */
/* Search on both databases, as people ask: any part of what was written, newest first, and nothing
 * that is not theirs. */
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/test.h"
#include "hub/search/search.h"
#include "hub/test_hub.h"

struct region {
	struct test_hub *th;
	int64_t minato, kita;   /* companies */
	int64_t desk, outsider; /* sees both; sees Kita only */
};

static struct region region(struct test_hub *th)
{
	struct region r = { .th = th,
			    .minato = test_hub_company(th, "株式会社みなと製作所"),
			    .kita = test_hub_company(th, "きたかみ旅館") };
	int64_t it = test_hub_org(th, "it_company", "南部システム");

	test_hub_relate(th, r.kita, it, "it");
	r.desk = test_hub_person(th, th->consortium_id, ROLE_DESK, "desk");
	r.outsider = test_hub_person(th, it, ROLE_TECHNICIAN, "outsider");
	return r;
}

static void case_of(const struct region *r, int64_t company, const char *title, const char *words)
{
	SCOPED_BUF struct buf b = { 0 };

	buf_printf(&b, "company=%" PRId64 "&kind=malware_suspected&severity=2&source=phone",
		   company);
	buf_printf(&b, "&title=%s&words=%s&contact=x", title, words);
	struct test_answer a = test_hub_post(r->th, r->desk, "/cases", b.p);
	assert_int_equal(a.status, 303);
}

/* How many results PERSON has for the (percent-encoded or plain) words Q. */
static int results(const struct region *r, int64_t person, const char *q)
{
	SCOPED_BUF struct buf b = { 0 };
	int n = 0;

	for (buf_adds(&b, "/search?q="); *q; q++)
		if (*q == ' ')
			buf_addc(&b, '+');
		else
			buf_printf(&b, "%%%02X", (unsigned char)*q);
	struct test_answer a = test_hub_json(r->th, person, b.p);
	assert_int_equal(a.status, 200);
	for (const char *p = a.body; (p = strstr(p, "\"kind\":")); p++)
		n++;
	return n;
}

static void any_part_of_what_was_written(struct test_hub *th)
{
	struct region r = region(th);

	case_of(&r, r.minato, "画面に警告が出て動かない", "USBメモリを挿した 192.0.2.77 に通信");
	case_of(&r, r.kita, "予約の画面が動かない", "朝から");
	test_hub_job(th, "search");
	assert_int_equal(results(&r, r.desk, "警告"), 1);
	assert_int_equal(results(&r, r.desk, "警"), 1);
	assert_int_equal(results(&r, r.desk, "動かない"), 2);
	assert_int_equal(results(&r, r.desk, "画面 朝から"), 1);
	assert_int_equal(results(&r, r.desk, "ｕｓｂメモリ"), 1); /* widths and cases alike */
	assert_int_equal(results(&r, r.desk, "192.0.2.77"), 1);
	assert_int_equal(results(&r, r.desk, "192.0.2.7"), 1);
	assert_int_equal(results(&r, r.desk, "2.0.192"), 0);
	assert_int_equal(results(&r, r.desk, "告警"), 0);
	assert_int_equal(results(&r, r.desk, "みなと"), 2); /* the company and its case */
	assert_int_equal(results(&r, r.desk, "  "), 0);
	assert_int_equal(results(&r, r.desk, "%' OR 1=1 --"), 0);
}

static void nobody_finds_what_is_not_theirs(struct test_hub *th)
{
	struct region r = region(th);

	case_of(&r, r.minato, "画面に警告が出て動かない", "秘密の言葉");
	case_of(&r, r.kita, "予約の画面が動かない", "朝から");
	test_hub_job(th, "search");
	assert_int_equal(results(&r, r.outsider, "秘密"), 0);
	assert_int_equal(results(&r, r.outsider, "みなと"), 0);
	assert_int_equal(results(&r, r.outsider, "動かない"), 1);
	assert_int_equal(results(&r, r.outsider, "きたかみ"), 2);
	/* Naming it exactly does not open it either. */
	assert_int_equal(test_hub_get(th, r.outsider, "/search?q=IW-2026-000001").status, 200);
	assert_string_equal(test_hub_get(th, r.desk, "/search?q=iw-2026-000001").location,
			    "/cases/IW-2026-000001");
	assert_non_null(strstr(test_hub_json(th, r.desk, "/search?q=IW-2026-000001").body,
			       "\"label\":\"IW-2026-000001\""));
}

static void what_is_added_is_found_and_what_is_gone_is_not(struct test_hub *th)
{
	struct region r = region(th);

	case_of(&r, r.minato, "画面に警告が出て動かない", "朝から");
	test_hub_job(th, "search");
	assert_int_equal(results(&r, r.desk, "電源"), 0);
	assert_int_equal(test_hub_post(th, r.desk, "/cases/IW-2026-000001/notes",
				       "body=電源を切ってもらった")
				 .status,
			 303);
	test_hub_job(th, "search");
	assert_int_equal(results(&r, r.desk, "電源を切"), 1);
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(search_mark(t, "nothing like that", 1, TEST_HUB_NOW, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	assert_int_equal(search_run(th->hub, 0, &e), 0); /* what nobody can read is let go */
}

static void many_are_cut_at_fifty(struct test_hub *th)
{
	struct region r = region(th);

	for (int i = 0; i < 60; i++)
		case_of(&r, i % 2 ? r.minato : r.kita, "同じ言葉", "朝から");
	test_hub_job(th, "search");
	assert_int_equal(results(&r, r.desk, "同じ言葉"), 50);
	assert_int_equal(results(&r, r.outsider, "同じ言葉"), 30);
	assert_non_null(strstr(test_hub_json(th, r.desk, "/search?q=%E5%90%8C%E3%81%98").body,
			       "\"more\":true"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(any_part_of_what_was_written),
		ON_BOTH(nobody_finds_what_is_not_theirs),
		ON_BOTH(what_is_added_is_found_and_what_is_gone_is_not),
		ON_BOTH(many_are_cut_at_fifty),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
