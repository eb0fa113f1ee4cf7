/* SPDX-License-Identifier: Apache-2.0 */
/* What the feature evidence knows of a case, in the words of a report. */
#include "hub/exports/exports_evidence.h"

#include "hub/evidence/evidence.h"

static const char *word(const struct export_ask *q, const char *key, const char *id)
{
	return text_get(q->hub->text, q->lang, arena_printf(q->arena, "evidence.%s.%s", key, id));
}

int exports_evidence_marks(const struct export_ask *q, int64_t case_id, struct export_mark **out,
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

static int items(const struct export_ask *q, struct export_case *c, struct err *e)
{
	struct evidence_item *list;
	size_t n;
	int r = evidence_items(q->t, q->scope, c->c.id, q->arena, &list, &n, e);

	if (r < 0)
		return r;
	c->items = arena_array(q->arena, n + 1, sizeof(*c->items));
	c->n_items = n;
	for (size_t i = 0; i < n; i++)
		c->items[i] =
			(struct export_item){ list[i].no, list[i].taken_us, list[i].name,
					      word(q, "state", list[i].state), list[i].sha256 };
	return 0;
}

static int measures(const struct export_ask *q, struct export_case *c, struct err *e)
{
	struct evidence_measure *list;
	size_t n;
	int r = evidence_measures(q->t, q->scope, c->c.id, q->arena, &list, &n, e);

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
static int costs(const struct export_ask *q, struct export_case *c, struct err *e)
{
	struct evidence_cost *list;
	size_t n;
	int r = evidence_costs(q->t, q->scope, c->c.id, q->arena, &list, &n, e);

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

int exports_evidence_read(const struct export_ask *q, struct export_case *c, struct err *e)
{
	int r = items(q, c, e);

	if (r >= 0)
		r = measures(q, c, e);
	return r < 0 ? r : costs(q, c, e);
}
