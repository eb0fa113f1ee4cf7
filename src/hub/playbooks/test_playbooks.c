/* SPDX-License-Identifier: Apache-2.0 */
/* Playbooks of cases on both databases: attached with the case, branching on answers, two people at
 * once, another kind, tasks and who may do them, files of the state folder, printing and JSON. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/test.h"
#include "hub/playbooks/playbooks_store.h"
#include "hub/test_hub.h"

#define CASE "IW-2026-000001"

struct ready {
	struct test_hub *th;
	int64_t company, desk, other;
	struct user u, v;
};

static struct ready ready(struct test_hub *th, const char *kind)
{
	struct ready r = { .th = th, .company = test_hub_company(th, "みなと製作所") };
	struct err e = { 0 };
	int64_t id;

	r.desk = test_hub_person(th, th->consortium_id, ROLE_DESK, "desk");
	r.other = test_hub_person(th, th->consortium_id, ROLE_DESK, "other");
	r.u = test_hub_user(th, r.desk);
	r.v = test_hub_user(th, r.other);
	const struct case_new n = { .company_id = r.company,
				    .kind = kind,
				    .title = "ファイルが開けない",
				    .source = "phone",
				    .severity = 3,
				    .words = "",
				    .contact_name = "佐藤",
				    .contact_phone = "" };
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(cases_open(t, th->hub, &r.u, &n, TEST_HUB_NOW, &id, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	return r;
}

struct tasks {
	struct case_task *list;
	size_t n;
};

static struct tasks tasks_of(const struct ready *r, struct arena *a)
{
	struct incident i;
	struct tasks k;
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_READ, &e);

	assert_int_equal(cases_get(t, &r->u.scope, CASE, a, &i, &e), 0);
	assert_int_equal(playbooks_tasks(t, &r->u.scope, i.id, a, &k.list, &k.n, &e), 0);
	return k;
}

static const struct case_task *task(const struct ready *r, struct arena *a, const char *id)
{
	struct tasks k = tasks_of(r, a);

	for (size_t i = 0; i < k.n; i++)
		if (strcmp(k.list[i].task, id) == 0)
			return &k.list[i];
	return NULL;
}

static const char *state_of(const struct ready *r, struct arena *a, const char *id)
{
	const struct case_task *k = task(r, a, id);

	return k ? k->state : "absent";
}

static int64_t last_answer(const struct ready *r, const char *question)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident i;
	struct case_answer *list;
	size_t n;
	int64_t id = 0;
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_READ, &e);

	assert_int_equal(cases_get(t, &r->u.scope, CASE, a, &i, &e), 0);
	assert_int_equal(playbooks_store_answers(t, &r->u.scope, i.id, a, &list, &n, &e), 0);
	for (size_t k = 0; k < n; k++)
		if (list[k].applied && strcmp(list[k].question, question) == 0)
			id = list[k].id;
	return id;
}

static int answer_as(const struct ready *r, const struct user *u, const char *question,
		     const char *given, int64_t seen)
{
	const struct playbooks_answer n = { question, given, seen };
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_WRITE, &e);
	int ret = playbooks_answer(t, u, CASE, &n, TEST_HUB_NOW + US_PER_MIN, &e);

	if (ret >= 0 || ret == -ECONFLICT)
		assert_int_equal(txn_commit(&t, &e), 0);
	return ret;
}

static int answer(const struct ready *r, const char *question, const char *given)
{
	return answer_as(r, &r->u, question, given, last_answer(r, question));
}

static int set_as(const struct ready *r, const struct user *u, const struct playbooks_task_set *n)
{
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_WRITE, &e);
	int ret = playbooks_task_set(t, u, CASE, n, TEST_HUB_NOW + US_PER_HOUR, &e);

	return ret < 0 ? ret : txn_commit(&t, &e);
}

static int done(const struct ready *r, const char *id)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const struct case_task *k = task(r, a, id);

	assert_non_null(k);
	return set_as(r, &r->u, &(struct playbooks_task_set){ k->id, k->version, TASK_DONE, "" });
}

static int set_kind(const struct ready *r, const char *kind)
{
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_WRITE, &e);
	int ret = cases_kind(t, r->th->hub, &r->u, CASE, kind, TEST_HUB_NOW, &e);

	return ret < 0 ? ret : txn_commit(&t, &e);
}

static void comes_with_the_case(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th, "ransomware");
	const struct case_task *k = task(&r, a, "isolate");

	assert_non_null(k);
	assert_string_equal(k->state, TASK_OPEN);
	assert_string_equal(k->role, "company");
	assert_int_equal(k->due_us, TEST_HUB_NOW + 15 * US_PER_MIN);
	assert_string_equal(state_of(&r, a, "restore_clean"), "absent");
	struct test_answer page = test_hub_get(th, r.desk, "/cases/" CASE);
	assert_int_equal(page.status, 200);
	assert_non_null(strstr(page.body, "最初の電話で話すこと"));
	assert_non_null(strstr(page.body, "犯人に連絡する"));
}

static void answers_add_and_take_away(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th, "ransomware");

	assert_int_equal(answer(&r, "no_such", "yes"), -EINVAL);
	assert_int_equal(answer(&r, "backup", "perhaps"), -EINVAL);
	assert_int_equal(answer(&r, "backup", "yes"), 0);
	assert_string_equal(state_of(&r, a, "restore_clean"), TASK_OPEN);
	assert_string_equal(state_of(&r, a, "no_backup"), "absent");
	assert_int_equal(answer(&r, "backup", "no"), 0);
	assert_string_equal(state_of(&r, a, "restore_clean"), TASK_NOT_NEEDED);
	assert_true(task(&r, a, "restore_clean")->by_answer);
	assert_string_equal(state_of(&r, a, "no_backup"), TASK_OPEN);
	assert_int_equal(answer(&r, "backup", "yes"), 0);
	assert_string_equal(state_of(&r, a, "restore_clean"), TASK_OPEN);
	assert_int_equal(done(&r, "restore_clean"), 0);
	assert_int_equal(answer(&r, "backup", "no"), 0); /* what is done stays done */
	assert_string_equal(state_of(&r, a, "restore_clean"), TASK_DONE);
	assert_non_null(strstr(test_hub_get(th, r.desk, "/cases/" CASE).body, "のため"));
}

