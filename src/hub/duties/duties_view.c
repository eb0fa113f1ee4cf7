/* SPDX-License-Identifier: Apache-2.0 */
/* From rows to what the pages of duties show: lights, days left, reasons in words. */
#include "hub/duties/duties_view.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/hub_calendar.h"

static const char *in_lang(const struct call *c, const char *ja, const char *en)
{
	return c->lang == LANG_JA ? ja : en;
}

/* "personal=yes+many=yes" as the facts that brought the duty. */
static const char *reasons(struct call *c, const char *needs)
{
	struct str all = str_of(needs), term, name;
	SCOPED_BUF struct buf b = { 0 };

	while (str_cut(&all, '+', &term)) {
		if (memchr(term.p, '!', term.n))
			continue; /* what is not the case needs no words */
		(void)str_cut(&term, '=', &name);
		if (str_eq(name, STR("sector")))
			continue;
		buf_printf(
			&b, "%s%s", b.n ? in_lang(c, "、", "; ") : "",
			text_get(c->hub->text, c->lang,
				 arena_printf(c->arena, "duty.reason.%.*s", (int)name.n, name.p)));
	}
	return b.n ? arena_strdup(c->arena, b.p) : "";
}

static const char *counted_key(const struct duty_rule *r)
{
	if (strcmp(r->unit, "working") == 0)
		return "duty.counted.working";
	if (strcmp(r->unit, "prompt") == 0)
		return "duty.counted.prompt";
	return r->roll ? "duty.counted.day1_roll" : "duty.counted.day1";
}

/* How many days lie between the day of A and that of B. */
static int64_t days(int64_t a_us, int64_t b_us)
{
	return (calendar_day(b_us, 0) - calendar_day(a_us, 0)) / US_PER_DAY;
}

static const char *left(struct call *c, const struct duty_view *v)
{
	const struct case_duty *d = &v->d;
	const char *key;
	int64_t n;

	if (v->made)
		return text_get(c->hub->text, c->lang,
				v->late ? "duty.state.made_late" : "duty.state.made");
	if (!d->due_us)
		return text_get(c->hub->text, c->lang, "duty.left.prompt");
	n = days(c->now_us, d->due_us);
	key = v->late ? "duty.left.late" : n == 0 ? "duty.left.today" : "duty.left.days";
	const char *const args[] = { arena_printf(c->arena, "%" PRId64, v->late ? -n : n) };
	return call_text(c, key, args, ARRAY_LEN(args));
}

static const char *light(const struct call *c, const struct duty_view *v)
{
	if (v->made)
		return "green";
	if (v->late || (v->d.due_us && days(c->now_us, v->d.due_us) <= 1))
		return "red";
	return c->now_us >= v->d.warn_us ? "amber" : "";
}

static void words(struct call *c, const struct duty_rule *r, struct duty_view *v)
{
	v->to = in_lang(c, r->to_ja, r->to_en);
	v->what = in_lang(c, r->what_ja, r->what_en);
	v->basis = in_lang(c, r->basis_ja, r->basis_en);
	v->source = in_lang(c, r->source, r->source_en);
	v->counted_key = counted_key(r);
	v->check = strcmp(r->confidence, "source") != 0;
}

struct duty_view duties_view_one(struct call *c, const struct case_duty *d)
{
	struct duty_view v = { .d = *d,
			       .to = "",
			       .what = d->rule_id,
			       .basis = "",
			       .source = "",
			       .counted_key = "duty.counted.prompt",
			       .open = strcmp(d->state, DUTY_OPEN) == 0,
			       .made = strcmp(d->state, DUTY_MADE) == 0,
			       .may_work = user_is(c->user, CASES_WORKERS) };

	if (d->rule) {
		words(c, d->rule, &v);
		v.clock = duty_clock(d->rule, d->known_us);
	}
	v.late = d->due_us && (v.made ? d->made_us : c->now_us) > d->due_us;
	v.light = light(c, &v);
	v.left = left(c, &v);
	v.reasons = reasons(c, d->needs);
	return v;
}

