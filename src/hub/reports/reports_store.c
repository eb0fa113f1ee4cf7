/* SPDX-License-Identifier: Apache-2.0 */
/* Incidents with the sums of what was done in each. */
#include "hub/reports/reports_store.h"

#include <errno.h>
#include <string.h>

/* A row brings its kind as text; there are few kinds: each is kept once. */
static const char *keep(struct arena *a, const char **known, size_t *n, const char *kind)
{
	for (size_t i = 0; i < *n; i++)
		if (strcmp(known[i], kind) == 0)
			return known[i];
	const char *copy = arena_strdup(a, kind);
	if (*n < REPORT_GROUPS_MAX)
		known[(*n)++] = copy;
	return copy;
}

int reports_store_count(struct txn *t, const struct scope *s, const struct report_filter *f,
			struct arena *a, struct report *report, struct err *e)
{
	const char *known[REPORT_GROUPS_MAX];
	size_t n_known = 0;
	int more;
	/* incident_by_time answers alone: what is read here must stand in it */
	SCOPED_ROWS struct rows *r = db_query(
		t, s,
		"SELECT i.opened_us, i.kind, i.prefecture, i.n_phone + i.n_remote, i.n_visit,"
		" i.minutes, i.cost_yen FROM incident i"
		" WHERE i.opened_us >= $1 AND i.opened_us < $2 AND ($3 = 0 OR i.prefecture = $3)"
		" AND ($4 = '' OR i.kind = $4) AND i.state <> 'merged' AND @scope(i.company_id)"
		" ORDER BY i.opened_us",
		DB_ARGS(DB_INT(report->from_us), DB_INT(report->to_us), DB_INT(f->prefecture),
			DB_TEXT(f->kind)),
		e);

	while ((more = rows_next(r, e)) > 0) {
		const struct report_row row = {
			.opened_us = rows_int(r, 0),
			.kind = keep(a, known, &n_known, rows_text(r, 1)),
			.prefecture = (int)rows_int(r, 2),
			.phone_remote = rows_int(r, 3) > 0,
			.visit = rows_int(r, 4) > 0,
			.minutes = rows_int(r, 5),
			.cost_yen = rows_int(r, 6),
		};
		report_add(report, &row);
	}
	return more;
}
