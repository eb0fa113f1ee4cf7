/* SPDX-License-Identifier: Apache-2.0 */
/* Duties of a case: clocks follow the facts, reports stop them. SQL: duties_store.c. */
#include "hub/duties/duties.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/accounts/accounts.h"
#include "hub/duties/duties_rules.h"

enum { KNOWN_DAYS = 1100, CLOCK_SLACK_MIN = 5, PEOPLE_MAX = 200000000 };

static bool one_of(const char *s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(s, list[i]) == 0)
			return true;
	return false;
}

/* Reports are due whether the case is closed or not. */
static int load(struct txn *t, const struct user *u, const char *number, struct arena *a,
		struct incident *out, struct err *e)
{
	int r = cases_get(t, &u->scope, number, a, out, e);

	if (r >= 0 && !user_is(u, CASES_WORKERS))
		return err_set(e, -EDENIED, "your role may read cases but not change them");
	return r;
}

static int check_text(const char *s, size_t max, struct err *e)
{
	size_t n = utf8_count(s, strlen(s));

	if (n > max)
		return err_set(e, -EINVAL, "the text has %zu characters, %zu are allowed", n, max);
	return 0;
}

static int check_time(int64_t us, int64_t now_us, struct err *e)
{
	if (us > now_us + CLOCK_SLACK_MIN * US_PER_MIN)
		return err_set(e, -EINVAL, "this time has not come yet");
	if (us < now_us - KNOWN_DAYS * US_PER_DAY)
		return err_set(e, -EINVAL, "this time is more than %d days ago", KNOWN_DAYS);
	return 0;
}

static int check_facts(const struct duty_facts *f, int64_t now_us, struct err *e)
{
	static const char *const answers[] = { "", "yes", "no", "unknown" };
	static const char *const sectors[] = { "",        "none",    "finance",
					       "telecom", "medical", "infrastructure" };

	for (int i = 0; i < FACT_COUNT; i++)
		if (!one_of(f->given[i], answers, ARRAY_LEN(answers)))
			return err_set(e, -EINVAL, "the answer to %s is yes, no or unknown",
				       duty_fact_names[i]);
	if (!one_of(f->sector, sectors, ARRAY_LEN(sectors)))
		return err_set(e, -EINVAL, "choose the sector");
	if (f->people < -1 || f->people > PEOPLE_MAX)
		return err_set(e, -EINVAL, "the number of persons must lie between 0 and %d",
			       PEOPLE_MAX);
	return check_time(f->known_us, now_us, e);
}

struct change {
	struct txn *t;
	const struct user *u;
	const struct incident *c;
	const struct duty_facts *f;
	struct arena *a;
	struct case_duty *list;
	size_t n;
	int64_t now_us;
	struct err *e;
};

static struct case_duty *there(const struct change *x, const char *rule)
{
	for (size_t i = 0; i < x->n; i++)
		if (strcmp(x->list[i].rule_id, rule) == 0)
			return &x->list[i];
	return NULL;
}

static bool same_clock(const struct case_duty *a, const struct case_duty *b)
{
	return strcmp(a->state, b->state) == 0 && strcmp(a->needs, b->needs) == 0 &&
	       a->known_us == b->known_us && a->warn_us == b->warn_us && a->due_us == b->due_us &&
	       a->rule_from_us == b->rule_from_us;
}

/* One rule against the facts: its clock begins, counts anew, or ends. A report that was made
 * stays made. */
static int apply(struct change *x, const char *id)
{
	const struct duty_rule *rule = duty_rule_at(id, x->f->known_us);
	struct case_duty *was = there(x, id), now;
	const char *alt = "";
	size_t alt_n = 0;
	const bool holds = rule && duty_needs(rule->needs, x->f, &alt, &alt_n);

	if (!was && !holds)
		return 0;
	now = was ? *was
		  : (struct case_duty){ .incident_id = x->c->id,
					.company_id = x->c->company_id,
					.rule_id = id,
					.state = DUTY_OPEN };
	if (holds) {
		const struct duty_clock k = duty_clock(rule, x->f->known_us);

		now.rule_from_us = rule->valid_from_us;
		now.needs = arena_strndup(x->a, alt, alt_n);
		now.known_us = x->f->known_us;
		now.warn_us = k.warn_us;
		now.due_us = k.due_us;
	}
	if (!was)
		return duties_store_add(x->t, &x->u->scope, &now, x->now_us, x->e);
	if (strcmp(was->state, DUTY_MADE) != 0)
		now.state = holds ? DUTY_OPEN : DUTY_WITHDRAWN;
	if (same_clock(was, &now))
		return 0;
	if (now.warn_us > x->now_us)
		now.warned = 0; /* it will be told of again */
	return duties_store_clock(x->t, &x->u->scope, &now, x->now_us, x->e);
}

