/* SPDX-License-Identifier: Apache-2.0 */
/* Incidents with what was done in each, from the actions themselves. */
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
	SCOPED_ROWS struct rows *r = db_query(
		t, s,
		"SELECT i.opened_us, i.kind, i.prefecture, x.phone_remote, x.visit, x.minutes, "
		"x.cost"
		" FROM incident i LEFT JOIN (SELECT incident_id,"
		" max(CASE WHEN channel IN ('phone', 'remote') THEN 1 ELSE 0 END) AS phone_remote,"
		" max(CASE WHEN channel = 'visit' THEN 1 ELSE 0 END) AS visit,"
		" CAST(sum(minutes) AS BIGINT) AS minutes, CAST(sum(cost_yen) AS BIGINT) AS cost"
		" FROM incident_action WHERE @scope(company_id) GROUP BY incident_id) x"
		" ON x.incident_id = i.id"
		" WHERE i.opened_us >= $1 AND i.opened_us < $2 AND ($3 = 0 OR i.prefecture = $3)"
		" AND ($4 = '' OR i.kind = $4) AND @scope(i.company_id)",
		DB_ARGS(DB_INT(report->from_us), DB_INT(report->to_us), DB_INT(f->prefecture),
			DB_TEXT(f->kind)),
		e);

	while ((more = rows_next(r, e)) > 0) {
		const struct report_row row = {
			.opened_us = rows_int(r, 0),
			.kind = keep(a, known, &n_known, rows_text(r, 1)),
			.prefecture = (int)rows_int(r, 2),
			.phone_remote = rows_int(r, 3) != 0,
			.visit = rows_int(r, 4) != 0,
			.minutes = rows_int(r, 5),
			.cost_yen = rows_int(r, 6),
		};
		report_add(report, &row);
	}
	return more;
}
