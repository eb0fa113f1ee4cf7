/* SPDX-License-Identifier: Apache-2.0 */
/* What the feature evidence knows of a case, in the words of a report. */
#include "hub/exports/exports_record.h"

#include "base/mem.h"
#include "hub/evidence/evidence.h"

static const char *word(const struct export_ask *q, const char *key, const char *id)
{
	return text_get(q->hub->text, q->lang, arena_printf(q->arena, "evidence.%s.%s", key, id));
}

int exports_record_marks(const struct export_ask *q, int64_t case_id, struct export_mark **out,
			 size_t *n_out, struct err *e)
{
	struct evidence_indicator *list;
	int r = evidence_indicators(q->t, q->scope, case_id, q->arena, &list, n_out, e);

	if (r < 0)
		return r;
	*out = arena_array(q->arena, *n_out + 1, sizeof(**out));
	for (size_t i = 0; i < *n_out; i++)
		(*out)[i] = (struct export_mark){ list[i].id, exports_tlp_of(list[i].tlp) };
	return 0;
}

/* "from -> to", as far as somebody said. */
static const char *hands(const struct export_ask *q, const struct evidence_custody *k)
{
	return k->from[0] && k->to[0] ? arena_printf(q->arena, "%s → %s", k->from, k->to)
	       : k->to[0]             ? arena_printf(q->arena, "→ %s", k->to)
				      : k->from;
}

static int custody(const struct export_ask *q, const struct evidence_item *item,
		   struct export_record *c, struct err *e)
{
	struct evidence_custody *list;
	size_t n;
	int r = evidence_custody(q->t, q->scope, item->id, q->arena, &list, &n, e);

	for (size_t i = 0; r >= 0 && i < n; i++) {
		const struct evidence_custody *k = &list[i];
		c->custody = arena_grow(q->arena, c->custody, c->n_custody, sizeof(*c->custody));
		c->custody[c->n_custody++] = (struct export_custody){
			.no = item->no,
			.at_us = k->at_us,
			.kind_text = word(q, "custody", k->kind),
			.result_text = k->result[0] ? word(q, "check", k->result) : "",
			.who = k->person_name,
			.hands = hands(q, k),
			.why = k->why,
			.hash = k->hash,
		};
	}
	return r;
}

static const char *where(const struct export_ask *q, const struct evidence_item *i)
{
	const char *const parts[] = { i->holder, i->place, i->seal };
	const char *out = "";

	for (size_t k = 0; k < ARRAY_LEN(parts); k++)
		if (parts[k][0])
			out = arena_printf(q->arena, "%s%s%s", out, out[0] ? "\n" : "", parts[k]);
	return out;
}

static int items(const struct export_ask *q, int64_t case_id, struct export_record *c,
		 struct err *e)
{
	struct evidence_item *list;
	size_t n;
	int r = evidence_items(q->t, q->scope, case_id, q->arena, &list, &n, e);

	if (r < 0)
		return r;
	c->items = arena_array(q->arena, n + 1, sizeof(*c->items));
	c->n_items = n;
	for (size_t i = 0; i < n && r >= 0; i++) {
		c->items[i] = (struct export_item){
			.no = list[i].no,
			.taken_us = list[i].taken_us,
			.name = list[i].name,
			.note = list[i].note,
			.state_text = word(q, "state", list[i].state),
			.where = where(q, &list[i]),
			.sha256 = list[i].sha256,
		};
		r = custody(q, &list[i], c, e);
	}
	return r;
}

static int measures(const struct export_ask *q, int64_t case_id, struct export_record *c,
		    struct err *e)
{
	struct evidence_measure *list;
	size_t n;
	int r = evidence_measures(q->t, q->scope, case_id, q->arena, &list, &n, e);

	if (r < 0)
		return r;
	c->measures = arena_array(q->arena, n + 1, sizeof(*c->measures));
	c->n_measures = n;
	for (size_t i = 0; i < n; i++)
		c->measures[i] = (struct export_measure){ list[i].from_us,
							  list[i].ended_us ? list[i].ended_us
									   : list[i].until_us,
							  list[i].what, list[i].target };
	return 0;
}

/* The lines whose sum the case's minutes and yen are; what was voided does not count. */
static int costs(const struct export_ask *q, int64_t case_id, struct export_record *c,
		 struct err *e)
{
	struct evidence_cost *list;
	size_t n;
	int r = evidence_costs(q->t, q->scope, case_id, q->arena, &list, &n, e);

	if (r < 0)
		return r;
	c->costs = arena_array(q->arena, n + 1, sizeof(*c->costs));
	for (size_t i = 0; i < n; i++)
		if (!list[i].voided_us)
			c->costs[c->n_costs++] =
				(struct export_cost){ list[i].at_us, list[i].minutes, list[i].yen,
						      word(q, "cost", list[i].category),
						      list[i].what };
	return 0;
}

int exports_record_evidence(const struct export_ask *q, int64_t case_id, struct export_record *out,
			    struct err *e)
{
	int r = items(q, case_id, out, e);

	if (r >= 0)
		r = measures(q, case_id, out, e);
	return r < 0 ? r : costs(q, case_id, out, e);
}