static int apply_all(struct change *x)
{
	int r = duties_store_list(x->t, &x->u->scope, x->c->id, x->a, &x->list, &x->n, x->e);

	for (size_t i = 0; i < duty_rule_table_n && r >= 0; i++) {
		size_t first = 0;

		while (strcmp(duty_rule_table[first].id, duty_rule_table[i].id) != 0)
			first++;
		if (first == i) /* each id once, whatever editions it has */
			r = apply(x, duty_rule_table[i].id);
	}
	return r;
}

static void facts_json(struct jsonw *w, const char *key, const struct duty_facts *f)
{
	jsonw_object(w, key);
	jsonw_int(w, "known_us", f->known_us);
	for (int i = 0; i < FACT_COUNT; i++)
		jsonw_text(w, duty_fact_names[i], f->given[i]);
	jsonw_text(w, "sector", f->sector);
	jsonw_int(w, "people", f->people);
	jsonw_end_object(w);
}

static int audit_facts(struct change *x, const struct duty_facts *was)
{
	SCOPED_BUF struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	facts_json(&w, "was", was);
	facts_json(&w, "now", x->f);
	jsonw_end_object(&w);
	return accounts_audit(x->t, x->u, "duty.facts", "incident", x->c->id, x->c->company_id, b.p,
			      x->e);
}

int duties_facts_set(struct txn *t, const struct user *u, const char *number,
		     const struct duty_facts *f, int64_t version, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	struct duty_facts_row was;
	struct change x = { .t = t, .u = u, .c = &c, .f = f, .a = a, .now_us = now_us, .e = e };
	int r = load(t, u, number, a, &c, e);

	if (r < 0 || (r = check_facts(f, now_us, e)) < 0 ||
	    (r = duties_store_facts(t, &u->scope, c.id, a, &was, e)) < 0)
		return r;
	const struct facts_set row = { c.id, c.company_id, version, u->person_id, now_us, f };
	r = was.version == version ? duties_store_facts_set(t, &u->scope, &row, e) : 0;
	if (r == 0)
		return err_set(e, -ECONFLICT,
			       "%s has answered these questions meanwhile; look at them again",
			       was.changed_name);
	if (r < 0 || (r = apply_all(&x)) < 0 || (r = audit_facts(&x, &was.f)) < 0)
		return r;
	const bool corrected = was.version > 0 && was.f.known_us != f->known_us;
	const struct case_told said = {
		.case_id = c.id,
		.action = corrected ? "duty.known" : "duty.answers", /* no text */
		.kind = "state",
		.text_key = corrected ? "duty.story.known" : "duty.story.facts"
	};
	return cases_tell(t, u, &said, now_us, e);
}

static int load_duty(struct txn *t, const struct user *u, const char *number, int64_t id,
		     struct arena *a, struct incident *c, struct case_duty *out, struct err *e)
{
	int r = load(t, u, number, a, c, e);

	if (r < 0 || (r = duties_store_get(t, &u->scope, id, a, out, e)) < 0)
		return r;
	if (out->incident_id != c->id)
		return err_set(e, -ENOENT, "there is no such duty");
	return 0;
}

static int store_made(struct txn *t, const struct user *u, const struct case_duty *was,
		      const struct made_row *row, struct err *e)
{
	int r = was->version == row->n->version ? duties_store_made(t, &u->scope, row, e) : 0;

	if (r == 0)
		return err_set(e, -ECONFLICT,
			       "somebody has changed this duty meanwhile; look at it again");
	return r;
}

static const char *name_of(const struct case_duty *d, const struct user *u, struct arena *a)
{
	if (!d->rule)
		return d->rule_id;
	return u->lang == LANG_JA ? arena_printf(a, "%s（%s）", d->rule->what_ja, d->rule->to_ja)
				  : arena_printf(a, "%s (%s)", d->rule->what_en, d->rule->to_en);
}

int duties_made(struct txn *t, const struct user *u, const char *number, const struct duty_made *n,
		int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	struct case_duty d;
	const int64_t made_us = n->made_us ? n->made_us : now_us;
	int r = load_duty(t, u, number, n->id, a, &c, &d, e);

	if (r < 0 || (r = check_time(made_us, now_us, e)) < 0 ||
	    (r = check_text(n->made_to, 200, e)) < 0 || (r = check_text(n->receipt, 200, e)) < 0 ||
	    (r = check_text(n->note, DUTY_TEXT_CHARS, e)) < 0)
		return r;
	if (!n->made_to[0])
		return err_set(e, -EINVAL, "say to whom it was reported");
	if (made_us < d.known_us - US_PER_DAY)
		return err_set(e, -EINVAL, "it cannot have been reported before it was known");
	const struct made_row row = { n, DUTY_MADE, made_us, u->person_id, now_us };
	if ((r = store_made(t, u, &d, &row, e)) < 0)
		return r;
	const struct case_told said = { .case_id = c.id,
					.action = "duty.made",
					.kind = "state",
					.text_key = d.due_us && made_us > d.due_us
							    ? "duty.story.made_late"
							    : "duty.story.made",
					.text_arg = name_of(&d, u, a),
					.body = n->note,
					.happened_us = made_us,
					.ref_id = d.id };
	return cases_tell(t, u, &said, now_us, e);
}

