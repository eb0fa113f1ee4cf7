/* SPDX-License-Identifier: Apache-2.0 */
/* Reading what other features keep of a case for its full record: orders, threads, duties.
 * Evidence: exports_evidence.c. */
#include "hub/exports/exports_record.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/duties/duties.h"
#include "hub/response/response.h"
#include "hub/threads/threads.h"

enum { ORDERS_MAX = 500 };

static const char *text(const struct export_ask *q, const char *key)
{
	return text_get(q->hub->text, q->lang, key);
}

static const char *in_lang(const struct export_ask *q, const char *ja, const char *en)
{
	return q->lang == LANG_JA ? ja : en;
}

/* --- orders --- */

static int orders(const struct export_ask *q, int64_t case_id, struct export_record *out,
		  struct err *e)
{
	const struct response_filter f = { .incident_id = case_id, .limit = ORDERS_MAX };
	struct response_order *list;
	size_t n;
	int r = response_orders(q->t, q->scope, &f, q->arena, &list, &n, e);

	if (r < 0)
		return r;
	out->orders = arena_array(q->arena, n + 1, sizeof(*out->orders));
	out->n_orders = n;
	for (size_t i = 0; i < n; i++) {
		const struct response_order *o = &list[n - 1 - i]; /* the oldest first */
		out->orders[i] = (struct export_order_line){
			.made_us = o->made_us,
			.done_us = o->done_us,
			.what = text(q, arena_printf(q->arena, "response.type.%s", o->type)),
			.target = o->target[0]    ? o->target
				  : o->network[0] ? o->network
				  : o->mac[0]     ? o->mac
						  : o->sensor_name,
			.who = o->made_name,
			.consent_by = o->consent_by,
			.state_text =
				text(q, arena_printf(q->arena, "response.state.%s", o->state)),
		};
	}
	return 0;
}

/* --- threads --- */

static const char *with(const struct export_ask *q, const struct thread *t)
{
	const char *kind = text(q, arena_printf(q->arena, "thread.kind.%s", t->kind));

	return t->org_name[0] ? arena_printf(q->arena, "%s\n%s", kind, t->org_name) : kind;
}

/* "Police: Iwate police, Mr Suzuki (receipt 12). Told: …" on one line. */
static const char *party(const struct export_ask *q, const struct thread *t)
{
	const char *const parts[] = { t->org_name,  t->person_name, t->mail,
				      t->reference, t->purpose,     t->told };
	const char *out = text(q, arena_printf(q->arena, "thread.kind.%s", t->kind));

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (parts[i][0])
			out = arena_printf(q->arena, "%s%s%s", out, in_lang(q, "、", ", "),
					   parts[i]);
	return out;
}

static int messages(const struct export_ask *q, const struct thread *t, struct export_record *out,
		    struct err *e)
{
	struct thread_message *list;
	size_t n;
	int r = threads_messages(q->t, q->user, t->id, q->arena, &list, &n, e);

	for (size_t i = 0; r >= 0 && i < n; i++) {
		const struct thread_message *m = &list[i];
		const bool goes = strcmp(m->direction, THREAD_OUT) == 0;
		out->messages = arena_grow(q->arena, out->messages, out->n_messages,
					   sizeof(*out->messages));
		out->messages[out->n_messages++] = (struct export_message){
			.happened_us = m->happened_us,
			.with = with(q, t),
			.way_text = arena_printf(
				q->arena, "%s %s", text(q, goes ? "thread.out" : "thread.in"),
				text(q, arena_printf(q->arena, "thread.channel.%s", m->channel))),
			.state_text =
				strcmp(m->state, "queued") == 0   ? text(q, "export.thread.queued")
				: strcmp(m->state, "failed") == 0 ? text(q, "export.thread.failed")
								  : "",
			.who = m->person_name,
			.subject = m->subject,
			.body = m->body,
		};
	}
	return r;
}

