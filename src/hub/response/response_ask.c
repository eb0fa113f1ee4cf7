/* SPDX-License-Identifier: Apache-2.0 */
/* Asking the company for a consent: who may ask and answer, what an answer becomes, the mail that
 * says that somebody asks. SQL: response_ask_store.c. */
#include "hub/response/response_ask.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/accounts/accounts.h"
#include "hub/hub_mail.h"
#include "hub/hub_text.h"
#include "hub/live.h"
#include "hub/members/members.h"

enum { OPEN_MAX = 10, MAILS_MAX = 5, MAIL_TRIES = 5 };

const char *response_ask_words(const struct hub *h, enum lang lang, const struct consent_ask *k,
			       struct arena *a)
{
	const char *words = response_consent_words(h, lang, k->what, k->until, a);

	return k->devices[0]
		       ? arena_printf(a, "%s\n%s %s", words,
				      text_get(h->text, lang, "response.ask.devices"), k->devices)
		       : words;
}

/* --- asking --- */

static bool known(struct str one, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(one, str_of(list[i])))
			return true;
	return false;
}

static int check(const struct consent_ask_new *n, struct err *e)
{
	size_t n_uses, n_untils, found = 0;
	const char *const *uses = cases_consent_uses(&n_uses);
	const char *const *untils = cases_consent_untils(&n_untils);
	struct str rest = str_of(n->what), one;

	while (str_cut(&rest, ' ', &one)) {
		if (!known(one, uses, n_uses))
			return err_set(e, -EINVAL, "choose what you ask for");
		found++;
	}
	if (found == 0 || found > n_uses)
		return err_set(e, -EINVAL, "choose what you ask for");
	if (!known(str_of(n->until), untils, n_untils))
		return err_set(e, -EINVAL, "choose until when the consent shall hold");
	if (n->hours < 1 || n->hours > ASK_HOURS_MAX)
		return err_set(e, -EINVAL, "an answer can be awaited for 1 to %d hours",
			       ASK_HOURS_MAX);
	if (!n->why[0])
		return err_set(e, -EINVAL, "say why you ask: the company decides by it");
	return 0;
}

static const char *use_keys(struct arena *a, const char *what)
{
	struct str rest = str_of(what), one;
	const char *keys = "#";

	while (str_cut(&rest, ' ', &one))
		keys = arena_printf(a, "%s%scase.use.%.*s", keys, keys[1] ? " " : "", (int)one.n,
				    one.p);
	return keys;
}

static int tell(struct txn *t, const struct user *u, const struct consent_ask *k, const char *how,
		int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const char *const args[] = { u->name[0] ? u->name : "otasuke", use_keys(a, k->what), NULL };
	const struct case_told told = { .case_id = k->incident_id,
					.action = arena_printf(a, "consent.%s", how), /* no text */
					.kind = "consent",
					.body = k->said,
					.text_key = arena_printf(a, "response.story.ask_%s", how),
					.text_arg = cases_args(a, args),
					.ref_id = k->id };

	return cases_tell(t, u, &told, now_us, e);
}

static int mail_to(struct txn *t, const struct scope *s, const struct consent_ask *k,
		   const char *name, const char *mail, enum lang lang, struct err *e)
{
	const struct ask_mail m = { .ask_id = k->id,
				    .company_id = k->company_id,
				    .name = name,
				    .mail = mail,
				    .lang = lang,
				    .next_us = k->asked_us };

	return response_ask_store_mail(t, s, &m, e);
}

/* The company's people who can answer; where none has an address, its contacts hear of it. */
static int mails_queue(struct txn *t, const struct user *u, const struct consent_ask *k,
		       struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct accounts_person *people;
	struct contact *contacts;
	struct company company;
	size_t n, queued = 0;
	int r = members_company_get(t, &u->scope, k->company_id, a, &company, e);

	if (r < 0)
		return r;
	const struct accounts_person_filter f = { .org_id = company.org_id, .roles = ROLE_COMPANY };
	if ((r = accounts_person_list(t, &scope_system, &f, a, &people, &n, e)) < 0)
		return r;
	for (size_t i = 0; r >= 0 && i < n && queued < MAILS_MAX; i++)
		if (smtp_address_ok(people[i].mail)) {
			r = mail_to(t, &u->scope, k, people[i].name, people[i].mail, people[i].lang,
				    e);
			queued++;
		}
	if (r < 0 || queued > 0)
		return r;
	r = members_contacts(t, &u->scope, k->company_id, a, &contacts, &n, e);
	for (size_t i = 0; r >= 0 && i < n && queued < MAILS_MAX; i++)
		if (smtp_address_ok(contacts[i].mail)) {
			r = mail_to(t, &u->scope, k, contacts[i].name, contacts[i].mail,
				    contacts[i].lang, e);
			queued++;
		}
	return r;
}

