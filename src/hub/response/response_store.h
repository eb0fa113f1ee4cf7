/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on the tables of response.sql. */
#ifndef HUB_RESPONSE_RESPONSE_STORE_H
#define HUB_RESPONSE_RESPONSE_STORE_H

#include "hub/response/response.h"

/* 1 and its id, or 0 when there is one of this token. */
int response_store_add(struct txn *t, const struct scope *s, const struct response_order *o,
		       int64_t *id_out, struct err *e);
int response_store_get(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
		       struct response_order *out, struct err *e); /* -ENOENT */
int response_store_by_token(struct txn *t, const struct scope *s, const char *token, int64_t *out,
			    struct err *e); /* -ENOENT */
/* What changes of an order after it was given. */
int response_store_set(struct txn *t, const struct scope *s, const struct response_order *o,
		       struct err *e);
int response_store_list(struct txn *t, const struct scope *s, const struct response_filter *f,
			struct arena *a, struct response_order **out, size_t *n_out, struct err *e);
int response_store_count(struct txn *t, const struct scope *s, const struct response_filter *f,
			 int64_t *out, struct err *e);
/* One that does the same to the same and is not over: 1 and *OUT, 0, or negative. */
int response_store_same(struct txn *t, const struct scope *s, const struct response_order *o,
			struct arena *a, struct response_order *out, struct err *e);
/* The isolation or block in effect that O (release, unblock) takes back: as above. */
int response_store_effect(struct txn *t, const struct scope *s, const struct response_order *o,
			  struct arena *a, struct response_order *out, struct err *e);
/* Neither heard of within their time, nor ended though their time is over. */
int response_store_overdue(struct txn *t, int64_t now_us, int64_t silent_us, size_t limit,
			   struct arena *a, struct response_order **out, size_t *n_out,
			   struct err *e);
/* Those whose file came up and is not evidence yet. */
int response_store_files(struct txn *t, size_t limit, struct arena *a, struct response_order **out,
			 size_t *n_out, struct err *e);
/* For the front page: failed since SINCE_US and not tried again, or in effect and over before
 * UNTIL_US. */
int response_store_urgent(struct txn *t, const struct scope *s, int64_t since_us, int64_t until_us,
			  size_t limit, struct arena *a, struct response_order **out, size_t *n_out,
			  struct err *e);

struct response_session {
	int64_t id, company_id, incident_id, consent_id, person_id;
	const char *tool, *device, *did, *log_name, *log;
	int64_t started_us, ended_us, minutes;
	const char *person_name; /* shown */
};
int response_store_session_add(struct txn *t, const struct scope *s,
			       const struct response_session *x, int64_t *id_out, struct err *e);
int response_store_session_end(struct txn *t, const struct scope *s,
			       const struct response_session *x, struct err *e); /* 1 or 0 */
int response_store_session_get(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
			       struct response_session *out, struct err *e); /* -ENOENT */
/* Without their logs; newest first. */
int response_store_sessions(struct txn *t, const struct scope *s, int64_t incident_id,
			    struct arena *a, struct response_session **out, size_t *n_out,
			    struct err *e);

#endif
