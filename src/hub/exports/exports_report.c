/* SPDX-License-Identifier: Apache-2.0 */
/* What the reports of a case say: in plain words for the company, in full for desk and insurer. How
 * it looks: exports_report_file.c. */
#include "hub/exports/exports_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "hub/hub_text.h"

struct writer {
	const struct export_job *job;
	const struct export_case *c;
	struct arena *a;
	struct export_doc *doc;
	struct export_part *part;
};

/* --- words --- */

static const char *text(const struct writer *w, const char *key)
{
	return text_get(w->job->ask->hub->text, w->job->ask->lang, key);
}

static const char *filled(const struct writer *w, const char *key, const char *const *args,
			  size_t n)
{
	SCOPED_BUF struct buf b = { 0 };

	hub_text_fill(w->job->ask->hub->text, w->job->ask->lang, key, args, n, &b);
	return arena_strdup(w->a, b.p ? b.p : "");
}

static const char *grouped(const struct writer *w, int64_t v)
{
	char digits[24], out[32];
	size_t n, k = 0;

	(void)snprintf(digits, sizeof(digits), "%" PRId64, v < 0 ? 0 : v);
	n = strlen(digits);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			out[k++] = ',';
		out[k++] = digits[i];
	}
	out[k] = '\0';
	return arena_strdup(w->a, out);
}

static const char *counted(const struct writer *w, const char *key, int64_t v)
{
	const char *const args[] = { grouped(w, v) };

	return filled(w, key, args, 1);
}

static const char *when(const struct writer *w, int64_t us)
{
	const struct civil t = time_civil(us, (int)w->job->ask->hub->conf.zone_min);

	if (!us)
		return "";
	return arena_printf(w->a, "%04d-%02d-%02d %02d:%02d", t.year, t.month, t.day, t.hour,
			    t.minute);
}

/* --- parts --- */

static void part(struct writer *w, const char *key)
{
	struct export_doc *d = w->doc;

	d->parts = arena_grow(w->a, d->parts, d->n_parts, sizeof(*d->parts));
	w->part = &d->parts[d->n_parts++];
	*w->part = (struct export_part){ .heading = text(w, key) };
}

static void fact(struct writer *w, const char *key, const char *value)
{
	struct export_part *p = w->part;

	if (!value || !value[0])
		return;
	p->facts = arena_grow(w->a, p->facts, p->n_facts, sizeof(*p->facts));
	p->facts[p->n_facts++] = (struct export_fact){ text(w, key), value };
}

static void say(struct writer *w, const char *value)
{
	struct export_part *p = w->part;

	if (!value || !value[0])
		return;
	p->texts = arena_grow(w->a, p->texts, p->n_texts, sizeof(*p->texts));
	p->texts[p->n_texts++] = value;
}

static void item(struct writer *w, const char *value)
{
	struct export_part *p = w->part;

	if (!value || !value[0])
		return;
	p->items = arena_grow(w->a, p->items, p->n_items, sizeof(*p->items));
	p->items[p->n_items++] = value;
}

static void column(struct writer *w, const char *key, int width, bool right)
{
	struct export_part *p = w->part;

	p->column[p->n_columns] = text(w, key);
	p->width[p->n_columns] = width;
	p->right[p->n_columns++] = right;
}

static void row(struct writer *w, const struct export_row *r)
{
	struct export_part *p = w->part;

	p->rows = arena_grow(w->a, p->rows, p->n_rows, sizeof(*p->rows));
	p->rows[p->n_rows++] = *r;
}

/* --- what both say --- */

static const char *line_text(const struct writer *w, const struct export_line *l)
{
	return l->body[0] && l->text[0] ? arena_printf(w->a, "%s\n%s", l->text, l->body)
	       : l->body[0]             ? l->body
					: l->text;
}

static void sums(struct writer *w)
{
	const struct incident *i = &w->c->c;
	const char *const args[] = { grouped(w, i->n_phone), grouped(w, i->n_remote),
				     grouped(w, i->n_visit) };

	fact(w, "export.report.handled", filled(w, "export.report.handled.text", args, 3));
	fact(w, "case.minutes", counted(w, "export.minutes", i->minutes));
	fact(w, "case.cost", counted(w, "export.yen", i->cost_yen));
}

/* --- for the company --- */

static const char *advice_key(const char *state)
{
	if (strcmp(state, CASE_CLOSED) == 0)
		return "export.advice.closed";
	if (strcmp(state, CASE_RECOVERED) == 0)
		return "export.advice.recovered";
	return strcmp(state, CASE_CONTAINED) == 0 ? "export.advice.contained"
						  : "export.advice.open";
}

static void happened(struct writer *w)
{
	const struct export_case *c = w->c;

	part(w, "export.part.happened");
	fact(w, "export.report.kind", c->kind_text);
	fact(w, "export.report.began", when(w, c->c.happened_us));
	fact(w, "export.report.taken", when(w, c->c.opened_us));
	fact(w, "case.state", c->state_text);
	fact(w, "export.report.ended", when(w, c->c.closed_us));
	for (size_t i = 0; i < c->n_lines; i++)
		if (strcmp(c->lines[i].kind, "phone") == 0 ||
		    strcmp(c->lines[i].kind, "mail") == 0 ||
		    strcmp(c->lines[i].kind, "alert") == 0) {
			say(w, c->lines[i].body);
			break;
		}
}

