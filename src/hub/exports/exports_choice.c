/* SPDX-License-Identifier: Apache-2.0 */
/* What there is to choose on the page of exports: which kinds, for whom, what of the case stays
 * here with each, and what left before. */
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "hub/exports/exports_pages.h"
#include "hub/exports/exports_pages_web.h"
#include "hub/exports/exports_rules.h"

static const char *hidden_text(struct call *c, const struct export_hidden *h)
{
	const char *const args[] = { arena_printf(c->arena, "%" PRId64, h->n) };

	return call_text(c, h->key, args, 1);
}

/* What the kind leaves out of this case. */
static int hidden_of(struct call *c, struct txn *t, const char *number, struct export_choice *x)
{
	const struct export_ask q = {
		.hub = c->hub,
		.scope = c->scope,
		.lang = c->lang,
		.arena = c->arena,
		.to = x->kind->to,
		.named = x->kind->to != FOR_OTHERS,
		.roles = exports_roles(x->kind, c->user),
		.no_ja3 = x->kind->flags & EXPORT_NO_JA3,
	};
	struct export_case one;
	int r = exports_look(t, &q, number, &one, &c->err);

	if (r < 0)
		return r;
	x->hidden = arena_array(c->arena, one.n_hidden + 1, sizeof(*x->hidden));
	x->n_hidden = one.n_hidden;
	for (size_t i = 0; i < one.n_hidden; i++) {
		x->hidden[i] = hidden_text(c, &one.hidden[i]);
		if (strcmp(one.hidden[i].key, "export.hidden.format") == 0)
			x->extra = x->hidden[i];
	}
	return 0;
}

/* The same reader and the same format leave out the same. */
static bool alike(const struct export_kind *a, const struct export_kind *b)
{
	return a->to == b->to && (a->flags & EXPORT_NO_JA3) == (b->flags & EXPORT_NO_JA3);
}

/* Kinds for one reader stand beside each other. */
static void groups(struct export_page *p)
{
	for (size_t i = 0; i < p->n_choices; i++) {
		struct export_group *g = &p->groups[p->n_groups - (p->n_groups > 0)];
		if (p->n_groups == 0 || g->choices[0].kind->to != p->choices[i].kind->to) {
			g = &p->groups[p->n_groups++];
			g->choices = &p->choices[i];
		}
		g->n_choices++;
	}
}

int exports_choices(struct call *c, struct txn *t, const char *chosen, struct export_page *p)
{
	const unsigned want = p->many ? EXPORT_MANY : EXPORT_ONE;
	size_t n;
	const struct export_kind *kinds = exports_kinds(&n);

	p->choices = arena_array(c->arena, n, sizeof(*p->choices));
	for (size_t i = 0; i < n; i++) {
		struct export_choice *x = &p->choices[p->n_choices];
		int r = 0;
		if (!(kinds[i].flags & want) || !user_is(c->user, kinds[i].roles))
			continue;
		*x = (struct export_choice){
			.kind = &kinds[i],
			.name_key = arena_printf(c->arena, "export.kind.%s", kinds[i].id),
			.for_key = kinds[i].to == FOR_COMPANY ? "export.for.company"
				   : kinds[i].to == FOR_DESK  ? "export.for.desk"
							      : "export.for.others",
			.what_key = arena_printf(c->arena, "export.what.%s", kinds[i].id),
			.extra = "",
			.chosen = chosen ? strcmp(chosen, kinds[i].id) == 0 : p->n_choices == 0,
		};
		for (size_t k = 0; k < p->n_choices && !x->hidden; k++)
			if (alike(p->choices[k].kind, x->kind)) {
				x->hidden = p->choices[k].hidden;
				x->n_hidden = p->choices[k].n_hidden;
				x->extra = p->choices[k].extra;
			}
		if (!p->many && !x->hidden)
			r = hidden_of(c, t, p->number, x);
		if (r < 0)
			return r;
		p->others = p->others || kinds[i].to == FOR_OTHERS;
		p->names = p->names || (kinds[i].flags & EXPORT_NAMES);
		p->n_choices++;
	}
	groups(p);
	return 0;
}

int exports_told_rows(struct call *c, struct txn *t, const struct incident *i,
		      struct export_page *p)
{
	struct export_told *list;
	int r = exports_told(t, c->scope, i->company_id, i->id, c->arena, &list, &p->n_told,
			     &c->err);

	if (r < 0)
		return r;
	p->told = arena_array(c->arena, p->n_told + 1, sizeof(*p->told));
	for (size_t k = 0; k < p->n_told; k++)
		p->told[k] =
			(struct export_told_row){ list[k], arena_printf(c->arena, "export.kind.%s",
									list[k].kind) };
	return 0;
}

int exports_page_json(struct call *c, const struct export_page *p)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_text(&w, "number", p->number);
	jsonw_int(&w, "cases", p->n_cases);
	jsonw_array(&w, "kinds");
	for (size_t i = 0; i < p->n_choices; i++) {
		const struct export_choice *x = &p->choices[i];
		jsonw_object(&w, NULL);
		jsonw_text(&w, "kind", x->kind->id);
		jsonw_text(&w, "type", x->kind->type);
		jsonw_text(&w, "for",
			   x->kind->to == FOR_COMPANY ? "company"
			   : x->kind->to == FOR_DESK  ? "desk"
						      : "others");
		jsonw_bool(&w, "names_optional", x->kind->flags & EXPORT_NAMES);
		jsonw_array(&w, "left_out");
		for (size_t k = 0; k < x->n_hidden; k++)
			jsonw_text(&w, NULL, x->hidden[k]);
		jsonw_end_array(&w);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_array(&w, "exports");
	for (size_t i = 0; i < p->n_told; i++) {
		const struct export_told *x = &p->told[i].told;
		jsonw_object(&w, NULL);
		jsonw_text(&w, "kind", x->kind);
		jsonw_time(&w, "at", x->at_us);
		jsonw_text(&w, "by", x->person_name);
		jsonw_text(&w, "to", x->to);
		jsonw_text(&w, "purpose", x->purpose);
		jsonw_bool(&w, "named", x->named);
		jsonw_int(&w, "left_out", x->hidden);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}