static void two_people_at_once(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th, "ransomware");

	assert_int_equal(answer_as(&r, &r.u, "backup", "yes", 0), 0);
	assert_int_equal(answer_as(&r, &r.v, "backup", "yes", 0), 0); /* of one mind */
	assert_int_equal(answer_as(&r, &r.v, "backup", "no", 0), -ECONFLICT);
	assert_string_equal(state_of(&r, a, "restore_clean"), TASK_OPEN); /* the first counts */
	struct test_answer page = test_hub_get(th, r.desk, "/cases/" CASE);
	assert_non_null(strstr(page.body, "重なったため")); /* and both are shown */
	assert_int_equal(answer_as(&r, &r.v, "backup", "no", last_answer(&r, "backup")), 0);
	assert_string_equal(state_of(&r, a, "no_backup"), TASK_OPEN);

	const struct case_task *k = task(&r, a, "isolate");
	const struct playbooks_task_set n = { k->id, k->version, TASK_DONE, "" };
	assert_int_equal(set_as(&r, &r.u, &n), 0);
	assert_int_equal(set_as(&r, &r.v, &n), -ECONFLICT);
	char form[64];
	(void)snprintf(form, sizeof(form), "version=%d&state=done", 1);
	page = test_hub_post(th, r.other, "/cases/" CASE "/tasks/1", form);
	assert_int_equal(page.status, 409);
	assert_non_null(strstr(page.body, "この作業を変更しました"));
	page = test_hub_post(th, r.other, "/cases/" CASE "/answers",
			     "question=backup&answer=yes&seen=1");
	assert_int_equal(page.status, 409);
	assert_non_null(strstr(page.body, "並べて残しました"));
}

