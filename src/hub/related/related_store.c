/* SPDX-License-Identifier: Apache-2.0 */
/* Sightings, traits of cases and calls to make, in the database. Ties, tags and what is near:
 * related_tie_store.c. */
#include "hub/related/related_store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net/crypto.h"
#include "store/rows.h"

int related_store_secret(struct txn *t, uint8_t out[TRAIT_SECRET], struct err *e)
{
	uint8_t fresh[TRAIT_SECRET];
	size_t n;

	crypto_random(fresh, sizeof(fresh));
	int r = db_run(t, &scope_system,
		       "@global INSERT INTO sighting_key (id, secret) VALUES (1, $1)"
		       " ON CONFLICT (id) DO NOTHING",
		       DB_ARGS(DB_BLOB(fresh, sizeof(fresh))), e);
	if (r < 0)
		return r;
	SCOPED_ROWS struct rows *rows =
		db_query(t, &scope_system, "@global SELECT secret FROM sighting_key WHERE id = 1",
			 DB_NO_ARGS, e);
	if ((r = rows_next(rows, e)) < 0)
		return r;
	const void *p = r ? rows_blob(rows, 0, &n) : NULL;
	if (!p || n != TRAIT_SECRET)
		return err_set(e, -EFORMAT, "the key of the sightings is damaged");
	memcpy(out, p, TRAIT_SECRET);
	return 0;
}

int related_store_seen(struct txn *t, const struct sighting_row *s, struct err *e)
{
	return db_run(
		t, &scope_system,
		"@global INSERT INTO sighting (trait, company_id, kind, first_us, last_us, "
		"last_day,"
		" days, severity, detector, device) VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9)"
		" ON CONFLICT (trait, company_id) DO UPDATE SET"
		" days = sighting.days + CASE WHEN excluded.last_day > sighting.last_day THEN 1 "
		"ELSE 0 END,"
		" first_us = CASE WHEN excluded.first_us < sighting.first_us THEN excluded.first_us"
		" ELSE sighting.first_us END,"
		" last_us = CASE WHEN excluded.last_us > sighting.last_us THEN excluded.last_us"
		" ELSE sighting.last_us END,"
		" last_day = CASE WHEN excluded.last_day > sighting.last_day THEN excluded.last_day"
		" ELSE sighting.last_day END,"
		" severity = CASE WHEN excluded.severity > sighting.severity THEN excluded.severity"
		" ELSE sighting.severity END,"
		" detector = excluded.detector,"
		" device = CASE WHEN excluded.device <> '' THEN excluded.device"
		" ELSE sighting.device END",
		DB_ARGS(DB_INT(s->trait), DB_INT(s->company_id), DB_INT(s->kind),
			DB_INT(s->first_us), DB_INT(s->last_us), DB_INT(s->last_day),
			DB_INT(s->severity), DB_TEXT(s->detector), DB_TEXT(s->device)),
		e);
}

/* The person to try first. */
#define CONTACT                                                                                    \
	" LEFT JOIN contact k ON k.id = (SELECT x.id FROM contact x"                               \
	" WHERE x.company_id = c.id ORDER BY x.position, x.id LIMIT 1)"
#define PHONE "CASE WHEN coalesce(k.phone, '') <> '' THEN k.phone ELSE c.phone END"

static void who_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct who_row *)row = (struct who_row){
		.company_id = rows_int(r, 0),
		.first_us = rows_int(r, 1),
		.last_us = rows_int(r, 2),
		.days = rows_int(r, 3),
		.severity = rows_int(r, 4),
		.company_name = rows_keep(r, 5, a),
		.device = rows_keep(r, 6, a),
		.detector = rows_keep(r, 7, a),
		.contact_name = rows_keep(r, 8, a),
		.contact_phone = rows_keep(r, 9, a),
		.kind = trait_kind_name((enum trait_kind)rows_int(r, 10)),
		.value = rows_keep(r, 11, a),
		.state = rows_keep(r, 12, a),
		.new_number = rows_keep(r, 13, a),
		.case_number = rows_keep(r, 14, a),
		.case_title = rows_keep(r, 15, a),
	};
}

