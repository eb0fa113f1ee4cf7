/* SPDX-License-Identifier: Apache-2.0 */
/* Files that go along with messages: pieces of evidence of the case. */
#ifndef HUB_THREADS_THREADS_FILES_H
#define HUB_THREADS_THREADS_FILES_H

#include "hub/evidence/evidence.h"
#include "hub/threads/threads_store.h"

struct threads_conf {
	int64_t attach_mib;
};
extern struct threads_conf threads_conf; /* rows in threads_web.c */

/* May I go to the party of TH, by mail or not? -EINVAL says why not. */
int threads_files_may(const struct thread *th, const struct evidence_item *i, bool by_mail,
		      struct err *e);
/* All that P names: of the case, there, allowed. */
int threads_files_check(struct txn *t, const struct user *u, const struct thread *th,
			const struct thread_post *p, struct err *e);
/* Names them with the message; what goes out at once gets its line in the chain of custody. */
int threads_files_add(struct txn *t, const struct user *u, const struct thread *th,
		      const struct thread_post *p, int64_t message_id, int64_t now_us,
		      struct err *e);
/* Attached to a message that U may read: the file, and the message. -ENOENT. */
int threads_files_get(struct txn *t, const struct user *u, int64_t thread_id, int64_t evidence_id,
		      struct arena *a, struct evidence_item *out, int64_t *message_id_out,
		      struct err *e);
/* Has fetched it: chain of custody, and the thread's own note. */
int threads_files_fetched(struct txn *t, const struct user *u, int64_t message_id,
			  const struct evidence_item *i, const char *why, int64_t now_us,
			  struct err *e);

/* --- for the mail job --- */
struct thread_load { /* the bytes of what goes with a mail */
	struct evidence_item *items;
	struct smtp_file *files;
	struct buf *bytes;
	size_t n;
};
/* -EPERM: something is not there any more, or may not go any more; the text says what. */
int threads_files_load(struct hub *h, const struct thread *th, int64_t message_id, struct arena *a,
		       struct thread_load *out, struct err *e);
void threads_files_unload(struct thread_load *l);
/* The mail is out: a line in each chain. */
int threads_files_mailed(struct txn *t, struct hub *h, const struct thread *th,
			 const struct thread_message *m, const struct thread_load *l,
			 int64_t now_us, struct err *e);

#endif