int response_ask(struct txn *t, const struct user *u, const char *number,
		 const struct consent_ask_new *n, int64_t now_us, int64_t *id_out, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct consent_ask *list;
	struct incident c;
	size_t n_list, n_open = 0;
	int r = cases_get(t, &u->scope, number, a, &c, e);

	if (r < 0)
		return r;
	if (!user_is(u, CASES_WORKERS))
		return err_set(e, -EDENIED, "your role may read cases but not change them");
	if (strcmp(c.state, CASE_CLOSED) == 0)
		return err_set(e, -ECONFLICT, "the case is closed; reopen it first");
	if ((r = check(n, e)) < 0 ||
	    (r = response_ask_store_list(t, &u->scope, c.id, 0, a, &list, &n_list, e)) < 0)
		return r;
	for (size_t i = 0; i < n_list; i++)
		n_open += strcmp(list[i].state, "open") == 0;
	if (n_open >= OPEN_MAX)
		return err_set(e, -ELIMIT, "%d questions wait for an answer already; withdraw one",
			       OPEN_MAX);
	struct consent_ask k = { .company_id = c.company_id,
				 .incident_id = c.id,
				 .what = n->what,
				 .until = n->until,
				 .devices = n->devices,
				 .why = n->why,
				 .asked_by = u->person_id,
				 .asked_us = now_us,
				 .expires_us = now_us + n->hours * US_PER_HOUR,
				 .said = n->why };
	if ((r = response_ask_store_add(t, &u->scope, &k, &k.id, e)) < 0 ||
	    (r = mails_queue(t, u, &k, e)) < 0 || (r = tell(t, u, &k, "open", now_us, e)) < 0)
		return r;
	*id_out = k.id;
	return 0;
}

/* --- the end of it --- */

/* Somebody was faster, or time was. */
static int over(const struct consent_ask *k, struct err *e)
{
	if (strcmp(k->state, "given") == 0 || strcmp(k->state, "refused") == 0)
		return err_set(e, -ECONFLICT, "%s has answered this already", k->answered_name);
	if (strcmp(k->state, "withdrawn") == 0)
		return err_set(e, -ECONFLICT, "the desk has withdrawn this question");
	return err_set(e, -ECONFLICT, "the time to answer is over; ask the desk");
}

static int turn(struct txn *t, const struct user *u, struct consent_ask *k, const char *state,
		int64_t now_us, struct err *e)
{
	k->state = state;
	k->answered_by = u->person_id;
	k->answered_name = u->person_id ? u->name : "";
	k->answered_us = now_us;
	return response_ask_store_turn(t, &u->scope, k, strcmp(state, "expired") == 0 ? 0 : now_us,
				       e);
}

int response_ask_withdraw(struct txn *t, const struct user *u, int64_t id, int64_t now_us,
			  struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct consent_ask k, was;
	int r = response_ask_store_get(t, &u->scope, id, a, &k, e);

	if (r < 0)
		return r;
	if (!user_is(u, CASES_WORKERS))
		return err_set(e, -EDENIED, "your role may read cases but not change them");
	was = k;
	if ((r = turn(t, u, &k, "withdrawn", now_us, e)) <= 0)
		return r < 0 ? r : over(&was, e);
	return tell(t, u, &k, "withdrawn", now_us, e);
}

/* The consent that has just been written: the newest of the case. */
static int newest(struct txn *t, const struct user *u, int64_t incident_id, int64_t *out,
		  struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct case_consent *list;
	size_t n;
	int r = cases_store_consents(t, &u->scope, incident_id, a, &list, &n, e);

	*out = 0;
	for (size_t i = 0; r >= 0 && i < n; i++)
		*out = list[i].id > *out ? list[i].id : *out;
	return r;
}

/* The end of the day, where the hub is. */
static int64_t end_of_day(const struct hub *h, int64_t us)
{
	struct civil day = time_civil(us, (int)h->conf.zone_min);

	day.hour = day.minute = day.second = 0;
	return time_from_civil(&day, (int)h->conf.zone_min) + US_PER_DAY;
}

