/* SPDX-License-Identifier: Apache-2.0 */
/* From rows to what the pages show. */
#include "hub/related/related_view.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "hub/accounts/accounts.h"
#include "hub/members/members.h"
#include "hub/related/related_seen.h"
#include "hub/related/related_store.h"
#include "hub/related_tmpl.h"
#include "hub/watch/watch.h"

enum { ALERT_TRAITS = 8, ALERT_ROWS = 8, HOME_ROWS = 5, PEOPLE_MAX = 200 };

struct who_item *related_view_who(struct call *c, const struct who_row *w, size_t n)
{
	struct who_item *out = arena_array(c->arena, n + 1, sizeof(*out));

	for (size_t i = 0; i < n; i++) {
		char shown[32] = "";

		if (w[i].contact_phone[0])
			members_phone_format(w[i].contact_phone, shown);
		out[i] = (struct who_item){ w[i], arena_strdup(c->arena, shown),
					    arena_printf(c->arena, "related.trait.%s", w[i].kind) };
	}
	return out;
}

static const char *tie_key(struct call *c, const struct tie_row *t)
{
	return arena_printf(c->arena, "related.tie.%s%s", t->kind, t->reverse ? ".back" : "");
}

int related_view_side(struct call *c, struct txn *t, const struct incident *i,
		      struct related_side *out)
{
	struct tie_row *ties;
	int r = related_store_tags(t, c->scope, i->id, c->arena, &out->tags, &out->n_tags, &c->err);

	if (r >= 0)
		r = related_ties(t, c->user, i, c->arena, &ties, &out->n_ties, &c->err);
	if (r >= 0)
		r = cases_parts(t, c->scope, i->id, c->now_us, c->arena, &out->parts, &out->n_parts,
				&c->err);
	if (r < 0)
		return r;
	out->number = i->number;
	out->may_work = user_is(c->user, CASES_WORKERS);
	out->ties = arena_array(c->arena, out->n_ties + 1, sizeof(*out->ties));
	for (size_t k = 0; k < out->n_ties; k++)
		out->ties[k] = (struct tie_item){ ties[k], tie_key(c, &ties[k]) };
	return 0;
}

int related_view_calls(struct call *c, struct txn *t, const struct incident *i,
		       struct who_panel *out)
{
	struct who_row *w;
	struct case_trait *traits;
	size_t n;
	int r = related_store_calls_of(t, c->scope, i->id, c->now_us - SEEN_DAYS * US_PER_DAY,
				       c->arena, &w, &out->n_rows, &c->err);

	if (r >= 0)
		r = related_store_traits(t, c->scope, i->id, c->arena, &traits, &n, &c->err);
	if (r < 0)
		return r;
	out->number = i->number;
	out->may_call = strcmp(i->state, CASE_CLOSED) != 0;
	out->rows = related_view_who(c, w, out->n_rows);
	for (size_t k = 0; k < out->n_rows; k++)
		out->n_new += strcmp(w[k].state, CALL_NEW) == 0;
	out->common = arena_array(c->arena, n + 1, sizeof(*out->common));
	for (size_t k = 0; k < n; k++)
		if (traits[k].spread > SEEN_COMMON)
			out->common[out->n_common_traits++] = traits[k].value;
	out->script = text_get(c->hub->text, c->lang, "related.call.script");
	return 0;
}

static const char *state_key(struct call *c, const char *state)
{
	return arena_printf(c->arena, "case.state.%s", state);
}

int related_view_similar(struct call *c, struct txn *t, const struct incident *i,
			 struct similar_panel *out)
{
	struct similar s[SIMILAR_MAX];
	int r = related_similar(t, c->user, i, c->arena, s, &out->n_rows, &c->err);

	if (r < 0)
		return r;
	out->rows = arena_array(c->arena, out->n_rows + 1, sizeof(*out->rows));
	for (size_t k = 0; k < out->n_rows; k++)
		out->rows[k] = (struct similar_item){
			.s = s[k],
			.reason = call_text(c, s[k].reason_key, &s[k].reason_arg, 1),
			.state_key = state_key(c, s[k].c.state),
			.kind_key = arena_printf(c->arena, "case.kind.%s", s[k].c.kind),
		};
	return 0;
}

