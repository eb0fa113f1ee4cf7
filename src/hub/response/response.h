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

#endif
