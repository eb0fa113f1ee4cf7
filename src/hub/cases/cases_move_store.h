/* SPDX-License-Identifier: Apache-2.0 */
/* SQL for rows that go from one case to another. Private to this feature. */
#ifndef HUB_CASES_CASES_MOVE_STORE_H
#define HUB_CASES_CASES_MOVE_STORE_H

#include "hub/cases/cases_move.h"
#include "hub/cases/cases_store.h"

struct merge_row {
	int64_t id, company_id, from_id, into_id, made_by, made_us;
	const char *kind, *was_state, *note;
	int64_t into_severity, into_happened_us; /* before; -1 = not noted */
};
int cases_move_store_add(struct txn *t, const struct scope *s, const struct merge_row *m,
			 int64_t *id_out, struct err *e);
/* The merge of FROM_ID that holds. -ENOENT. */
int cases_move_store_get(struct txn *t, const struct scope *s, int64_t from_id, struct arena *a,
			 struct merge_row *out, struct err *e);
int cases_move_store_undone(struct txn *t, const struct scope *s, int64_t id, int64_t person_id,
			    int64_t now_us, struct err *e);
int cases_move_store_parts(struct txn *t, const struct scope *s, int64_t into_id,
			   int64_t undo_from_us, struct arena *a, struct case_part **out,
			   size_t *n_out, struct err *e);

/* Notes which rows will go: all of TABLE, one of them, or those behind the entries that go. */
int cases_move_store_choose(struct txn *t, const struct scope *s, const struct case_mover *v,
			    const struct case_move *m, struct err *e);
int cases_move_store_choose_one(struct txn *t, const struct scope *s, const struct case_mover *v,
				const struct case_move *m, int64_t row_id, struct err *e);
int cases_move_store_choose_told(struct txn *t, const struct scope *s, const struct case_mover *v,
				 const struct case_move *m, struct err *e);
/* Those noted go from M's FROM to its INTO. */
int cases_move_store_go(struct txn *t, const struct scope *s, const struct case_mover *v,
			const struct case_move *m, struct err *e);
/* The sums of the actions that are about to go move along. Before cases_move_store_go. */
int cases_move_store_sums(struct txn *t, const struct scope *s, const struct case_move *m,
			  struct err *e);
/* INTO_ID 0: a case of its own again. */
int cases_move_store_merged(struct txn *t, const struct scope *s, const struct incident *c,
			    int64_t into_id, const char *state, int64_t now_us, struct err *e);
/* What M raised of C is as it was, unless somebody changed it since or another part still says so.
 */
int cases_move_store_lower(struct txn *t, const struct scope *s, const struct incident *c,
			   const struct incident *from, const struct merge_row *m, struct err *e);
/* What both say of the whole: the higher severity, the earlier beginning. */
int cases_move_store_whole(struct txn *t, const struct scope *s, const struct incident *into,
			   const struct incident *from, int64_t now_us, struct err *e);

#endif
