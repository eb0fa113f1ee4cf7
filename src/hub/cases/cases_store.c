/* SPDX-License-Identifier: Apache-2.0 */
/* Cases in the database: the incident itself. What hangs on it: cases_story_store.c. */
#include "hub/cases/cases_store.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "store/rows.h"

int cases_store_serial(struct txn *t, const struct scope *s, const char *region, int64_t year,
		       int64_t *out, struct err *e)
{
	return db_one_int(
		t, s,
		"INSERT INTO incident_serial (region, year, last_no) VALUES ($1, $2, 1)"
		" ON CONFLICT (region, year) DO UPDATE SET last_no = incident_serial.last_no + 1"
		" RETURNING last_no @global",
		DB_ARGS(DB_TEXT(region), DB_INT(year)), out, e);
}

int cases_store_add(struct txn *t, const struct scope *s, const struct incident_row *r,
		    int64_t *id_out, struct err *e)
{
	const struct case_new *n = r->n;
	int ret = db_one_int(
		t, s,
		"INSERT INTO incident (number, company_id, prefecture, kind, title, source, state, "
		"was,"
		" severity, owner_id, contact_name, contact_phone, happened_us, opened_us,"
		" recorded_us, opened_by, changed_us, closed_us, cause, lesson, n_phone, n_remote,"
		" n_visit, minutes, cost_yen)"
		" SELECT $1, $2, $3, $4, $5, $6, 'open', '', $7, $14, $9, $10, $11, $12, $13, $8, "
		"$13,"
		" 0, '', '', 0, 0, 0, 0, 0 WHERE @scope($2) RETURNING id",
		DB_ARGS(DB_TEXT(r->number), DB_INT(n->company_id), DB_INT(r->prefecture),
			DB_TEXT(n->kind), DB_TEXT(n->title), DB_TEXT(n->source),
			DB_INT(n->severity), DB_INT(r->person_id), DB_TEXT(n->contact_name),
			DB_TEXT(n->contact_phone), DB_INT(n->happened_us), DB_INT(n->opened_us),
			DB_INT(r->now_us), db_int_or_null(r->nobodys ? 0 : r->person_id)),
		id_out, e);
	if (ret == -ENOENT)
		return err_set(e, -ENOENT, "there is no such company");
	return ret < 0 ? ret : cases_store_tally(t, s, n->company_id, NULL, CASE_OPEN, e);
}

#define INCIDENT_COLUMNS                                                                           \
	"i.id, i.company_id, i.number, c.name, i.prefecture, i.kind, i.title, i.source, i.state,"  \
	" i.severity, i.owner_id, p.name, i.contact_name, i.contact_phone, i.happened_us,"         \
	" i.opened_us, i.recorded_us, i.changed_us, i.closed_us, i.cause, i.lesson,"               \
	" i.minutes, i.cost_yen, i.n_phone, i.n_remote, i.n_visit, i.merged_into, i.version"
#define INCIDENT_FROM                                                                              \
	" FROM incident i JOIN company c ON c.id = i.company_id"                                   \
	" LEFT JOIN person p ON p.id = i.owner_id"

static void incident_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct incident *)row = (struct incident){
		.id = rows_int(r, 0),
		.company_id = rows_int(r, 1),
		.number = rows_keep(r, 2, a),
		.company_name = rows_keep(r, 3, a),
		.prefecture = (int)rows_int(r, 4),
		.kind = rows_keep(r, 5, a),
		.title = rows_keep(r, 6, a),
		.source = rows_keep(r, 7, a),
		.state = rows_keep(r, 8, a),
		.severity = (int)rows_int(r, 9),
		.owner_id = rows_int(r, 10),
		.owner_name = rows_keep(r, 11, a),
		.contact_name = rows_keep(r, 12, a),
		.contact_phone = rows_keep(r, 13, a),
		.happened_us = rows_int(r, 14),
		.opened_us = rows_int(r, 15),
		.recorded_us = rows_int(r, 16),
		.changed_us = rows_int(r, 17),
		.closed_us = rows_int(r, 18),
		.cause = rows_keep(r, 19, a),
		.lesson = rows_keep(r, 20, a),
		.minutes = rows_int(r, 21),
		.cost_yen = rows_int(r, 22),
		.n_phone = rows_int(r, 23),
		.n_remote = rows_int(r, 24),
		.n_visit = rows_int(r, 25),
		.merged_into = rows_int(r, 26),
		.version = rows_int(r, 27),
	};
}

int cases_store_get(struct txn *t, const struct scope *s, const char *number, struct arena *a,
		    struct incident *out, struct err *e)
{
	struct rows *r = db_query(t, s,
				  "SELECT " INCIDENT_COLUMNS INCIDENT_FROM
				  " WHERE i.number = $1 AND @scope(i.company_id)",
				  DB_ARGS(DB_TEXT(number)), e);
	int got = rows_get(r, incident_read, a, out, e);

	return got == -ENOENT ? err_set(e, -ENOENT, "there is no such case") : got;
}

int cases_store_get_id(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
		       struct incident *out, struct err *e)
{
	struct rows *r = db_query(t, s,
				  "SELECT " INCIDENT_COLUMNS INCIDENT_FROM
				  " WHERE i.id = $1 AND @scope(i.company_id)",
				  DB_ARGS(DB_INT(id)), e);
	int got = rows_get(r, incident_read, a, out, e);

	return got == -ENOENT ? err_set(e, -ENOENT, "there is no such case") : got;
}

static void text_read(const struct rows *r, struct arena *a, void *row)
{
	*(const char **)row = rows_keep(r, 0, a);
}

