/* SPDX-License-Identifier: Apache-2.0 */
/* Outbox: what happened is told once to whoever wants and may hear it, in order, and until it has
 * arrived; what does not arrive holds up nobody else and ends where people see it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/test.h"
#include "hub/accounts/accounts.h"
#include "hub/cases/cases.h"
#include "hub/outbox/outbox_store.h"
#include "hub/test_hub.h"

/* The receiver of these tests: posts have no argument of their own. */
static struct receiver {
	int answer; /* 0, or an error */
	int status; /* with it */
	int calls;
	const char *deaf; /* the name of a receiver that never answers */
	char last[2000], kinds[2000];
} receiver;

static int hear(const struct hook *k, const struct delivery *d, int64_t now_us, int *status_out,
		struct err *e)
{
	struct receiver *r = &receiver;

	(void)now_us;
	r->calls++;
	*status_out = r->status;
	if (r->deaf && strcmp(k->name, r->deaf) == 0)
		return err_set(e, -EAGAIN, "nobody answers");
	if (r->answer < 0)
		return err_set(e, r->answer, "it does not want this");
	(void)snprintf(r->last, sizeof(r->last), "%s", d->body);
	(void)snprintf(r->kinds + strlen(r->kinds), sizeof(r->kinds) - strlen(r->kinds), "%s ",
		       d->kind);
	return 0;
}

struct world {
	struct test_hub *th;
	int64_t vendor, desk, admin, seen, unseen;
};

static struct world world_of(struct test_hub *th)
{
	struct world w = { .th = th };

	receiver = (struct receiver){ 0 };
	w.vendor = test_hub_org(th, ORG_VENDOR, "vendor");
	w.admin = test_hub_person(th, th->consortium_id, ROLE_ADMIN, "admin");
	w.desk = test_hub_person(th, th->consortium_id, ROLE_DESK, "desk");
	w.seen = test_hub_company(th, "seen");
	w.unseen = test_hub_company(th, "unseen");
	test_hub_relate(th, w.seen, w.vendor, "vendor");
	return w;
}

static int64_t hook_add(const struct world *w, const char *name, const char *kinds)
{
	struct user u = test_hub_user(w->th, w->admin);
	const struct hook k = { .org_id = w->vendor,
				.name = name,
				.url = "https://receiver.example/",
				.kinds = kinds };
	char secret[HOOK_SECRET];
	struct err e = { 0 };
	int64_t id;

	if (outbox_hook_add(w->th->hub, &u, &k, clock_utc_us(w->th->hub->clock), &id, secret, &e) <
	    0)
		fail_msg("%s", e.text);
	assert_int_equal(strncmp(secret, "whsec_", 6), 0);
	return id;
}

static void case_open(const struct world *w, int64_t company)
{
	char form[200];

	(void)snprintf(form, sizeof(form),
		       "company=%d&kind=ransomware&title=x&source=phone&severity=2&words=x",
		       (int)company);
	assert_int_equal(test_hub_post(w->th, w->desk, "/cases", form).status, 303);
}

static void run(const struct world *w)
{
	struct err e = { 0 };

	if (outbox_feed(w->th->hub, &e) < 0 || outbox_send(w->th->hub, hear, &e) < 0)
		fail_msg("%s", e.text);
}

static int64_t dead(const struct world *w)
{
	struct user u = test_hub_user(w->th, w->admin);
	int64_t n;
	SCOPED_TXN struct txn *t = txn_begin(w->th->hub->db, TXN_READ, NULL);

	assert_int_equal(outbox_store_count_dead(t, &u.scope, &n, NULL), 0);
	return n;
}

static void who_may_see_it_is_told_once(struct test_hub *th)
{
	struct world w = world_of(th);

	case_open(&w, w.seen); /* before there was anybody to tell */
	clock_fake_add(&th->clock, US_PER_SEC);
	hook_add(&w, "tickets", "incident.");
	case_open(&w, w.unseen);
	run(&w);
	assert_int_equal(receiver.calls, 0);
	case_open(&w, w.seen);
	run(&w);
	run(&w);
	assert_string_equal(receiver.kinds, "incident.open ");
	assert_non_null(strstr(receiver.last, "\"number\":\"IW-2026-000003\""));
	assert_non_null(strstr(receiver.last, "/cases/IW-2026-000003\""));
	assert_null(strstr(receiver.last, "seen")); /* no content: no names */
}

static void only_what_is_wanted(struct test_hub *th)
{
	struct world w = world_of(th);

	hook_add(&w, "tickets", "consent. alert.");
	case_open(&w, w.seen);
	run(&w);
	assert_int_equal(receiver.calls, 0);
}