static void another_kind_keeps_what_is_done(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th, "malware_suspected");

	assert_int_equal(done(&r, "isolate"), 0);
	assert_int_equal(set_kind(&r, "ransomware"), 0);
	assert_string_equal(state_of(&r, a, "isolate"), TASK_DONE);
	assert_string_equal(state_of(&r, a, "scan"), TASK_NOT_NEEDED); /* only the first has it */
	assert_string_equal(state_of(&r, a, "note_copy"), TASK_OPEN);
	assert_int_equal(set_kind(&r, "malware_suspected"), 0);
	assert_string_equal(state_of(&r, a, "scan"), TASK_OPEN);
	assert_string_equal(state_of(&r, a, "note_copy"), TASK_NOT_NEEDED);
	assert_string_equal(state_of(&r, a, "isolate"), TASK_DONE);
}

static void own_tasks_owners_and_all_done(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th, "general_it");
	char path[80], form[200];

	assert_int_equal(test_hub_post(th, r.desk, "/cases/" CASE "/tasks",
				       "text=%E9%83%A8%E5%93%81&role=desk")
				 .status,
			 303);
	struct tasks k = tasks_of(&r, a);
	const struct case_task *own = &k.list[k.n - 1];
	assert_string_equal(own->task, "");
	(void)snprintf(path, sizeof(path), "/cases/" CASE "/tasks/%d", (int)own->id);
	(void)snprintf(form, sizeof(form), "version=1&state=not_needed");
	assert_int_equal(test_hub_post(th, r.desk, path, form).status, 400); /* why? */
	(void)snprintf(path, sizeof(path), "/cases/" CASE "/tasks/%d/owner", (int)own->id);
	(void)snprintf(form, sizeof(form),
		       "version=1&role=technician&owner=%d&due=2026-11-22T20%%3A00", (int)r.other);
	assert_int_equal(test_hub_post(th, r.desk, path, form).status, 303);
	struct test_answer mine = test_hub_get(th, r.other, "/tasks?late=1");
	assert_non_null(strstr(mine.body, "部品"));
	assert_non_null(strstr(test_hub_get(th, r.desk, "/").body, "期限を過ぎた作業"));
	assert_null(strstr(test_hub_get(th, r.desk, "/tasks?late=1").body, "部品"));
	assert_non_null(strstr(test_hub_get(th, r.desk, "/cases").body, "自分の作業"));

	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	int n = playbooks_all_done(t, &r.u, CASE, TEST_HUB_NOW - 1, TEST_HUB_NOW, &e);
	assert_int_equal(n, 0); /* none was there then */
	n = playbooks_all_done(t, &r.u, CASE, TEST_HUB_NOW + US_PER_HOUR, TEST_HUB_NOW, &e);
	assert_true(n > 3);
	assert_int_equal(txn_commit(&t, &e), 0);
	mine = test_hub_get(th, r.desk, "/cases/" CASE);
	assert_non_null(strstr(mine.body, "まとめて済みにしました"));
	assert_non_null(strstr(mine.body, "作業はすべて片づいています"));
}

static void the_company_does_its_own(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th, "ransomware");
	struct user u = r.u;

	u.roles = ROLE_COMPANY;
	const struct case_task *k = task(&r, a, "isolate"), *desk = task(&r, a, "evidence");
	assert_int_equal(set_as(&r, &u, &(struct playbooks_task_set){ desk->id, 1, TASK_DONE, "" }),
			 -EDENIED);
	assert_int_equal(set_as(&r, &u, &(struct playbooks_task_set){ k->id, 1, TASK_DONE, "" }),
			 0);
	u.roles = ROLE_INSURER;
	assert_int_equal(set_as(&r, &u, &(struct playbooks_task_set){ k->id, 2, TASK_OPEN, "" }),
			 -EDENIED);
}

