/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: what is written and said about a case, one thread for each side: the company, its
 * internet provider, the police, the insurer, ... What each side sees is a property of the thread.
 * Rules: threads.c. SQL: threads_store.c. Mail: threads_mail.c. Pages: threads_web.c. */
#ifndef HUB_THREADS_THREADS_H
#define HUB_THREADS_THREADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hub/hub.h"

extern const struct hub_feature threads_feature;

enum { /* who opens threads, and who may read one or the other */
       THREADS_WORKERS = ROLES_CASEWORK | ROLE_ADMIN,
       THREADS_READERS = THREADS_WORKERS | ROLE_INSURER | ROLE_SPECIALIST | ROLE_COMPANY,
};

/* Kinds of parties, as stored; the first is the company itself. Texts: "thread.kind.<kind>". */
#define THREAD_COMPANY "company"
extern const char *const threads_kinds[]; /* NULL-terminated */

#define THREAD_OUT  "out" /* from us to the party */
#define THREAD_IN   "in"
#define THREAD_US   "us" /* who has to answer */
#define THREAD_THEM "them"

enum { THREAD_NAME_CHARS = 100, THREAD_LINE_CHARS = 200, THREAD_TEXT_CHARS = 8000 };

/* Texts live in the arena; none is NULL. */
struct thread {
	int64_t id, company_id, incident_id;
	const char *number, *case_title, *company_name;
	const char *kind;
	int64_t org_id; /* organisation of the hub whose people take part; 0 = none */
	const char *org_name, *person_name, *phone, *mail;
	const char *reference; /* theirs: a police receipt number */
	const char *purpose;
	const char *told;  /* what they were told, in a few words */
	unsigned roles;    /* who may read it, ROLE_COMPANY among them or not */
	const char *token; /* in the subject of its mails */
	bool done;
	const char *waiting; /* THREAD_US, THREAD_THEM or "" */
	int64_t waiting_us, due_us;
	int64_t messages, unread; /* UNREAD: by who asks */
	int64_t last_us, made_us;
};

struct thread_message {
	int64_t id, thread_id;
	const char *direction, *channel; /* phone mail paper portal */
	const char *subject, *body;
	int64_t person_id;
	const char *person_name, *org_name; /* who recorded it */
	int64_t happened_us, recorded_us;
	const char *state, *error; /* done queued failed: of a mail that the hub sends */
	int64_t sent_us, attempts;
};

struct thread_seen {
	int64_t message_id, seen_us;
	const char *person_name, *org_name;
};

/* --- rules: each writes its audit row and, for a message, its line of the story in T --- */

struct thread_new {
	int64_t incident_id;
	const char *kind, *org_name, *person_name, *phone, *mail, *reference, *purpose, *told;
	int64_t org_id;
	unsigned roles; /* 0 = as usual for the kind */
};
int threads_open(struct txn *t, const struct user *u, const struct thread_new *n, int64_t now_us,
		 int64_t *id_out, struct err *e);
/* N->incident_id and N->kind are not changed. */
int threads_change(struct txn *t, const struct user *u, int64_t id, const struct thread_new *n,
		   int64_t now_us, struct err *e);
int threads_done(struct txn *t, const struct user *u, int64_t id, bool done, int64_t now_us,
		 struct err *e);

struct thread_post {
	const char *direction, *channel, *subject, *body;
	int64_t happened_us;     /* 0 = now */
	int64_t due_us;          /* an answer is expected by then; 0 = none */
	bool send;               /* by mail, by the hub */
	const int64_t *evidence; /* ids of files kept with the case: threads_files.c says which */
	size_t n_evidence;
	const char *
		handed_why; /* for the chain of custody of what is handed to the party; NULL = "" */
};
enum { THREAD_FILES_MAX = 10 };
/* What people of the party itself write is always THREAD_IN by portal, now; they attach what they
 * have put in themselves. */
int threads_post(struct txn *t, const struct user *u, int64_t id, const struct thread_post *p,
		 int64_t now_us, int64_t *message_id_out, struct err *e);

/* The company's own thread of a case, made when there is none yet. */
int threads_of_own(struct txn *t, const struct user *u, int64_t incident_id, int64_t now_us,
		   int64_t *id_out, struct err *e);
/* U has what there is on the screen. */
int threads_read(struct txn *t, const struct user *u, int64_t id, int64_t now_us, struct err *e);

/* --- reading: what U may --- */

int threads_get(struct txn *t, const struct user *u, int64_t id, struct arena *a,
		struct thread *out, struct err *e); /* -ENOENT */
enum threads_which {
	THREADS_ALL,     /* open ones, the newest first */
	THREADS_OF_CASE, /* done ones too */
	THREADS_DUE,     /* somebody waits for us, or an answer is late */
	THREADS_OWN,     /* of a company: its own, with what is new first */
};
struct threads_query {
	enum threads_which which;
	int64_t id, now_us; /* of the case or company */
	int64_t limit;
};
int threads_list(struct txn *t, const struct user *u, const struct threads_query *q,
		 struct arena *a, struct thread **out, size_t *n_out, struct err *e);
int threads_messages(struct txn *t, const struct user *u, int64_t id, struct arena *a,
		     struct thread_message **out, size_t *n_out, struct err *e);
int threads_seen(struct txn *t, const struct user *u, int64_t id, struct arena *a,
		 struct thread_seen **out, size_t *n_out, struct err *e);

/* Is U one of the party's own people in T? */
bool threads_is_party(const struct user *u, const struct thread *t);
bool threads_may_write(const struct user *u, const struct thread *t);
/* When somebody who asks at NOW_US may expect an answer: the same working day when it is before
 * three o'clock, else noon of the next. */
int64_t threads_answer_by(int64_t now_us);

#endif
