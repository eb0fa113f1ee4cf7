/* SPDX-License-Identifier: Apache-2.0 */
/* Incidents with what was done in each, from the actions themselves. */
#include "hub/reports/reports_store.h"

#include <errno.h>
#include <string.h>

#include "hub/cases/cases.h"

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

/* One action of an incident (or its absence) on top of what is known of it. */
static void act(struct report_row *row, const struct rows *r)
{
	const char *channel = rows_text(r, 4);

	row->phone_remote |= strcmp(channel, CASE_PHONE) == 0 || strcmp(channel, CASE_REMOTE) == 0;
	row->visit |= strcmp(channel, CASE_VISIT) == 0;
	row->minutes += rows_int(r, 5);
	row->cost_yen += rows_int(r, 6);
}

int reports_store_count(struct txn *t, const struct scope *s, const struct report_filter *f,
			struct arena *a, struct report *report, struct err *e)
{
	const char *known[REPORT_GROUPS_MAX];
	size_t n_known = 0;
	int64_t id = 0;
	struct report_row row;
	int more;
	/* a row an action; those of one incident follow one another */
	SCOPED_ROWS struct rows *r = db_query(
		t, s,
		"SELECT i.id, i.opened_us, i.kind, i.prefecture, k.channel, k.minutes, k.cost_yen"
		" FROM incident i LEFT JOIN incident_action k ON k.incident_id = i.id"
		" WHERE i.opened_us >= $1 AND i.opened_us < $2 AND ($3 = 0 OR i.prefecture = $3)"
		" AND ($4 = '' OR i.kind = $4) AND @scope(i.company_id)"
		" ORDER BY i.opened_us, i.company_id, i.kind, i.prefecture, i.id",
		DB_ARGS(DB_INT(report->from_us), DB_INT(report->to_us), DB_INT(f->prefecture),
			DB_TEXT(f->kind)),
		e);

	while ((more = rows_next(r, e)) > 0) {
		if (rows_int(r, 0) != id) {
			if (id)
				report_add(report, &row);
			id = rows_int(r, 0);
			row = (struct report_row){ .opened_us = rows_int(r, 1),
						   .kind = keep(a, known, &n_known,
								rows_text(r, 2)),
						   .prefecture = (int)rows_int(r, 3) };
		}
		act(&row, r);
	}
	if (id)
		report_add(report, &row);
	return more;
}
