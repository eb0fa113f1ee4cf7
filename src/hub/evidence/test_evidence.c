/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence on both databases: what comes in and stays as it was, who had it in hand, what is added
 * to the sums, and what people may try. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/test.h"
#include "hub/evidence/evidence_files.h"
#include "hub/evidence/evidence_packets.h"
#include "hub/evidence/evidence_rules.h"
#include "hub/evidence/evidence_store.h"
#include "hub/test_hub.h"

#define NUMBER "IW-2026-000001"
#define PAGE   "/cases/" NUMBER "/evidence"

struct ready {
	struct test_hub *th;
	int64_t company, desk, admin, case_id;
	struct user u, root;
};

static struct ready ready(struct test_hub *th)
{
	struct ready r = { .th = th, .company = test_hub_company(th, "みなと製作所") };
	struct err e = { 0 };

	r.desk = test_hub_person(th, th->consortium_id, ROLE_DESK, "desk");
	r.admin = test_hub_person(th, th->consortium_id, ROLE_ADMIN, "admin");
	r.u = test_hub_user(th, r.desk);
	r.root = test_hub_user(th, r.admin);
	const struct case_new n = { .company_id = r.company,
				    .kind = "malware_suspected",
				    .title = "画面に警告",
				    .source = "phone",
				    .severity = 2,
				    .words = "x",
				    .contact_name = "佐藤",
				    .contact_phone = "" };
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(cases_open(t, th->hub, &r.u, &n, TEST_HUB_NOW, &r.case_id, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	return r;
}

static const char *file_of(const struct ready *r, const void *p, size_t n)
{
	static char path[4096];
	SCOPED_MEM char *dir = hub_state_path(r->th->hub, "to-put");

	str_copy(path, sizeof(path), str_of(dir));
	assert_int_equal(file_write(path, 0600, p, n, NULL), 0);
	return path;
}

static int64_t put(const struct ready *r, const char *name, const void *p, size_t n)
{
	const struct evidence_new new = {
		.case_id = r->case_id, .kind = "file", .name = name, .source = "upload"
	};
	struct err e = { 0 };
	int64_t id = 0;
	int ret =
		evidence_put_file(r->th->hub, &r->u, &new, file_of(r, p, n), TEST_HUB_NOW, &id, &e);

	if (ret < 0)
		fail_msg("%s", e.text);
	return id;
}

static struct evidence_item get(const struct ready *r, int64_t id, struct arena *a)
{
	struct evidence_item i;
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_READ, &e);

	assert_int_equal(evidence_get(t, &r->u.scope, id, a, &i, &e), 0);
	return i;
}

static struct evidence_custody *chain(const struct ready *r, int64_t id, struct arena *a, size_t *n)
{
	struct evidence_custody *k;
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_READ, &e);

	assert_int_equal(evidence_custody(t, &r->u.scope, id, a, &k, n, &e), 0);
	return k;
}

static int handle(const struct ready *r, int64_t id, const struct evidence_step *s)
{
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_WRITE, &e);
	int ret = evidence_handled(t, &r->u, id, s, TEST_HUB_NOW, &e);

	return ret < 0 ? ret : txn_commit(&t, &e);
}

static bool holds(struct test_hub *th, int64_t person, const char *path, const char *text)
{
	struct test_answer a = test_hub_get(th, person, path);

	assert_int_equal(a.status, 200);
	return strstr(a.body, text) != NULL;
}

/* --- files --- */

static void a_file_is_kept_by_what_it_is(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	int64_t one = put(&r, "ledger.csv", "abc", 3), two = put(&r, "copy.csv", "abc", 3);
	struct evidence_item i = get(&r, one, a);
	struct stat st;
	char got[8] = "";

	assert_string_equal(i.sha256,
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_int_equal(i.size_bytes, 3);
	assert_int_equal(i.no, 1);
	assert_int_equal(get(&r, two, a).no, 2);
	SCOPED_MEM char *path = evidence_files_path(th->hub, i.sha256);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0400);
	SCOPED_FD int fd = evidence_open(th->hub, &i, NULL);
	assert_int_equal(read(fd, got, sizeof(got)), 3);
	assert_string_equal(got, "abc");
	SCOPED_MEM char *left = hub_state_path(th->hub, "to-put");
	assert_false(file_exists(left));
}

