/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: who may read and write which, what a message changes, and what the story says of it.
 * SQL: threads_store.c, threads_message_store.c. */
#include "hub/threads/threads.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/accounts/accounts.h"
#include "hub/cases/cases.h"
#include "hub/hub_calendar.h"
#include "hub/members/members.h"
#include "hub/search/search.h"
#include "hub/threads/threads_files.h"
#include "hub/threads/threads_found.h"
#include "hub/threads/threads_store.h"
#include "net/crypto.h"
#include "net/smtp.h"

enum {
	TOKEN_CHARS = 10,
	PAST_DAYS = 400,
	CLOCK_SLACK_MIN = 5,
	SAME_DAY_UNTIL_HOUR = 15,
	SAME_DAY_ANSWER_HOUR = 18,
	NEXT_DAY_ANSWER_HOUR = 12,
	LIST_MAX = 200,
};

const char *const threads_kinds[] = { THREAD_COMPANY, "isp",  "police", "insurer", "consortium",
				      "vendor",       "bank", "host",   "other",   NULL };

static bool one_of(const char *s, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(s, *list) == 0)
			return true;
	return false;
}

static bool is_own(const char *kind)
{
	return strcmp(kind, THREAD_COMPANY) == 0;
}

bool threads_is_party(const struct user *u, const struct thread *t)
{
	if (is_own(t->kind))
		return user_is(u, ROLE_COMPANY);
	return t->org_id && u->org_id == t->org_id;
}

bool threads_may_write(const struct user *u, const struct thread *t)
{
	return threads_is_party(u, t) || user_is(u, THREADS_WORKERS);
}

int64_t threads_answer_by(int64_t now_us)
{
	int64_t day = calendar_day(now_us, 0);

	if (calendar_kind(now_us) == CALENDAR_OPEN &&
	    now_us < day + SAME_DAY_UNTIL_HOUR * US_PER_HOUR)
		return day + SAME_DAY_ANSWER_HOUR * US_PER_HOUR;
	return calendar_next_open(calendar_day(now_us, 1)) + NEXT_DAY_ANSWER_HOUR * US_PER_HOUR;
}

/* --- checks --- */

static int may_work(const struct user *u, struct err *e)
{
	if (!user_is(u, THREADS_WORKERS))
		return err_set(e, -EDENIED, "your role may read this thread but not change it");
	return 0;
}

static int text_check(const char *s, size_t max, struct err *e)
{
	size_t n = utf8_count(s, strlen(s));

	return n > max ? err_set(e, -EINVAL, "the text has %zu characters, %zu are allowed", n, max)
		       : 0;
}

static int time_check(int64_t us, int64_t now_us, struct err *e)
{
	if (us > now_us + CLOCK_SLACK_MIN * US_PER_MIN)
		return err_set(e, -EINVAL, "this time has not come yet");
	if (us < now_us - PAST_DAYS * US_PER_DAY)
		return err_set(e, -EINVAL, "this time is more than %d days ago", PAST_DAYS);
	return 0;
}

/* Police, insurer and bank are the desk's; the company reads its own thread, others when somebody
 * says so. */
static unsigned roles_of(const char *kind, unsigned wanted)
{
	static const char *const close[] = { "police", "insurer", "bank", NULL };
	unsigned most = THREADS_WORKERS | ROLE_SPECIALIST | ROLE_COMPANY;
	unsigned roles = wanted ? wanted : one_of(kind, close) ? 0 : (unsigned)THREADS_WORKERS;

	if (is_own(kind))
		roles |= ROLE_COMPANY;
	return (roles & most) | ROLE_ADMIN | ROLE_DESK;
}

/* People of an organisation take part when it serves the company. */
static int org_check(struct txn *t, const struct user *u, int64_t company_id, int64_t org_id,
		     int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct members_partner *list;
	size_t n;
	int r = org_id ? members_partners(t, &u->scope, company_id, now_us, a, &list, &n, e) : 0;

	if (r < 0 || !org_id)
		return r;
	for (size_t i = 0; i < n; i++)
		if (list[i].org_id == org_id && strcmp(list[i].kind, "self") != 0)
			return 0;
	return err_set(e, -EINVAL, "this organisation does not serve the company");
}

static int new_check(const struct thread_new *n, struct err *e)
{
	const char *const line[] = { n->org_name, n->person_name, n->reference };
	int r;

	if (!n->org_name[0] && !n->person_name[0])
		return err_set(e, -EINVAL, "say with whom: an organisation or a person");
	if (n->mail[0] && !smtp_address_ok(n->mail))
		return err_set(e, -EINVAL, "\"%s\" is not a mail address", n->mail);
	for (size_t i = 0; i < ARRAY_LEN(line); i++)
		if ((r = text_check(line[i], THREAD_NAME_CHARS, e)) < 0)
			return r;
	if ((r = text_check(n->purpose, THREAD_LINE_CHARS, e)) < 0)
		return r;
	return text_check(n->told, THREAD_TEXT_CHARS, e);
}

