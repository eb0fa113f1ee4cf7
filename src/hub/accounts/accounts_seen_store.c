/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on table seen: who looked at what of a company, hour by hour. */
#include "hub/accounts/accounts_seen_store.h"

#include "store/rows.h"

int accounts_seen_store_put(struct txn *t, const struct scope *s, const struct seen_held *x,
			    struct err *e)
{
	return db_run(t, s,
		      "INSERT INTO seen (company_id, hour_us, person_id, org_id, entity, entity_id,"
		      " label, first_us, last_us, times)"
		      " SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 WHERE @scope($1)"
		      " ON CONFLICT (company_id, hour_us, person_id, entity, entity_id) DO UPDATE"
		      " SET last_us = excluded.last_us, label = excluded.label,"
		      " times = seen.times + excluded.times",
		      DB_ARGS(DB_INT(x->company_id), DB_INT(x->hour_us), DB_INT(x->person_id),
			      DB_INT(x->org_id), DB_TEXT(x->entity), DB_INT(x->entity_id),
			      DB_TEXT(x->label), DB_INT(x->first_us), DB_INT(x->last_us),
			      DB_INT(x->times)),
		      e);
}

int accounts_seen_store_expire(struct txn *t, const struct scope *s, int64_t before_us,
			       struct err *e)
{
	return db_run(t, s, "DELETE FROM seen WHERE hour_us < $1 AND @scope(company_id)",
		      DB_ARGS(DB_INT(before_us)), e);
}

static void seen_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct accounts_seen_row *)row = (struct accounts_seen_row){
		.company_id = rows_int(r, 0),
		.person_id = rows_int(r, 1),
		.org_id = rows_int(r, 2),
		.entity = rows_keep(r, 3, a),
		.entity_id = rows_int(r, 4),
		.label = rows_keep(r, 5, a),
		.first_us = rows_int(r, 6),
		.last_us = rows_int(r, 7),
		.times = rows_int(r, 8),
		.person_name = rows_keep(r, 9, a),
		.org_name = rows_keep(r, 10, a),
	};
}

int accounts_seen_store_list(struct txn *t, const struct scope *s,
			     const struct accounts_seen_filter *f, struct arena *a,
			     struct accounts_seen_row **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(
		t, s,
		"SELECT v.company_id, v.person_id, v.org_id, v.entity, v.entity_id, v.label,"
		" v.first_us, v.last_us, v.times, p.name, o.name FROM seen v"
		" LEFT JOIN person p ON p.id = v.person_id"
		" LEFT JOIN organisation o ON o.id = v.org_id"
		" WHERE v.company_id = $1 AND ($2 = 0 OR v.org_id = $2)"
		" AND ($3 = '' OR v.entity = $3) AND v.hour_us >= $4 AND v.hour_us < $5"
		" AND @scope(v.company_id)"
		" ORDER BY v.hour_us DESC, v.last_us DESC, v.person_id, v.entity, v.entity_id"
		" LIMIT $6 OFFSET $7",
		DB_ARGS(DB_INT(f->company_id), DB_INT(f->org_id), DB_TEXT(f->entity),
			DB_INT(f->from_us), DB_INT(f->to_us), DB_INT(f->limit), DB_INT(f->offset)),
		e);

	return rows_list(r, seen_read, a, ROWS_OUT(out, n_out), e);
}

static void org_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct accounts_seen_org *)row =
		(struct accounts_seen_org){ .id = rows_int(r, 0), .name = rows_keep(r, 1, a) };
}

int accounts_seen_store_orgs(struct txn *t, const struct scope *s, int64_t company_id,
			     int64_t from_us, struct arena *a, struct accounts_seen_org **out,
			     size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, s,
				  "SELECT o.id, o.name FROM organisation o WHERE o.id IN"
				  " (SELECT DISTINCT v.org_id FROM seen v WHERE v.company_id = $1"
				  " AND v.hour_us >= $2 AND @scope(v.company_id))"
				  " ORDER BY o.kind, o.name, o.id LIMIT 200",
				  DB_ARGS(DB_INT(company_id), DB_INT(from_us)), e);

	return rows_list(r, org_read, a, ROWS_OUT(out, n_out), e);
}