static void names_are_only_shown(struct test_hub *th)
{
	struct ready r = ready(th);
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_BUF struct buf b = { 0 };

	put(&r,
	    "../../<b>x\xe2\x80\xae"
	    "gpj.exe",
	    "MZ", 2);
	assert_true(holds(th, r.desk, PAGE,
			  "../../&lt;b&gt;x\xe2\x80\xb9U+202E\xe2\x80\xba"
			  "gpj.exe"));
	assert_true(holds(th, r.desk, PAGE, "危険なファイル"));
	evidence_name_disposition("../a/b\r\nX y\"\xe4\xbc\x9a.txt", &b);
	assert_string_equal(b.p, "attachment; filename=\"b__X_y____.txt\"; "
				 "filename*=UTF-8''b__X%20y%22%E4%BC%9A.txt");
	buf_clear(&b);
	evidence_name_disposition("...", &b);
	assert_string_equal(b.p, "attachment; filename=\"file\"; filename*=UTF-8''file");
	assert_string_equal(evidence_name_shown("a\x01\x7f", a), "a‹U+0001›‹U+007F›");
}

static void what_changed_on_the_disk_is_noticed(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	int64_t id = put(&r, "x", "abc", 3);
	struct evidence_item i = get(&r, id, a);
	SCOPED_MEM char *path = evidence_files_path(th->hub, i.sha256);

	test_hub_job(th, "evidence.check");
	assert_string_equal(get(&r, id, a).check, ""); /* not due */
	clock_fake_add(&th->clock, 40 * US_PER_DAY);
	test_hub_job(th, "evidence.check");
	assert_string_equal(get(&r, id, a).check, "matches");
	assert_int_equal(file_write(path, 0600, "abd", 3, NULL), 0);
	clock_fake_add(&th->clock, 40 * US_PER_DAY);
	test_hub_job(th, "evidence.check");
	assert_string_equal(get(&r, id, a).check, "differs");
	assert_true(holds(th, r.desk, "/", "中身が変わっています"));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(test_hub_post(th, r.desk, PAGE "/1/verify", "").status, 303);
	assert_string_equal(get(&r, id, a).check, "missing");
}

static void limits_are_said(struct test_hub *th)
{
	struct ready r = ready(th);
	struct err e = { 0 };
	int64_t was = evidence_conf.total_gib, free_mib = evidence_conf.free_mib;
	struct evidence_blob b;

	assert_int_equal(evidence_room(th->hub, INT64_C(2) << 30, &e), -ELIMIT);
	assert_non_null(strstr(e.text, "512"));
	assert_int_equal(evidence_room(th->hub, 1000, &e), 0);
	evidence_conf.free_mib = INT64_C(1) << 30;
	assert_int_equal(evidence_room(th->hub, 1000, &e), -ENOSPC);
	const char *path = file_of(&r, "abc", 3);
	assert_int_equal(evidence_take(th->hub, path, &b, &e), -ENOSPC);
	assert_true(file_exists(path));
	evidence_conf.free_mib = free_mib;
	evidence_conf.total_gib = was;
	assert_int_equal(evidence_take(th->hub, "/proc/self", &b, &e), -EINVAL);
}

/* --- uploads through the door --- */