static void found(struct writer *w)
{
	const struct export_case *c = w->c;

	part(w, "export.part.found");
	for (size_t i = 0; i < c->n_cards; i++) {
		say(w, c->cards[i].title);
		say(w, c->cards[i].what);
	}
	for (size_t i = 0; i < c->n_devices; i++) {
		const char *const args[] = {
			c->devices[i].d.name[0]      ? c->devices[i].d.name
			: c->devices[i].d.address[0] ? c->devices[i].d.address
						     : c->devices[i].d.mac,
			c->devices[i].state_text,
		};
		item(w, filled(w, "export.report.device", args, 2));
	}
	if (c->c.cause[0])
		fact(w, "case.close.cause", c->c.cause);
	if (!w->part->n_texts && !w->part->n_items && !w->part->n_facts)
		say(w, text(w, "export.report.nothing_found"));
}

static void done(struct writer *w)
{
	part(w, "export.part.done");
	column(w, "export.csv.when", 5, false);
	column(w, "export.csv.who", 3, false);
	column(w, "export.csv.what", 11, false);
	column(w, "export.col.minutes", 2, true);
	column(w, "export.col.yen", 2, true);
	for (size_t i = 0; i < w->c->n_lines; i++) {
		const struct export_line *l = &w->c->lines[i];
		row(w, &(struct export_row){ {
			       when(w, l->happened_us),
			       l->who,
			       line_text(w, l),
			       l->minutes >= 0 ? grouped(w, l->minutes) : "",
			       l->cost_yen >= 0 ? grouped(w, l->cost_yen) : "",
		       } });
	}
}

static void advice(struct writer *w)
{
	const struct export_case *c = w->c;
	const bool live = strcmp(c->c.state, CASE_CLOSED) != 0;

	part(w, "export.part.now");
	say(w, text(w, advice_key(c->c.state)));
	for (size_t i = 0; live && i < c->n_cards; i++) {
		for (size_t k = 0; k < c->cards[i].n_do_now; k++)
			item(w, c->cards[i].do_now[k]);
		for (size_t k = 0; k < c->cards[i].n_do_not; k++)
			item(w, c->cards[i].do_not[k]);
	}
	if (c->c.lesson[0])
		fact(w, "case.close.lesson", c->c.lesson);
}

static void for_company(struct writer *w)
{
	happened(w);
	found(w);
	done(w);
	part(w, "export.part.cost");
	sums(w);
	say(w, text(w, "export.report.cost_note"));
	advice(w);
}

/* --- for desk and insurer --- */

static void overview(struct writer *w)
{
	const struct export_case *c = w->c;
	char phone[32];

	part(w, "export.part.overview");
	members_phone_format(c->c.contact_phone, phone);
	fact(w, "case.col.company", c->company.name);
	fact(w, "export.report.member_no", c->company.external_id);
	fact(w, "export.report.corporate_no", c->company.corporate_number);
	fact(w, "case.prefecture", c->prefecture);
	fact(w, "export.report.industry", c->industry);
	fact(w, "case.col.title", c->c.title);
	fact(w, "case.kind", c->kind_text);
	fact(w, "case.severity", c->severity_text);
	fact(w, "case.state", c->state_text);
	fact(w, "export.report.began", when(w, c->c.happened_us));
	fact(w, "export.report.taken", when(w, c->c.opened_us));
	fact(w, "export.csv.recorded", when(w, c->c.recorded_us));
	fact(w, "export.report.ended", when(w, c->c.closed_us));
	fact(w, "case.owner", c->c.owner_name);
	fact(w, "case.caller", arena_printf(w->a, "%s %s", c->c.contact_name, phone));
	sums(w);
	fact(w, "case.close.cause", c->c.cause);
	fact(w, "case.close.lesson", c->c.lesson);
}

static void whole_story(struct writer *w)
{
	part(w, "export.part.story");
	column(w, "export.csv.when", 5, false);
	column(w, "export.csv.recorded", 5, false);
	column(w, "export.csv.who", 3, false);
	column(w, "export.csv.what", 9, false);
	column(w, "export.col.minutes", 2, true);
	column(w, "export.col.yen", 2, true);
	for (size_t i = 0; i < w->c->n_lines; i++) {
		const struct export_line *l = &w->c->lines[i];
		row(w, &(struct export_row){ {
			       when(w, l->happened_us),
			       when(w, l->recorded_us),
			       l->who,
			       line_text(w, l),
			       l->minutes >= 0 ? grouped(w, l->minutes) : "",
			       l->cost_yen >= 0 ? grouped(w, l->cost_yen) : "",
		       } });
	}
}

static void devices(struct writer *w)
{
	if (w->c->n_devices == 0)
		return;
	part(w, "case.devices");
	column(w, "case.device.name", 4, false);
	column(w, "case.device.address", 3, false);
	column(w, "case.device.mac", 3, false);
	column(w, "case.device.state", 3, false);
	for (size_t i = 0; i < w->c->n_devices; i++) {
		const struct case_device *d = &w->c->devices[i].d;
		row(w, &(struct export_row){
			       { d->name, d->address, d->mac, w->c->devices[i].state_text } });
	}
}

