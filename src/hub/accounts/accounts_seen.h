/* SPDX-License-Identifier: Apache-2.0 */
/* Who looked at what of a company: one row a person, thing and hour. Pages say what they showed;
 * it is written in batches soon after, so that no page waits for it. */
#ifndef HUB_ACCOUNTS_ACCOUNTS_SEEN_H
#define HUB_ACCOUNTS_ACCOUNTS_SEEN_H

#include "hub/hub.h"

/* Kinds of things: */
#define SEEN_CASE    "case"
#define SEEN_ALERT   "alert"
#define SEEN_DEVICE  "device" /* 0: the list of them */
#define SEEN_SENSOR  "sensor"
#define SEEN_COMPANY "company"
#define SEEN_THREAD  "thread"
#define SEEN_FILE    "file"
#define SEEN_EXPORT  "export" /* rows or a document left the hub */

struct accounts_seen_thing {
	const char *entity; /* one of the above */
	int64_t entity_id, company_id;
	const char *label; /* what people call it: number, name; NULL = "" */
};
/* The person of C looked at it. Call it when the answer is made; it never fails. */
void accounts_saw(struct call *c, const struct accounts_seen_thing *thing);

struct accounts_seen_row {
	int64_t company_id, person_id, org_id, entity_id, first_us, last_us, times;
	const char *entity, *label, *person_name, *org_name;
};
struct accounts_seen_filter {
	int64_t company_id;
	int64_t org_id;         /* 0 = any */
	const char *entity;     /* "" = any */
	int64_t from_us, to_us; /* TO_US is outside */
	int64_t offset, limit;
};
/* The newest first. */
int accounts_seen_list(struct txn *t, const struct scope *s, const struct accounts_seen_filter *f,
		       struct arena *a, struct accounts_seen_row **out, size_t *n_out,
		       struct err *e);
/* The organisations that looked at anything of a company since FROM_US. */
struct accounts_seen_org {
	int64_t id;
	const char *name;
};
int accounts_seen_orgs(struct txn *t, const struct scope *s, int64_t company_id, int64_t from_us,
		       struct arena *a, struct accounts_seen_org **out, size_t *n_out,
		       struct err *e);

/* --- for accounts_web.c --- */
int accounts_seen_start(struct hub *h, struct err *e);
void accounts_seen_stop(struct hub *h);
int accounts_seen_flush(struct hub *h, struct err *e); /* the job */

#endif
