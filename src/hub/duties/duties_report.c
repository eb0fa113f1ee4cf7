/* SPDX-License-Identifier: Apache-2.0 */
/* Forms of reports (data/report_fields.tsv), filled in from the case as far as it says. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/duties/duties_view.h"
#include "hub/members/members.h"

/* What fields are filled from. */
struct source {
	struct call *c;
	struct txn *t;
	const struct incident *i;
	struct company company;
	struct contact contact; /* the first to try; zero without */
	struct duty_facts_row facts;
	struct duty_item *items;
	size_t n_items;
	struct case_duty *duties;
	size_t n_duties;
};

static const char *time_text(const struct source *s, int64_t us)
{
	struct civil d = time_civil(us, (int)s->c->hub->conf.zone_min);

	if (!us)
		return "";
	return arena_printf(s->c->arena, "%04d-%02d-%02d %02d:%02d", d.year, d.month, d.day, d.hour,
			    d.minute);
}

static const char *lines(struct source *s, enum duties_lines what)
{
	struct duties_line *list;
	size_t n;
	SCOPED_BUF struct buf b = { 0 };

	if (duties_store_lines(s->t, s->c->scope, s->i->id, what, s->c->arena, &list, &n,
			       &s->c->err) < 0)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		struct str text = str_trim(str_of(list[i].text));

		buf_printf(&b, "%s%s%s%.*s", b.n ? "\n" : "", time_text(s, list[i].at_us),
			   list[i].at_us ? " " : "", (int)text.n, text.p);
	}
	return b.n ? arena_strdup(s->c->arena, b.p) : "";
}

static const char *item(const struct source *s, const char *id)
{
	for (size_t i = 0; i < s->n_items; i++)
		if (strcmp(s->items[i].item, id) == 0)
			return strcmp(s->items[i].state, "none") == 0
				       ? text_get(s->c->hub->text, s->c->lang, "duty.item.none")
				       : s->items[i].body;
	return "";
}

/* "2026-11-24 10:00 県警 第 12 号" when it was reported. */
static const char *duty(const struct source *s, const char *rule)
{
	for (size_t i = 0; i < s->n_duties; i++) {
		const struct case_duty *d = &s->duties[i];

		if (strcmp(d->rule_id, rule) == 0 && strcmp(d->state, DUTY_MADE) == 0)
			return arena_printf(s->c->arena, "%s %s %s", time_text(s, d->made_us),
					    d->made_to, d->receipt);
	}
	return "";
}

static const char *of_company(const struct source *s, const char *key)
{
	const struct company *k = &s->company;

	if (strcmp(key, "company.name") == 0)
		return k->name;
	if (strcmp(key, "company.corporate_number") == 0)
		return k->corporate_number;
	if (strcmp(key, "company.address") == 0)
		return arena_printf(s->c->arena, "%s%s%s",
				    members_prefecture_name(k->prefecture, s->c->lang),
				    k->municipality, k->address);
	if (strcmp(key, "company.industry") == 0)
		return members_industry_name(k->industry, s->c->lang);
	if (strcmp(key, "company.employees") == 0)
		return k->employees ? arena_printf(s->c->arena, "%" PRId64, k->employees) : "";
	return NULL;
}

static const char *of_contact(const struct source *s, const char *key)
{
	const bool caller = s->i->contact_name[0] && !s->contact.id;
	char shown[32];

	if (strcmp(key, "contact.name") == 0)
		return caller ? s->i->contact_name : s->contact.name;
	if (strcmp(key, "contact.mail") == 0)
		return s->contact.id ? s->contact.mail : "";
	if (strcmp(key, "contact.phone") != 0)
		return NULL;
	members_phone_format(s->contact.id ? s->contact.phone : s->i->contact_phone, shown);
	return arena_strdup(s->c->arena, shown);
}

static const char *of_case(struct source *s, const char *key)
{
	const struct incident *i = s->i;

	if (strcmp(key, "case.number") == 0)
		return i->number;
	if (strcmp(key, "case.title") == 0)
		return i->title;
	if (strcmp(key, "case.happened") == 0)
		return time_text(s, i->happened_us);
	if (strcmp(key, "case.closed") == 0)
		return time_text(s, i->closed_us);
	if (strcmp(key, "case.kind") == 0)
		return text_get(s->c->hub->text, s->c->lang,
				arena_printf(s->c->arena, "case.kind.%s", i->kind));
	return strcmp(key, "case.words") == 0 ? lines(s, LINES_WORDS) : "";
}

