/* SPDX-License-Identifier: Apache-2.0 */
/* The full record, for desk and insurer: all that there is of a case, with times, hands and sums.
 */
#include "base/mem.h"
#include "hub/exports/exports_record.h"
#include "hub/exports/exports_write.h"

void write_sums(struct writer *w)
{
	const struct incident *i = &w->c->c;
	const char *const args[] = { write_grouped(w, i->n_phone), write_grouped(w, i->n_remote),
				     write_grouped(w, i->n_visit) };

	write_fact(w, "export.report.handled",
		   write_filled(w, "export.report.handled.text", args, 3));
	write_fact(w, "case.minutes", write_counted(w, "export.minutes", i->minutes));
	write_fact(w, "case.cost", write_counted(w, "export.yen", i->cost_yen));
}

void write_story(struct writer *w, const char *heading, bool recorded)
{
	static const struct write_column columns[] = {
		{ "export.csv.when", 4, false },   { "export.csv.recorded", 4, false },
		{ "export.csv.who", 3, false },    { "export.csv.what", 9, false },
		{ "export.col.minutes", 2, true }, { "export.col.yen", 3, true },
	};
	struct write_column without[] = { columns[0], columns[2], columns[3], columns[4],
					  columns[5] };

	without[2].width = 11; /* of what was done */
	write_part(w, heading);
	if (recorded)
		write_columns(w, columns, ARRAY_LEN(columns));
	else
		write_columns(w, without, ARRAY_LEN(without));
	for (size_t i = 0; i < w->c->n_lines; i++) {
		const struct export_line *l = &w->c->lines[i];
		const char *const cells[] = {
			write_when(w, l->happened_us),
			write_when(w, l->recorded_us),
			l->who,
			write_both(w, l->text, l->body),
			l->minutes >= 0 ? write_grouped(w, l->minutes) : "",
			l->cost_yen >= 0 ? write_grouped(w, l->cost_yen) : "",
		};
		struct export_row row = { { cells[0] } };
		for (size_t k = recorded ? 1 : 2, n = 1; k < ARRAY_LEN(cells); k++)
			row.cell[n++] = cells[k];
		write_row(w, &row);
	}
}

static void overview(struct writer *w)
{
	const struct export_case *c = w->c;
	char phone[32];

	write_part(w, "export.part.overview");
	members_phone_format(c->c.contact_phone, phone);
	write_fact(w, "case.col.company", c->company.name);
	write_fact(w, "export.report.member_no", c->company.external_id);
	write_fact(w, "export.report.corporate_no", c->company.corporate_number);
	write_fact(w, "case.prefecture", c->prefecture);
	write_fact(w, "export.report.industry", c->industry);
	write_fact(w, "case.col.title", c->c.title);
	write_fact(w, "case.kind", c->kind_text);
	write_fact(w, "case.severity", c->severity_text);
	write_fact(w, "case.state", c->state_text);
	write_fact(w, "export.report.began", write_when(w, c->c.happened_us));
	write_fact(w, "export.report.taken", write_when(w, c->c.opened_us));
	write_fact(w, "export.csv.recorded", write_when(w, c->c.recorded_us));
	write_fact(w, "export.report.ended", write_when(w, c->c.closed_us));
	write_fact(w, "case.owner", c->c.owner_name);
	write_fact(w, "case.caller", arena_printf(w->a, "%s %s", c->c.contact_name, phone));
	write_sums(w);
	write_fact(w, "case.close.cause", c->c.cause);
	write_fact(w, "case.close.lesson", c->c.lesson);
}

static void devices(struct writer *w)
{
	if (w->c->n_devices == 0)
		return;
	write_part(w, "case.devices");
	WRITE_COLUMNS(w, { "case.device.name", 4, false }, { "case.device.address", 3, false },
		      { "case.device.mac", 3, false }, { "case.device.state", 3, false });
	for (size_t i = 0; i < w->c->n_devices; i++) {
		const struct case_device *d = &w->c->devices[i].d;
		WRITE_ROW(w, d->name, d->address, d->mac, w->c->devices[i].state_text);
	}
}

