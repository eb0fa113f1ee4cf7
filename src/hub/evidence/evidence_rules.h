/* SPDX-License-Identifier: Apache-2.0 */
/* What the rules of evidence share, and those only its own pages call. */
#ifndef HUB_EVIDENCE_EVIDENCE_RULES_H
#define HUB_EVIDENCE_EVIDENCE_RULES_H

#include "hub/cases/cases.h"
#include "hub/evidence/evidence.h"

enum { /* who puts evidence in and who reads it */
       EVIDENCE_GIVERS = CASES_WORKERS | ROLE_COMPANY,
       EVIDENCE_READERS = CASES_WORKERS | ROLE_INSURER | ROLE_SPECIALIST,
};

/* 0 when the whole chain of item I fits; -EFORMAT names the first line that does not. */
int evidence_custody_verify(const struct evidence_item *i, const struct evidence_custody *k,
			    size_t n, struct err *e);
/* A file's bytes are taken away, its rows stay; administrators only. Call _finish with what the
 * commit said. */
struct evidence_end {
	bool bytes; /* nobody else keeps them: they are in the bin */
	char sha256[EVIDENCE_HASH];
};
int evidence_destroy(struct txn *t, struct hub *h, const struct user *u, int64_t item_id,
		     const struct evidence_step *step, int64_t now_us, struct evidence_end *end_out,
		     struct err *e);
void evidence_destroy_finish(struct hub *h, const struct evidence_end *end, int committed);
/* Hashes the bytes of SHA256 again and tells every item that keeps them: "matches", "differs",
 * "missing". BY NULL: the hub itself, which does not repeat bad news. Its own transaction. */
struct evidence_asker {
	const struct user *user;
	int64_t company_id; /* whose evidence it asked about */
};
int evidence_recheck(struct hub *h, const struct evidence_asker *by, const char *sha256,
		     const char **result_out, struct err *e);
int evidence_recheck_job(struct hub *h, struct err *e);

int evidence_rules_text(const char *s, size_t min, size_t max, struct err *e);
#define EVIDENCE_FOUND "evidence" /* search: an item */
bool evidence_rules_one_of(const char *s, const char *const *list, size_t n);
/* The case, when U sees it. */
int evidence_rules_case(struct txn *t, const struct user *u, int64_t case_id, struct arena *a,
			struct incident *out, struct err *e);

/* --- evidence_facts.c --- */
int evidence_measure_end(struct txn *t, const struct user *u, int64_t case_id, int64_t id,
			 int64_t version, const char *why, int64_t now_us, struct err *e);
int evidence_measure_prolong(struct txn *t, const struct user *u, int64_t case_id, int64_t id,
			     int64_t version, int64_t until_us, int64_t now_us, struct err *e);
int evidence_cost_void(struct txn *t, const struct user *u, int64_t case_id, int64_t id,
		       const char *why, int64_t now_us, struct err *e);
/* Lines of cost went along when cases were merged or split: so do their sums. */
struct case_move;
int evidence_costs_moved(struct txn *t, const struct user *u, const struct case_move *m,
			 struct err *e);
extern const char *const evidence_kinds[], *const evidence_measure_kinds[],
						   *const evidence_cost_categories[],
							   *const evidence_tlps[],
								   *const evidence_device_states[];
extern const size_t evidence_kinds_n, evidence_measure_kinds_n, evidence_cost_categories_n,
	evidence_tlps_n, evidence_device_states_n;

#endif
