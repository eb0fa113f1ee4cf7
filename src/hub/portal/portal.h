/* SPDX-License-Identifier: Apache-2.0 */
/* Portal: the pages of a company's own people, in plain words: how things stand, what was found and
 * done, asking the desk, consents, their devices, and who looked at what of theirs. */
#ifndef HUB_PORTAL_PORTAL_H
#define HUB_PORTAL_PORTAL_H

#include "hub/hub.h"

extern const struct hub_feature portal_feature;

/* How things stand, as one light. Counts of open alerts and of cases that are not closed. */
struct portal_state {
	const char *sensors; /* "red" "amber" "green" "grey": the worst of the company's */
	int64_t n_alerts, n_red_alerts, n_cases, n_red_cases;
};
struct portal_light {
	const char *light, *word_key; /* WORD_KEY: a sentence for people without IT staff */
};
struct portal_light portal_light_of(const struct portal_state *s);

/* A question to the desk: continues the case NUMBER, or opens a case of its own when it is "". The
 * words become a message of the company's thread. */
struct portal_question {
	const char *number, *body;
};
int portal_ask(struct txn *t, struct hub *h, const struct user *u, const struct portal_question *q,
	       int64_t now_us, int64_t *thread_id_out, struct err *e);

#endif
