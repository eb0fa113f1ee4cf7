/* SPDX-License-Identifier: Apache-2.0 */
/* Cases: what may be done with one, by whom, and what the story says of it. SQL: cases_store.c. */
#include "hub/cases/cases.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/accounts/accounts.h"
#include "hub/cases/cases_store.h"
#include "hub/members/members.h"
#include "hub/watch/watch.h"

enum {
	MINUTES_MAX = 60 * 24 * 7,
	COST_MAX = 100000000, /* yen, of one action */
	PAPER_DAYS = 400,     /* how long ago a paper sheet may be from */
	CLOCK_SLACK_MIN = 5,  /* a wrist watch that is ahead */
};

static const char *const kinds[] = {
	"suspicious_mail",  "phishing_entered",   "malware_suspected",  "ransomware",
	"account_takeover", "bec_payment_fraud",  "support_scam_popup", "web_defacement",
	"data_leak",        "lost_stolen_device", "denial_of_service",  "unauthorised_device",
	"sensor_alert",     "sensor_install",     "sensor_fault",       "network_slow",
	"policy_training",  "insurance_claim",    "partner_requested",  "general_it",
};

const char *const *cases_kinds(size_t *n_out)
{
	*n_out = ARRAY_LEN(kinds);
	return kinds;
}

static bool one_of(const char *s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(s, list[i]) == 0)
			return true;
	return false;
}

static bool may_work(const struct user *u)
{
	return user_is(u, ROLES_CASEWORK | ROLE_ADMIN);
}

static int check_text(const char *s, size_t min, size_t max, struct err *e)
{
	size_t n = utf8_count(s, strlen(s));

	if (n < min)
		return err_set(e, -EINVAL, "something has to be written here");
	if (n > max)
		return err_set(e, -EINVAL, "the text has %zu characters, %zu are allowed", n, max);
	return 0;
}

/* A time that people typed: not ahead of the clock, not absurdly old. */
static int check_time(int64_t us, int64_t now_us, struct err *e)
{
	if (us > now_us + CLOCK_SLACK_MIN * US_PER_MIN)
		return err_set(e, -EINVAL, "this time has not come yet");
	if (us < now_us - PAPER_DAYS * US_PER_DAY)
		return err_set(e, -EINVAL, "this time is more than %d days ago", PAPER_DAYS);
	return 0;
}

int cases_get(struct txn *t, const struct scope *s, const char *number, struct arena *a,
	      struct incident *out, struct err *e)
{
	return cases_store_get(t, s, number, a, out, e);
}

/* Loads a case that U is about to change. */
static int load(struct txn *t, const struct user *u, const char *number, struct arena *a,
		struct incident *out, struct err *e)
{
	int r = cases_store_get(t, &u->scope, number, a, out, e);

	if (r < 0)
		return r;
	if (!may_work(u))
		return err_set(e, -EDENIED, "your role may read cases but not change them");
	return 0;
}

static int load_live(struct txn *t, const struct user *u, const char *number, struct arena *a,
		     struct incident *out, struct err *e)
{
	int r = load(t, u, number, a, out, e);

	if (r >= 0 && strcmp(out->state, CASE_CLOSED) == 0)
		return err_set(e, -ECONFLICT, "the case is closed; reopen it first");
	return r;
}

static int tell(struct txn *t, const struct user *u, const struct entry_row *row,
		const char *action, struct err *e)
{
	int r = cases_store_entry(t, &u->scope, row, e);

	if (r < 0)
		return r;
	return accounts_audit(t, u, action, "incident", row->c->id, row->c->company_id, NULL, e);
}

/* --- opening --- */

static int check_new(const struct user *u, const struct case_new *n, int64_t now_us, struct err *e)
{
	static const char *const sources[] = { "alert", "phone", "mail", "paper" };
	int r;

	if (!may_work(u))
		return err_set(e, -EDENIED, "your role may read cases but not change them");
	if (!one_of(n->kind, kinds, ARRAY_LEN(kinds)))
		return err_set(e, -EINVAL, "choose what kind of case it is");
	if (!one_of(n->source, sources, ARRAY_LEN(sources)))
		return err_set(e, -EINVAL, "choose how the case came in");
	if ((r = check_text(n->title, 1, CASE_TITLE_CHARS, e)) < 0)
		return r;
	if ((r = check_text(n->words, 0, CASE_TEXT_CHARS, e)) < 0)
		return r;
	if (n->opened_us && (r = check_time(n->opened_us, now_us, e)) < 0)
		return r;
	return n->happened_us ? check_time(n->happened_us, now_us, e) : 0;
}

