/* SPDX-License-Identifier: Apache-2.0 */
/* Telling the company: contact in order, hours and channel; a mail whose link proves that it was
 * read; unread or unsendable becomes a call to make. */
#ifndef HUB_WATCH_WATCH_NOTICE_H
#define HUB_WATCH_WATCH_NOTICE_H

#include "hub/watch/watch.h"

#define NOTICE_QUEUED   "queued"   /* to be mailed */
#define NOTICE_SENT     "sent"     /* mailed, not read yet */
#define NOTICE_READ     "read"     /* the person pressed the button */
#define NOTICE_CALL     "call"     /* somebody has to call */
#define NOTICE_CALLED   "called"   /* somebody did */
#define NOTICE_OBSOLETE "obsolete" /* the alert ended before */

struct watch_notice {
	int64_t id, company_id, alert_id, contact_id;
	const char *contact_name, *target, *state, *error, *outcome;
	enum lang lang;
	int64_t queued_us, next_try_us, attempts, sent_us, opened_us, read_us, call_due_us;
	int64_t called_us, called_by;
	const char *company_name, *phone; /* the contact's number, for the call */
	const char *called_name;
	int severity;
};

/* Decides whom to tell about an alert and how, and queues it; does nothing while the
 * company is being told of the same device for something as serious. In the transaction that
 * opened or raised the alert. */
int watch_notice_queue(struct txn *t, struct hub *h, int64_t alert_id, int64_t now_us,
		       struct err *e);

/* The job: sends what is due, turns what stayed unread into calls. */
int watch_notice_run(struct hub *h, struct err *e);

int watch_notices_of(struct txn *t, const struct scope *s, int64_t alert_id, struct arena *a,
		     struct watch_notice **out, size_t *n_out, struct err *e);
/* Calls to make now, the longest due first. */
int watch_notice_calls(struct txn *t, const struct scope *s, int64_t now_us, struct arena *a,
		       struct watch_notice **out, size_t *n_out, struct err *e);
/* Records the call. OUTCOME: "reached", "not_reached" (it comes back in 15 minutes). */
int watch_notice_called(struct txn *t, const struct user *u, int64_t id, const char *outcome,
			int64_t now_us, struct err *e);

/* The receipt behind a mail's link; TOKEN is the capability, nobody is signed in. -ENOENT. */
int watch_notice_by_token(struct txn *t, const char *token, struct arena *a,
			  struct watch_notice *out, struct err *e);
int watch_notice_opened(struct txn *t, int64_t id, int64_t now_us, struct err *e);
int watch_notice_read(struct txn *t, int64_t id, int64_t now_us, struct err *e);

#endif