static void indicators(struct writer *w)
{
	if (w->c->n_indicators == 0)
		return;
	write_part(w, "case.indicators");
	WRITE_COLUMNS(w, { "case.indicator.type", 3, false }, { "case.indicator.value", 8, false },
		      { "export.csv.tlp", 3, false }, { "case.indicator.note", 4, false });
	for (size_t i = 0; i < w->c->n_indicators; i++) {
		const struct export_indicator *n = &w->c->indicators[i];
		WRITE_ROW(w, n->type_text, n->value,
			  arena_printf(w->a, "TLP:%s", exports_tlp_name(n->tlp)), n->note);
	}
}

static void measures(struct writer *w, const struct export_record *x)
{
	if (x->n_measures == 0)
		return;
	write_part(w, "export.part.measures");
	WRITE_COLUMNS(w, { "export.csv.what", 6, false }, { "export.measure.target", 4, false },
		      { "export.measure.from", 4, false }, { "export.measure.until", 4, false });
	for (size_t i = 0; i < x->n_measures; i++) {
		const struct export_measure *k = &x->measures[i];
		WRITE_ROW(w, k->what, k->target, write_when(w, k->from_us),
			  write_when(w, k->until_us));
	}
}

static void costs(struct writer *w, const struct export_record *x)
{
	if (x->n_costs == 0)
		return;
	write_part(w, "export.part.costs");
	WRITE_COLUMNS(w, { "export.csv.when", 5, false }, { "export.cost.category", 4, false },
		      { "export.csv.what", 8, false }, { "export.col.minutes", 2, true },
		      { "export.col.yen", 3, true });
	for (size_t i = 0; i < x->n_costs; i++) {
		const struct export_cost *k = &x->costs[i];
		WRITE_ROW(w, write_when(w, k->at_us), k->category_text, k->what,
			  write_grouped(w, k->minutes), write_grouped(w, k->yen));
	}
}

static void consents(struct writer *w)
{
	if (w->c->n_consents == 0)
		return;
	write_part(w, "export.part.consents");
	WRITE_COLUMNS(w, { "export.consent.what", 4, false }, { "export.consent.by", 3, false },
		      { "export.csv.when", 3, false }, { "export.measure.until", 3, false },
		      { "export.consent.revoked", 3, false });
	for (size_t i = 0; i < w->c->n_consents; i++) {
		const struct export_consent *k = &w->c->consents[i];
		WRITE_ROW(w, k->what_text, write_both(w, k->k.given_by, k->k.role),
			  write_both(w, write_when(w, k->k.given_us), k->how_text),
			  k->k.until_us ? write_when(w, k->k.until_us) : k->until_text,
			  write_both(w, write_when(w, k->k.revoked_us), k->k.revoked_by));
	}
}

/* What the boxes were told to do, and what came of it. */
static void orders(struct writer *w, const struct export_record *x)
{
	if (x->n_orders == 0)
		return;
	write_part(w, "export.part.orders");
	WRITE_COLUMNS(w, { "export.csv.what", 4, false }, { "export.measure.target", 4, false },
		      { "export.csv.when", 3, false }, { "export.csv.who", 3, false },
		      { "export.order.consent", 3, false }, { "export.evidence.state", 3, false });
	for (size_t i = 0; i < x->n_orders; i++) {
		const struct export_order_line *o = &x->orders[i];
		WRITE_ROW(w, o->what, o->target, write_when(w, o->made_us), o->who, o->consent_by,
			  write_both(w, o->state_text, write_when(w, o->done_us)));
	}
}

