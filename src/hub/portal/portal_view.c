/* SPDX-License-Identifier: Apache-2.0 */
/* From rows to what the company's own pages show: what was found and done, newest first, and whose
 * turn it is. */
#include "hub/portal/portal_view.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "hub/evidence/evidence.h"
#include "hub/members/members.h"
#include "hub/watch/watch.h"

enum { EVENTS_SHOWN = 20, CASES_READ = 20, ALERTS_READ = 20 };

int portal_view_own(struct call *c, int64_t *company_id_out)
{
	if (!user_is(c->user, PORTAL_ROLES) || !c->user->company_id)
		return err_set(&c->err, -ENOENT, "there is no such page");
	*company_id_out = c->user->company_id;
	return 0;
}

const char *portal_view_light(const struct incident *i)
{
	if (strcmp(i->state, CASE_CLOSED) == 0 || strcmp(i->state, CASE_RECOVERED) == 0)
		return "green";
	return strcmp(i->state, CASE_OPEN) == 0 && i->severity >= SEVERITY_HIGH ? "red" : "amber";
}

const char *portal_view_state_key(const struct incident *i)
{
	if (strcmp(i->state, CASE_OPEN) == 0)
		return "portal.state.open";
	if (strcmp(i->state, CASE_CONTAINED) == 0)
		return "portal.state.contained";
	return strcmp(i->state, CASE_RECOVERED) == 0 ? "portal.state.recovered"
						     : "portal.state.closed";
}

const char *portal_view_answer_by(struct call *c)
{
	struct civil x = time_civil(threads_answer_by(c->now_us), (int)c->hub->conf.zone_min);
	const char *args[] = { arena_printf(c->arena, "%d", x.month),
			       arena_printf(c->arena, "%d", x.day),
			       arena_printf(c->arena, "%d:%02d", x.hour, x.minute) };

	return call_text(c, "thread.answer_by", args, ARRAY_LEN(args));
}

int portal_view_desk(struct call *c, struct txn *t, int64_t company_id, struct portal_desk *out)
{
	struct members_partner *list;
	struct accounts_org org;
	size_t n;
	int r = members_partners(t, c->scope, company_id, c->now_us, c->arena, &list, &n, &c->err);

	*out = (struct portal_desk){ "", "", "", "" };
	for (size_t i = 0; r >= 0 && i < n; i++) {
		char shown[32];

		if (strcmp(list[i].kind, "desk") != 0)
			continue;
		if ((r = accounts_org_get(t, &scope_system, list[i].org_id, &org, &c->err)) < 0)
			return r;
		members_phone_format(org.phone, shown);
		*out = (struct portal_desk){ arena_strdup(c->arena, org.name),
					     arena_strdup(c->arena, org.phone),
					     arena_strdup(c->arena, shown),
					     arena_strdup(c->arena, org.mail) };
		return 0;
	}
	return r;
}

/* --- what was found and done --- */

static struct portal_event event_of_case(struct call *c, const struct incident *i)
{
	return (struct portal_event){
		.at_us = i->changed_us > i->opened_us ? i->changed_us : i->opened_us,
		.title = i->title,
		.light = portal_view_light(i),
		.state_key = portal_view_state_key(i),
		.url = arena_printf(c->arena, "/portal/cases/%s", i->number),
		.phone = i->n_phone,
		.remote = i->n_remote,
		.visit = i->n_visit,
	};
}

static struct portal_event event_of_alert(struct call *c, const struct watch_alert *a)
{
	const bool live = strcmp(a->state, ALERT_NEW) == 0 || strcmp(a->state, ALERT_ACCEPTED) == 0;
	struct watch_card card;

	watch_card(c->hub->text, c->lang, a, c->arena, &card);
	return (struct portal_event){
		.at_us = a->last_us,
		.title = card.title,
		.light = live ? watch_severity_light(a->severity) : "green",
		.state_key = strcmp(a->state, ALERT_NEW) == 0        ? "portal.alert.new"
			     : strcmp(a->state, ALERT_ACCEPTED) == 0 ? "portal.alert.accepted"
			     : strcmp(a->state, ALERT_MUTED) == 0    ? "portal.alert.muted"
								     : "portal.alert.closed",
		.url = arena_printf(c->arena, "/alerts/%" PRId64, a->id),
	};
}

static int newest(const void *a, const void *b)
{
	const struct portal_event *x = a, *y = b;

	return (x->at_us < y->at_us) - (x->at_us > y->at_us);
}

