/* SPDX-License-Identifier: Apache-2.0 */
/* Whom to tell, when, and what becomes of it. SQL: watch_notice_store.c; the mail's words:
 * watch_mail.c. */
#include "hub/watch/watch_notice.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "hub/accounts/accounts.h"
#include "hub/live.h"
#include "hub/members/members.h"
#include "hub/watch/watch_conf.h"
#include "hub/watch/watch_mail.h"
#include "hub/watch/watch_notice_store.h"
#include "hub/watch/watch_store.h"
#include "net/crypto.h"

enum {
	SEND_BATCH = 20, /* mails in one turn of the job */
	SEND_TRIES = 5,  /* then it becomes a call */
	CALLS_SHOWN = 200,
	CALL_AGAIN_MIN = 15, /* nobody answered */
	TOKEN_CHARS = 43,
};

/* A hash that no token has: rows need a unique one before their mail is made. */
static void token_new(char token[TOKEN_CHARS + 1], char sha_hex[65])
{
	uint8_t sha[32];

	crypto_token(token, TOKEN_CHARS + 1);
	crypto_sha256(token, strlen(token), sha);
	crypto_hex(sha, sizeof(sha), sha_hex);
}

/* The contact to start with: the first in order who is there now, else the first with a mail
 * address, else the first. NULL when the company has none. */
static const struct contact *choose(const struct contact *c, size_t n, int64_t now_us, int zone)
{
	for (size_t i = 0; i < n; i++)
		if ((c[i].mail[0] || c[i].phone[0]) && members_hours_open(c[i].hours, now_us, zone))
			return &c[i];
	for (size_t i = 0; i < n; i++)
		if (c[i].mail[0])
			return &c[i];
	return n ? &c[0] : NULL;
}

/* By mail at any hour; by phone at once when it is critical, else when the contact is there. */
static void plan(const struct contact *c, const struct watch_alert *a, int64_t now_us, int zone,
		 struct notice_row *out)
{
	bool phone = c->phone[0] && (strcmp(c->channel, "phone") == 0 || !c->mail[0]);
	int64_t open_us = members_hours_next(c->hours, now_us, zone);

	out->contact_id = c->id;
	out->contact_name = c->name;
	out->lang = lang_tag(c->lang);
	out->target = phone || !c->mail[0] ? c->phone : c->mail;
	out->state = phone || !c->mail[0] ? NOTICE_CALL : NOTICE_QUEUED;
	out->call_due_us = a->severity >= SEVERITY_CRITICAL ? now_us : open_us;
}

int watch_notice_queue(struct txn *t, struct hub *h, int64_t alert_id, int64_t now_us,
		       struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct watch_alert alert;
	struct contact *contacts;
	char token[TOKEN_CHARS + 1], sha[65];
	size_t n;
	int64_t id, pending = 0;
	int r = watch_store_get(t, &scope_system, alert_id, a, &alert, e);

	if (r >= 0)
		r = watch_notice_store_pending(t, &scope_system, &alert, &pending, e);
	if (r < 0 || pending > 0) /* one call for one device, not one for each thing it does */
		return r;
	r = members_contacts(t, &scope_system, alert.company_id, a, &contacts, &n, e);
	if (r < 0)
		return r;
	token_new(token, sha);
	struct notice_row row = {
		.company_id = alert.company_id,
		.alert_id = alert_id,
		.contact_name = alert.company_name,
		.target = "",
		.lang = "ja",
		.state = NOTICE_CALL, /* nobody is named: the desk has to find somebody */
		.token_sha256 = sha,
		.now_us = now_us,
		.next_try_us = now_us,
		.call_due_us = now_us,
	};
	const struct contact *c = choose(contacts, n, now_us, (int)h->conf.zone_min);
	if (c)
		plan(c, &alert, now_us, (int)h->conf.zone_min, &row);
	return watch_notice_store_add(t, &scope_system, &row, &id, e);
}

/* --- the job --- */

static int to_send(struct hub *h, int64_t now_us, struct arena *a, struct watch_notice **out,
		   size_t *n_out, struct err *e)
{
	const struct notice_query q = { .kind = NOTICES_TO_SEND,
					.now_us = now_us,
					.limit = SEND_BATCH };
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);

	return t ? watch_notice_store_list(t, &scope_system, &q, a, out, n_out, e) : e->code;
}

/* Gives the notice a fresh token before its mail leaves, and reads the alert that it is about. */
static int prepare(struct hub *h, const struct watch_notice *n, const char *sha, struct arena *a,
		   struct watch_alert *alert, struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? watch_notice_store_token(t, &scope_system, n->id, sha, e) : e->code;

	if (r >= 0)
		r = watch_store_get(t, &scope_system, n->alert_id, a, alert, e);
	return r < 0 ? r : txn_commit(&t, e);
}

static int64_t next_try(int64_t attempts, int64_t now_us)
{
	int64_t minutes = INT64_C(1) << (attempts < 6 ? attempts : 6);
	return now_us + minutes * US_PER_MIN;
}

/* Writes down what came of one mail: R is smtp_send's answer, WHY its words. */
static int settle(struct hub *h, const struct watch_notice *n, int sent, const char *why,
		  int64_t now_us, struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r;

	if (!t)
		return e->code;
	if (sent >= 0)
		r = watch_notice_store_sent(t, &scope_system, n->id, now_us,
					    now_us + watch_conf.unread_call_ms * 1000, e);
	else if (sent == -EAGAIN && n->attempts + 1 < SEND_TRIES)
		r = watch_notice_store_failed(t, &scope_system, n->id, why,
					      next_try(n->attempts, now_us), e);
	else
		r = watch_notice_store_to_call(t, &scope_system, n->id, why, now_us, e);
	return r < 0 ? r : txn_commit(&t, e);
}