static void evidence(struct writer *w, const struct export_record *x)
{
	if (x->n_items == 0)
		return;
	write_part(w, "export.part.evidence");
	WRITE_COLUMNS(w, { "export.evidence.no", 1, true }, { "export.evidence.name", 4, false },
		      { "export.evidence.taken", 3, false }, { "export.evidence.state", 3, false },
		      { "export.evidence.hash", 8, false });
	for (size_t i = 0; i < x->n_items; i++) {
		const struct export_item *k = &x->items[i];
		WRITE_ROW(w, write_grouped(w, k->no), write_both(w, k->name, k->note),
			  write_when(w, k->taken_us), write_both(w, k->state_text, k->where),
			  k->sha256);
	}
}

/* Each line's hash covers it and the line before: the chain can be computed again. */
static void custody(struct writer *w, const struct export_record *x)
{
	if (x->n_custody == 0)
		return;
	write_part(w, "export.part.custody");
	WRITE_COLUMNS(w, { "export.evidence.no", 1, true }, { "export.csv.when", 3, false },
		      { "export.csv.what", 2, false }, { "export.csv.who", 3, false },
		      { "export.custody.hands", 4, false }, { "export.custody.hash", 5, false });
	for (size_t i = 0; i < x->n_custody; i++) {
		const struct export_custody *k = &x->custody[i];
		WRITE_ROW(w, write_grouped(w, k->no), write_when(w, k->at_us),
			  write_both(w, k->kind_text, k->result_text), k->who,
			  write_both(w, k->hands, k->why), k->hash);
	}
}

static void duties(struct writer *w, const struct export_record *x)
{
	write_part(w, "export.part.duties");
	if (!x->known_us)
		write_say(w, write_text(w, "export.duty.unasked"));
	else if (x->n_duties == 0)
		write_say(w, write_text(w, "export.duty.none"));
	write_fact(w, "export.duty.known", write_when(w, x->known_us));
	WRITE_COLUMNS(w, { "export.duty.what", 5, false }, { "export.duty.due", 3, false },
		      { "export.evidence.state", 3, false }, { "export.duty.made", 4, false },
		      { "export.duty.basis", 4, false });
	for (size_t i = 0; i < x->n_duties; i++) {
		const struct export_duty *d = &x->duties[i];
		WRITE_ROW(w, write_both(w, d->what, d->to),
			  d->due_us ? write_when(w, d->due_us)
				    : write_text(w, "export.duty.prompt"),
			  d->state_text,
			  write_both(w, write_when(w, d->made_us),
				     write_both(w, d->made_to, d->receipt)),
			  d->basis);
	}
}

static void nine(struct writer *w, const struct export_record *x)
{
	if (x->n_nine == 0)
		return;
	write_part(w, "export.part.nine");
	WRITE_COLUMNS(w, { "export.nine.item", 4, false }, { "export.evidence.state", 2, false },
		      { "export.nine.text", 9, false });
	for (size_t i = 0; i < x->n_nine; i++)
		WRITE_ROW(w, x->nine[i].label, x->nine[i].state_text, x->nine[i].body);
}

/* What went to whom. */
static void threads(struct writer *w, const struct export_record *x)
{
	if (x->n_parties == 0)
		return;
	write_part(w, "export.part.threads");
	for (size_t i = 0; i < x->n_parties; i++)
		write_item(w, x->parties[i]);
	WRITE_COLUMNS(w, { "export.csv.when", 3, false }, { "export.thread.with", 3, false },
		      { "export.csv.how", 2, false }, { "export.csv.who", 2, false },
		      { "export.csv.what", 11, false });
	for (size_t i = 0; i < x->n_messages; i++) {
		const struct export_message *m = &x->messages[i];
		WRITE_ROW(w, write_when(w, m->happened_us), m->with,
			  write_both(w, m->way_text, m->state_text), m->who,
			  write_both(w, m->subject, m->body));
	}
}

void write_full(struct writer *w)
{
	const struct export_record *x = w->c->record;

	overview(w);
	write_story(w, "export.part.story", true);
	devices(w);
	indicators(w);
	evidence(w, x);
	custody(w, x);
	measures(w, x);
	orders(w, x);
	consents(w);
	threads(w, x);
	duties(w, x);
	nine(w, x);
	costs(w, x);
}