static void a_deaf_receiver_holds_up_nobody_else(struct test_hub *th)
{
	struct world w = world_of(th);

	receiver.deaf = "deaf";
	hook_add(&w, "deaf", "incident.");
	hook_add(&w, "good", "incident.");
	case_open(&w, w.seen);
	case_open(&w, w.seen);
	run(&w);
	assert_string_equal(receiver.kinds, "incident.open incident.open ");
	assert_int_equal(receiver.calls, 3); /* the deaf one is asked once, then after a pause */
	run(&w);
	assert_int_equal(receiver.calls, 3);
	clock_fake_add(&th->clock, 6 * US_PER_SEC);
	run(&w);
	assert_int_equal(receiver.calls, 4);
	receiver.deaf = NULL;
	clock_fake_add(&th->clock, US_PER_MIN);
	run(&w);
	assert_int_equal(receiver.calls, 6);
	assert_int_equal(dead(&w), 0);
}

static void what_never_arrives_is_set_aside_and_can_be_sent_again(struct test_hub *th)
{
	struct world w = world_of(th);

	receiver.answer = -EAGAIN;
	hook_add(&w, "tickets", "incident.");
	case_open(&w, w.seen);
	for (int i = 0; i < 20; i++) {
		run(&w);
		clock_fake_add(&th->clock, 6 * US_PER_HOUR + US_PER_SEC);
	}
	assert_int_equal(dead(&w), 1);
	assert_non_null(strstr(test_hub_get(th, w.admin, "/").body, "/outbox"));
	assert_non_null(strstr(test_hub_get(th, w.admin, "/outbox").body, "incident.open"));
	assert_int_equal(test_hub_post(th, w.desk, "/outbox/1/again", "").status, 403);
	assert_int_equal(test_hub_post(th, w.admin, "/outbox/9/again", "").status, 404);
	receiver.answer = 0;
	assert_int_equal(test_hub_post(th, w.admin, "/outbox/1/again", "").status, 303);
	run(&w);
	assert_string_equal(receiver.kinds, "incident.open ");
	assert_int_equal(dead(&w), 0);
}

static void who_says_gone_is_switched_off(struct test_hub *th)
{
	struct world w = world_of(th);
	int calls;

	receiver.answer = -EPERM;
	receiver.status = 410;
	hook_add(&w, "tickets", "incident.");
	case_open(&w, w.seen);
	case_open(&w, w.seen);
	run(&w);
	clock_fake_add(&th->clock, US_PER_DAY);
	calls = receiver.calls;
	run(&w);
	assert_int_equal(receiver.calls, calls);
	assert_int_equal(calls, 1);
	assert_int_equal(dead(&w), 2);
	assert_int_equal(test_hub_post(th, w.admin, "/outbox/2/drop", "").status, 303);
	assert_int_equal(dead(&w), 1);
}

static void pages_and_their_errors(struct test_hub *th)
{
	struct world w = world_of(th);
	struct test_answer a;
	char form[200];

	assert_int_equal(test_hub_get(th, w.admin, "/outbox").status, 200);
	assert_int_equal(test_hub_get(th, w.admin, "/outbox/hooks/new").status, 200);
	assert_int_equal(test_hub_get(th, w.desk, "/outbox").status, 403);
	(void)snprintf(form, sizeof(form), "name=x&url=http%%3A%%2F%%2Fx&org=%d&incident.=1",
		       (int)w.vendor);
	assert_int_equal(test_hub_post(th, w.admin, "/outbox/hooks", form).status, 400);
	(void)snprintf(form, sizeof(form), "name=x&url=https%%3A%%2F%%2Fx.example%%2F&org=%d",
		       (int)w.vendor);
	assert_int_equal(test_hub_post(th, w.admin, "/outbox/hooks", form).status, 400);
	(void)snprintf(form, sizeof(form),
		       "name=x&url=https%%3A%%2F%%2Fx.example%%2F&org=%d&incident.=1",
		       (int)w.vendor);
	a = test_hub_post(th, w.admin, "/outbox/hooks", form);
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.body, "whsec_"));
	a = test_hub_get(th, w.admin, "/outbox/hooks/1");
	assert_int_equal(a.status, 200);
	assert_null(strstr(a.body, "whsec_"));
	assert_int_equal(test_hub_post(th, w.admin, "/outbox/hooks/1",
				       "name=y&url=https%3A%2F%2Fx.example%2F&alert.=1")
				 .status,
			 303);
	assert_non_null(strstr(test_hub_json(th, w.admin, "/outbox").body, "\"active\":false"));
}

/* The example of the specification (Standard Webhooks 1.0.0, "Verifying signatures"). */
static void signatures_are_standard(void **state)
{
	const struct delivery d = { .event = "msg_p5jXN8AQM9LWM0D4loKWxJek",
				    .body = "{\"test\": 2432232314}" };
	SCOPED_BUF struct buf b = { 0 };

	(void)state;
	outbox_sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", &d, 1614265330, &b);
	assert_string_equal(b.p, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(who_may_see_it_is_told_once),
		ON_BOTH(only_what_is_wanted),
		ON_BOTH(a_deaf_receiver_holds_up_nobody_else),
		ON_BOTH(what_never_arrives_is_set_aside_and_can_be_sent_again),
		ON_BOTH(who_says_gone_is_switched_off),
		ON_BOTH(pages_and_their_errors),
		cmocka_unit_test(signatures_are_standard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
