/* SPDX-License-Identifier: Apache-2.0 */
/* Every SQL statement on the tables of threads.sql. */
#ifndef HUB_THREADS_THREADS_STORE_H
#define HUB_THREADS_THREADS_STORE_H

#include "hub/threads/threads.h"

struct thread_row {
	const struct thread_new *n;
	int64_t company_id, person_id, now_us;
	const char *token;
};
int threads_store_add(struct txn *t, const struct scope *s, const struct thread_row *r,
		      int64_t *id_out, struct err *e);
int threads_store_change(struct txn *t, const struct scope *s, int64_t id,
			 const struct thread_new *n, struct err *e);
int threads_store_done(struct txn *t, const struct scope *s, int64_t id, int64_t done_us,
		       struct err *e);
/* For the hub itself: whoever may read it. */
int threads_store_whole(struct txn *t, int64_t id, struct arena *a, struct thread *out,
			struct err *e);
int threads_store_get(struct txn *t, const struct user *u, int64_t id, struct arena *a,
		      struct thread *out, struct err *e);
int threads_store_list(struct txn *t, const struct user *u, const struct threads_query *q,
		       struct arena *a, struct thread **out, size_t *n_out, struct err *e);
/* The company's own thread of a case: 0 or -ENOENT. */
int threads_store_own(struct txn *t, const struct scope *s, int64_t incident_id, int64_t *out,
		      struct err *e);

struct message_row {
	const struct thread *thread;
	const struct thread_post *p;
	const char *state;
	int64_t person_id, happened_us, now_us;
};
int threads_store_message(struct txn *t, const struct scope *s, const struct message_row *r,
			  int64_t *id_out, struct err *e);
struct thread_wait {
	const char *who; /* THREAD_US, THREAD_THEM or "" */
	int64_t since_us, due_us, show_us;
};
int threads_store_wait(struct txn *t, const struct scope *s, int64_t id,
		       const struct thread_wait *w, struct err *e);
/* One more message, and who waits for whom since then. */
int threads_store_moved(struct txn *t, const struct scope *s, int64_t id,
			const struct thread_wait *w, int64_t last_us, struct err *e);
int threads_store_messages(struct txn *t, const struct scope *s, int64_t thread_id, struct arena *a,
			   struct thread_message **out, size_t *n_out, struct err *e);
int threads_store_file(struct txn *t, const struct scope *s, int64_t message_id, int64_t company_id,
		       int64_t evidence_id, struct err *e);
struct thread_file {
	int64_t message_id, evidence_id;
};
int threads_store_files(struct txn *t, const struct scope *s, int64_t thread_id, struct arena *a,
			struct thread_file **out, size_t *n_out, struct err *e);
int threads_store_files_of(struct txn *t, int64_t message_id, struct arena *a,
			   struct thread_file **out, size_t *n_out, struct err *e);
struct thread_fetch {
	int64_t message_id, evidence_id, person_id, at_us;
	const char *person_name;
};
int threads_store_fetch(struct txn *t, const struct scope *s, const struct thread_fetch *f,
			int64_t company_id, struct err *e);
int threads_store_fetched(struct txn *t, const struct scope *s, int64_t thread_id, struct arena *a,
			  struct thread_fetch **out, size_t *n_out, struct err *e);
int threads_store_read(struct txn *t, const struct scope *s, int64_t thread_id, int64_t person_id,
		       int64_t now_us, struct err *e); /* rows written */
int threads_store_seen(struct txn *t, const struct scope *s, int64_t thread_id, struct arena *a,
		       struct thread_seen **out, size_t *n_out, struct err *e);

/* --- mail --- */
int threads_store_queue(struct txn *t, int64_t now_us, struct arena *a, struct thread_message **out,
			size_t *n_out, struct err *e);
int threads_store_sent(struct txn *t, int64_t message_id, int64_t now_us, struct err *e);
/* NEXT_TRY_US 0: it is given up. */
int threads_store_failed(struct txn *t, int64_t message_id, const char *why, int64_t next_try_us,
			 struct err *e);

#endif
