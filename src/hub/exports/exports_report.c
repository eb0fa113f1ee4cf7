/* SPDX-License-Identifier: Apache-2.0 */
/* What the reports of a case say: here in plain words for the company, in exports_report_full.c for
 * desk and insurer. How it looks: exports_report_file.c. */
#include "hub/exports/exports_report.h"

#include <string.h>

#include "base/mem.h"
#include "hub/exports/exports_write.h"

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

	write_part(w, "export.part.happened");
	write_fact(w, "export.report.kind", c->kind_text);
	write_fact(w, "export.report.began", write_when(w, c->c.happened_us));
	write_fact(w, "export.report.taken", write_when(w, c->c.opened_us));
	write_fact(w, "case.state", c->state_text);
	write_fact(w, "export.report.ended", write_when(w, c->c.closed_us));
	for (size_t i = 0; i < c->n_lines; i++)
		if (strcmp(c->lines[i].kind, "phone") == 0 ||
		    strcmp(c->lines[i].kind, "mail") == 0 ||
		    strcmp(c->lines[i].kind, "alert") == 0) {
			write_say(w, c->lines[i].body);
			break;
		}
}

static void found(struct writer *w)
{
	const struct export_case *c = w->c;

	write_part(w, "export.part.found");
	for (size_t i = 0; i < c->n_cards; i++) {
		write_say(w, c->cards[i].title);
		write_say(w, c->cards[i].what);
	}
	for (size_t i = 0; i < c->n_devices; i++) {
		const char *const args[] = {
			c->devices[i].d.name[0]      ? c->devices[i].d.name
			: c->devices[i].d.address[0] ? c->devices[i].d.address
						     : c->devices[i].d.mac,
			c->devices[i].state_text,
		};
		write_item(w, write_filled(w, "export.report.device", args, 2));
	}
	if (c->c.cause[0])
		write_fact(w, "case.close.cause", c->c.cause);
	if (!w->part->n_texts && !w->part->n_items && !w->part->n_facts)
		write_say(w, write_text(w, "export.report.nothing_found"));
}

static void advice(struct writer *w)
{
	const struct export_case *c = w->c;
	const bool live = strcmp(c->c.state, CASE_CLOSED) != 0;

	write_part(w, "export.part.now");
	write_say(w, write_text(w, advice_key(c->c.state)));
	for (size_t i = 0; live && i < c->n_cards; i++) {
		for (size_t k = 0; k < c->cards[i].n_do_now; k++)
			write_item(w, c->cards[i].do_now[k]);
		for (size_t k = 0; k < c->cards[i].n_do_not; k++)
			write_item(w, c->cards[i].do_not[k]);
	}
	if (c->c.lesson[0])
		write_fact(w, "case.close.lesson", c->c.lesson);
}

static void for_company(struct writer *w)
{
	happened(w);
	found(w);
	write_story(w, "export.part.done", false);
	write_part(w, "export.part.cost");
	write_sums(w);
	write_say(w, write_text(w, "export.report.cost_note"));
	advice(w);
}

static void left_out(struct writer *w)
{
	if (w->c->n_hidden == 0)
		return;
	write_part(w, "export.part.hidden");
	for (size_t i = 0; i < w->c->n_hidden; i++)
		write_item(w, write_counted(w, w->c->hidden[i].key, w->c->hidden[i].n));
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
	const char *const made[] = { write_when(&w, j->now_us), exports_from(j) };

	*out = (struct export_doc){
		.lang = lang_tag(j->ask->lang),
		.title = write_text(&w, plain ? "export.report.title" : "export.report.full"),
		.from = exports_from(j),
		.mark = arena_printf(w.a, "TLP:%s", upper(w.a, exports_tlp_name(c->tlp))),
		.made = write_filled(&w, "export.report.made", made, 2),
	};
	out->sub = arena_printf(w.a, "%s  %s  %s", c->c.number, c->company.name, c->c.title);
	out->foot = arena_printf(w.a, "%s  %s  %s", c->c.number, out->mark, out->from);
	if (plain)
		for_company(&w);
	else
		write_full(&w);
	left_out(&w);
}
