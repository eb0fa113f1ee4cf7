/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on hits and verdicts: rows of companies. Private to this feature. */
#ifndef HUB_INTEL_INTEL_HIT_STORE_H
#define HUB_INTEL_INTEL_HIT_STORE_H

#include "hub/intel/intel_rules.h"

struct intel_met { /* a finding that names an indicator */
	int64_t company_id, first_us, last_us;
	const char *device_mac;
	struct intel_key key;
};
/* Counts it for each feed that names the indicator now; 0 feeds is fine. */
int intel_hit_store_add(struct txn *t, const struct intel_met *m, struct err *e);

/* Of one feed, as far as S sees: companies' devices that met one of its indicators, those of them
 * where a verdict says that the indicator is wrong, and findings behind them. */
struct intel_score {
	int64_t feed_id, hits, wrong, findings, last_us;
};
int intel_hit_store_scores(struct txn *t, const struct scope *s, struct arena *a,
			   struct intel_score **out, size_t *n_out, struct err *e);

struct intel_hit_row {
	int64_t company_id, findings, first_us, last_us;
	const char *company_name, *device_mac, *device_name;
	struct intel_key key;
	bool wrong;
};
/* Of one feed (newest first), or of one indicator whatever the feed. */
struct intel_hit_filter {
	int64_t feed_id; /* or 0 and */
	struct intel_key key;
	int64_t limit;
};
int intel_hit_store_list(struct txn *t, const struct scope *s, const struct intel_hit_filter *f,
			 struct arena *a, struct intel_hit_row **out, size_t *n_out, struct err *e);
int intel_hit_store_forget(struct txn *t, int64_t feed_id, struct err *e);

int intel_verdict_store_add(struct txn *t, const struct scope *s, const struct intel_wrong *w,
			    int64_t person_id, int64_t now_us, int64_t *id_out, struct err *e);
/* 1 when there is one in force that covers COMPANY_ID (and everybody, if REGION). */
int intel_verdict_store_covers(struct txn *t, const struct intel_wrong *w, struct err *e);
int intel_verdict_store_get(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
			    struct intel_verdict *out, struct err *e);
int intel_verdict_store_end(struct txn *t, const struct scope *s, int64_t id, int64_t person_id,
			    int64_t now_us, struct err *e);
/* KEY NULL = all, newest first. */
int intel_verdict_store_list(struct txn *t, const struct scope *s, const struct intel_key *key,
			     int64_t limit, struct arena *a, struct intel_verdict **out,
			     size_t *n_out, struct err *e);
/* In force: those for everybody, or those for one company each, by company; without names. */
int intel_verdict_store_active(struct txn *t, bool region, struct arena *a,
			       struct intel_verdict **out, size_t *n_out, struct err *e);

#endif