struct option *related_view_kinds(struct call *c, const char *chosen, size_t *n_out)
{
	const char *const *kinds = cases_kinds(n_out);
	struct option *o = arena_array(c->arena, *n_out, sizeof(*o));

	for (size_t i = 0; i < *n_out; i++)
		o[i] = (struct option){ kinds[i],
					text_get(c->hub->text, c->lang,
						 arena_printf(c->arena, "case.kind.%s", kinds[i])),
					strcmp(kinds[i], chosen) == 0 };
	return o;
}

struct option *related_view_ties(struct call *c, size_t *n_out)
{
	const char *const *kinds = related_tie_kinds(n_out);
	struct option *o = arena_array(c->arena, *n_out, sizeof(*o));

	for (size_t i = 0; i < *n_out; i++)
		o[i] = (struct option){ kinds[i],
					text_get(
						c->hub->text, c->lang,
						arena_printf(c->arena, "related.tie.%s", kinds[i])),
					i == 0 };
	return o;
}

/* --- panels --- */

static int of_case(struct call *c, struct txn *t, int64_t case_id, struct incident *out)
{
	const char *number;
	int r = t ? cases_store_number(t, c->scope, case_id, c->arena, &number, &c->err)
		  : c->err.code;

	return r < 0 ? r : cases_get(t, c->scope, number, c->arena, out, &c->err);
}

int related_panel_side(struct call *c, const char *slot, int64_t case_id, struct buf *out)
{
	struct related_side p = { 0 };
	struct incident i;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = of_case(c, t, case_id, &i);

	(void)slot;
	if (r >= 0)
		r = related_view_side(c, t, &i, &p);
	if (r < 0 || (!p.may_work && p.n_tags + p.n_ties + p.n_parts == 0))
		return r;
	struct tmpl tm = call_tmpl(c, out);
	tmpl_related_side(&tm, &p);
	return 0;
}

int related_panel_who(struct call *c, const char *slot, int64_t case_id, struct buf *out)
{
	struct who_panel p = { 0 };
	struct incident i;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = of_case(c, t, case_id, &i);

	(void)slot;
	if (r >= 0)
		r = related_view_calls(c, t, &i, &p);
	if (r < 0 || p.n_rows == 0)
		return r;
	struct tmpl tm = call_tmpl(c, out);
	tmpl_related_who(&tm, &p);
	return 0;
}

int related_panel_similar(struct call *c, const char *slot, int64_t case_id, struct buf *out)
{
	struct similar_panel p = { 0 };
	struct incident i;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = of_case(c, t, case_id, &i);

	(void)slot;
	if (r >= 0)
		r = related_view_similar(c, t, &i, &p);
	if (r < 0 || p.n_rows == 0)
		return r;
	struct tmpl tm = call_tmpl(c, out);
	tmpl_related_similar(&tm, &p);
	return 0;
}

/* The newest finding of an alert says what to look for. */
static int alert_rows(struct call *c, struct txn *t, const struct watch_alert *alert,
		      struct who_panel *p)
{
	struct trait traits[TRAITS_OF_FINDING];
	Otasuke__Wire__Finding *f =
		otasuke__wire__finding__unpack(NULL, alert->body_n, alert->body);
	size_t n = f ? trait_of_finding(related_secret(c->hub), f, traits) : 0;
	int r = 0;

	if (f)
		otasuke__wire__finding__free_unpacked(f, NULL);
	p->rows = arena_array(c->arena, ALERT_ROWS, sizeof(*p->rows));
	for (size_t i = 0; i < n && i < ALERT_TRAITS && r >= 0; i++) {
		const struct seen_query q = { traits[i].hash, alert->company_id,
					      c->now_us - SEEN_DAYS * US_PER_DAY, SEEN_COMMON + 1 };
		struct who_row *w;
		size_t found;
		r = related_store_who(t, c->scope, &q, c->arena, &w, &found, &c->err);
		if (r < 0 || found > SEEN_COMMON)
			continue;
		p->n_new += (int64_t)found;
		for (size_t k = 0; k < found && p->n_rows < ALERT_ROWS; k++)
			p->rows[p->n_rows++] = *related_view_who(c, &w[k], 1);
	}
	return r;
}

