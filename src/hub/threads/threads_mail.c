/* SPDX-License-Identifier: Apache-2.0 */
/* Sends the messages of threads that shall go by mail; one that cannot be sent comes back to the
 * first page. */
#include "hub/threads/threads_mail.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "hub/hub_mail.h"
#include "hub/live.h"
#include "hub/threads/threads_files.h"
#include "hub/threads/threads_store.h"

enum { SEND_TRIES = 5 };

const char *threads_mail_subject(const struct thread *th, const struct thread_message *m,
				 struct arena *a)
{
	return arena_printf(a, "[%s/%s] %s", th->number, th->token, m->subject);
}

const char *threads_mail_id(const struct thread *th, const struct thread_message *m,
			    const char *mail_from, struct arena *a)
{
	const char *at = mail_from ? strrchr(mail_from, '@') : NULL;

	return arena_printf(a, "otasuke.%s.%" PRId64 "%s", th->token, m->id,
			    at ? at : "@otasuke.invalid");
}

static int prepare(struct hub *h, int64_t thread_id, struct arena *a, struct thread *out,
		   struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);

	return t ? threads_store_whole(t, thread_id, a, out, e) : e->code;
}

struct outcome {
	int sent;
	const char *why;
};

static int settle(struct hub *h, const struct thread *th, const struct thread_message *m,
		  const struct thread_load *load, const struct outcome *o, struct err *e)
{
	const int64_t now_us = clock_utc_us(h->clock);
	const int sent = o->sent;
	const bool again = sent == -EAGAIN && m->attempts + 1 < SEND_TRIES;
	const struct thread_wait alarm = { THREAD_US, now_us, now_us, now_us };
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r;

	if (!t)
		return e->code;
	if (sent >= 0)
		r = threads_store_sent(t, m->id, now_us, e);
	else
		r = threads_store_failed(
			t, m->id, o->why,
			again ? now_us + (INT64_C(1) << m->attempts) * US_PER_MIN : 0, e);
	if (r >= 0 && sent >= 0)
		r = threads_files_mailed(t, h, th, m, load, now_us, e);
	if (r >= 0 && sent < 0 && !again)
		r = threads_store_wait(t, &scope_system, m->thread_id, &alarm, e);
	return r < 0 ? r : txn_commit(&t, e);
}

static int send_one(struct hub *h, const struct thread_message *m, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct thread th;
	struct err why = { 0 };
	int r = prepare(h, m->thread_id, a, &th, e);

	if (r < 0)
		return r;
	struct smtp_mail mail = {
		.to = th.mail,
		.to_name = th.person_name[0] ? th.person_name : th.org_name,
		.subject = threads_mail_subject(&th, m, a),
		.body_text = m->body,
		.message_id = threads_mail_id(&th, m, h->conf.mail_from, a),
		.date_us = clock_utc_us(h->clock),
	};
	struct thread_load load = { .n = 0 };
	int sent = threads_files_load(h, &th, m->id, a, &load, &why);
	mail.files = load.files;
	mail.n_files = load.n;
	if (sent >= 0)
		sent = hub_mail_send(h, &mail, &why);
	r = settle(h, &th, m, &load, &(struct outcome){ sent, why.text }, e);
	threads_files_unload(&load);
	if (r >= 0)
		live_publish(h, "case", th.company_id, th.incident_id);
	return r;
}

int threads_mail_run(struct hub *h, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct thread_message *list = NULL;
	size_t n = 0;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);
	int r = t ? threads_store_queue(t, clock_utc_us(h->clock), a, &list, &n, e) : e->code;

	txn_rollback(&t);
	for (size_t i = 0; r >= 0 && i < n; i++)
		r = send_one(h, &list[i], e);
	return r;
}