static void indicators(struct writer *w)
{
	if (w->c->n_indicators == 0)
		return;
	part(w, "case.indicators");
	column(w, "case.indicator.type", 3, false);
	column(w, "case.indicator.value", 8, false);
	column(w, "export.csv.tlp", 3, false);
	column(w, "case.indicator.note", 4, false);
	for (size_t i = 0; i < w->c->n_indicators; i++) {
		const struct export_indicator *n = &w->c->indicators[i];
		row(w,
		    &(struct export_row){ { n->type_text, n->value,
					    arena_printf(w->a, "TLP:%s", exports_tlp_name(n->tlp)),
					    n->note } });
	}
}

static void consents(struct writer *w)
{
	if (w->c->n_consents == 0)
		return;
	part(w, "export.part.consents");
	column(w, "export.consent.what", 4, false);
	column(w, "export.consent.by", 4, false);
	column(w, "export.csv.when", 4, false);
	column(w, "export.consent.revoked", 4, false);
	for (size_t i = 0; i < w->c->n_consents; i++) {
		const struct export_consent *k = &w->c->consents[i];
		row(w, &(struct export_row){ { k->what_text, k->k.given_by, when(w, k->k.given_us),
					       when(w, k->k.revoked_us) } });
	}
}

static void evidence(struct writer *w)
{
	if (w->c->n_items == 0)
		return;
	part(w, "export.part.evidence");
	column(w, "export.evidence.no", 1, true);
	column(w, "export.evidence.name", 4, false);
	column(w, "export.evidence.taken", 4, false);
	column(w, "export.evidence.state", 2, false);
	column(w, "export.evidence.hash", 8, false);
	for (size_t i = 0; i < w->c->n_items; i++) {
		const struct export_item *x = &w->c->items[i];
		row(w, &(struct export_row){ { grouped(w, x->no), x->name, when(w, x->taken_us),
					       x->state_text, x->sha256 } });
	}
}

static void measures(struct writer *w)
{
	if (w->c->n_measures == 0)
		return;
	part(w, "export.part.measures");
	column(w, "export.csv.what", 6, false);
	column(w, "export.measure.target", 4, false);
	column(w, "export.measure.from", 4, false);
	column(w, "export.measure.until", 4, false);
	for (size_t i = 0; i < w->c->n_measures; i++) {
		const struct export_measure *x = &w->c->measures[i];
		row(w, &(struct export_row){
			       { x->what, x->target, when(w, x->from_us), when(w, x->until_us) } });
	}
}

static void costs(struct writer *w)
{
	if (w->c->n_costs == 0)
		return;
	part(w, "export.part.costs");
	column(w, "export.csv.when", 5, false);
	column(w, "export.cost.category", 4, false);
	column(w, "export.csv.what", 8, false);
	column(w, "export.col.minutes", 2, true);
	column(w, "export.col.yen", 3, true);
	for (size_t i = 0; i < w->c->n_costs; i++) {
		const struct export_cost *x = &w->c->costs[i];
		row(w, &(struct export_row){ { when(w, x->at_us), x->category_text, x->what,
					       grouped(w, x->minutes), grouped(w, x->yen) } });
	}
}

static void in_full(struct writer *w)
{
	overview(w);
	whole_story(w);
	devices(w);
	indicators(w);
	evidence(w);
	measures(w);
	costs(w);
	consents(w);
}

static void left_out(struct writer *w)
{
	if (w->c->n_hidden == 0)
		return;
	part(w, "export.part.hidden");
	for (size_t i = 0; i < w->c->n_hidden; i++)
		item(w, counted(w, w->c->hidden[i].key, w->c->hidden[i].n));
}

static const char *upper(struct arena *a, const char *s)
{
	char *out = arena_strdup(a, s);

	for (char *p = out; *p; p++)
		*p = (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p);
	return out;
}

void exports_report_make(const struct export_job *j, struct export_doc *out)
{
	const struct export_case *c = &j->cases[0];
	const bool plain = j->kind->to == FOR_COMPANY;
	struct writer w = { .job = j, .c = c, .a = j->ask->arena, .doc = out };
	const char *const made[] = { when(&w, j->now_us), exports_from(j) };

	*out = (struct export_doc){
		.lang = lang_tag(j->ask->lang),
		.title = plain ? text(&w, "export.report.title") : text(&w, "export.report.full"),
		.from = exports_from(j),
		.mark = arena_printf(w.a, "TLP:%s", upper(w.a, exports_tlp_name(c->tlp))),
		.made = filled(&w, "export.report.made", made, 2),
	};
	out->sub = arena_printf(w.a, "%s  %s  %s", c->c.number, c->company.name, c->c.title);
	out->foot = arena_printf(w.a, "%s  %s  %s", c->c.number, out->mark, out->from);
	if (plain)
		for_company(&w);
	else
		in_full(&w);
	left_out(&w);
}