static const char *value(struct source *s, const char *key)
{
	const char *v;

	if (strncmp(key, "item.", 5) == 0) {
		v = item(s, key + 5);
		/* What was learnt at the end stands in for what was not written yet. */
		return !v[0] && strcmp(key, "item.cause") == 0        ? s->i->cause
		       : !v[0] && strcmp(key, "item.prevention") == 0 ? s->i->lesson
								      : v;
	}
	if (strncmp(key, "duty.", 5) == 0)
		return duty(s, key + 5);
	if (strncmp(key, "case.", 5) == 0)
		return of_case(s, key);
	if ((v = of_company(s, key)) || (v = of_contact(s, key)))
		return v;
	if (strcmp(key, "known") == 0)
		return time_text(s, s->facts.f.known_us ? s->facts.f.known_us : s->i->opened_us);
	if (strcmp(key, "region.name") == 0)
		return s->c->hub->conf.region_name;
	if (strcmp(key, "zone") == 0)
		return "UTC+09:00 (JST)";
	if (strcmp(key, "devices") == 0)
		return lines(s, LINES_DEVICES);
	if (strcmp(key, "indicators") == 0)
		return lines(s, LINES_INDICATORS);
	return strcmp(key, "actions") == 0 ? lines(s, LINES_ACTIONS) : "";
}

static int load(struct source *s)
{
	struct call *c = s->c;
	struct contact *contacts;
	size_t n;
	int r = members_company_get(s->t, c->scope, s->i->company_id, c->arena, &s->company,
				    &c->err);

	if (r >= 0)
		r = members_contacts(s->t, c->scope, s->i->company_id, c->arena, &contacts, &n,
				     &c->err);
	if (r >= 0 && n > 0)
		s->contact = contacts[0];
	if (r >= 0 && n == 0)
		s->contact = (struct contact){ .name = "", .mail = "", .phone = "" };
	if (r >= 0)
		r = duties_store_facts(s->t, c->scope, s->i->id, c->arena, &s->facts, &c->err);
	if (r >= 0)
		r = duties_store_items(s->t, c->scope, s->i->id, c->arena, &s->items, &s->n_items,
				       &c->err);
	if (r >= 0)
		r = duties_store_list(s->t, c->scope, s->i->id, c->arena, &s->duties, &s->n_duties,
				      &c->err);
	return r;
}

static void split(struct call *c, struct report_line *l)
{
	struct str all = str_of(l->value), row;

	while (str_cut(&all, '\n', &row)) {
		l->rows = arena_grow(c->arena, l->rows, l->n_rows, sizeof(*l->rows));
		l->rows[l->n_rows++] = row;
	}
}

static int fill(struct source *s, const char *form, struct duty_report *out)
{
	out->lines = arena_array(s->c->arena, report_field_table_n, sizeof(*out->lines));
	for (size_t k = 0; k < report_field_table_n; k++) {
		const struct report_field *f = &report_field_table[k];
		const char *v;

		if (strcmp(f->form, form) != 0)
			continue;
		if (!(v = f->fill[0] ? value(s, f->fill) : ""))
			return s->c->err.code;
		out->source = s->c->lang == LANG_JA ? f->source : f->source_en;
		out->n_filled += v[0] != '\0';
		struct report_line *l = &out->lines[out->n_lines++];
		*l = (struct report_line){ .f = f,
					   .label = s->c->lang == LANG_JA ? f->ja : f->en,
					   .value = v };
		split(s->c, l);
	}
	if (out->n_lines == 0)
		return err_set(&s->c->err, -ENOENT, "there is no such form");
	return 0;
}

int duties_report(struct call *c, const char *form, struct duty_report *out)
{
	struct source s = { .c = c, .i = &out->c };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? cases_get(t, c->scope, c->param[0], c->arena, &out->c, &c->err) : c->err.code;

	s.t = t;
	out->form = form;
	out->region_name = c->hub->conf.region_name;
	out->printed_us = c->now_us;
	if (r < 0 || (r = load(&s)) < 0 || (r = fill(&s, form, out)) < 0)
		return r;
	out->title_key = arena_printf(c->arena, "duty.form.%s", form);
	return 0;
}

int duties_json_report(struct call *c, const struct duty_report *p)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_text(&w, "number", p->c.number);
	jsonw_text(&w, "form", p->form);
	jsonw_text(&w, "source", p->source);
	jsonw_array(&w, "fields");
	for (size_t i = 0; i < p->n_lines; i++) {
		const struct report_line *l = &p->lines[i];

		jsonw_object(&w, NULL);
		jsonw_text(&w, "id", l->f->id);
		jsonw_text(&w, "ja", l->f->ja);
		jsonw_text(&w, "en", l->f->en);
		jsonw_text(&w, "filled_from", l->f->fill);
		jsonw_text(&w, "value", l->value);
		jsonw_bool(&w, "blank", l->value[0] == '\0');
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}