static int make_number(struct txn *t, struct hub *h, int64_t opened_us, char *out, struct err *e)
{
	struct civil day = time_civil(opened_us, (int)h->conf.zone_min);
	int64_t serial;
	int r = cases_store_serial(t, &scope_system, h->conf.region, day.year, &serial, e);

	if (r < 0)
		return r;
	(void)snprintf(out, CASE_NUMBER_MAX, "%.8s-%04d-%06" PRId64, h->conf.region, day.year,
		       serial);
	return 0;
}

static const char *entry_kind(const char *source)
{
	if (strcmp(source, "alert") == 0 || strcmp(source, "phone") == 0 ||
	    strcmp(source, "mail") == 0)
		return source;
	return "note";
}

/* The device and the peers of an alert become the case's. */
static int take_over(struct txn *t, const struct user *u, const struct incident *c,
		     const struct watch_alert *alert, int64_t now_us, struct err *e)
{
	const struct case_device d = { .mac = alert->device_mac,
				       .address = alert->device_address,
				       .name = alert->device_name,
				       .state = "suspected" };
	struct str peers = str_of(alert->peers), names = str_of(alert->names), line;
	SCOPED_ARENA struct arena *a = arena_new(0);
	int r = 0;

	if (d.mac[0] || d.address[0])
		r = cases_store_device(t, &u->scope, c, &d, now_us, e);
	while (r >= 0 && str_cut(&peers, '\n', &line)) {
		const struct case_indicator i = { .type = "address",
						  .value = arena_strndup(a, line.p, line.n),
						  .note = "" };
		r = line.n ? cases_store_indicator(t, &u->scope, c, &i, now_us, e) : 0;
	}
	while (r >= 0 && str_cut(&names, '\n', &line)) {
		const struct case_indicator i = { .type = "domain",
						  .value = arena_strndup(a, line.p, line.n),
						  .note = "" };
		r = line.n ? cases_store_indicator(t, &u->scope, c, &i, now_us, e) : 0;
	}
	return r;
}

static int open_from_alert(struct txn *t, const struct user *u, const struct incident *c,
			   int64_t alert_id, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct watch_alert alert;
	int r = watch_alert_get(t, &u->scope, alert_id, a, &alert, e);

	if (r < 0)
		return r;
	if (alert.company_id != c->company_id)
		return err_set(e, -ENOENT, "there is no such alert");
	if ((r = watch_alert_promote(t, u, alert_id, c->id, now_us, e)) < 0)
		return r;
	const struct entry_row seen = { .c = c,
					.kind = "packet",
					.text_key = "case.story.first_seen",
					.text_arg = alert.device_name,
					.happened_us = alert.first_us,
					.now_us = now_us,
					.ref_id = alert_id };
	if ((r = cases_store_entry(t, &u->scope, &seen, e)) < 0)
		return r;
	return take_over(t, u, c, &alert, now_us, e);
}

int cases_open(struct txn *t, struct hub *h, const struct user *u, const struct case_new *n,
	       int64_t now_us, int64_t *id_out, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct company company;
	struct case_new whole = *n;
	char number[CASE_NUMBER_MAX];
	int64_t id;
	int r = check_new(u, n, now_us, e);

	if (r < 0)
		return r;
	if ((r = members_company_get(t, &u->scope, n->company_id, a, &company, e)) < 0)
		return r;
	whole.opened_us = n->opened_us ? n->opened_us : now_us;
	whole.happened_us = n->happened_us ? n->happened_us : whole.opened_us;
	if ((r = make_number(t, h, whole.opened_us, number, e)) < 0)
		return r;
	const struct incident_row row = { &whole, number, company.prefecture, u->person_id,
					  now_us };
	if ((r = cases_store_add(t, &u->scope, &row, &id, e)) < 0)
		return r;
	const struct incident c = { .id = id, .company_id = n->company_id };
	if (n->alert_id && (r = open_from_alert(t, u, &c, n->alert_id, now_us, e)) < 0)
		return r;
	const struct entry_row said = { .c = &c,
					.kind = entry_kind(n->source),
					.body = n->words,
					.text_key = "case.story.opened",
					.text_arg = n->contact_name,
					.happened_us = whole.opened_us,
					.now_us = now_us,
					.person_id = u->person_id };
	if ((r = tell(t, u, &said, "incident.open", e)) < 0)
		return r;
	*id_out = id;
	return 0;
}

/* --- working --- */

