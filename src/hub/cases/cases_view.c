/* SPDX-License-Identifier: Apache-2.0 */
/* From rows to what the pages of cases show: words of states and kinds, the story with its texts.
 */
#include "hub/cases/cases_view.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "hub/accounts/accounts.h"
#include "hub/watch/watch.h"

enum { LATE_MIN = 10, PEOPLE_MAX = 200 };

const char *cases_view_light(const struct incident *i)
{
	if (strcmp(i->state, CASE_CLOSED) == 0 || strcmp(i->state, CASE_MERGED) == 0)
		return "grey";
	if (strcmp(i->state, CASE_RECOVERED) == 0)
		return "green";
	if (strcmp(i->state, CASE_CONTAINED) == 0)
		return "amber";
	return i->severity >= SEVERITY_HIGH ? "red" : "amber";
}

const char *cases_view_state_key(const char *state)
{
	if (strcmp(state, CASE_OPEN) == 0)
		return "case.state.open";
	if (strcmp(state, CASE_CONTAINED) == 0)
		return "case.state.contained";
	if (strcmp(state, CASE_MERGED) == 0)
		return "case.state.merged";
	return strcmp(state, CASE_RECOVERED) == 0 ? "case.state.recovered" : "case.state.closed";
}

static const char *kind_key(struct call *c, const char *kind)
{
	return arena_printf(c->arena, "case.kind.%s", kind);
}

static struct case_item item(struct call *c, const struct incident *i)
{
	return (struct case_item){
		.c = *i,
		.light = cases_view_light(i),
		.state_key = cases_view_state_key(i->state),
		.kind_key = kind_key(c, i->kind),
		.prefecture = members_prefecture_name(i->prefecture, c->lang),
	};
}

struct case_item *cases_view_items(struct call *c, const struct incident *i, size_t n)
{
	struct case_item *items = arena_array(c->arena, n ? n : 1, sizeof(*items));

	for (size_t k = 0; k < n; k++)
		items[k] = item(c, &i[k]);
	return items;
}

struct case_option *cases_view_kinds(struct call *c, const char *chosen, size_t *n_out)
{
	const char *const *kinds = cases_kinds(n_out);
	struct case_option *o = arena_array(c->arena, *n_out, sizeof(*o));

	for (size_t i = 0; i < *n_out; i++)
		o[i] = (struct case_option){ kinds[i],
					     text_get(c->hub->text, c->lang, kind_key(c, kinds[i])),
					     strcmp(kinds[i], chosen) == 0 };
	return o;
}

struct case_option *cases_view_severities(struct call *c, int chosen, size_t *n_out)
{
	static const char *const key[] = { "watch.severity.info", "watch.severity.low",
					   "watch.severity.medium", "watch.severity.high",
					   "watch.severity.critical" };
	struct case_option *o = arena_array(c->arena, ARRAY_LEN(key), sizeof(*o));

	for (size_t i = 0; i < ARRAY_LEN(key); i++)
		o[i] = (struct case_option){ arena_printf(c->arena, "%zu", i),
					     text_get(c->hub->text, c->lang, key[i]),
					     (int)i == chosen };
	*n_out = ARRAY_LEN(key);
	return o;
}

struct case_option *cases_view_prefectures(struct call *c, int chosen, size_t *n_out)
{
	const struct prefecture *p = members_prefectures(n_out);
	struct case_option *o = arena_array(c->arena, *n_out, sizeof(*o));

	for (size_t i = 0; i < *n_out; i++)
		o[i] = (struct case_option){ arena_printf(c->arena, "%d", p[i].code),
					     members_prefecture_name(p[i].code, c->lang),
					     p[i].code == chosen };
	return o;
}

static void line(struct call *c, const struct case_entry *n, struct case_line *out)
{
	out->n = *n;
	out->icon = n->kind;
	out->text = cases_entry_text(c->hub, c->lang, n, c->arena);
	out->late = n->recorded_us > n->happened_us + LATE_MIN * US_PER_MIN;
}

struct case_was_line cases_view_was(struct call *c, const struct case_was *w)
{
	struct case_was_line out = { .w = *w,
				     .text_key = arena_printf(c->arena, "case.was.%s", w->field) };

	if (strcmp(w->field, "happened") == 0 && time_parse(w->old_text, &out.old_us) < 0)
		out.old_us = 0; /* shown as it stands */
	return out;
}

/* Each line with what it said before. */
static int corrected(struct call *c, struct txn *t, struct case_page *p)
{
	struct case_was *w;
	size_t n;
	int r = cases_was(t, c->scope, p->c.id, c->arena, &w, &n, &c->err);

	for (size_t i = 0; i < p->n_story && r >= 0 && n; i++) {
		struct case_line *l = &p->story[i];
		for (size_t k = 0; k < n; k++) {
			if (w[k].entry_id != l->n.id)
				continue;
			l->was = arena_grow(c->arena, l->was, l->n_was, sizeof(*l->was));
			l->was[l->n_was++] = cases_view_was(c, &w[k]);
		}
	}
	return r;
}