int related_store_who(struct txn *t, const struct scope *s, const struct seen_query *q,
		      struct arena *a, struct who_row **out, size_t *n_out, struct err *e)
{
	/* the newest first, then who to call there: contacts are read for what is shown only */
	struct rows *r = db_query(
		t, s,
		"WITH met AS (SELECT g.* FROM sighting g WHERE g.trait = $1 AND g.company_id <> $2"
		" AND g.last_us >= $3 AND @scope(g.company_id) ORDER BY g.last_us DESC LIMIT $4)"
		" SELECT g.company_id, g.first_us, g.last_us, g.days, g.severity, c.name, g.device,"
		" g.detector, k.name, " PHONE ", g.kind, '', '', '', '', '' FROM met g"
		" JOIN company c ON c.id = g.company_id" CONTACT
		" WHERE @scope(g.company_id) ORDER BY g.last_us DESC, g.company_id",
		DB_ARGS(DB_INT(q->trait), DB_INT(q->but_company), DB_INT(q->since_us),
			DB_INT(q->limit)),
		e);

	return rows_list(r, who_read, a, ROWS_OUT(out, n_out), e);
}

int related_store_spread(struct txn *t, int64_t trait, int64_t since_us, int64_t max, int64_t *out,
			 struct err *e)
{
	return db_one_int(t, &scope_system,
			  "@global SELECT count(*) FROM (SELECT 1 FROM sighting WHERE trait = $1"
			  " AND last_us >= $2 LIMIT $3) x",
			  DB_ARGS(DB_INT(trait), DB_INT(since_us), DB_INT(max)), out, e);
}

int64_t related_store_prune(struct txn *t, int64_t before_day, int64_t limit, struct err *e)
{
	return db_exec(t, &scope_system,
		       "@global DELETE FROM sighting WHERE (trait, company_id) IN"
		       " (SELECT trait, company_id FROM sighting WHERE last_day < $1 LIMIT $2)",
		       DB_ARGS(DB_INT(before_day), DB_INT(limit)), e);
}

/* --- traits of cases --- */

int related_store_mark(struct txn *t, const char *name, int64_t *out, struct err *e)
{
	int r = db_one_int(t, &scope_system,
			   "@global SELECT last_id FROM case_trait_mark WHERE name = $1",
			   DB_ARGS(DB_TEXT(name)), out, e);

	if (r == -ENOENT)
		*out = r = 0;
	return r;
}

int related_store_set_mark(struct txn *t, const char *name, int64_t id, struct err *e)
{
	return db_run(t, &scope_system,
		      "@global INSERT INTO case_trait_mark (name, last_id) VALUES ($1, $2)"
		      " ON CONFLICT (name) DO UPDATE SET last_id = excluded.last_id",
		      DB_ARGS(DB_TEXT(name), DB_INT(id)), e);
}

static void thing_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct thing_row *)row = (struct thing_row){
		.id = rows_int(r, 0),
		.incident_id = rows_int(r, 1),
		.company_id = rows_int(r, 2),
		.type = rows_keep(r, 3, a),
		.value = rows_keep(r, 4, a),
		.vendor = rows_keep(r, 5, a),
		.dhcp_print = rows_keep(r, 6, a),
		.live = rows_int(r, 7) != 0,
	};
}

#define LIVE " CASE WHEN i.state IN ('open', 'contained', 'recovered') THEN 1 ELSE 0 END"

int related_store_new_indicators(struct txn *t, int64_t after_id, size_t limit, struct arena *a,
				 struct thing_row **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(
		t, &scope_system,
		"@global SELECT x.id, x.incident_id, x.company_id, x.type, x.value, '', ''," LIVE
		" FROM incident_indicator x JOIN incident i ON i.id = x.incident_id"
		" WHERE x.id > $1 ORDER BY x.id LIMIT $2",
		DB_ARGS(DB_INT(after_id), DB_INT((int64_t)limit)), e);

	return rows_list(r, thing_read, a, ROWS_OUT(out, n_out), e);
}

