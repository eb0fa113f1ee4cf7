/* SPDX-License-Identifier: Apache-2.0 */
/* Orders: the rules by which people give them, and what sensors report of them. Private to this
 * feature; what others may read is in response.h. */
#ifndef HUB_RESPONSE_RESPONSE_ORDER_H
#define HUB_RESPONSE_RESPONSE_ORDER_H

#include "hub/fleet/fleet.h"
#include "hub/response/response.h"
#include "wire/order.h"

#define ORDER_ST_WAITING   "waiting"
#define ORDER_ST_SENT      "sent"
#define ORDER_ST_RUNNING   "running"
#define ORDER_ST_DONE      "done"
#define ORDER_ST_REFUSED   "refused"
#define ORDER_ST_FAILED    "failed"
#define ORDER_ST_EXPIRED   "expired"
#define ORDER_ST_CANCELLED "cancelled"

/* Reasons of the hub's own, beside those of wire/order.h. */
#define RESPONSE_WHY_REVOKED "consent_revoked"
#define RESPONSE_WHY_DESK    "desk"
#define RESPONSE_WHY_SILENT  "silent"

enum {
	RESPONSE_TOKEN_MAX = 64,
	RESPONSE_EVENTS_MAX = 256, /* of one group of batches */
	RESPONSE_SWEEP_MAX = 200,  /* orders in one go */
};

/* What somebody asks for. Texts are never NULL. */
struct response_ask {
	const char *number, *type;
	const char *mac;           /* of a device of the company; "" = none */
	const char *network;       /* block */
	int64_t port, protocol;    /* block; 0 = all, both */
	int64_t hours;             /* isolate, block; one of response_hours */
	int64_t seconds, mebibyte; /* capture */
	int64_t sensor_id;         /* 0 = the device's, or the only one */
	const char *token;         /* "" = a new one */
};
extern const int64_t response_hours[];
extern const size_t response_hours_n;
enum { RESPONSE_HOURS_DEFAULT = 4 };

/* An order as it would be given: what the confirming page says, and what is given then. */
struct response_plan {
	struct incident c;
	enum order_type type;
	struct fleet_device device; /* id 0 = about none */
	struct fleet_sensor_name sensor;
	struct fleet_reach reach;
	struct case_consent consent; /* id 0 = none is there */
	bool needs_consent;
	const char *target;
	struct order order; /* id 0 as yet */
	int64_t until_us, expires_us;
	bool lacks_consent; /* nothing else is wrong */
	bool cut;           /* ends with the consent, earlier than asked */
};
bool response_needs_consent(enum order_type t);
bool response_has_effect(enum order_type t);
/* 0; -ENOENT for a foreign case, device or sensor; -EINVAL, -ECONFLICT with words that say why it
 * may not be ordered: PLAN is filled as far as it is known. */
int response_order_plan(struct txn *t, struct hub *h, const struct user *u,
			const struct response_ask *ask, int64_t now_us, struct arena *a,
			struct response_plan *plan, struct err *e);
/* Gives it, once for one token; a second time says which it was. Afterwards: fleet_items_wake. */
int response_order_make(struct txn *t, struct hub *h, const struct user *u,
			const struct response_ask *ask, int64_t now_us, int64_t *id_out,
			struct err *e);
/* Stores ROW and sends O, which is the same, to its sensor. -EEXIST for a known token. */
int response_order_give(struct txn *t, const struct user *u, struct response_order *row,
			struct order *o, int64_t now_us, struct err *e);
const char *response_token(struct arena *a);
/* Ends what an order does: withdrawn while it waits, cancelled while it runs, taken back while it
 * is in effect. -ECONFLICT when there is nothing to end. Afterwards: fleet_items_wake. */
int response_order_end(struct txn *t, struct hub *h, const struct user *u, int64_t id,
		       const char *reason, int64_t now_us, struct err *e);
/* Gives the order that takes back an isolation or a block; nothing when one is under way. */
int response_order_undo(struct txn *t, const struct user *u, const struct response_order *o,
			int64_t now_us, struct err *e);

/* Running state: what the writer thread has to tell open pages after the commit. */
struct response {
	struct hub *hub;
	struct {
		int64_t company_id, incident_id;
	} events[RESPONSE_EVENTS_MAX];
	size_t n_events;
	bool wake; /* something was ordered */
};
int response_report_take(void *arg, struct txn *t, const struct fleet_batch *b, struct err *e);
int response_report_sent(void *arg, struct txn *t, const struct fleet_sent *s, struct err *e);
int response_report_upload(void *arg, struct txn *t, const struct fleet_upload *u, struct err *e);
void response_report_done(void *arg, bool committed);
/* Job: what was never heard of again, and effects whose time is over. */
int response_sweep(struct hub *h, struct err *e);

/* Job: recordings become evidence of their case. */
int response_handover(struct hub *h, struct err *e);
/* Somebody took the file of a capture: into the audit trail. */
int response_file_taken(struct txn *t, const struct user *u, const struct response_order *o,
			struct err *e);
/* The path of a capture that came up; caller frees. */
char *response_file_path(const struct hub *h, int64_t order_id);

#endif