static struct test_answer upload(const struct ready *r, int64_t person, const char *name,
				 const char *bytes, const char *length)
{
	SCOPED_BUF struct buf body = { 0 };
	SCOPED_BUF struct buf q = { 0 };

	buf_printf(&body,
		   "--BB\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n%s\r\n"
		   "--BB\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\n"
		   "Content-Type: text/html\r\n\r\n%s\r\n--BB--\r\n",
		   person ? test_hub_csrf(r->th, person) : "", name, bytes);
	buf_printf(&q,
		   "POST " PAGE " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: %s\r\n"
		   "Content-Type: multipart/form-data; boundary=BB\r\n",
		   person ? test_hub_cookie(r->th, person) : "a=b");
	if (length)
		buf_printf(&q, "Content-Length: %s\r\n\r\n", length);
	else
		buf_printf(&q, "Content-Length: %zu\r\n\r\n%s", body.n, body.p);
	return test_hub_raw(r->th, q.p);
}

static void a_form_brings_a_file(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	struct test_answer x = upload(&r, r.desk, "/etc/passwd", "<script>alert(1)</script>", NULL);

	assert_int_equal(x.status, 303);
	assert_true(holds(th, r.desk, PAGE, "/etc/passwd"));
	x = test_hub_post(th, r.desk, PAGE "/1/download", "why=調べる");
	assert_int_equal(x.status, 200);
	assert_string_equal(x.type, "application/octet-stream");
	assert_string_equal(x.body, "<script>alert(1)</script>");
	assert_true(holds(th, r.desk, PAGE "/1", "ダウンロード"));
	assert_true(holds(th, r.desk, PAGE "/1", "調べる"));
	assert_true(holds(th, r.desk, PAGE "/1/sheet", "証拠管理票"));
	size_t n;
	struct evidence_custody *k = chain(&r, 1, a, &n);
	assert_int_equal(n, 2);
	assert_string_equal(k[1].kind, "downloaded");
	x = test_hub_json(th, r.desk, PAGE "/1");
	assert_non_null(strstr(x.body, "\"custody_whole\":true"));
}

static void who_may_not_sends_nothing(struct test_hub *th)
{
	struct ready r = ready(th);
	int64_t other = test_hub_org(th, "insurer", "保険");
	int64_t clerk = test_hub_person(th, other, ROLE_INSURER, "clerk");

	assert_int_equal(upload(&r, 0, "x", "abc", NULL).status, 403);
	assert_int_equal(upload(&r, clerk, "x", "abc", NULL).status, 403);
	assert_int_equal(upload(&r, r.desk, "", "", NULL).status, 400); /* no file chosen */
	assert_true(holds(th, r.desk, PAGE, "まだ何も預かっていません"));
}

static void two_gib_are_refused_at_once(struct test_hub *th)
{
	struct ready r = ready(th);
	struct test_answer x = upload(&r, r.desk, "x", "abc", "2147483648");

	assert_int_equal(x.status, 413);
	assert_non_null(strstr(x.body, "512 MiB"));
	assert_non_null(strstr(x.body, "SHA-256"));
}

static void a_full_disk_is_said(struct test_hub *th)
{
	struct ready r = ready(th);
	int64_t was = evidence_conf.free_mib;

	evidence_conf.free_mib = INT64_C(1) << 30;
	struct test_answer x = upload(&r, r.desk, "x", "abc", NULL);
	evidence_conf.free_mib = was;
	assert_int_equal(x.status, 507);
	assert_non_null(strstr(x.body, "管理者"));
}

static void danger_is_asked_about(struct test_hub *th)
{
	struct ready r = ready(th);

	assert_int_equal(upload(&r, r.desk, "a.exe", "MZabc", NULL).status, 303);
	assert_int_equal(test_hub_post(th, r.desk, PAGE "/1/download", "").status, 400);
	assert_true(holds(th, r.desk, PAGE "/1/download", "隔離した機器"));
	assert_int_equal(test_hub_post(th, r.desk, PAGE "/1/download", "sure=1").status, 200);
}

/* --- custody --- */

