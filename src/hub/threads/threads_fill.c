/* SPDX-License-Identifier: Apache-2.0 */
/* The threads of a generated region, through the same rules as real ones. What is said:
 * data/thread_scripts.tsv. */
#include "hub/threads/threads_fill.h"

#include <string.h>

#include "hub/cases/cases.h"
#include "hub/threads/threads.h"

enum {
	CASES_MAX = 400, /* the newest */
	OUTSIDE_PERCENT = 25,
	ANSWER_PERCENT = 60,
	CHUNK = 100,
};

static int post(struct hub_fill *f, struct txn *t, int64_t id, const struct thread_post *p,
		int64_t at_us, struct err *e)
{
	struct user u = fill_user(f, &f->orgs[0], at_us);
	int64_t message;

	return threads_post(t, &u, id, p, at_us, &message, e);
}

static int64_t later(struct hub_fill *f, int64_t at_us)
{
	int64_t us = at_us + fill_between(f, 20, 30 * 60) * US_PER_MIN;

	return us < f->now_us ? us : f->now_us;
}

static int one(struct hub_fill *f, struct txn *t, const struct incident *c, struct err *e)
{
	const struct thread_script *s =
		&thread_script_table[fill_between(f, 0, (int64_t)thread_script_table_n - 1)];
	int64_t at_us = later(f, c->opened_us), id;
	struct user u = fill_user(f, &f->orgs[0], at_us);
	const bool answered = fill_chance(f, ANSWER_PERCENT);
	const struct thread_new n = { .incident_id = c->id,
				      .kind = s->kind,
				      .org_name = s->org,
				      .person_name = s->person,
				      .phone = "",
				      .mail = "",
				      .reference = answered ? s->reference : "",
				      .purpose = s->purpose,
				      .told = s->told };
	const struct thread_post sent = { .direction = THREAD_OUT,
					  .channel = s->org[0] ? "mail" : "portal",
					  .subject = s->purpose,
					  .body = s->sent,
					  .due_us = at_us + 2 * US_PER_DAY };
	const struct thread_post received = { .direction = THREAD_IN,
					      .channel = fill_chance(f, 50) ? "phone" : "mail",
					      .subject = "",
					      .body = s->received };
	int r = strcmp(s->kind, THREAD_COMPANY) == 0 ? threads_of_own(t, &u, c->id, at_us, &id, e)
						     : threads_open(t, &u, &n, at_us, &id, e);

	if (r >= 0)
		r = post(f, t, id, &sent, at_us, e);
	if (r >= 0 && answered)
		r = post(f, t, id, &received, later(f, at_us), e);
	return r;
}

int threads_fill(struct hub *h, struct hub_fill *f, struct err *e)
{
	const struct case_filter newest = { .state = "", .limit = CASES_MAX };
	struct incident *list = NULL;
	size_t n = 0;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);
	int r = t ? cases_store_list(t, &scope_system, &newest, f->arena, &list, &n, e) : e->code;

	txn_rollback(&t);
	for (size_t i = 0; r >= 0 && i < n; i += CHUNK) {
		if (!(t = txn_begin(h->db, TXN_WRITE, e)))
			return e->code;
		for (size_t k = i; r >= 0 && k < n && k < i + CHUNK; k++)
			if (fill_chance(f, OUTSIDE_PERCENT))
				r = one(f, t, &list[k], e);
		if (r >= 0)
			r = txn_commit(&t, e);
		txn_rollback(&t);
	}
	return r;
}