int related_store_new_devices(struct txn *t, int64_t after_id, size_t limit, struct arena *a,
			      struct thing_row **out, size_t *n_out, struct err *e)
{
	struct rows *r =
		db_query(t, &scope_system,
			 "@global SELECT x.id, x.incident_id, x.company_id, '', '', d.vendor,"
			 " d.dhcp_fingerprint," LIVE " FROM incident_device x"
			 " JOIN incident i ON i.id = x.incident_id LEFT JOIN device d"
			 " ON d.company_id = x.company_id AND d.mac = x.mac AND x.mac <> ''"
			 " WHERE x.id > $1 ORDER BY x.id LIMIT $2",
			 DB_ARGS(DB_INT(after_id), DB_INT((int64_t)limit)), e);

	return rows_list(r, thing_read, a, ROWS_OUT(out, n_out), e);
}

int related_store_add_trait(struct txn *t, const struct case_trait *c, struct err *e)
{
	return db_run(t, &scope_system,
		      "@global INSERT INTO case_trait (incident_id, company_id, trait, kind, value,"
		      " spread) VALUES ($1, $2, $3, $4, $5, $6)"
		      " ON CONFLICT (incident_id, trait) DO NOTHING",
		      DB_ARGS(DB_INT(c->incident_id), DB_INT(c->company_id), DB_INT(c->trait),
			      DB_INT(c->kind), DB_TEXT(c->value), DB_INT(c->spread)),
		      e);
}

int related_store_set_spread(struct txn *t, int64_t trait, int64_t spread, struct err *e)
{
	return db_run(t, &scope_system,
		      "@global UPDATE case_trait SET spread = $2 WHERE trait = $1 AND spread <> $2",
		      DB_ARGS(DB_INT(trait), DB_INT(spread)), e);
}

static void trait_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct case_trait *)row = (struct case_trait){
		.incident_id = rows_int(r, 0),
		.company_id = rows_int(r, 1),
		.trait = rows_int(r, 2),
		.kind = (enum trait_kind)rows_int(r, 3),
		.value = rows_keep(r, 4, a),
		.spread = rows_int(r, 5),
	};
}

int related_store_traits(struct txn *t, const struct scope *s, int64_t incident_id, struct arena *a,
			 struct case_trait **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(
		t, s,
		"SELECT incident_id, company_id, trait, kind, value, spread FROM case_trait"
		" WHERE incident_id = $1 AND @scope(company_id) ORDER BY kind, value LIMIT 200",
		DB_ARGS(DB_INT(incident_id)), e);

	return rows_list(r, trait_read, a, ROWS_OUT(out, n_out), e);
}

int related_store_watched(struct txn *t, int64_t **out, size_t *n_out, struct err *e)
{
	SCOPED_MEM int64_t *list = NULL;
	size_t n = 0, room = 0;
	int more;
	SCOPED_ROWS struct rows *r =
		db_query(t, &scope_system,
			 "@global SELECT DISTINCT c.trait FROM incident i"
			 " JOIN case_trait c ON c.incident_id = i.id"
			 " WHERE i.state IN ('open', 'contained', 'recovered') ORDER BY c.trait",
			 DB_NO_ARGS, e);

	while ((more = rows_next(r, e)) > 0) {
		if (n == room) {
			room = room ? room * 2 : 256;
			list = mem_resize(list, room, sizeof(*list));
		}
		list[n++] = rows_int(r, 0);
	}
	if (more < 0)
		return more;
	*out = list;
	*n_out = n;
	list = NULL;
	return 0;
}

/* --- calls to make --- */