struct duty_view duties_view_rule(struct call *c, const struct duty_rule *r)
{
	struct duty_view v = { .d = { .rule = r, .rule_id = r->id, .state = "" },
			       .light = "",
			       .left = "",
			       .reasons = "" };

	words(c, r, &v);
	return v;
}

size_t duties_view_items(struct call *c, const struct duty_item *list, size_t n,
			 struct item_view *out, int64_t *known_out)
{
	size_t n_out = 0;

	*known_out = 0;
	for (size_t i = 0; i < report_field_table_n && n_out < DUTY_ITEMS; i++) {
		const struct report_field *f = &report_field_table[i];
		struct item_view v = {
			.i = { .item = f->id, .state = "", .body = "", .changed_name = "" },
			.label = in_lang(c, f->ja, f->en),
			.position = f->position
		};

		if (strcmp(f->form, "nine") != 0)
			continue;
		for (size_t k = 0; k < n; k++)
			if (strcmp(list[k].item, f->id) == 0)
				v.i = list[k];
		v.state_key = v.i.state[0] ? arena_printf(c->arena, "duty.item.%s", v.i.state)
					   : "duty.item.unknown";
		*known_out += strcmp(v.i.state, "known") == 0 || strcmp(v.i.state, "none") == 0;
		out[n_out++] = v;
	}
	return n_out;
}

static struct fact_view question(struct call *c, const struct duty_facts *f, int fact)
{
	static const char *const answers[] = { "yes", "no", "unknown" };
	struct fact_view v = {
		.name = duty_fact_names[fact],
		.question_key = arena_printf(c->arena, "duty.ask.%s", duty_fact_names[fact]),
		.hint_key = arena_printf(c->arena, "duty.hint.%s", duty_fact_names[fact]),
	};

	for (size_t i = 0; i < ARRAY_LEN(answers); i++)
		v.choices[i] = (struct duty_option){
			answers[i],
			text_get(c->hub->text, c->lang,
				 arena_printf(c->arena, "duty.answer.%s", answers[i])),
			strcmp(f->given[fact], answers[i]) == 0
		};
	return v;
}

static void questions(struct call *c, struct duty_page *p)
{
	static const char *const sectors[] = { "",        "none",    "finance",
					       "telecom", "medical", "infrastructure" };
	const struct duty_facts *f = &p->facts.f;
	struct civil d =
		time_civil(f->known_us ? f->known_us : p->c.opened_us, (int)c->hub->conf.zone_min);

	for (int i = 0; i < FACT_COUNT; i++)
		p->questions[i] = question(c, f, i);
	for (size_t i = 0; i < ARRAY_LEN(sectors); i++)
		p->sectors[i] = (struct duty_option){
			sectors[i],
			text_get(c->hub->text, c->lang,
				 arena_printf(c->arena, "duty.sector.%s",
					      sectors[i][0] ? sectors[i] : "open")),
			strcmp(f->sector, sectors[i]) == 0
		};
	p->known = arena_printf(c->arena, "%04d-%02d-%02dT%02d:%02d", d.year, d.month, d.day,
				d.hour, d.minute);
	p->people = f->people < 0 ? "" : arena_printf(c->arena, "%" PRId64, f->people);
}