static int events(struct call *c, struct txn *t, int64_t company_id, struct portal_home *m)
{
	const struct case_filter f = { .state = "", .company_id = company_id, .limit = CASES_READ };
	struct watch_alert *alerts;
	struct incident *cases;
	size_t n_cases, n_alerts;
	int r = cases_store_list(t, c->scope, &f, c->arena, &cases, &n_cases, &c->err);

	if (r >= 0)
		r = watch_alerts_of_company(t, c->scope, company_id, ALERTS_READ, c->arena, &alerts,
					    &n_alerts, &c->err);
	if (r < 0)
		return r;
	m->events = arena_array(c->arena, n_cases + n_alerts + 1, sizeof(*m->events));
	for (size_t i = 0; i < n_cases; i++)
		m->events[m->n_events++] = event_of_case(c, &cases[i]);
	for (size_t i = 0; i < n_alerts; i++)
		if (!alerts[i].case_id && alerts[i].severity > SEVERITY_INFO) /* else told above */
			m->events[m->n_events++] = event_of_alert(c, &alerts[i]);
	qsort(m->events, m->n_events, sizeof(*m->events), newest);
	if (m->n_events > EVENTS_SHOWN)
		m->n_events = EVENTS_SHOWN;
	return 0;
}

/* --- how things stand --- */

static int state(struct call *c, struct txn *t, int64_t company_id, struct portal_home *m)
{
	const struct case_filter live = { .company_id = company_id, .limit = CASES_READ };
	struct fleet_company sensors;
	struct incident *cases;
	size_t n;
	int r = fleet_company_get(t, c->scope, company_id, c->now_us, &sensors, &c->err);

	if (r >= 0)
		r = watch_open(t, c->scope, company_id, SEVERITY_LOW, &m->s.n_alerts, &c->err);
	if (r >= 0)
		r = watch_open(t, c->scope, company_id, SEVERITY_HIGH, &m->s.n_red_alerts, &c->err);
	if (r >= 0)
		r = cases_store_count(t, c->scope, &live, &m->s.n_cases, &c->err);
	if (r >= 0)
		r = cases_store_list(t, c->scope, &live, c->arena, &cases, &n, &c->err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++)
		if (strcmp(portal_view_light(&cases[i]), "red") == 0)
			m->s.n_red_cases++;
	m->s.sensors = fleet_light_name(sensors.light);
	m->heard_us = sensors.heard_us;
	m->blind_us = sensors.blind_us;
	m->l = portal_light_of(&m->s);
	return 0;
}

static int turns(struct call *c, struct txn *t, int64_t company_id, struct portal_home *m)
{
	const struct threads_query q = { .which = THREADS_OWN, .id = company_id, .limit = 50 };
	struct thread *list;
	size_t n;
	int r = threads_list(t, c->user, &q, c->arena, &list, &n, &c->err);

	if (r < 0)
		return r;
	m->questions = arena_array(c->arena, n + 1, sizeof(*m->questions));
	m->asked = arena_array(c->arena, n + 1, sizeof(*m->asked));
	for (size_t i = 0; i < n; i++)
		if (list[i].unread > 0 || strcmp(list[i].waiting, THREAD_THEM) == 0)
			m->questions[m->n_questions++] = list[i];
		else if (strcmp(list[i].waiting, THREAD_US) == 0)
			m->asked[m->n_asked++] = list[i];
	return 0;
}

static int consents(struct call *c, struct txn *t, int64_t company_id, struct portal_home *m)
{
	struct case_consent *list;
	size_t n;
	int r = cases_store_consents_of(t, c->scope, company_id, 200, c->arena, &list, &n, &c->err);

	for (size_t i = 0; r >= 0 && i < n; i++)
		if (cases_consent_state(&list[i], c->now_us) == CONSENT_VALID)
			m->n_consents++;
	return r;
}

