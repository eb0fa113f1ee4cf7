/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on table notice. */
#ifndef HUB_WATCH_WATCH_NOTICE_STORE_H
#define HUB_WATCH_WATCH_NOTICE_STORE_H

#include "hub/watch/watch_notice.h"

struct notice_row {
	int64_t company_id, alert_id, contact_id;
	const char *contact_name, *target, *lang, *state, *token_sha256;
	int64_t now_us, next_try_us, call_due_us;
};
int watch_notice_store_add(struct txn *t, const struct scope *s, const struct notice_row *n,
			   int64_t *id_out, struct err *e);
/* Whether the company is being told of the same device already, of something at least as serious.
 */
int watch_notice_store_pending(struct txn *t, const struct scope *s, const struct watch_alert *a,
			       int64_t *out, struct err *e);

enum notice_list { NOTICES_OF_ALERT, NOTICES_TO_SEND, NOTICES_CALLS };
/* ALERT_ID for the first kind; at most LIMIT. */
struct notice_query {
	enum notice_list kind;
	int64_t alert_id, now_us;
	size_t limit;
};
int watch_notice_store_list(struct txn *t, const struct scope *s, const struct notice_query *q,
			    struct arena *a, struct watch_notice **out, size_t *n_out,
			    struct err *e);
int watch_notice_store_get(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
			   struct watch_notice *out, struct err *e);
int watch_notice_store_by_token(struct txn *t, const struct scope *s, const char *token_sha256,
				struct arena *a, struct watch_notice *out, struct err *e);

/* The token of a mail is made when it is sent, so that only its hash is ever stored. */
int watch_notice_store_token(struct txn *t, const struct scope *s, int64_t id,
			     const char *token_sha256, struct err *e);
int watch_notice_store_sent(struct txn *t, const struct scope *s, int64_t id, int64_t now_us,
			    int64_t call_due_us, struct err *e);
int watch_notice_store_failed(struct txn *t, const struct scope *s, int64_t id, const char *why,
			      int64_t next_try_us, struct err *e);
int watch_notice_store_to_call(struct txn *t, const struct scope *s, int64_t id, const char *why,
			       int64_t due_us, struct err *e);
/* Mails that stayed unread until NOW_US become calls; those of ended alerts become obsolete. OUT:
 * the new calls, as many as fit. */
enum { NOTICE_OVERDUE_MAX = 256 };
struct notice_overdue {
	int64_t company_id[NOTICE_OVERDUE_MAX], alert_id[NOTICE_OVERDUE_MAX];
	size_t n;
};
int watch_notice_store_overdue(struct txn *t, const struct scope *s, int64_t now_us,
			       struct notice_overdue *out, struct err *e);
int watch_notice_store_opened(struct txn *t, const struct scope *s, int64_t id, int64_t now_us,
			      struct err *e);
int watch_notice_store_read(struct txn *t, const struct scope *s, int64_t id, int64_t now_us,
			    struct err *e);
int watch_notice_store_called(struct txn *t, const struct scope *s, int64_t id, int64_t person_id,
			      const char *outcome, int64_t now_us, struct err *e);
/* Nobody answered: who is next, and from when on. */
struct notice_again {
	int64_t id, contact_id, due_us;
	const char *contact_name, *target;
};
int watch_notice_store_again(struct txn *t, const struct scope *s, const struct notice_again *n,
			     int64_t person_id, int64_t now_us, struct err *e);

#endif