int duties_unmade(struct txn *t, const struct user *u, const char *number, int64_t id,
		  int64_t version, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	struct case_duty d;
	const struct duty_made nothing = {
		.id = id, .version = version, .made_to = "", .receipt = "", .note = ""
	};
	int r = load_duty(t, u, number, id, a, &c, &d, e);

	if (r < 0)
		return r;
	if (strcmp(d.state, DUTY_MADE) != 0)
		return err_set(e, -ECONFLICT, "this report is not recorded as made");
	const struct made_row row = { &nothing, DUTY_OPEN, 0, u->person_id, now_us };
	if ((r = store_made(t, u, &d, &row, e)) < 0)
		return r;
	const struct case_told said = { .case_id = c.id,
					.action = "duty.unmade",
					.kind = "state",
					.text_key = "duty.story.unmade",
					.text_arg = name_of(&d, u, a),
					.ref_id = d.id };
	return cases_tell(t, u, &said, now_us, e);
}

static bool is_item(const char *item)
{
	for (size_t i = 0; i < report_field_table_n; i++)
		if (strcmp(report_field_table[i].form, "nine") == 0 &&
		    strcmp(report_field_table[i].id, item) == 0)
			return true;
	return false;
}

int duties_item_set(struct txn *t, const struct user *u, const char *number,
		    const struct duty_item *n, int64_t now_us, struct err *e)
{
	static const char *const states[] = { "known", "unknown", "none" };
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	int r = load(t, u, number, a, &c, e);

	if (r < 0)
		return r;
	if (!is_item(n->item) || !one_of(n->state, states, ARRAY_LEN(states)))
		return err_set(e, -EINVAL, "an item is known, unknown or does not apply");
	if ((r = check_text(n->body, DUTY_TEXT_CHARS, e)) < 0)
		return r;
	if (strcmp(n->state, "known") == 0 && !n->body[0])
		return err_set(e, -EINVAL, "write what is known, or choose unknown");
	const struct item_set row = { n, c.id, c.company_id, u->person_id, now_us };
	if ((r = duties_store_item_set(t, &u->scope, &row, e)) < 0)
		return r;
	if (r == 0)
		return err_set(e, -ECONFLICT,
			       "somebody has written this item meanwhile; look at it again");
	return accounts_audit(
		t, u, "duty.item", "incident", c.id, c.company_id,
		arena_printf(a, "{\"item\":\"%s\",\"state\":\"%s\"}", n->item, n->state), e);
}

int duties_of(struct txn *t, const struct scope *s, int64_t incident_id, struct arena *a,
	      struct case_duty **out, size_t *n_out, struct err *e)
{
	return duties_store_list(t, s, incident_id, a, out, n_out, e);
}

int duties_record(struct txn *t, const struct scope *s, int64_t incident_id, struct arena *a,
		  struct duty_record *out, struct err *e)
{
	struct duty_record x = { 0 };
	struct duty_facts_row facts;
	int r = duties_store_facts(t, s, incident_id, a, &facts, e);

	if (r >= 0)
		r = duties_store_list(t, s, incident_id, a, &x.duties, &x.n_duties, e);
	if (r >= 0)
		r = duties_store_items(t, s, incident_id, a, &x.items, &x.n_items, e);
	if (r < 0)
		return r;
	x.known_us = facts.version > 0 ? facts.f.known_us : 0;
	*out = x;
	return 0;
}

/* Tells the story that time runs out, or has. */
static int warn(struct txn *t, const struct case_duty *d, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct user u = accounts_system_user(now_us);
	const bool late = d->due_us && now_us > d->due_us;
	const struct case_told said = { .case_id = d->incident_id,
					.action = late ? "duty.late" : "duty.warn", /* no text */
					.kind = "state",
					.text_key = late ? "duty.story.late" : "duty.story.warn",
					.text_arg = name_of(d, &u, a),
					.ref_id = d->id };
	int r = duties_store_warned(t, &u.scope, d->id, late ? 2 : 1, e);

	return r < 0 ? r : cases_tell(t, &u, &said, now_us, e);
}

int duties_look(struct hub *h, struct err *e)
{
	const int64_t now_us = clock_utc_us(h->clock);
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct case_duty *list;
	size_t n;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? duties_store_untold(t, &scope_system, now_us, a, &list, &n, e) : e->code;

	for (size_t i = 0; r >= 0 && i < n; i++)
		r = warn(t, &list[i], now_us, e);
	if (r >= 0)
		r = txn_commit(&t, e);
	for (size_t i = 0; r >= 0 && i < n; i++)
		live_publish(h, "case", list[i].company_id, list[i].incident_id);
	return r;
}