int cases_store_number(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
		       const char **out, struct err *e)
{
	struct rows *r =
		db_query(t, s, "SELECT number FROM incident WHERE id = $1 AND @scope(company_id)",
			 DB_ARGS(DB_INT(id)), e);
	int got = rows_get(r, text_read, a, out, e);

	return got == -ENOENT ? err_set(e, -ENOENT, "there is no such case") : got;
}

/* $1 company, $2 kind, $3 prefecture, $4 owner, $5 words, $6 state. Without kind and what follows
 * an index answers alone. */
#define LEAD_ALL     "$1 = 0"
#define LEAD_COMPANY "i.company_id = $1"
#define STATE_LIVE   " AND i.state IN ('open', 'contained', 'recovered') AND $6 = ''"
#define STATE_ANY    " AND i.state <> 'merged' AND $6 = ''"
#define STATE_ONE    " AND i.state = $6"
#define REST_PLAIN   " AND $2 = '' AND $3 = 0 AND $4 = 0 AND $5 = '' AND @scope(i.company_id)"
#define REST_FILTER                                                                                \
	" AND ($2 = '' OR i.kind = $2) AND ($3 = 0 OR i.prefecture = $3)"                          \
	" AND ($4 = 0 OR i.owner_id = $4)"                                                         \
	" AND ($5 = '' OR lower(i.number) LIKE $5 OR lower(i.title) LIKE $5"                       \
	" OR i.company_id IN (SELECT id FROM company WHERE lower(name) LIKE $5 OR search LIKE "    \
	"$5)) AND @scope(i.company_id)"
#define LIST(where)                                                                                \
	"WITH shown AS (SELECT i.id FROM incident i WHERE " where                                  \
	" ORDER BY i.opened_us DESC, i.id DESC LIMIT $7 OFFSET $8)"                                \
	" SELECT " INCIDENT_COLUMNS INCIDENT_FROM                                                  \
	" WHERE i.id IN (SELECT id FROM shown) AND @scope(i.company_id)"                           \
	" ORDER BY i.opened_us DESC, i.id DESC"
#define COUNT(where) "SELECT count(*) FROM incident i WHERE " where
#define STATES_OF(form, lead, rest)                                                                \
	{                                                                                          \
		form(lead STATE_LIVE rest), form(lead STATE_ANY rest), form(lead STATE_ONE rest)   \
	}
static const char *const lists[2][2][3] = {
	{ STATES_OF(LIST, LEAD_ALL, REST_PLAIN), STATES_OF(LIST, LEAD_ALL, REST_FILTER) },
	{ STATES_OF(LIST, LEAD_COMPANY, REST_PLAIN), STATES_OF(LIST, LEAD_COMPANY, REST_FILTER) },
};
static const char *const counts[2][3] = { STATES_OF(COUNT, LEAD_ALL, REST_FILTER),
					  STATES_OF(COUNT, LEAD_COMPANY, REST_FILTER) };

static bool filtered(const struct case_filter *f)
{
	return f->kind || f->prefecture || f->owner_id || (f->words && f->words[0]);
}

static int state_form(const struct case_filter *f)
{
	return !f->state ? 0 : !f->state[0] ? 1 : 2;
}

struct filter_args {
	struct dbv v[8];
	char words[256];
};

static void filter_bind(const struct case_filter *f, struct filter_args *out)
{
	size_t n = 0;

	if (f->words && f->words[0]) { /* %words% with LIKE's own signs taken away */
		out->words[n++] = '%';
		for (const char *p = f->words; *p && n < sizeof(out->words) - 2; p++)
			if (*p != '%' && *p != '_' && *p != '\\')
				out->words[n++] = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
		out->words[n++] = '%';
	}
	out->words[n] = '\0';
	const struct dbv v[8] = {
		DB_INT(f->company_id),
		DB_TEXT(f->kind ? f->kind : ""),
		DB_INT(f->prefecture),
		DB_INT(f->owner_id),
		DB_TEXT(out->words),
		DB_TEXT(f->state ? f->state : ""),
		DB_INT(f->limit > 0 ? f->limit : 50),
		DB_INT(f->offset),
	};
	memcpy(out->v, v, sizeof(v));
}

int cases_store_list(struct txn *t, const struct scope *s, const struct case_filter *f,
		     struct arena *a, struct incident **out, size_t *n_out, struct err *e)
{
	struct filter_args args;

	filter_bind(f, &args);
	struct rows *r = db_query(t, s, lists[f->company_id ? 1 : 0][filtered(f)][state_form(f)],
				  args.v, ARRAY_LEN(args.v), e);

	return rows_list(r, incident_read, a, ROWS_OUT(out, n_out), e);
}

int cases_store_count(struct txn *t, const struct scope *s, const struct case_filter *f,
		      int64_t *out, struct err *e)
{
	struct filter_args args;

	if (!filtered(f))
		return cases_store_tallied(t, s, f, out, e);
	filter_bind(f, &args);
	return db_one_int(t, s, counts[f->company_id ? 1 : 0][state_form(f)], args.v, 6, out, e);
}

int cases_store_owner(struct txn *t, const struct scope *s, int64_t id, int64_t owner_id,
		      int64_t now_us, struct err *e)
{
	return db_change(t, s,
			 "UPDATE incident SET owner_id = $2, changed_us = $3 WHERE id = $1"
			 " AND state <> 'closed' AND @scope(company_id)",
			 DB_ARGS(DB_INT(id), DB_INT(owner_id), DB_INT(now_us)), e);
}

int cases_store_kind(struct txn *t, const struct scope *s, int64_t id, const char *kind,
		     int64_t now_us, struct err *e)
{
	return db_change(t, s,
			 "UPDATE incident SET kind = $2, changed_us = $3 WHERE id = $1"
			 " AND @scope(company_id)",
			 DB_ARGS(DB_INT(id), DB_TEXT(kind), DB_INT(now_us)), e);
}
