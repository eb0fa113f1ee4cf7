/* SPDX-License-Identifier: Apache-2.0 */
/* Part of cases.h.
 *
 * Merging cases, splitting them, taking a merge back; and how a feature's rows go along.
 *
 * A feature whose table names a case lists it in its hub_feature (movers, n_movers). The rows keep
 * their ids; which went along is remembered, so that the same rows go back when a merge is undone.
 * Both cases are always of one company. */
#ifndef HUB_CASES_CASES_MOVE_H
#define HUB_CASES_CASES_MOVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hub/hub.h"

enum { CASE_MERGES_DEEP = 16, CASE_SPLIT_MAX = 200, CASE_UNDO_DAYS = 30 };

enum case_move_why { CASE_MOVE_MERGE, CASE_MOVE_UNDO, CASE_MOVE_SPLIT };
struct case_move {
	enum case_move_why why;
	int64_t merge_id; /* incident_merge */
	int64_t from_id, into_id, company_id, now_us;
};

struct case_mover {
	/* It has the columns id (BIGINT), company_id and COLUMN. NULL: only MOVED is called. */
	const char *table;
	const char *column; /* that names the case; NULL = incident_id */
	/* Columns of which a case has each value once (its UNIQUE with COLUMN), up to three: a row
	 * that both cases have stays with the case that is merged. NULL = none. */
	const char *same[4];
	/* Has a column origin_id (BIGINT, may be NULL): it is set to the first case. */
	bool origin;
	/* Its company_id is another company's: rows go along though who merges may not see them. */
	bool of_others;
	/* For a split: SQL on an entry of the story N; where it is true, the row of TABLE whose id
	 * is n.ref_id goes along with N. NULL = rows stay with the case that is split. */
	const char *told;
	/* After the rows have moved: sums and the like. May be NULL. */
	int (*moved)(struct txn *t, const struct user *u, const struct case_move *m, struct err *e);
};

/* FROM becomes a part of INTO; its number leads there from now on. -EINVAL into itself; -ECONFLICT
 * when one of them is a part of another already, when they are of two companies, or when an open
 * case would disappear in a closed one. */
int cases_merge(struct txn *t, struct hub *h, const struct user *u, const char *from,
		const char *into, const char *note, int64_t now_us, struct err *e);
/* FROM is a case of its own again, with what it brought along; what was written since stays where
 * it is. -ECONFLICT when it is too late (CASE_UNDO_DAYS) or INTO was merged on. */
int cases_merge_undo(struct txn *t, struct hub *h, const struct user *u, const char *from,
		     int64_t now_us, struct err *e);

/* What becomes a new case. Entries take what stands behind them along (actions, alerts, consents).
 */
struct case_split {
	const char *title, *kind;
	int severity; /* -1 = as the case it comes from */
	const int64_t *entries, *devices, *indicators;
	size_t n_entries, n_devices, n_indicators;
};
int cases_split(struct txn *t, struct hub *h, const struct user *u, const char *number,
		const struct case_split *s, int64_t now_us, int64_t *id_out, struct err *e);

/* What was merged into a case and holds, newest first; NUMBER is the part's. */
struct case_part {
	int64_t made_us;
	const char *number, *title, *note, *person_name;
	bool may_undo;
};
int cases_parts(struct txn *t, const struct scope *s, int64_t case_id, int64_t now_us,
		struct arena *a, struct case_part **out, size_t *n_out, struct err *e);

#endif