static void the_chain_shows_what_was_changed(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	int64_t id = put(&r, "x", "abc", 3);
	struct err e = { 0 };
	size_t n;

	assert_int_equal(handle(&r, id,
				&(struct evidence_step){ .kind = "handed",
							 .from = "窓口",
							 .to = "調査会社",
							 .why = "調査",
							 .seal = "A-1",
							 .seen = 1 }),
			 0);
	struct evidence_custody *k = chain(&r, id, a, &n);
	struct evidence_item i = get(&r, id, a);
	assert_int_equal(n, 2);
	assert_string_equal(i.holder, "調査会社");
	assert_string_equal(i.seal, "A-1");
	assert_int_equal(evidence_custody_verify(&i, k, n, &e), 0);
	assert_int_equal(evidence_custody_verify(&i, k, 1, &e), -EFORMAT); /* one is cut off */
	k[0].why = "別の理由";
	assert_int_equal(evidence_custody_verify(&i, k, n, &e), -EFORMAT);
	assert_non_null(strstr(e.text, "1"));
}

static void the_second_of_two_people_is_told(struct test_hub *th)
{
	struct ready r = ready(th);
	int64_t id = put(&r, "x", "abc", 3);
	const struct evidence_step s = { .kind = "noted", .why = "x", .seen = 1 };

	assert_int_equal(handle(&r, id, &s), 0);
	assert_int_equal(handle(&r, id, &s), -ECONFLICT);
	assert_int_equal(
		test_hub_post(th, r.desk, PAGE "/1/custody", "kind=noted&why=x&seen=1").status,
		409);
	assert_int_equal(test_hub_post(th, r.desk, PAGE "/1/custody", "kind=handed&seen=2").status,
			 400);
	assert_int_equal(
		test_hub_post(th, r.desk, PAGE "/1/custody", "kind=downloaded&seen=2").status, 400);
}

static void only_an_administrator_destroys(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	int64_t one = put(&r, "x", "abc", 3), two = put(&r, "y", "abc", 3);
	SCOPED_MEM char *path = evidence_files_path(th->hub, get(&r, one, a).sha256);

	assert_int_equal(test_hub_post(th, r.desk, PAGE "/1/destroy", "why=x").status, 403);
	assert_int_equal(test_hub_post(th, r.admin, PAGE "/1/destroy", "why=").status, 400);
	assert_int_equal(test_hub_post(th, r.admin, PAGE "/1/destroy", "why=終わった").status, 303);
	assert_string_equal(get(&r, one, a).state, "destroyed");
	assert_true(file_exists(path)); /* the other piece is the same bytes */
	assert_int_equal(test_hub_post(th, r.admin, PAGE "/2/destroy", "why=終わった").status, 303);
	assert_false(file_exists(path));
	assert_string_equal(get(&r, two, a).state, "destroyed");
	assert_int_equal(test_hub_post(th, r.desk, PAGE "/2/download", "").status, 404);
	assert_true(holds(th, r.desk, PAGE "/2", "廃棄"));
	assert_int_equal(put(&r, "z", "abc", 3), 3); /* the same may come again */
	assert_true(file_exists(path));
}

static void a_thing_is_registered_by_hash(struct test_hub *th)
{
	struct ready r = ready(th);
	static const char *const path = "/cases/" NUMBER "/things";

	assert_int_equal(test_hub_post(th, r.desk, path, "kind=disk&name=HDD&sha256=12").status,
			 400);
	assert_int_equal(test_hub_post(th, r.desk, path, "kind=file&name=HDD").status, 400);
	assert_int_equal(
		test_hub_post(th, r.desk, path,
			      "kind=disk&name=HDD&seal=S-9&place=金庫&sha256="
			      "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")
			.status,
		303);
	assert_true(holds(th, r.desk, PAGE "/1", "ba7816bf8f01cfea"));
	assert_int_equal(test_hub_post(th, r.desk, PAGE "/1/custody",
				       "kind=returned&to=佐藤&why=返す&seen=1")
				 .status,
			 303);
	assert_true(holds(th, r.desk, PAGE "/1", "返却済み"));
}

/* --- facts --- */

static struct incident sums(const struct ready *r, struct arena *a)
{
	struct incident i;
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_READ, &e);

	assert_int_equal(cases_get(t, &r->u.scope, NUMBER, a, &i, &e), 0);
	return i;
}

