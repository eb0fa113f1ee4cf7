/* SPDX-License-Identifier: Apache-2.0 */
/* The cases of a generated region: each is worked by people of the region, through the same rules
 * as a real one, at times of the past. What is said: data/case_scripts.tsv. */
#include "hub/cases/cases_fill.h"

#include <stdlib.h>
#include <string.h>

#include "hub/cases/cases.h"
#include "hub/cases/cases_store.h"

enum {
	CHUNK = 500,
	YEAR_DAYS = 365,
	OPEN_DAYS = 3, /* a year: younger cases may still be open, the fewer come the longer */
	OPEN_PERCENT = 60,
	REMOTE_PERCENT = 55, /* of those whose script knows it */
	VISIT_PERCENT = 50,
	REMOTE_YEN = 8000,
	TAKE_PERCENT = 30, /* opened by one, worked by another */
};

/* What is to happen, in the order of time. */
struct plan {
	int64_t at_us;
	const struct fill_alert *alert; /* NULL: a call */
	size_t company;
};

struct working {
	struct hub *h;
	struct hub_fill *f;
	struct txn *t;
	const struct case_script *script;
	const struct fill_company *company;
	char number[CASE_NUMBER_MAX];
	int64_t at_us; /* moves on with each step */
};

static const struct case_script *script_pick(struct hub_fill *f, const char *source)
{
	int64_t sum = 0, left;
	const struct case_script *s = case_script_table;

	for (size_t i = 0; i < case_script_table_n; i++)
		if (strcmp(s[i].source, source) == 0)
			sum += s[i].weight;
	left = fill_between(f, 0, sum - 1);
	for (;; s++) {
		if (strcmp(s->source, source) != 0)
			continue;
		if (left < s->weight)
			return s;
		left -= s->weight;
	}
}

static void go_on(struct working *w, int64_t min_minutes, int64_t max_minutes)
{
	w->at_us += fill_between(w->f, min_minutes, max_minutes) * US_PER_MIN;
	if (w->at_us > w->f->now_us)
		w->at_us = w->f->now_us;
}

static int open_case(struct working *w, const struct plan *p, struct err *e)
{
	struct user u = fill_user(w->f, &w->f->orgs[0], w->at_us);
	const struct case_new n = {
		.company_id = w->company->id,
		.kind = w->script->kind,
		.title = w->script->title,
		.source = w->script->source,
		.severity = p->alert ? p->alert->severity : w->script->severity,
		.words = w->script->words,
		.contact_name = w->company->contact_name,
		.contact_phone = "",
		.happened_us = w->at_us - fill_between(w->f, 1, 600) * US_PER_MIN,
		.alert_id = p->alert ? p->alert->id : 0,
	};
	SCOPED_ARENA struct arena *a = arena_new(0);
	const char *number;
	int64_t id;
	int r = cases_open(w->t, w->h, &u, &n, w->at_us, &id, e);

	if (r < 0 || (r = cases_store_number(w->t, &u.scope, id, a, &number, e)) < 0)
		return r;
	str_copy(w->number, sizeof(w->number), str_of(number));
	if (!fill_chance(w->f, TAKE_PERCENT))
		return 0;
	struct user other = fill_user(w->f, w->company->vendor, w->at_us);
	return cases_take(w->t, &other, w->number, w->at_us, e);
}

static int act(struct working *w, const char *channel, const char *body, const struct fill_org *who,
	       int64_t cost_yen, struct err *e)
{
	int64_t minutes = fill_between(w->f, 5, 90);

	if (!body[0])
		return 0;
	go_on(w, minutes + 5, minutes + 24 * 60);
	struct user u = fill_user(w->f, who, w->at_us);
	const struct case_action_new n = {
		.channel = channel, .body = body, .minutes = minutes, .cost_yen = cost_yen
	};
	return cases_act(w->t, &u, w->number, &n, w->at_us, e);
}

static int agree(struct working *w, const char *what, struct err *e)
{
	struct user u = fill_user(w->f, &w->f->orgs[0], w->at_us);
	const struct case_consent k = { .what = what,
					.given_by = w->company->contact_name,
					.how = "call" };

	return cases_consent(w->t, &u, w->number, &k, w->at_us, e);
}