int response_ask_answer(struct txn *t, struct hub *h, const struct user *u, int64_t id,
			const struct consent_answer *x, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct consent_ask k, was;
	int r = response_ask_store_get(t, &u->scope, id, a, &k, e);

	if (r < 0)
		return r;
	if (!user_is(u, ROLE_COMPANY) || u->company_id != k.company_id)
		return err_set(e, -ENOENT, "nobody asks for this consent");
	was = k;
	k.said = x->said;
	if (x->yes && strcmp(k.state, "open") == 0 && k.expires_us > now_us) {
		const struct case_consent given = {
			.what = k.what,
			.given_by = u->name,
			.how = "portal",
			.until = k.until,
			.until_us = end_of_day(h, now_us),
			.words = response_ask_words(h, LANG_JA, &k, a),
		};
		if ((r = cases_consent(t, u, k.number, &given, now_us, e)) < 0 ||
		    (r = newest(t, u, k.incident_id, &k.consent_id, e)) < 0)
			return r;
	}
	if ((r = turn(t, u, &k, x->yes ? "given" : "refused", now_us, e)) <= 0)
		return r < 0 ? r : over(&was, e);
	return x->yes ? 0 : tell(t, u, &k, "refused", now_us, e);
}

/* --- the job --- */

static int lapse(struct hub *h, struct err *e)
{
	const int64_t now_us = clock_utc_us(h->clock);
	const struct user itself = accounts_system_user(now_us);
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct consent_ask *list;
	size_t n;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? response_ask_store_over(t, now_us, a, &list, &n, e) : e->code;

	for (size_t i = 0; r >= 0 && i < n; i++) {
		r = turn(t, &itself, &list[i], "expired", now_us, e);
		if (r > 0)
			r = tell(t, &itself, &list[i], "expired", now_us, e);
	}
	if (r < 0 || (r = txn_commit(&t, e)) < 0)
		return r;
	for (size_t i = 0; i < n; i++)
		live_publish(h, "case", list[i].company_id, list[i].incident_id);
	return 0;
}

/* Nothing of the case is in the mail: it goes over foreign servers. */
static int send(struct hub *h, const struct consent_ask *k, const struct ask_mail *m, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_BUF struct buf subject = { 0 };
	SCOPED_BUF struct buf body = { 0 };
	const char *args[] = {
		m->name,
		h->conf.region_name,
		k->number,
		arena_printf(a, "%s/portal/cases/%s", h->conf.public_url, k->number),
	};

	hub_text_fill(h->text, m->lang, "response.ask.mail.subject", args, ARRAY_LEN(args),
		      &subject);
	hub_text_fill(h->text, m->lang, "response.ask.mail.body", args, ARRAY_LEN(args), &body);
	const struct smtp_mail mail = { .to = m->mail,
					.to_name = m->name,
					.subject = subject.p,
					.body_text = body.p,
					.date_us = clock_utc_us(h->clock),
					.auto_submitted = "auto-generated" };
	return hub_mail_send(h, &mail, e);
}

static int mail_one(struct hub *h, struct ask_mail *m, struct err *e)
{
	const int64_t now_us = clock_utc_us(h->clock);
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct consent_ask k;
	struct err why = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);
	int r = t ? response_ask_store_get(t, &scope_system, m->ask_id, a, &k, e) : e->code;

	txn_rollback(&t);
	if (r < 0)
		return r;
	int sent = strcmp(k.state, "open") == 0 ? send(h, &k, m, &why)
						: err_set(&why, -EPERM, "the question is over");
	const bool again = sent == -EAGAIN && m->attempts + 1 < MAIL_TRIES;
	m->state = sent >= 0 ? "sent" : again ? "queued" : "failed";
	m->next_us = now_us + (INT64_C(1) << m->attempts) * US_PER_MIN;
	m->error = sent < 0 ? why.text : "";
	t = txn_begin(h->db, TXN_WRITE, e);
	r = t ? response_ask_store_mailed(t, m, e) : e->code;
	return r < 0 ? r : txn_commit(&t, e);
}

int response_ask_job(struct hub *h, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ask_mail *list = NULL;
	size_t n = 0;
	int r = lapse(h, e);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);
	r = t ? response_ask_store_mails(t, clock_utc_us(h->clock), a, &list, &n, e) : e->code;
	txn_rollback(&t);
	for (size_t i = 0; r >= 0 && i < n; i++)
		r = mail_one(h, &list[i], e);
	return r;
}