/* The sums of the case are those of the lines that count. */
static void sums_agree(const struct ready *r, int64_t yen, int64_t minutes)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct evidence_cost *k;
	struct err e = { 0 };
	size_t n;
	int64_t sum_yen = 0, sum_minutes = 0;
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_READ, &e);

	assert_int_equal(evidence_costs(t, &r->u.scope, r->case_id, a, &k, &n, &e), 0);
	txn_rollback(&t);
	for (size_t i = 0; i < n; i++) {
		sum_yen += k[i].voided_us ? 0 : k[i].yen;
		sum_minutes += k[i].voided_us ? 0 : k[i].minutes;
	}
	struct incident c = sums(r, a);
	assert_int_equal(sum_yen, yen);
	assert_int_equal(sum_minutes, minutes);
	assert_int_equal(c.cost_yen, yen);
	assert_int_equal(c.minutes, minutes);
}

static void costs_and_actions_are_one_sum(struct test_hub *th)
{
	struct ready r = ready(th);
	static const char *const costs = "/cases/" NUMBER "/costs";

	assert_int_equal(test_hub_post(th, r.desk, "/cases/" NUMBER "/actions",
				       "channel=visit&body=x&minutes=30&cost=5000")
				 .status,
			 303);
	sums_agree(&r, 5000, 30);
	assert_int_equal(test_hub_post(th, r.desk, costs,
				       "category=parts&what=SSD&quantity=1.5&unit=台&unit_yen=1001"
				       "&minutes=15&claimable=1")
				 .status,
			 303);
	sums_agree(&r, 5000 + 1502, 45);
	assert_int_equal(test_hub_post(th, r.desk, costs, "category=parts&what=x").status, 400);
	assert_int_equal(test_hub_post(th, r.desk, costs, "category=bribe&what=x&minutes=1").status,
			 400);
	assert_int_equal(
		test_hub_post(th, r.desk, costs, "category=parts&what=x&minutes=1&receipt=7")
			.status,
		400);
	assert_int_equal(
		test_hub_post(th, r.desk, "/cases/" NUMBER "/costs/1/void", "why=まちがい").status,
		303);
	sums_agree(&r, 5000, 30);
	assert_int_equal(
		test_hub_post(th, r.desk, "/cases/" NUMBER "/costs/1/void", "why=もう一度").status,
		409);
	assert_true(holds(th, r.desk, "/cases/" NUMBER "/costs.csv", "SSD"));
}

