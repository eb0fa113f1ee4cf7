/* SPDX-License-Identifier: Apache-2.0 */
/* Intel: lists of what is harmful, where they come from, and how good they are. For later features:
 * what is known of an indicator, and the verdict that it is wrong. */
#ifndef HUB_INTEL_INTEL_H
#define HUB_INTEL_INTEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hub/hub.h"
#include "wire/indicator/indicator.h"
#include "wire/otasuke.pb-c.h"

extern const struct hub_feature intel_feature;

enum { /* who sees what lists say; companies see their alerts */
       INTEL_READERS = ROLE_ADMIN | ROLE_DESK,
};

/* A kind with its value in normal form; the texts are the caller's. */
struct intel_key {
	enum indicator_kind kind;
	const char *value;
};

/* What a finding of known_bad is about; false when it names no indicator. VALUE lives in A. */
bool intel_key_of_finding(const Otasuke__Wire__Finding *f, struct arena *a, struct intel_key *out);

/* One feed that names an indicator. */
struct intel_source {
	int64_t feed_id, since_us;
	const char *feed, *label, *tlp;
	bool own, enabled; /* OWN: the region's own list, whose name is a text */
};
/* A verdict that an indicator is wrong, in force. */
struct intel_verdict {
	int64_t id, company_id, alert_id, made_us, ended_us;
	bool region; /* for everybody, not for that company alone */
	enum indicator_kind kind;
	const char *value, *reason, *made_name, *company_name;
};
struct intel_known {
	struct intel_source *sources;
	size_t n_sources;
	struct intel_verdict *verdicts; /* that S may see, newest first; ended ones too */
	size_t n_verdicts;
	const char *held; /* why the newest bundle leaves it out: "good", "verdict"; "" = it does
			     not */
};
int intel_known(struct txn *t, const struct scope *s, const struct intel_key *key, struct arena *a,
		struct intel_known *out, struct err *e);

/* "This indicator is wrong": held back from the next bundle on, for COMPANY_ID or for everybody.
 * -EDENIED, -EINVAL without a reason (1..500 characters), -EEXIST when it was said already. Call
 * intel_wake after the commit. */
struct intel_wrong {
	int64_t company_id, alert_id;
	struct intel_key key;
	bool region;
	const char *reason;
};
int intel_verdict_add(struct txn *t, const struct user *u, const struct intel_wrong *w,
		      int64_t now_us, int64_t *id_out, struct err *e);
int intel_verdict_end(struct txn *t, const struct user *u, int64_t id, int64_t now_us,
		      struct err *e);
/* Verdicts go out at once, not with the next bundle's turn. */
void intel_wake(struct hub *h);

#endif