static int threads(const struct export_ask *q, int64_t case_id, struct export_record *out,
		   struct err *e)
{
	const struct threads_query f = { .which = THREADS_OF_CASE, .id = case_id, .limit = 200 };
	struct thread *list;
	size_t n;
	int r = q->user ? threads_list(q->t, q->user, &f, q->arena, &list, &n, e) : 0;

	if (!q->user || r < 0)
		return r;
	out->parties = arena_array(q->arena, n + 1, sizeof(*out->parties));
	for (size_t i = 0; r >= 0 && i < n; i++) {
		out->parties[out->n_parties++] = party(q, &list[i]);
		r = messages(q, &list[i], out, e);
	}
	return r;
}

/* --- duties --- */

static const char *duty_state(const struct export_ask *q, const struct case_duty *d)
{
	if (strcmp(d->state, DUTY_MADE) == 0)
		return text(q, d->due_us && d->made_us > d->due_us ? "duty.state.made_late"
								   : "duty.state.made");
	if (strcmp(d->state, DUTY_WITHDRAWN) == 0)
		return text(q, "export.duty.withdrawn");
	return text(q,
		    d->due_us && q->now_us > d->due_us ? "export.duty.late" : "export.duty.open");
}

static struct export_duty duty_of(const struct export_ask *q, const struct case_duty *d)
{
	const struct duty_rule *r = d->rule;

	return (struct export_duty){
		.due_us = d->due_us,
		.made_us = d->made_us,
		.what = r ? in_lang(q, r->what_ja, r->what_en) : d->rule_id,
		.to = r ? in_lang(q, r->to_ja, r->to_en) : "",
		.basis = r ? in_lang(q, r->basis_ja, r->basis_en) : "",
		.state_text = duty_state(q, d),
		.made_to = d->made_to,
		.receipt = d->receipt,
	};
}

static void nine(const struct export_ask *q, const struct duty_item *list, size_t n,
		 struct export_record *out)
{
	out->nine = arena_array(q->arena, DUTY_ITEMS + 1, sizeof(*out->nine));
	for (size_t i = 0; i < report_field_table_n && out->n_nine < DUTY_ITEMS; i++) {
		const struct report_field *f = &report_field_table[i];
		struct export_nine *x = &out->nine[out->n_nine];

		if (strcmp(f->form, "nine") != 0)
			continue;
		*x = (struct export_nine){ in_lang(q, f->ja, f->en), text(q, "duty.item.unknown"),
					   "" };
		for (size_t k = 0; k < n; k++)
			if (strcmp(list[k].item, f->id) == 0 && list[k].state[0]) {
				x->state_text = text(
					q, arena_printf(q->arena, "duty.item.%s", list[k].state));
				x->body = list[k].body;
			}
		out->n_nine++;
	}
}

static int duties(const struct export_ask *q, int64_t case_id, struct export_record *out,
		  struct err *e)
{
	struct duty_record d;
	bool asked = false;
	int r = duties_record(q->t, q->scope, case_id, q->arena, &d, e);

	if (r < 0)
		return r;
	out->known_us = d.known_us;
	out->duties = arena_array(q->arena, d.n_duties + 1, sizeof(*out->duties));
	out->n_duties = d.n_duties;
	for (size_t i = 0; i < d.n_duties; i++) {
		out->duties[i] = duty_of(q, &d.duties[i]);
		asked = asked || (d.duties[i].rule && d.duties[i].rule->items);
	}
	if (asked || d.n_items > 0)
		nine(q, d.items, d.n_items, out);
	return 0;
}

int exports_record_read(const struct export_ask *q, const struct export_case *c,
			struct export_record *out, struct err *e)
{
	struct export_record x = { 0 };
	int r = exports_record_evidence(q, c->c.id, &x, e);

	if (r >= 0)
		r = orders(q, c->c.id, &x, e);
	if (r >= 0)
		r = threads(q, c->c.id, &x, e);
	if (r >= 0)
		r = duties(q, c->c.id, &x, e);
	if (r >= 0)
		*out = x;
	return r;
}
