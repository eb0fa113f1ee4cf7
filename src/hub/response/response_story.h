/* SPDX-License-Identifier: Apache-2.0 */
/* What the story of a case says of orders; for this feature only. */
#ifndef HUB_RESPONSE_RESPONSE_STORY_H
#define HUB_RESPONSE_RESPONSE_STORY_H

#include "hub/response/response.h"

/* One line on an order as it has come out: done, refused, failed, expired or cancelled. U NULL is
 * the hub. */
int response_story_of(struct txn *t, const struct user *u, const struct response_order *o,
		      int64_t now_us, struct err *e);
/* Its effect has ended by itself. */
int response_story_ended(struct txn *t, const struct response_order *o, int64_t now_us,
			 struct err *e);
/* "response.why.clock": the text for a reason, known or not. */
const char *response_why_key(const char *reason, struct arena *a);

int response_consent_ended(struct txn *t, const struct user *u, int64_t consent_id, bool release,
			   int64_t now_us, struct err *e);

#endif