int portal_view_home(struct call *c, struct portal_home *m)
{
	struct company company;
	int64_t id;
	int r = portal_view_own(c, &id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	if (!t)
		return c->err.code;
	if ((r = members_company_get(t, c->scope, id, c->arena, &company, &c->err)) < 0 ||
	    (r = state(c, t, id, m)) < 0 || (r = events(c, t, id, m)) < 0 ||
	    (r = turns(c, t, id, m)) < 0 || (r = consents(c, t, id, m)) < 0 ||
	    (r = portal_view_desk(c, t, id, &m->desk)) < 0)
		return r;
	m->company = company.name;
	m->company_id = id;
	return 0;
}

/* --- one case --- */

/* What a packet was like is for the region's people. */
static bool shown(const struct case_entry *n)
{
	return strcmp(n->kind, "packet") != 0;
}

static int lines(struct call *c, struct txn *t, struct portal_case *m)
{
	struct case_entry *list;
	size_t n;
	int r = cases_story(t, c->user, m->c.id, c->arena, &list, &n, &c->err);

	if (r < 0)
		return r;
	m->lines = arena_array(c->arena, n + 1, sizeof(*m->lines));
	for (size_t i = n; i > 0; i--)
		if (shown(&list[i - 1]))
			m->lines[m->n_lines++] = (struct portal_line){
				.n = list[i - 1],
				.text = cases_entry_text(c->hub, c->lang, &list[i - 1], c->arena),
				.icon = list[i - 1].kind
			};
	return 0;
}

static const char *uses_said(struct call *c, const char *what)
{
	const char *comma = text_get(c->hub->text, c->lang, "thread.role.comma"), *out = "";
	struct str rest = str_of(what), one;

	while (str_cut(&rest, ' ', &one))
		out = arena_printf(
			c->arena, "%s%s%s", out, out[0] ? comma : "",
			text_get(c->hub->text, c->lang,
				 arena_printf(c->arena, "case.use.%.*s", (int)one.n, one.p)));
	return out;
}

static int agreed(struct call *c, struct txn *t, struct portal_case *m)
{
	const char *const *uses = cases_consent_uses(&m->n_uses);
	struct case_consent *list;
	int r = cases_store_consents(t, c->scope, m->c.id, c->arena, &list, &m->n_consents,
				     &c->err);

	if (r < 0)
		return r;
	m->consents = arena_array(c->arena, m->n_consents + 1, sizeof(*m->consents));
	for (size_t i = 0; i < m->n_consents; i++)
		m->consents[i] =
			(struct portal_consent){ list[i], uses_said(c, list[i].what),
						 cases_consent_state(&list[i], c->now_us) ==
							 CONSENT_VALID };
	m->uses = arena_array(c->arena, m->n_uses + 1, sizeof(*m->uses));
	for (size_t i = 0; i < m->n_uses; i++)
		m->uses[i] =
			(struct portal_use){ uses[i],
					     arena_printf(c->arena, "case.use.%s", uses[i]),
					     arena_printf(c->arena, "response.words.%s", uses[i]) };
	return 0;
}

static int own_thread(struct call *c, struct txn *t, struct portal_case *m)
{
	const struct threads_query q = { .which = THREADS_OF_CASE, .id = m->c.id };
	struct thread *list;
	size_t n;
	int r = threads_list(t, c->user, &q, c->arena, &list, &n, &c->err);

	for (size_t i = 0; r >= 0 && i < n && !m->thread_id; i++)
		if (strcmp(list[i].kind, THREAD_COMPANY) == 0) {
			m->thread_id = list[i].id;
			m->thread_unread = list[i].unread;
		}
	return r;
}

/* What the company itself handed in. */
static int files(struct call *c, struct txn *t, struct portal_case *m)
{
	struct evidence_item *list;
	size_t n;
	int r = evidence_items(t, c->scope, m->c.id, c->arena, &list, &n, &c->err);

	if (r < 0)
		return r;
	m->files = arena_array(c->arena, n + 1, sizeof(*m->files));
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].source, "portal") == 0)
			m->files[m->n_files++] =
				(struct portal_file){ list[i].name, list[i].added_name,
						      list[i].size_bytes, list[i].added_us };
	return 0;
}

int portal_view_case(struct call *c, struct portal_case *m)
{
	int64_t id;
	int r = portal_view_own(c, &id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	if (!t)
		return c->err.code;
	if ((r = cases_get(t, c->scope, c->param[0], c->arena, &m->c, &c->err)) < 0 ||
	    (r = lines(c, t, m)) < 0 || (r = agreed(c, t, m)) < 0 || (r = files(c, t, m)) < 0 ||
	    (r = own_thread(c, t, m)) < 0)
		return r;
	m->light = portal_view_light(&m->c);
	m->state_key = portal_view_state_key(&m->c);
	m->is_live = strcmp(m->c.state, CASE_CLOSED) != 0;
	m->answer_by = portal_view_answer_by(c);
	if (!m->body)
		m->body = "";
	return 0;
}