int cases_act(struct txn *t, const struct user *u, const char *number,
	      const struct case_action_new *n, int64_t now_us, struct err *e)
{
	static const char *const channels[] = { CASE_PHONE, CASE_REMOTE, CASE_VISIT };
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	struct case_action_new whole = *n;
	int64_t id;
	int r = load_live(t, u, number, a, &c, e);

	if (r < 0)
		return r;
	if (!one_of(n->channel, channels, ARRAY_LEN(channels)))
		return err_set(e, -EINVAL, "choose phone, remote or visit");
	if (n->minutes < 0 || n->minutes > MINUTES_MAX)
		return err_set(e, -EINVAL, "minutes must lie between 0 and %d", MINUTES_MAX);
	if (n->cost_yen < 0 || n->cost_yen > COST_MAX)
		return err_set(e, -EINVAL, "the cost must lie between 0 and %d yen", COST_MAX);
	if ((r = check_text(n->body, 1, CASE_TEXT_CHARS, e)) < 0)
		return r;
	whole.started_us = n->started_us ? n->started_us : now_us - n->minutes * US_PER_MIN;
	if ((r = check_time(whole.started_us, now_us, e)) < 0)
		return r;
	const struct action_row row = { &c, &whole, n->person_id ? n->person_id : u->person_id,
					u->person_id, now_us };
	if ((r = cases_store_action(t, &u->scope, &row, &id, e)) < 0)
		return r;
	const struct entry_row said = { .c = &c,
					.kind = n->channel,
					.body = n->body,
					.happened_us = whole.started_us,
					.now_us = now_us,
					.person_id = row.person_id,
					.ref_id = id };
	return tell(t, u, &said, "incident.act", e);
}

int cases_note(struct txn *t, const struct user *u, const char *number, const char *body,
	       int64_t happened_us, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	int r = load(t, u, number, a, &c, e); /* late facts may come after the end */

	if (r < 0)
		return r;
	if ((r = check_text(body, 1, CASE_TEXT_CHARS, e)) < 0)
		return r;
	if (happened_us && (r = check_time(happened_us, now_us, e)) < 0)
		return r;
	const struct entry_row said = { .c = &c,
					.kind = "note",
					.body = body,
					.happened_us = happened_us ? happened_us : now_us,
					.now_us = now_us,
					.person_id = u->person_id };
	return tell(t, u, &said, "incident.note", e);
}

int cases_take(struct txn *t, const struct user *u, const char *number, int64_t now_us,
	       struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	int r = load_live(t, u, number, a, &c, e);

	if (r < 0 || c.owner_id == u->person_id)
		return r;
	if ((r = cases_store_owner(t, &u->scope, c.id, u->person_id, now_us, e)) < 0)
		return r;
	const struct entry_row said = { .c = &c,
					.kind = "person",
					.text_key = "case.story.taken",
					.text_arg = u->name,
					.happened_us = now_us,
					.now_us = now_us,
					.person_id = u->person_id };
	return tell(t, u, &said, "incident.take", e);
}

int cases_state(struct txn *t, const struct user *u, const char *number, const char *state,
		int64_t now_us, struct err *e)
{
	static const char *const states[] = { CASE_OPEN, CASE_CONTAINED, CASE_RECOVERED };
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	int r = load_live(t, u, number, a, &c, e);

	if (r < 0)
		return r;
	if (!one_of(state, states, ARRAY_LEN(states)))
		return err_set(e, -EINVAL, "a case has no such state");
	if (strcmp(c.state, state) == 0)
		return 0;
	if ((r = cases_store_state(t, &u->scope, c.id, state, now_us, e)) < 0)
		return r;
	const struct entry_row said = { .c = &c,
					.kind = "state",
					.text_key = arena_printf(a, "case.story.%s", state),
					.happened_us = now_us,
					.now_us = now_us,
					.person_id = u->person_id };
	return tell(t, u, &said, "incident.state", e);
}

int cases_device(struct txn *t, const struct user *u, const char *number,
		 const struct case_device *d, int64_t now_us, struct err *e)
{
	static const char *const states[] = { "suspected", "compromised", "clean" };
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	int r = load_live(t, u, number, a, &c, e);

	if (r < 0)
		return r;
	if (!d->name[0] && !d->mac[0] && !d->address[0])
		return err_set(e, -EINVAL, "give the device a name, an address or a MAC address");
	if (!one_of(d->state, states, ARRAY_LEN(states)))
		return err_set(e, -EINVAL, "choose suspected, compromised or clean");
	if ((r = check_text(d->name, 0, CASE_TITLE_CHARS, e)) < 0 ||
	    (r = cases_store_device(t, &u->scope, &c, d, now_us, e)) < 0)
		return r;
	const struct entry_row said = { .c = &c,
					.kind = "state",
					.text_key =
						arena_printf(a, "case.story.device_%s", d->state),
					.text_arg = d->name[0]      ? d->name
						    : d->address[0] ? d->address
								    : d->mac,
					.happened_us = now_us,
					.now_us = now_us,
					.person_id = u->person_id };
	return tell(t, u, &said, "incident.device", e);
}

