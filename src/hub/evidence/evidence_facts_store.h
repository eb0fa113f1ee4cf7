/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on countermeasures and cost lines; on devices and indicators of cases, to read. */
#ifndef HUB_EVIDENCE_EVIDENCE_FACTS_STORE_H
#define HUB_EVIDENCE_EVIDENCE_FACTS_STORE_H

#include "hub/evidence/evidence.h"

struct evidence_of { /* whose row */
	int64_t case_id, company_id, person_id, now_us;
};
int evidence_store_measure_add(struct txn *t, const struct scope *s, const struct evidence_of *of,
			       const struct evidence_measure_new *n, int64_t *id_out,
			       struct err *e);
/* 1, or 0 when it is not in place, not of this case or has another version. */
struct evidence_measure_end {
	int64_t id, version;
	const char *why; /* NULL = it is not ended, only its end moves */
	int64_t until_us;
};
int evidence_store_measure_change(struct txn *t, const struct scope *s,
				  const struct evidence_of *of,
				  const struct evidence_measure_end *end, struct err *e);
/* In place, and ending before UNTIL_US: with the case's number in TARGET's place. */
int evidence_store_measures_due(struct txn *t, const struct scope *s, int64_t from_us,
				int64_t until_us, struct arena *a, struct evidence_measure **out,
				size_t *n_out, struct err *e);
int evidence_store_cost_add(struct txn *t, const struct scope *s, const struct evidence_of *of,
			    const struct evidence_cost *c, int64_t *id_out, struct err *e);
/* What lines that went along in the merge or split MERGE_ID count. */
int evidence_store_cost_moved(struct txn *t, const struct scope *s, int64_t merge_id,
			      int64_t *yen_out, int64_t *minutes_out, struct err *e);
int evidence_store_cost_get(struct txn *t, const struct scope *s, int64_t case_id, int64_t id,
			    struct arena *a, struct evidence_cost *out, struct err *e);
int evidence_store_cost_void(struct txn *t, const struct scope *s, const struct evidence_of *of,
			     int64_t id, const char *why, struct err *e); /* 1 or 0 */

#endif
