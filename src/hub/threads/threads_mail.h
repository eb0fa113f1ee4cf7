/* SPDX-License-Identifier: Apache-2.0 */
/* What the hub sends by mail for a thread. */
#ifndef HUB_THREADS_THREADS_MAIL_H
#define HUB_THREADS_THREADS_MAIL_H

#include "hub/threads/threads.h"

/* "[IW-2026-000123/k3jd0q_x8a] Words": an answer brings number and token back. */
const char *threads_mail_subject(const struct thread *th, const struct thread_message *m,
				 struct arena *a);
/* The Message-ID, without <>: References of an answer bring the token back too. */
const char *threads_mail_id(const struct thread *th, const struct thread_message *m,
			    const char *mail_from, struct arena *a);

int threads_mail_run(struct hub *h, struct err *e); /* the job */

#endif