static void closed_is_closed(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th, "ransomware");
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	const struct case_end end = { .cause = "x", .lesson = "y" };

	assert_int_equal(cases_close(t, &r.u, CASE, &end, TEST_HUB_NOW, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	assert_int_equal(answer(&r, "backup", "yes"), -ECONFLICT);
	assert_int_equal(done(&r, "isolate"), -ECONFLICT);
	assert_string_equal(state_of(&r, a, "isolate"), TASK_OPEN);
	clock_fake_add(&th->clock, 30 * US_PER_DAY);
	assert_null(strstr(test_hub_get(th, r.desk, "/").body, "期限を過ぎた作業"));
}

static void put_file(struct test_hub *th, const char *name, const char *text)
{
	SCOPED_MEM char *folder = hub_state_path(th->hub, "playbooks");
	char path[4096];
	struct err e = { 0 };

	assert_int_equal(dir_make(folder, 0700, &e), 0);
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(file_write(path, 0600, text, strlen(text), &e), 0);
	test_hub_job(th, "playbooks");
}

#define OURS                                                                                         \
	"playbook general_it\nversion 7\ndate 2026-11-24\nsource ours\ngoal.ja わが町の手順\n" \
	"goal.en ours\ntask only desk 1h\nja ひとつだけ\nen only\n"

static void the_folder_replaces(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	int64_t admin = test_hub_person(th, th->consortium_id, ROLE_ADMIN, "boss");

	put_file(th, "general_it.txt", OURS);
	struct ready r = ready(th, "general_it");
	assert_int_equal(tasks_of(&r, a).n, 1);
	assert_non_null(strstr(test_hub_get(th, r.desk, "/playbooks/general_it").body, "わが町"));
	put_file(th, "general_it.txt", OURS "task two nobody 1h\n");
	struct test_answer page = test_hub_get(th, admin, "/playbooks");
	assert_non_null(strstr(page.body, "10 行目"));
	assert_null(strstr(test_hub_get(th, r.desk, "/playbooks").body, "10 行目"));
	page = test_hub_get(th, r.desk, "/playbooks/general_it"); /* the one before stays */
	assert_non_null(strstr(page.body, "わが町"));
	put_file(th, "general_it.txt", "playbook ransomware\n");
	assert_non_null(strstr(test_hub_get(th, admin, "/playbooks").body, "general_it.txt"));
	assert_int_equal(tasks_of(&r, a).n, 1); /* the case keeps its edition */
}

static void pages_and_json(struct test_hub *th)
{
	struct ready r = ready(th, "ransomware");
	struct test_answer page = test_hub_json(th, r.desk, "/cases/" CASE "/tasks");

	assert_int_equal(page.status, 200);
	assert_non_null(strstr(page.body, "\"task\":\"isolate\""));
	assert_non_null(strstr(page.body, "\"playbook\":\"ransomware\""));
	assert_non_null(strstr(test_hub_get(th, r.desk, "/cases/" CASE "/tasks").body, "□"));
	page = test_hub_json(th, r.desk, "/playbooks");
	assert_non_null(strstr(page.body, "\"kind\":\"ransomware\""));
	page = test_hub_json(th, r.desk, "/playbooks/ransomware");
	assert_non_null(strstr(page.body, "\"if_question\":\"backup\""));
	page = test_hub_get(th, r.desk, "/playbooks/ransomware/text");
	assert_true(strncmp(page.body, "playbook ransomware\n", 20) == 0);
	assert_int_equal(test_hub_get(th, r.desk, "/playbooks/none").status, 404);
	assert_int_equal(test_hub_get(th, r.desk, "/playbooks").status, 200);
	assert_int_equal(test_hub_get(th, r.desk, "/playbooks/ransomware").status, 200);
	assert_int_equal(test_hub_get(th, r.desk, "/cases/" CASE "/tasks/1").status, 200);
	assert_non_null(strstr(test_hub_json(th, r.desk, "/tasks").body, "\"tasks\":["));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(comes_with_the_case),
		ON_BOTH(answers_add_and_take_away),
		ON_BOTH(two_people_at_once),
		ON_BOTH(another_kind_keeps_what_is_done),
		ON_BOTH(own_tasks_owners_and_all_done),
		ON_BOTH(the_company_does_its_own),
		ON_BOTH(closed_is_closed),
		ON_BOTH(the_folder_replaces),
		ON_BOTH(pages_and_json),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