static int64_t another_case(const struct ready *r)
{
	const struct case_new n = { .company_id = r->company,
				    .kind = "ransomware",
				    .title = "別の件",
				    .source = "phone",
				    .severity = 2,
				    .words = "x",
				    .contact_name = "",
				    .contact_phone = "" };
	const struct evidence_cost_new k = { .category = "parts", .what = "SSD", .unit_yen = 700 };
	struct evidence_new w = { .kind = "disk", .name = "HDD" };
	struct err e = { 0 };
	int64_t id = 0, other;
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_WRITE, &e);

	assert_int_equal(cases_open(t, r->th->hub, &r->u, &n, TEST_HUB_NOW, &id, &e), 0);
	w.case_id = id;
	assert_int_equal(evidence_put(t, r->th->hub, &r->u, &w, NULL, TEST_HUB_NOW, &other, &e), 0);
	assert_int_equal(evidence_cost_add(t, &r->u, id, &k, TEST_HUB_NOW, &other, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	return id;
}

static void what_was_merged_goes_along_and_back(struct test_hub *th)
{
	static const char *const from = "IW-2026-000002";
	struct ready r = ready(th);
	struct err e = { 0 };

	assert_int_equal(test_hub_post(th, r.desk, "/cases/" NUMBER "/costs",
				       "category=parts&what=x&unit_yen=1000&minutes=5")
				 .status,
			 303);
	another_case(&r);
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(cases_merge(t, th->hub, &r.u, from, NUMBER, "", TEST_HUB_NOW, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	sums_agree(&r, 1700, 5);
	assert_true(holds(th, r.desk, PAGE, "HDD"));
	t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(cases_merge_undo(t, th->hub, &r.u, from, TEST_HUB_NOW, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	sums_agree(&r, 1000, 5);
	assert_false(holds(th, r.desk, PAGE, "HDD"));
}

static void a_measure_ends_and_is_remembered(struct test_hub *th)
{
	struct ready r = ready(th);
	static const char *const path = "/cases/" NUMBER "/measures";

	assert_int_equal(test_hub_post(th, r.desk, path,
				       "kind=firewall&what=ルーターで遮断&until=2026-11-25T10:00")
				 .status,
			 303);
	assert_true(holds(th, r.desk, "/", "ルーターで遮断"));
	assert_true(holds(th, r.desk, "/cases/" NUMBER, "まもなく期限"));
	assert_int_equal(test_hub_post(th, r.desk, "/cases/" NUMBER "/measures/1/until",
				       "version=1&until=2026-12-25T10:00")
				 .status,
			 303);
	assert_false(holds(th, r.desk, "/", "ルーターで遮断"));
	assert_int_equal(
		test_hub_post(th, r.desk, "/cases/" NUMBER "/measures/1/end", "version=1&why=x")
			.status,
		409);
	assert_int_equal(
		test_hub_post(th, r.desk, "/cases/" NUMBER "/measures/1/end", "version=2&why=x")
			.status,
		303);
	assert_int_equal(test_hub_post(th, r.desk, path,
				       "kind=block&what=x&from=2026-11-20T10:00"
				       "&until=2026-11-19T10:00")
				 .status,
			 400);
}

static void devices_and_indicators_are_told(struct test_hub *th)
{
	struct ready r = ready(th);

	assert_int_equal(
		test_hub_post(th, r.desk, "/cases/" NUMBER "/devices", "name=pc&state=suspected")
			.status,
		303);
	assert_int_equal(test_hub_post(th, r.desk, "/cases/" NUMBER "/devices/1",
				       "was=suspected&state=rebuilt&why=入れ直した")
				 .status,
			 303);
	assert_int_equal(test_hub_post(th, r.desk, "/cases/" NUMBER "/devices/1",
				       "was=suspected&state=clean&why=x")
				 .status,
			 409);
	assert_true(holds(th, r.desk, PAGE, "入れ直した"));
	assert_int_equal(test_hub_post(th, r.desk, "/cases/" NUMBER "/indicators",
				       "type=domain&value=bad.example")
				 .status,
			 303);
	assert_int_equal(
		test_hub_post(th, r.desk, "/cases/" NUMBER "/indicators/1", "tlp=amber%2Bstrict")
			.status,
		303);
	struct test_answer x = test_hub_json(th, r.desk, PAGE);
	assert_non_null(strstr(x.body, "\"tlp\":\"amber+strict\""));
	assert_int_equal(
		test_hub_post(th, r.desk, "/cases/" NUMBER "/indicators/1", "tlp=pink").status,
		400);
}

/* --- packets --- */

static const unsigned char capture[] = {
	0xd4,
	0xc3,
	0xb2,
	0xa1,
	2,
	0,
	4,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	1,
	0,
	1,
	0,
	0,
	0,
	/* one packet of 42 bytes: ARP, who has 192.0.2.1 */
	0x00,
	0xf1,
	0x53,
	0x65,
	0,
	0,
	0,
	0,
	42,
	0,
	0,
	0,
	42,
	0,
	0,
	0,
	0xff,
	0xff,
	0xff,
	0xff,
	0xff,
	0xff,
	2,
	0,
	0,
	0,
	0,
	1,
	8,
	6,
	0,
	1,
	8,
	0,
	6,
	4,
	0,
	1,
	2,
	0,
	0,
	0,
	0,
	1,
	192,
	0,
	2,
	10,
	0,
	0,
	0,
	0,
	0,
	0,
	192,
	0,
	2,
	1,
	/* and one that is cut off */
	0x01,
	0xf1,
	0x53,
	0x65,
	0,
	0,
	0,
	0,
	42,
	0,
	0,
	0,
	42,
	0,
	0,
	0,
	1,
	2,
	3,
};

/* The program as it ships: with a sanitizer in it, it needs more calls and memory than its cage
 * gives. False when it is not built. */
static bool reader_of(char out[512])
{
	const char *bin = getenv("OTASUKE_BIN"), *source = getenv("OTASUKE_SOURCE");

	(void)snprintf(out, 512, "%s%s/otasuke",
		       bin      ? bin
		       : source ? source
				: "",
		       bin ? "" : "/build/src");
	return access(out, X_OK) == 0;
}

static void a_capture_is_read_by_a_child(struct test_hub *th)
{
	struct ready r = ready(th);
	char reader[512];

	if (!reader_of(reader))
		skip(); /* told by name: OTASUKE_BIN says where the programs are */
	mem_cleanup(&evidence_conf.reader);
	evidence_conf.reader = mem_strdup(reader);

	put(&r, "a.pcap", capture, sizeof(capture));
	assert_true(holds(th, r.desk, PAGE "/1/packets", "読んでいます"));
	test_hub_job(th, "evidence.packets");
	struct test_answer x = test_hub_json(th, r.desk, PAGE "/1/packets");
	assert_non_null(strstr(x.body, "\"state\":\"done\""));
	assert_non_null(strstr(x.body, "who has 192.0.2.1"));
	assert_non_null(strstr(x.body, "\"packets\":1"));
	assert_null(strstr(x.body, "/evidence/files"));
	assert_true(holds(th, r.desk, PAGE "/1/packets", "途中で切れています"));
	assert_true(holds(th, r.desk, PAGE "/1/packets?q=192.0.2.99", "0–0"));
	assert_true(holds(th, r.desk, PAGE "/1", "表で閲覧"));
}

static void a_table_is_read_as_foreign_bytes(void **state)
{
	static const char text[] = "packet,1,a,b,DNS,x.example A,70\r\n"
				   "packet,no,a,b,TCP,,70\r\npacket,2,c,d,TCP,<b>,9\r\n"
				   "rubbish,1\r\n\"problem\",,it broke\r\nlimit,3,\r\n";
	const struct evidence_packet_filter all = { "", "", 0 }, dns = { "X.EXAMPLE", "", 0 };
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct evidence_packets t;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(evidence_packets_parse(text, sizeof(text) - 1, &all, a, &t, &e), 0);
	assert_int_equal(t.n_rows, 2);
	assert_string_equal(t.end, "limit");
	assert_string_equal(t.problem, "it broke");
	assert_int_equal(evidence_packets_parse(text, sizeof(text) - 1, &dns, a, &t, &e), 0);
	assert_int_equal(t.matches, 1);
	assert_int_equal(evidence_packets_parse("", 0, &all, a, &t, &e), 0);
	assert_string_equal(t.end, "broke");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(a_file_is_kept_by_what_it_is),
		ON_BOTH(names_are_only_shown),
		ON_BOTH(what_changed_on_the_disk_is_noticed),
		ON_BOTH(limits_are_said),
		ON_BOTH(a_form_brings_a_file),
		ON_BOTH(who_may_not_sends_nothing),
		ON_BOTH(two_gib_are_refused_at_once),
		ON_BOTH(a_full_disk_is_said),
		ON_BOTH(danger_is_asked_about),
		ON_BOTH(the_chain_shows_what_was_changed),
		ON_BOTH(the_second_of_two_people_is_told),
		ON_BOTH(only_an_administrator_destroys),
		ON_BOTH(a_thing_is_registered_by_hash),
		ON_BOTH(costs_and_actions_are_one_sum),
		ON_BOTH(what_was_merged_goes_along_and_back),
		ON_BOTH(a_measure_ends_and_is_remembered),
		ON_BOTH(devices_and_indicators_are_told),
		ON_BOTH(a_capture_is_read_by_a_child),
		cmocka_unit_test(a_table_is_read_as_foreign_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