static int story(struct call *c, struct txn *t, struct case_page *p)
{
	struct case_entry *entries;
	int r = cases_story(t, c->user, p->c.id, c->arena, &entries, &p->n_story, &c->err);

	if (r < 0)
		return r;
	p->story = arena_array(c->arena, p->n_story ? p->n_story : 1, sizeof(*p->story));
	for (size_t i = 0; i < p->n_story; i++)
		line(c, &entries[i], &p->story[i]);
	return corrected(c, t, p);
}

/* Who may have done something: the people of the organisations that work on cases. */
static int people(struct call *c, struct txn *t, struct case_page *p)
{
	const struct accounts_person_filter f = { .roles = CASES_WORKERS };
	struct accounts_person *list;
	size_t n;
	int r = accounts_person_list(t, c->scope, &f, c->arena, &list, &n, &c->err);

	if (r < 0)
		return r;
	p->n_people = n < PEOPLE_MAX ? n : PEOPLE_MAX;
	p->people = arena_array(c->arena, p->n_people ? p->n_people : 1, sizeof(*p->people));
	for (size_t i = 0; i < p->n_people; i++)
		p->people[i] = (struct case_option){
			arena_printf(c->arena, "%" PRId64, list[i].id),
			arena_printf(c->arena, "%s（%s）", list[i].name, list[i].org_name),
			list[i].id == c->user->person_id,
		};
	return 0;
}

static const char *phone_shown(struct call *c, const char *e164)
{
	char shown[32];

	members_phone_format(e164, shown);
	return arena_strdup(c->arena, shown);
}

static int parts(struct call *c, struct txn *t, struct case_page *p)
{
	struct err *e = &c->err;
	const int64_t id = p->c.id;
	int r = story(c, t, p);

	if (r >= 0)
		r = cases_store_devices(t, c->scope, id, c->arena, &p->devices, &p->n_devices, e);
	if (r >= 0)
		r = cases_store_indicators(t, c->scope, id, c->arena, &p->indicators,
					   &p->n_indicators, e);
	if (r >= 0)
		r = members_contacts(t, c->scope, p->c.company_id, c->arena, &p->contacts,
				     &p->n_contacts, e);
	for (size_t i = 0; r >= 0 && i < p->n_contacts; i++)
		p->contacts[i].phone = phone_shown(c, p->contacts[i].phone);
	if (r >= 0 && p->may_work)
		r = people(c, t, p);
	return r;
}

static int remote_consent(struct call *c, struct txn *t, struct case_page *p)
{
	struct case_consent k;
	int r = cases_consent_find(t, c->scope, p->c.id, "remote_access", c->now_us, c->arena, &k,
				   &c->err);

	p->remote_consent = r > 0;
	return r;
}

static void words(struct call *c, struct case_page *p)
{
	p->device_keys = arena_array(c->arena, p->n_devices + 1, sizeof(*p->device_keys));
	p->indicator_keys = arena_array(c->arena, p->n_indicators + 1, sizeof(*p->indicator_keys));
	p->tlp_keys = arena_array(c->arena, p->n_indicators + 1, sizeof(*p->tlp_keys));
	for (size_t i = 0; i < p->n_devices; i++)
		p->device_keys[i] = arena_printf(c->arena, "case.device.%s", p->devices[i].state);
	for (size_t i = 0; i < p->n_indicators; i++) {
		bool strict = strcmp(p->indicators[i].tlp, "amber+strict") == 0;
		p->indicator_keys[i] =
			arena_printf(c->arena, "case.indicator.%s", p->indicators[i].type);
		p->tlp_keys[i] = arena_printf(c->arena, "case.tlp.%s",
					      strict ? "amber_strict" : p->indicators[i].tlp);
	}
}

static void steps(struct case_page *p)
{
	static const char *const states[] = { CASE_OPEN, CASE_CONTAINED, CASE_RECOVERED };

	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		p->steps[i] = (struct case_state_step){ states[i], cases_view_state_key(states[i]),
							strcmp(states[i], p->c.state) == 0 };
}

bool cases_view_moved(const struct call *c, const struct incident *i)
{
	return strcmp(c->param[0], i->number) != 0;
}

int cases_view_case(struct call *c, struct case_page *p)
{
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? cases_get(t, c->scope, c->param[0], c->arena, &p->c, &c->err) : c->err.code;

	if (r < 0)
		return r;
	p->may_work = user_is(c->user, CASES_WORKERS);
	if ((r = parts(c, t, p)) < 0 || (r = remote_consent(c, t, p)) < 0)
		return r;
	struct case_item i = item(c, &p->c);
	p->light = i.light;
	p->state_key = i.state_key;
	p->kind_key = i.kind_key;
	p->prefecture = i.prefecture;
	p->is_live = strcmp(p->c.state, CASE_CLOSED) != 0;
	p->is_mine = p->c.owner_id == c->user->person_id;
	p->phone_shown = phone_shown(c, p->c.contact_phone);
	words(c, p);
	steps(p);
	return 0;
}