int64_t related_store_propose(struct txn *t, int64_t trait, int64_t since_us, int64_t now_us,
			      struct err *e)
{
	return db_exec(
		t, &scope_system,
		"@global INSERT INTO who_else (incident_id, company_id, trait, state, made_us,"
		" done_us, why) SELECT c.incident_id, g.company_id, c.trait, 'new', $3, 0, ''"
		" FROM case_trait c JOIN incident i ON i.id = c.incident_id"
		" JOIN sighting g ON g.trait = c.trait AND g.company_id <> c.company_id"
		" JOIN company m ON m.id = g.company_id"
		" WHERE c.trait = $1 AND g.last_us >= $2 AND m.ended_us > $3"
		" AND i.state IN ('open', 'contained', 'recovered')"
		" ON CONFLICT (incident_id, company_id) DO NOTHING",
		DB_ARGS(DB_INT(trait), DB_INT(since_us), DB_INT(now_us)), e);
}

#define CALLS                                                                                      \
	"SELECT w.company_id, g.first_us, g.last_us, g.days, g.severity, c.name, g.device,"        \
	" g.detector, k.name, " PHONE ", x.kind, x.value, w.state, n.number, i.number, i.title"    \
	" FROM who_else w JOIN incident i ON i.id = w.incident_id"                                 \
	" JOIN company c ON c.id = w.company_id"                                                   \
	" LEFT JOIN sighting g ON g.trait = w.trait AND g.company_id = w.company_id"               \
	" LEFT JOIN case_trait x ON x.incident_id = w.incident_id AND x.trait = w.trait"           \
	" LEFT JOIN incident n ON n.id = w.new_case_id" CONTACT

int related_store_calls_of(struct txn *t, const struct scope *s, int64_t incident_id,
			   int64_t since_us, struct arena *a, struct who_row **out, size_t *n_out,
			   struct err *e)
{
	struct rows *r = db_query(t, s,
				  CALLS " WHERE w.incident_id = $1 AND (w.state <> 'new'"
					" OR g.last_us >= $2) AND @scope(w.company_id)"
					" AND @scope(i.company_id)"
					" ORDER BY CASE WHEN w.state = 'new' THEN 0 ELSE 1 END,"
					" g.last_us DESC NULLS LAST, w.id LIMIT 100",
				  DB_ARGS(DB_INT(incident_id), DB_INT(since_us)), e);

	return rows_list(r, who_read, a, ROWS_OUT(out, n_out), e);
}

int related_store_calls(struct txn *t, const struct scope *s, size_t limit, struct arena *a,
			struct who_row **out, size_t *n_out, struct err *e)
{
	struct rows *r =
		db_query(t, s,
			 CALLS " WHERE w.id IN (SELECT q.id FROM who_else q"
			       " JOIN incident j ON j.id = q.incident_id"
			       " WHERE q.state = 'new' AND j.state IN"
			       " ('open', 'contained', 'recovered')"
			       " AND @scope(q.company_id) AND @scope(j.company_id)"
			       " ORDER BY q.made_us DESC, q.id DESC LIMIT $1)"
			       " AND @scope(w.company_id) ORDER BY w.made_us DESC, w.id DESC",
			 DB_ARGS(DB_INT((int64_t)limit)), e);

	return rows_list(r, who_read, a, ROWS_OUT(out, n_out), e);
}

int related_store_calls_count(struct txn *t, const struct scope *s, int64_t *out, struct err *e)
{
	return db_one_int(t, s,
			  "SELECT count(*) FROM (SELECT 1 FROM who_else q"
			  " JOIN incident j ON j.id = q.incident_id WHERE q.state = 'new'"
			  " AND j.state IN ('open', 'contained', 'recovered')"
			  " AND @scope(q.company_id) AND @scope(j.company_id) LIMIT 1000) x",
			  DB_NO_ARGS, out, e);
}

int related_store_call_done(struct txn *t, const struct scope *s, const struct call_done *d,
			    struct err *e)
{
	return db_change(t, s,
			 "UPDATE who_else SET state = $3, done_by = $4, done_us = $5, why = $6,"
			 " new_case_id = $7 WHERE incident_id = $1 AND company_id = $2"
			 " AND state = 'new' AND @scope(company_id)",
			 DB_ARGS(DB_INT(d->incident_id), DB_INT(d->company_id), DB_TEXT(d->state),
				 DB_INT(d->person_id), DB_INT(d->now_us), DB_TEXT(d->why),
				 db_int_or_null(d->new_case_id)),
			 e);
}
