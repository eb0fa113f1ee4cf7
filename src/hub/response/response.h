/* SPDX-License-Identifier: Apache-2.0 */
/* Remote response: consents, orders to sensors, guided steps on the telephone, remote-screen tools.
 * What other features may do with it. */
#ifndef HUB_RESPONSE_RESPONSE_H
#define HUB_RESPONSE_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hub/cases/cases.h"
#include "hub/hub.h"

extern const struct hub_feature response_feature;

/* The words that the operator reads out for these uses and this end, in LANG; in A. */
const char *response_consent_words(const struct hub *h, enum lang lang, const char *what,
				   const char *until, struct arena *a);
/* Takes a consent back, at once: also by people of the company. What runs under it is cancelled in
 * the same transaction, and devices that it isolated are let go when RELEASE says so. Afterwards:
 * fleet_items_wake. */
int response_consent_revoke(struct txn *t, struct hub *h, const struct user *u, int64_t consent_id,
			    bool release, int64_t now_us, struct err *e);

/* An order to a sensor. Texts in the arena, none NULL. */
struct response_order {
	int64_t id, company_id, incident_id, sensor_id;
	const char *type, *mac, *network, *target;
	int64_t port, protocol, seconds, bytes;
	int64_t until_us, expires_us, consent_id, undoes;
	int64_t made_by, made_us, sent_us, heard_us, done_us, sensor_us;
	const char *state, *reason, *detail;
	int64_t report_no;
	bool in_effect;
	int64_t ended_us;
	const char *figures; /* lines of name, tab, value */
	int64_t devices;
	const char *file_sha256;
	int64_t file_size, file_us, evidence_id;
	const char *token;
	/* shown */
	const char *number, *company_name, *sensor_name, *made_name, *consent_by;
	int64_t consent_revoked_us;
};
struct response_filter {
	int64_t incident_id, company_id, consent_id; /* 0 = any */
	const char *state;                           /* NULL = any */
	bool in_effect;                              /* only those */
	size_t limit, offset;
};
/* Newest first. */
int response_orders(struct txn *t, const struct scope *s, const struct response_filter *f,
		    struct arena *a, struct response_order **out, size_t *n_out, struct err *e);

#endif