int related_panel_alert(struct call *c, const char *slot, int64_t alert_id, struct buf *out)
{
	struct who_panel p = { 0 };
	struct watch_alert alert;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? watch_alert_get(t, c->scope, alert_id, c->arena, &alert, &c->err) : c->err.code;

	(void)slot;
	if (r >= 0)
		r = alert_rows(c, t, &alert, &p);
	if (r < 0 || p.n_rows == 0)
		return r;
	struct tmpl tm = call_tmpl(c, out);
	tmpl_related_alert(&tm, &p);
	return 0;
}

int related_panel_home(struct call *c, const char *slot, int64_t subject, struct buf *out)
{
	struct who_panel p = { 0 };
	struct who_row *w;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? related_store_calls(t, c->scope, HOME_ROWS, c->arena, &w, &p.n_rows, &c->err)
		  : c->err.code;

	(void)slot;
	(void)subject;
	if (r < 0 || p.n_rows == 0 ||
	    (r = related_store_calls_count(t, c->scope, &p.n_new, &c->err)) < 0)
		return r;
	p.rows = related_view_who(c, w, p.n_rows);
	struct tmpl tm = call_tmpl(c, out);
	tmpl_related_home(&tm, &p);
	return 0;
}

static int people(struct call *c, struct txn *t, struct related_bulk_form *p)
{
	const struct accounts_person_filter f = { .roles = CASES_WORKERS };
	struct accounts_person *list;
	size_t n;
	int r = accounts_person_list(t, c->scope, &f, c->arena, &list, &n, &c->err);

	if (r < 0)
		return r;
	p->n_people = n < PEOPLE_MAX ? n : PEOPLE_MAX;
	p->people = arena_array(c->arena, p->n_people + 1, sizeof(*p->people));
	for (size_t i = 0; i < p->n_people; i++)
		p->people[i] = (struct option){ arena_printf(c->arena, "%" PRId64, list[i].id),
						arena_strdup(c->arena, list[i].name), false };
	return 0;
}

struct option *related_view_severities(struct call *c, int chosen, size_t *n_out)
{
	static const char *const keys[] = { "watch.severity.info", "watch.severity.low",
					    "watch.severity.medium", "watch.severity.high",
					    "watch.severity.critical" };
	struct option *o = arena_array(c->arena, ARRAY_LEN(keys), sizeof(*o));

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		o[i] = (struct option){ arena_printf(c->arena, "%zu", i),
					text_get(c->hub->text, c->lang, keys[i]),
					(int)i == chosen };
	*n_out = ARRAY_LEN(keys);
	return o;
}

int related_panel_bulk(struct call *c, const char *slot, int64_t subject, struct buf *out)
{
	struct related_bulk_form p = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? people(c, t, &p) : c->err.code;

	(void)slot;
	(void)subject;
	if (r < 0)
		return r;
	p.severities = related_view_severities(c, -1, &p.n_severities);
	p.kinds = related_view_kinds(c, "", &p.n_kinds);
	p.tie_kinds = related_view_ties(c, &p.n_tie_kinds);
	struct tmpl tm = call_tmpl(c, out);
	tmpl_related_bulk(&tm, &p);
	return 0;
}

int related_panel_bulk_alerts(struct call *c, const char *slot, int64_t subject, struct buf *out)
{
	struct related_bulk_form p = { 0 };

	(void)slot;
	(void)subject;
	p.kinds = related_view_kinds(c, "malware_suspected", &p.n_kinds);
	struct tmpl tm = call_tmpl(c, out);
	tmpl_related_bulk_alerts(&tm, &p);
	return 0;
}