static int send_one(struct hub *h, const struct watch_notice *n, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct watch_alert alert;
	struct err why = { 0 };
	char token[TOKEN_CHARS + 1], sha[65];

	token_new(token, sha);
	int r = prepare(h, n, sha, a, &alert, e);
	if (r < 0)
		return r;
	int sent = watch_mail_send(h, n, &alert, token, &why);
	r = settle(h, n, sent, why.text, clock_utc_us(h->clock), e);
	if (r >= 0)
		live_publish(h, "alert", n->company_id, n->alert_id);
	return r;
}

static int overdue(struct hub *h, int64_t now_us, struct err *e)
{
	struct notice_overdue late;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? watch_notice_store_overdue(t, &scope_system, now_us, &late, e) : e->code;

	if (r >= 0)
		r = txn_commit(&t, e);
	for (size_t i = 0; r >= 0 && i < late.n; i++)
		live_publish(h, "call", late.company_id[i], late.alert_id[i]);
	return r;
}

int watch_notice_run(struct hub *h, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct watch_notice *list;
	size_t n;
	int64_t now_us = clock_utc_us(h->clock);
	int r = overdue(h, now_us, e);

	if (r >= 0)
		r = to_send(h, now_us, a, &list, &n, e);
	for (size_t i = 0; r >= 0 && i < n; i++)
		r = send_one(h, &list[i], e);
	return r;
}

/* --- what people see and do --- */

int watch_notices_of(struct txn *t, const struct scope *s, int64_t alert_id, struct arena *a,
		     struct watch_notice **out, size_t *n_out, struct err *e)
{
	const struct notice_query q = { NOTICES_OF_ALERT, alert_id, INT64_MAX, 50 };
	return watch_notice_store_list(t, s, &q, a, out, n_out, e);
}

int watch_notice_calls(struct txn *t, const struct scope *s, int64_t now_us, struct arena *a,
		       struct watch_notice **out, size_t *n_out, struct err *e)
{
	const struct notice_query q = { NOTICES_CALLS, 0, now_us, CALLS_SHOWN };
	return watch_notice_store_list(t, s, &q, a, out, n_out, e);
}

/* Whom to try after FAILED: the next contact in order that has a number; NULL when there is no
 * other. */
static const struct contact *after(const struct contact *c, size_t n, int64_t failed_id)
{
	size_t at = 0;

	while (at < n && c[at].id != failed_id)
		at++;
	for (size_t i = 1; i <= n; i++) {
		const struct contact *next = &c[(at + i) % n];
		if (next->phone[0] && next->id != failed_id)
			return next;
	}
	return NULL;
}

/* It comes back: at once with the next contact, in a quarter of an hour when there is no other. */
static int try_again(struct txn *t, const struct user *u, const struct watch_notice *n,
		     struct arena *a, int64_t now_us, struct err *e)
{
	struct contact *contacts;
	size_t n_contacts;
	int r = members_contacts(t, &u->scope, n->company_id, a, &contacts, &n_contacts, e);

	if (r < 0)
		return r;
	const struct contact *next = n_contacts ? after(contacts, n_contacts, n->contact_id) : NULL;
	bool round =
		!next || next->position <= 1; /* everybody was tried: wait before the next round */
	const struct notice_again again = {
		.id = n->id,
		.contact_id = next ? next->id : n->contact_id,
		.contact_name = next ? next->name : n->contact_name,
		.target = next ? next->phone : n->target,
		.due_us = round ? now_us + CALL_AGAIN_MIN * US_PER_MIN : now_us,
	};
	return watch_notice_store_again(t, &u->scope, &again, u->person_id, now_us, e);
}

int watch_notice_called(struct txn *t, const struct user *u, int64_t id, const char *outcome,
			int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct watch_notice n;
	int r = watch_notice_store_get(t, &u->scope, id, a, &n, e);

	if (r < 0 || (r = watch_may_work(u, e)) < 0)
		return r;
	if (strcmp(outcome, "reached") == 0)
		r = watch_notice_store_called(t, &u->scope, id, u->person_id, outcome, now_us, e);
	else if (strcmp(outcome, "not_reached") == 0)
		r = try_again(t, u, &n, a, now_us, e);
	else
		return err_set(e, -EINVAL, "say whether you reached somebody");
	return r < 0 ? r : accounts_audit(t, u, "notice.call", "notice", id, n.company_id, NULL, e);
}

int watch_notice_by_token(struct txn *t, const char *token, struct arena *a,
			  struct watch_notice *out, struct err *e)
{
	uint8_t sha[32];
	char hex[65];

	crypto_sha256(token, strlen(token), sha);
	crypto_hex(sha, sizeof(sha), hex);
	return watch_notice_store_by_token(t, &scope_system, hex, a, out, e);
}

int watch_notice_opened(struct txn *t, int64_t id, int64_t now_us, struct err *e)
{
	return watch_notice_store_opened(t, &scope_system, id, now_us, e);
}

int watch_notice_read(struct txn *t, int64_t id, int64_t now_us, struct err *e)
{
	return watch_notice_store_read(t, &scope_system, id, now_us, e);
}