int duties_view_page(struct call *c, struct duty_page *p)
{
	struct case_duty *list;
	struct duty_item *items;
	size_t n, n_items;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? cases_get(t, c->scope, c->param[0], c->arena, &p->c, &c->err) : c->err.code;

	if (r >= 0)
		r = duties_store_facts(t, c->scope, p->c.id, c->arena, &p->facts, &c->err);
	if (r >= 0)
		r = duties_store_list(t, c->scope, p->c.id, c->arena, &list, &n, &c->err);
	if (r >= 0)
		r = duties_store_items(t, c->scope, p->c.id, c->arena, &items, &n_items, &c->err);
	if (r < 0)
		return r;
	p->may_work = user_is(c->user, CASES_WORKERS);
	p->duties = arena_array(c->arena, n + 1, sizeof(*p->duties));
	p->gone = arena_array(c->arena, n + 1, sizeof(*p->gone));
	for (size_t i = 0; i < n; i++) {
		struct duty_view v = duties_view_one(c, &list[i]);

		if (strcmp(list[i].state, DUTY_WITHDRAWN) == 0)
			p->gone[p->n_gone++] = v;
		else
			p->duties[p->n_duties++] = v;
		p->needs_items |= v.d.rule && v.d.rule->items;
	}
	p->n_items = duties_view_items(c, items, n_items, p->items, &p->n_known);
	questions(c, p);
	return 0;
}

void duties_json_duty(struct jsonw *w, const struct duty_view *v)
{
	jsonw_object(w, NULL);
	jsonw_int(w, "id", v->d.id);
	jsonw_text(w, "case", v->d.number);
	jsonw_text(w, "company", v->d.company_name);
	jsonw_text(w, "rule", v->d.rule_id);
	jsonw_int(w, "rule_from_us", v->d.rule_from_us);
	jsonw_text(w, "to", v->to);
	jsonw_text(w, "what", v->what);
	jsonw_text(w, "basis", v->basis);
	jsonw_text(w, "source", v->source);
	jsonw_bool(w, "unverified", v->check);
	jsonw_text(w, "needs", v->d.needs);
	jsonw_text(w, "state", v->d.state);
	jsonw_bool(w, "late", v->late);
	jsonw_int(w, "known_us", v->d.known_us);
	jsonw_int(w, "warn_us", v->d.warn_us);
	jsonw_int(w, "due_us", v->d.due_us);
	jsonw_bool(w, "moved", v->clock.moved);
	jsonw_int(w, "made_us", v->d.made_us);
	jsonw_text(w, "made_to", v->d.made_to);
	jsonw_text(w, "receipt", v->d.receipt);
	jsonw_text(w, "note", v->d.note);
	jsonw_int(w, "version", v->d.version);
	jsonw_end_object(w);
}

int duties_json_page(struct call *c, const struct duty_page *p)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_text(&w, "number", p->c.number);
	jsonw_int(&w, "known_us", p->facts.f.known_us);
	jsonw_int(&w, "version", p->facts.version);
	jsonw_object(&w, "facts");
	for (int i = 0; i < FACT_COUNT; i++)
		jsonw_text(&w, duty_fact_names[i], p->facts.f.given[i]);
	jsonw_text(&w, "sector", p->facts.f.sector);
	if (p->facts.f.people < 0)
		jsonw_null(&w, "people");
	else
		jsonw_int(&w, "people", p->facts.f.people);
	jsonw_end_object(&w);
	jsonw_array(&w, "duties");
	for (size_t i = 0; i < p->n_duties; i++)
		duties_json_duty(&w, &p->duties[i]);
	for (size_t i = 0; i < p->n_gone; i++)
		duties_json_duty(&w, &p->gone[i]);
	jsonw_end_array(&w);
	jsonw_int(&w, "items_known", p->n_known);
	jsonw_array(&w, "items");
	for (size_t i = 0; i < p->n_items; i++) {
		const struct duty_item *k = &p->items[i].i;

		jsonw_object(&w, NULL);
		jsonw_text(&w, "item", k->item);
		jsonw_text(&w, "label", p->items[i].label);
		jsonw_text(&w, "state", k->state[0] ? k->state : "unknown");
		jsonw_text(&w, "text", k->body);
		jsonw_int(&w, "changed_us", k->changed_us);
		jsonw_text(&w, "changed_by", k->changed_name);
		jsonw_int(&w, "version", k->version);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}