static int incident_of(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
		       struct incident *out, struct err *e)
{
	const char *number;
	int r = cases_store_number(t, s, id, a, &number, e);

	return r < 0 ? r : cases_get(t, s, number, a, out, e);
}

/* --- rules --- */

static int add(struct txn *t, const struct user *u, const struct incident *c,
	       const struct thread_new *n, int64_t now_us, int64_t *id_out, struct err *e)
{
	char token[TOKEN_CHARS + 1];
	int64_t id;
	int r;

	crypto_token(token, sizeof(token));
	const struct thread_row row = { .n = n,
					.company_id = c->company_id,
					.person_id = u->person_id,
					.now_us = now_us,
					.token = token };
	if ((r = threads_store_add(t, &u->scope, &row, &id, e)) < 0 ||
	    (r = search_mark(t, THREADS_FOUND, id, now_us, e)) < 0 ||
	    (r = accounts_audit(t, u, "thread.open", "thread", id, c->company_id, NULL, e)) < 0)
		return r;
	*id_out = id;
	return 0;
}

int threads_open(struct txn *t, const struct user *u, const struct thread_new *n, int64_t now_us,
		 int64_t *id_out, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct thread_new whole = *n;
	struct incident c;
	int r = incident_of(t, &u->scope, n->incident_id, a, &c, e);

	if (r < 0 || (r = may_work(u, e)) < 0)
		return r;
	if (!one_of(n->kind, threads_kinds))
		return err_set(e, -EINVAL, "choose whom you write to");
	if (is_own(n->kind))
		return threads_of_own(t, u, c.id, now_us, id_out, e);
	if ((r = new_check(n, e)) < 0 ||
	    (r = org_check(t, u, c.company_id, n->org_id, now_us, e)) < 0)
		return r;
	whole.incident_id = c.id;
	whole.roles = roles_of(n->kind, n->roles) | (u->roles & THREADS_WORKERS);
	return add(t, u, &c, &whole, now_us, id_out, e);
}

int threads_of_own(struct txn *t, const struct user *u, int64_t incident_id, int64_t now_us,
		   int64_t *id_out, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	int r = incident_of(t, &u->scope, incident_id, a, &c, e);

	if (r < 0)
		return r;
	if (!user_is(u, THREADS_WORKERS | ROLE_COMPANY))
		return err_set(e, -EDENIED, "your role may read this thread but not change it");
	if ((r = threads_store_own(t, &u->scope, c.id, id_out, NULL)) != -ENOENT)
		return r;
	const struct thread_new n = { .incident_id = c.id,
				      .kind = THREAD_COMPANY,
				      .org_name = c.company_name,
				      .person_name = c.contact_name,
				      .phone = c.contact_phone,
				      .mail = "",
				      .reference = "",
				      .purpose = "",
				      .told = "",
				      .roles = roles_of(THREAD_COMPANY, 0) };
	return add(t, u, &c, &n, now_us, id_out, e);
}

int threads_change(struct txn *t, const struct user *u, int64_t id, const struct thread_new *n,
		   int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct thread_new whole = *n;
	struct thread old;
	int r = threads_get(t, u, id, a, &old, e);

	if (r < 0 || (r = may_work(u, e)) < 0)
		return r;
	if ((r = new_check(n, e)) < 0 ||
	    (r = org_check(t, u, old.company_id, n->org_id, now_us, e)) < 0)
		return r;
	whole.roles = roles_of(old.kind, n->roles ? n->roles : old.roles);
	if (is_own(old.kind))
		whole.org_id = 0;
	if ((r = threads_store_change(t, &u->scope, id, &whole, e)) < 0 ||
	    (r = search_mark(t, THREADS_FOUND, id, now_us, e)) < 0)
		return r;
	return accounts_audit(t, u, "thread.change", "thread", id, old.company_id, NULL, e);
}

int threads_done(struct txn *t, const struct user *u, int64_t id, bool done, int64_t now_us,
		 struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct thread old;
	int r = threads_get(t, u, id, a, &old, e);

	if (r < 0 || (r = may_work(u, e)) < 0)
		return r;
	if ((r = threads_store_done(t, &u->scope, id, done ? now_us : 0, e)) < 0)
		return r;
	return accounts_audit(t, u, done ? "thread.done" : "thread.reopen", "thread", id,
			      old.company_id, NULL, e);
}

static int post_check(const struct thread *th, const struct thread_post *p, int64_t now_us,
		      struct err *e)
{
	static const char *const directions[] = { THREAD_OUT, THREAD_IN, NULL };
	static const char *const channels[] = { "phone", "mail", "paper", "portal", NULL };
	int r;

