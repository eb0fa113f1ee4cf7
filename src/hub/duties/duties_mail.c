/* SPDX-License-Identifier: Apache-2.0 */
/* Telling owner and desk by mail that a report is due. */
#include "hub/duties/duties_mail.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "hub/duties/duties_mail_store.h"
#include "hub/duties/duty_warning.h"
#include "hub/hub_calendar.h"
#include "hub/hub_text.h"

enum { TRIES = 6 };

struct duties_conf duties_conf;

/* --- queueing --- */

static bool has_mail(const struct hub *h)
{
	return h->conf.smtp_url && h->conf.smtp_url[0];
}

/* The owner and each of the desk, or the owner and the desk's one address. */
static int queue_all(struct txn *t, const struct case_duty *d, const struct duty_warning *w,
		     int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const bool one = duties_conf.mail && duties_conf.mail[0];
	struct duty_mail m = { .company_id = d->company_id,
			       .duty_id = d->id,
			       .warning = w->id,
			       .due_us = d->due_us,
			       .target = one ? duties_conf.mail : "",
			       .name = "",
			       .lang = LANG_JA };
	struct duty_person *list;
	size_t n;
	int r = duties_mail_store_people(t, d, one, now_us, a, &list, &n, e);

	if (r >= 0 && one)
		r = duties_mail_store_add(t, &m, now_us, e);
	for (size_t i = 0; r >= 0 && i < n; i++) {
		m.person_id = list[i].id;
		m.target = list[i].mail;
		m.name = list[i].name;
		m.lang = list[i].lang;
		r = duties_mail_store_add(t, &m, now_us, e);
	}
	if (r >= 0 && n == 0 && !one)
		r = duties_mail_store_nobody(t, &m, now_us, e);
	return r;
}

static int queue_one(struct hub *h, struct txn *t, const struct case_duty *d, int64_t now_us,
		     struct err *e)
{
	const struct duty_span s = { d->known_us, d->warn_us, d->due_us };
	const struct duty_warning *w = duty_warning_due(&s, d->mail_rank, now_us);
	const int64_t rank = w ? w->rank : d->mail_rank;
	int r = w && has_mail(h) ? queue_all(t, d, w, now_us, e) : 0;

	return r < 0 ? r : duties_mail_store_told(t, d->id, rank, duty_warning_next(&s, rank), e);
}

int duties_mail_queue(struct hub *h, struct err *e)
{
	const int64_t now_us = clock_utc_us(h->clock);
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct case_duty *list;
	size_t n;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? duties_mail_store_due(t, now_us, a, &list, &n, e) : e->code;

	for (size_t i = 0; r >= 0 && i < n; i++)
		r = queue_one(h, t, &list[i], now_us, e);
	return r < 0 ? r : txn_commit(&t, e);
}

/* --- sending --- */

static const char *said(struct hub *h, enum lang lang, const char *key, const char *const *args,
			size_t n, struct arena *a)
{
	SCOPED_BUF struct buf b = { 0 };

	hub_text_fill(h->text, lang, key, args, n, &b);
	return arena_strdup(a, b.p ? b.p : "");
}

static const char *day(struct hub *h, enum lang lang, int64_t us, struct arena *a)
{
	static const char *const weekdays[] = { "duty.mail.sun", "duty.mail.mon", "duty.mail.tue",
						"duty.mail.wed", "duty.mail.thu", "duty.mail.fri",
						"duty.mail.sat" };
	const struct civil c = time_civil(us, CALENDAR_ZONE_MIN);
	const char *const args[] = { arena_printf(a, "%d", c.year), arena_printf(a, "%d", c.month),
				     arena_printf(a, "%d", c.day),
				     text_get(h->text, lang, weekdays[c.weekday % 7]) };

	return us ? said(h, lang, "duty.mail.day", args, ARRAY_LEN(args), a)
		  : text_get(h->text, lang, "duty.mail.promptly");
}

static void compose(struct hub *h, const struct duty_mail *m, const struct case_duty *d,
		    struct arena *a, struct smtp_mail *out)
{
	const bool ja = m->lang == LANG_JA;
	const struct duty_rule *rule = d->rule;
	const char *const args[] = {
		d->number,
		rule ? (ja ? rule->what_ja : rule->what_en) : d->rule_id,
		rule ? (ja ? rule->to_ja : rule->to_en) : "",
		day(h, m->lang, d->due_us, a),
		d->company_name,
		d->title,
		rule ? (ja ? rule->basis_ja : rule->basis_en) : "",
		arena_printf(a, "%s/cases/%s/duties", h->conf.public_url, d->number),
		said(h, m->lang, arena_printf(a, "duty.mail.when.%s", m->warning), NULL, 0, a),
	};

	*out = (struct smtp_mail){
		.to = m->target,
		.to_name = m->name,
		.subject = said(h, m->lang, "duty.mail.subject", args, ARRAY_LEN(args), a),
		.body_text = said(h, m->lang, "duty.mail.body", args, ARRAY_LEN(args), a),
		/* the same again when it is not known whether the server took it */
		.message_id = arena_printf(a, "otasuke.duty.%" PRId64 "%s", m->id,
					   h->conf.mail_from && strrchr(h->conf.mail_from, '@')
						   ? strrchr(h->conf.mail_from, '@')
						   : "@otasuke.invalid"),
		.date_us = clock_utc_us(h->clock),
		.auto_submitted = "auto-generated",
	};
}

static int done(struct hub *h, const struct duty_mail *m, const char *state, const char *why,
		int64_t next_us, struct err *e)
{
	const struct duty_mail_done d = { m->id, clock_utc_us(h->clock), next_us, state, why };
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? duties_mail_store_done(t, &d, e) : e->code;

	return r < 0 ? r : txn_commit(&t, e);
}

static int duty_now(struct hub *h, const struct duty_mail *m, struct arena *a,
		    struct case_duty *out, struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);

	return t ? duties_store_get(t, &scope_system, m->duty_id, a, out, e) : e->code;
}

static int send_one(struct hub *h, const struct duty_mail *m, duties_post post, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const int64_t wait_us = (INT64_C(1) << m->attempts) * US_PER_MIN;
	struct smtp_mail mail;
	struct err why = { 0 };
	struct case_duty d;
	int r = duty_now(h, m, a, &d, e);

	if (r < 0)
		return r;
	/* made, not asked for any more, or counted anew since */
	if (strcmp(d.state, DUTY_OPEN) != 0 || d.due_us != m->due_us)
		return done(h, m, "dropped", "", 0, e);
	compose(h, m, &d, a, &mail);
	r = post(h, &mail, &why);
	if (r >= 0)
		return done(h, m, "sent", "", 0, e);
	if (r == -EAGAIN && m->attempts + 1 < TRIES)
		return done(h, m, "queued", why.text, clock_utc_us(h->clock) + wait_us, e);
	return done(h, m, "failed", why.text, 0, e);
}

int duties_mail_send(struct hub *h, duties_post post, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct duty_mail *list = NULL;
	size_t n = 0;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);
	int r = t ? duties_mail_store_queue(t, clock_utc_us(h->clock), a, &list, &n, e) : e->code;

	txn_rollback(&t);
	for (size_t i = 0; r >= 0 && i < n; i++)
		r = send_one(h, &list[i], post, e);
	return r;
}

int duties_mail_run(struct hub *h, struct err *e)
{
	int r = duties_mail_queue(h, e);

	return r < 0 || !has_mail(h) ? r : duties_mail_send(h, hub_mail_send, e);
}