int cases_indicator(struct txn *t, const struct user *u, const char *number,
		    const struct case_indicator *i, int64_t now_us, struct err *e)
{
	static const char *const types[] = { "domain", "address", "url", "hash", "ja3" };
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	int r = load_live(t, u, number, a, &c, e);

	if (r < 0)
		return r;
	if (!one_of(i->type, types, ARRAY_LEN(types)))
		return err_set(e, -EINVAL, "choose what kind of indicator it is");
	if ((r = check_text(i->value, 1, 1000, e)) < 0 || (r = check_text(i->note, 0, 500, e)) < 0)
		return r;
	if ((r = cases_store_indicator(t, &u->scope, &c, i, now_us, e)) < 0)
		return r;
	return accounts_audit(t, u, "incident.indicator", "incident", c.id, c.company_id, NULL, e);
}

/* --- consents --- */

int cases_consent(struct txn *t, const struct user *u, const char *number,
		  const struct case_consent *k, int64_t now_us, struct err *e)
{
	static const char *const whats[] = { "remote_access", "visit", "evidence" };
	static const char *const hows[] = { "call", "mail", "paper" };
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	struct case_consent whole = *k;
	int64_t id;
	int r = load_live(t, u, number, a, &c, e);

	if (r < 0)
		return r;
	if (!one_of(k->what, whats, ARRAY_LEN(whats)) || !one_of(k->how, hows, ARRAY_LEN(hows)))
		return err_set(e, -EINVAL, "choose what was agreed to, and how");
	if ((r = check_text(k->given_by, 1, 100, e)) < 0)
		return r;
	whole.given_us = k->given_us ? k->given_us : now_us;
	if ((r = check_time(whole.given_us, now_us, e)) < 0 ||
	    (r = cases_store_consent(t, &u->scope, &c, &whole, u->person_id, &id, e)) < 0)
		return r;
	const struct entry_row said = { .c = &c,
					.kind = "consent",
					.text_key =
						arena_printf(a, "case.story.consent_%s", k->what),
					.text_arg = k->given_by,
					.happened_us = whole.given_us,
					.now_us = now_us,
					.person_id = u->person_id,
					.ref_id = id };
	return tell(t, u, &said, "incident.consent", e);
}

int cases_consent_revoke(struct txn *t, const struct user *u, const char *number, int64_t id,
			 int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	int r = load(t, u, number, a, &c, e);

	if (r < 0)
		return r;
	if ((r = cases_store_consent_revoke(t, &u->scope, c.id, id, now_us, e)) < 0)
		return r;
	if (r == 0)
		return err_set(e, -ENOENT, "there is no such consent");
	const struct entry_row said = { .c = &c,
					.kind = "consent",
					.text_key = "case.story.consent_revoked",
					.happened_us = now_us,
					.now_us = now_us,
					.person_id = u->person_id,
					.ref_id = id };
	return tell(t, u, &said, "incident.consent_revoke", e);
}

/* --- the end --- */

int cases_close(struct txn *t, const struct user *u, const char *number, const char *cause,
		const char *lesson, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	int r = load_live(t, u, number, a, &c, e);

	if (r < 0)
		return r;
	if ((r = check_text(cause, 1, CASE_TEXT_CHARS, e)) < 0 ||
	    (r = check_text(lesson, 1, CASE_TEXT_CHARS, e)) < 0)
		return r;
	const struct close_row row = { c.id, u->person_id, now_us, cause, lesson };
	if ((r = cases_store_close(t, &u->scope, &row, e)) < 0)
		return r;
	if (r == 0)
		return err_set(e, -ECONFLICT, "the case is closed; reopen it first");
	if ((r = watch_case_closed(t, u, c.id, now_us, e)) < 0)
		return r;
	const struct entry_row said = { .c = &c,
					.kind = "state",
					.text_key = "case.story.closed",
					.happened_us = now_us,
					.now_us = now_us,
					.person_id = u->person_id };
	return tell(t, u, &said, "incident.close", e);
}

int cases_reopen(struct txn *t, const struct user *u, const char *number, const char *why,
		 int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	int r = load(t, u, number, a, &c, e);

	if (r < 0)
		return r;
	if ((r = check_text(why, 1, CASE_TEXT_CHARS, e)) < 0)
		return r;
	if ((r = cases_store_reopen(t, &u->scope, c.id, now_us, e)) < 0)
		return r;
	if (r == 0)
		return err_set(e, -ECONFLICT, "the case is not closed");
	const struct entry_row said = { .c = &c,
					.kind = "state",
					.body = why,
					.text_key = "case.story.reopened",
					.happened_us = now_us,
					.now_us = now_us,
					.person_id = u->person_id };
	return tell(t, u, &said, "incident.reopen", e);
}