	if (!p->body[0])
		return err_set(e, -EINVAL, "something has to be written here");
	if (!one_of(p->direction, directions) || !one_of(p->channel, channels))
		return err_set(e, -EINVAL, "choose who said it, and how");
	if ((r = text_check(p->body, THREAD_TEXT_CHARS, e)) < 0 ||
	    (r = text_check(p->subject, THREAD_LINE_CHARS, e)) < 0)
		return r;
	if (p->happened_us && (r = time_check(p->happened_us, now_us, e)) < 0)
		return r;
	if (p->due_us && (p->due_us < now_us || p->due_us > now_us + PAST_DAYS * US_PER_DAY))
		return err_set(e, -EINVAL, "the day by which you wait must lie ahead");
	if (p->send && (!th->mail[0] || strcmp(p->direction, THREAD_OUT) != 0))
		return err_set(e, -EINVAL, "there is no mail address to send this to");
	return 0;
}

/* Who waits for whom, now that P was said. */
static struct thread_wait wait_of(bool party, const struct thread_post *p, int64_t happened_us,
				  int64_t now_us)
{
	if (party)
		return (struct thread_wait){ THREAD_US, now_us, threads_answer_by(now_us), now_us };
	if (strcmp(p->direction, THREAD_OUT) == 0 && p->due_us)
		return (struct thread_wait){ THREAD_THEM, happened_us, p->due_us, p->due_us };
	return (struct thread_wait){ "", 0, 0, 0 };
}

/* One line, never the words. */
static int tell(struct txn *t, const struct user *u, const struct thread *th,
		const struct thread_post *p, int64_t happened_us, int64_t now_us, struct err *e)
{
	const char *who = th->org_name[0] ? th->org_name : th->person_name;

	while (*who == '#' || *who == '@') /* signs of the story's own */
		who++;
	const struct case_told told = {
		.case_id = th->incident_id,
		.action = "thread.message", /* no text */
		.kind = strcmp(p->channel, "phone") == 0 ? "phone" : "mail",
		.text_key = strcmp(p->direction, THREAD_OUT) == 0 ? "thread.story.out"
								  : "thread.story.in",
		.text_arg = who,
		.happened_us = happened_us,
		.roles = th->roles,
	};
	return cases_tell(t, u, &told, now_us, e);
}

int threads_post(struct txn *t, const struct user *u, int64_t id, const struct thread_post *p,
		 int64_t now_us, int64_t *message_id_out, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct thread_post whole = *p;
	struct thread th;
	int64_t message;
	int r = threads_get(t, u, id, a, &th, e);

	if (r < 0)
		return r;
	const bool party = threads_is_party(u, &th);
	if (!party && (r = may_work(u, e)) < 0)
		return r;
	if (party) {
		whole.direction = THREAD_IN;
		whole.channel = "portal";
		whole.happened_us = whole.due_us = 0;
		whole.send = false;
	}
	whole.subject = p->subject ? p->subject : "";
	if ((r = post_check(&th, &whole, now_us, e)) < 0 ||
	    (r = threads_files_check(t, u, &th, &whole, e)) < 0)
		return r;
	const struct message_row row = { .thread = &th,
					 .p = &whole,
					 .state = whole.send ? "queued" : "done",
					 .person_id = u->person_id,
					 .happened_us =
						 whole.happened_us ? whole.happened_us : now_us,
					 .now_us = now_us };
	const struct thread_wait w = wait_of(party, &whole, row.happened_us, now_us);
	if ((r = threads_store_message(t, &u->scope, &row, &message, e)) < 0 ||
	    (r = threads_store_moved(t, &u->scope, id, &w, row.happened_us, e)) < 0 ||
	    (r = search_mark(t, THREADS_FOUND, id, now_us, e)) < 0)
		return r;
	if ((r = threads_files_add(t, u, &th, &whole, message, now_us, e)) < 0)
		return r;
	*message_id_out = message;
	return tell(t, u, &th, &whole, row.happened_us, now_us, e);
}

int threads_read(struct txn *t, const struct user *u, int64_t id, int64_t now_us, struct err *e)
{
	return threads_store_read(t, &u->scope, id, u->person_id, now_us, e);
}

/* --- reading --- */

int threads_get(struct txn *t, const struct user *u, int64_t id, struct arena *a,
		struct thread *out, struct err *e)
{
	return threads_store_get(t, u, id, a, out, e);
}

int threads_list(struct txn *t, const struct user *u, const struct threads_query *q,
		 struct arena *a, struct thread **out, size_t *n_out, struct err *e)
{
	struct threads_query bounded = *q;

	if (bounded.limit <= 0 || bounded.limit > LIST_MAX)
		bounded.limit = LIST_MAX;
	return threads_store_list(t, u, &bounded, a, out, n_out, e);
}

int threads_messages(struct txn *t, const struct user *u, int64_t id, struct arena *a,
		     struct thread_message **out, size_t *n_out, struct err *e)
{
	struct thread th;
	int r = threads_get(t, u, id, a, &th, e);

	return r < 0 ? r : threads_store_messages(t, &u->scope, id, a, out, n_out, e);
}

int threads_seen(struct txn *t, const struct user *u, int64_t id, struct arena *a,
		 struct thread_seen **out, size_t *n_out, struct err *e)
{
	struct thread th;
	int r = threads_get(t, u, id, a, &th, e);

	return r < 0 ? r : threads_store_seen(t, &u->scope, id, a, out, n_out, e);
}