static int work(struct working *w, struct err *e)
{
	const struct case_script *s = w->script;
	int r = act(w, CASE_PHONE, s->phone, &w->f->orgs[0], 0, e);

	if (r >= 0 && s->remote[0] && fill_chance(w->f, REMOTE_PERCENT)) {
		r = agree(w, "remote_access", e);
		if (r >= 0)
			r = act(w, CASE_REMOTE, s->remote, w->company->vendor, REMOTE_YEN, e);
	}
	if (r >= 0 && s->visit[0] && fill_chance(w->f, VISIT_PERCENT)) {
		r = agree(w, "visit", e);
		if (r >= 0)
			r = act(w, CASE_VISIT, s->visit, w->company->it,
				fill_between(w->f, 15, 40) * 1000, e);
	}
	return r;
}

static int finish(struct working *w, struct err *e)
{
	static const char *const states[] = { CASE_CONTAINED, CASE_RECOVERED };
	bool young = w->f->now_us - w->at_us < w->f->years * OPEN_DAYS * US_PER_DAY;
	struct user u = fill_user(w->f, &w->f->orgs[0], w->at_us);

	if (young && fill_chance(w->f, OPEN_PERCENT)) {
		if (fill_chance(w->f, 50))
			return 0;
		return cases_state(w->t, &u, w->number, states[fill_between(w->f, 0, 1)], w->at_us,
				   e);
	}
	go_on(w, 60, 5 * 24 * 60);
	u.scope.now_us = w->at_us;
	const struct case_end end = { .cause = w->script->cause, .lesson = w->script->lesson };
	return cases_close(w->t, &u, w->number, &end, w->at_us, e);
}

static int run_plan(struct hub *h, struct hub_fill *f, struct txn *t, const struct plan *p,
		    struct err *e)
{
	struct working w = { .h = h,
			     .f = f,
			     .t = t,
			     .script = script_pick(f, p->alert ? "alert" : "phone"),
			     .company = &f->companies[p->company],
			     .at_us = p->at_us };
	int r;

	if ((r = open_case(&w, p, e)) < 0 || (r = work(&w, e)) < 0)
		return r;
	return finish(&w, e);
}

static int earlier(const void *a, const void *b)
{
	const struct plan *x = a, *y = b;

	return x->at_us < y->at_us ? -1 : x->at_us > y->at_us;
}

static struct plan *plans_make(struct hub_fill *f)
{
	struct plan *list = arena_array(f->arena, f->n_cases + 1, sizeof(*list));

	for (size_t i = 0; i < f->n_cases; i++) {
		struct plan *p = &list[i];

		if (i < f->n_case_alerts) {
			p->alert = &f->alerts[i];
			p->company = p->alert->company;
			p->at_us = p->alert->opened_us + fill_between(f, 2, 120) * US_PER_MIN;
		} else {
			p->company = (size_t)fill_between(f, 0, (int64_t)f->n_companies - 1);
			int64_t from = f->companies[p->company].created_us + US_PER_DAY;
			int64_t oldest = f->now_us - f->years * YEAR_DAYS * US_PER_DAY;

			p->at_us = fill_between(f, from > oldest ? from : oldest,
						f->now_us - 2 * US_PER_HOUR);
		}
		if (p->at_us > f->now_us)
			p->at_us = f->now_us;
	}
	qsort(list, f->n_cases, sizeof(*list), earlier);
	return list;
}

static int chunk(struct hub *h, struct hub_fill *f, const struct plan *list, size_t n,
		 struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? 0 : e->code;

	for (size_t i = 0; i < n && r >= 0; i++)
		r = run_plan(h, f, t, &list[i], e);
	return r < 0 ? r : txn_commit(&t, e);
}

int cases_fill(struct hub *h, struct hub_fill *f, struct err *e)
{
	int r = 0;

	if (f->n_companies == 0)
		return 0;
	const struct plan *list = plans_make(f);
	for (size_t i = 0; i < f->n_cases && r >= 0; i += CHUNK)
		r = chunk(h, f, &list[i], f->n_cases - i < CHUNK ? f->n_cases - i : CHUNK, e);
	return r;
}
