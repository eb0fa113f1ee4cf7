/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on files, items and custody. */
#include "hub/evidence/evidence_store.h"

#include <errno.h>
#include <inttypes.h>

#include "base/mem.h"
#include "hub/evidence/evidence_files.h"
#include "store/rows.h"

/* --- bytes --- */

int evidence_store_blob_add(struct txn *t, const struct evidence_blob *b, const char *packets,
			    int64_t now_us, struct err *e)
{
	return db_run(
		t, &scope_system,
		"INSERT INTO evidence_blob (sha256, size_bytes, stored_us, checked_us, result,"
		" packets, packets_note) VALUES ($1, $2, $3, $3, 'matches', $4, '')"
		" ON CONFLICT (sha256) DO UPDATE SET stored_us = excluded.stored_us,"
		" checked_us = excluded.checked_us, result = 'matches'"
		" @global(bytes belong to the items that name them)",
		DB_ARGS(DB_TEXT(b->sha256), DB_INT(b->size_bytes), DB_INT(now_us),
			DB_TEXT(packets)),
		e);
}

int evidence_store_blob_lock(struct txn *t, const char *sha256, struct err *e)
{
	return db_change(t, &scope_system,
			 "UPDATE evidence_blob SET packets = packets WHERE sha256 = $1 @global",
			 DB_ARGS(DB_TEXT(sha256)), e);
}

int evidence_store_blob_remove(struct txn *t, const char *sha256, struct err *e)
{
	return db_run(t, &scope_system, "DELETE FROM evidence_blob WHERE sha256 = $1 @global",
		      DB_ARGS(DB_TEXT(sha256)), e);
}

int evidence_store_blob_checked(struct txn *t, const char *sha256, const char *result,
				int64_t now_us, struct err *e)
{
	return db_run(t, &scope_system,
		      "UPDATE evidence_blob SET checked_us = $2, result = $3 WHERE sha256 = $1"
		      " @global",
		      DB_ARGS(DB_TEXT(sha256), DB_INT(now_us), DB_TEXT(result)), e);
}

#define BLOB_COLUMNS "sha256, size_bytes, stored_us, checked_us, result, packets, packets_note"

static void blob_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct evidence_stored *)row = (struct evidence_stored){
		.sha256 = rows_keep(r, 0, a),
		.size_bytes = rows_int(r, 1),
		.stored_us = rows_int(r, 2),
		.checked_us = rows_int(r, 3),
		.result = rows_keep(r, 4, a),
		.packets = rows_keep(r, 5, a),
		.packets_note = rows_keep(r, 6, a),
	};
}

int evidence_store_blob_get(struct txn *t, const char *sha256, struct arena *a,
			    struct evidence_stored *out, struct err *e)
{
	return rows_get(db_query(t, &scope_system,
				 "SELECT " BLOB_COLUMNS
				 " FROM evidence_blob WHERE sha256 = $1 @global",
				 DB_ARGS(DB_TEXT(sha256)), e),
			blob_read, a, out, e);
}

int evidence_store_blob_due(struct txn *t, int64_t before_us, struct arena *a,
			    struct evidence_stored *out, struct err *e)
{
	return rows_get(db_query(t, &scope_system,
				 "SELECT " BLOB_COLUMNS " FROM evidence_blob"
				 " WHERE checked_us < $1 ORDER BY checked_us LIMIT 1 @global",
				 DB_ARGS(DB_INT(before_us)), e),
			blob_read, a, out, e);
}

static void file_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct hub_file *)row =
		(struct hub_file){ .sha256 = rows_keep(r, 0, a), .size_bytes = rows_int(r, 1) };
}

int evidence_store_blob_page(struct txn *t, const char *after, struct arena *a,
			     struct hub_file **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, &scope_system,
				  "SELECT sha256, size_bytes FROM evidence_blob WHERE sha256 > $1"
				  " ORDER BY sha256 LIMIT $2 @global",
				  DB_ARGS(DB_TEXT(after), DB_INT(HUB_FILES_A_PAGE)), e);

	return rows_list(r, file_read, a, ROWS_OUT(out, n_out), e);
}

static void whose_read(const struct rows *r, struct arena *a, void *row)
{
	*(const char **)row = arena_printf(a, "%s / %" PRId64 " / %s", rows_text(r, 0),
					   rows_int(r, 1), rows_text(r, 2));
}

int evidence_store_blob_whose(struct txn *t, const char *sha256, struct arena *a, const char **out,
			      struct err *e)
{
	const char *whose = "";
	int r = rows_get(db_query(t, &scope_system,
				  "SELECT c.number, i.no, i.name FROM evidence_item i"
				  " JOIN incident c ON c.id = i.incident_id WHERE i.sha256 = $1"
				  " AND i.state = 'kept' AND @scope(i.company_id)"
				  " ORDER BY i.id LIMIT 1",
				  DB_ARGS(DB_TEXT(sha256)), e),
			 whose_read, a, &whose, e);

	if (r < 0 && r != -ENOENT)
		return r;
	*out = evidence_name_shown(whose, a);
	return 0;
}

struct sum {
	int64_t bytes, n;
};

static void sum_read(const struct rows *r, struct arena *a, void *row)
{
	(void)a;
	*(struct sum *)row = (struct sum){ rows_int(r, 0), rows_int(r, 1) };
}

int evidence_store_blob_sum(struct txn *t, int64_t *bytes_out, int64_t *n_out, struct err *e)
{
	struct sum sum;
	int r = rows_get(db_query(t, &scope_system,
				  "SELECT CAST(coalesce(sum(size_bytes), 0) AS BIGINT), count(*)"
				  " FROM evidence_blob @global",
				  DB_NO_ARGS, e),
			 sum_read, NULL, &sum, e);

	if (r < 0)
		return r;
	*bytes_out = sum.bytes;
	*n_out = sum.n;
	return 0;
}

int evidence_store_packets_next(struct txn *t, struct arena *a, struct evidence_stored *out,
				struct err *e)
{
	return rows_get(db_query(t, &scope_system,
				 "SELECT " BLOB_COLUMNS " FROM evidence_blob"
				 " WHERE packets = 'wanted' ORDER BY stored_us LIMIT 1 @global",
				 DB_NO_ARGS, e),
			blob_read, a, out, e);
}

int evidence_store_packets_set(struct txn *t, const char *sha256, const char *state,
			       const char *note, struct err *e)
{
	return db_run(t, &scope_system,
		      "UPDATE evidence_blob SET packets = $2, packets_note = $3 WHERE sha256 = $1"
		      " @global",
		      DB_ARGS(DB_TEXT(sha256), DB_TEXT(state), DB_TEXT(note)), e);
}

/* --- items --- */

int evidence_store_item_add(struct txn *t, const struct scope *s, const struct evidence_row *r,
			    int64_t *id_out, struct err *e)
{
	const struct evidence_new *n = r->n;

	return db_one_int(
		t, s,
		"INSERT INTO evidence_item (incident_id, company_id, no, kind, name, note, source,"
		" state, sha256, size_bytes, media, dangerous, holder, seal, place, taken_us,"
		" added_us, added_by, checked_us, result, n_custody, head_hash)"
		" SELECT $1, $2, (SELECT coalesce(max(no), 0) + 1 FROM evidence_item"
		" WHERE company_id = $2), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,"
		" $15, $16, $17, 0, '', 0, '' WHERE @scope($2) RETURNING id",
		DB_ARGS(DB_INT(n->case_id), DB_INT(r->company_id), DB_TEXT(n->kind),
			DB_TEXT(n->name), DB_TEXT(n->note), DB_TEXT(n->source), DB_TEXT(r->state),
			DB_TEXT(r->b ? r->b->sha256 : n->sha256),
			DB_INT(r->b ? r->b->size_bytes : -1), DB_TEXT(r->media),
			DB_INT(r->dangerous), DB_TEXT(r->holder), DB_TEXT(n->seal),
			DB_TEXT(n->place), DB_INT(n->happened_us), DB_INT(r->now_us),
			db_int_or_null(r->person_id)),
		id_out, e);
}

#define ITEM_SELECT                                                                                \
	"SELECT i.id, i.incident_id, i.company_id, i.no, i.kind, i.name, i.note, i.source,"        \
	" i.state, i.sha256, i.size_bytes, i.media, i.dangerous, i.holder, i.seal, i.place,"       \
	" i.taken_us, i.added_us, i.added_by, p.name, i.checked_us, i.result, i.n_custody,"        \
	" i.head_hash, i.tlp FROM evidence_item i LEFT JOIN person p ON p.id = i.added_by"

static void item_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct evidence_item *)row = (struct evidence_item){
		.id = rows_int(r, 0),
		.case_id = rows_int(r, 1),
		.company_id = rows_int(r, 2),
		.no = rows_int(r, 3),
		.kind = rows_keep(r, 4, a),
		.name = rows_keep(r, 5, a),
		.note = rows_keep(r, 6, a),
		.source = rows_keep(r, 7, a),
		.state = rows_keep(r, 8, a),
		.sha256 = rows_keep(r, 9, a),
		.size_bytes = rows_int(r, 10),
		.media = rows_keep(r, 11, a),
		.dangerous = rows_int(r, 12) != 0,
		.holder = rows_keep(r, 13, a),
		.seal = rows_keep(r, 14, a),
		.place = rows_keep(r, 15, a),
		.taken_us = rows_int(r, 16),
		.added_us = rows_int(r, 17),
		.added_by = rows_int(r, 18),
		.added_name = rows_keep(r, 19, a),
		.checked_us = rows_int(r, 20),
		.check = rows_keep(r, 21, a),
		.n_custody = rows_int(r, 22),
		.head_hash = rows_keep(r, 23, a),
		.tlp = rows_keep(r, 24, a),
	};
}

int evidence_items(struct txn *t, const struct scope *s, int64_t case_id, struct arena *a,
		   struct evidence_item **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, s,
				  ITEM_SELECT " WHERE i.incident_id = $1 AND @scope(i.company_id)"
					      " ORDER BY i.no LIMIT 2000",
				  DB_ARGS(DB_INT(case_id)), e);

	return rows_list(r, item_read, a, ROWS_OUT(out, n_out), e);
}

static int one_item(struct rows *r, struct arena *a, struct evidence_item *out, struct err *e)
{
	int got = rows_get(r, item_read, a, out, e);

	return got == -ENOENT ? err_set(e, -ENOENT, "there is no such evidence") : got;
}

int evidence_get(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
		 struct evidence_item *out, struct err *e)
{
	return one_item(db_query(t, s, ITEM_SELECT " WHERE i.id = $1 AND @scope(i.company_id)",
				 DB_ARGS(DB_INT(id)), e),
			a, out, e);
}

int evidence_store_item_of(struct txn *t, const struct scope *s, int64_t case_id, int64_t no,
			   struct arena *a, struct evidence_item *out, struct err *e)
{
	return one_item(db_query(t, s,
				 ITEM_SELECT " WHERE i.incident_id = $1 AND i.no = $2"
					     " AND @scope(i.company_id)",
				 DB_ARGS(DB_INT(case_id), DB_INT(no)), e),
			a, out, e);
}

int evidence_store_items_with(struct txn *t, const char *sha256, struct arena *a,
			      struct evidence_item **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, &scope_system,
				  ITEM_SELECT " WHERE i.sha256 = $1 AND i.state = 'kept'"
					      " AND @scope(i.company_id) ORDER BY i.id LIMIT 1000",
				  DB_ARGS(DB_TEXT(sha256)), e);

	return rows_list(r, item_read, a, ROWS_OUT(out, n_out), e);
}

int evidence_store_broken(struct txn *t, const struct scope *s, struct arena *a,
			  struct evidence_item **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, s,
				  ITEM_SELECT
				  " WHERE i.result IN ('differs', 'missing') AND i.state = 'kept'"
				  " AND @scope(i.company_id) ORDER BY i.id LIMIT 20",
				  DB_NO_ARGS, e);

	return rows_list(r, item_read, a, ROWS_OUT(out, n_out), e);
}

int evidence_store_kept(struct txn *t, const char *sha256, int64_t *n_out, struct err *e)
{
	return db_one_int(t, &scope_system,
			  "SELECT count(*) FROM evidence_item WHERE sha256 = $1 AND state = 'kept'"
			  " AND @scope(company_id)",
			  DB_ARGS(DB_TEXT(sha256)), n_out, e);
}

int evidence_store_item_change(struct txn *t, const struct scope *s,
			       const struct evidence_change *c, struct err *e)
{
	return db_change(t, s,
			 "UPDATE evidence_item SET n_custody = $2, head_hash = $3,"
			 " state = CASE WHEN $4 = '' THEN state ELSE $4 END,"
			 " holder = CASE WHEN $5 = '' THEN holder ELSE $5 END,"
			 " seal = CASE WHEN $6 = '' THEN seal ELSE $6 END,"
			 " place = CASE WHEN $7 = '' THEN place ELSE $7 END,"
			 " checked_us = CASE WHEN $8 = '' THEN checked_us ELSE $9 END,"
			 " result = CASE WHEN $8 = '' THEN result ELSE $8 END"
			 " WHERE id = $1 AND n_custody = $2 - 1 AND @scope(company_id)",
			 DB_ARGS(DB_INT(c->id), DB_INT(c->seq), DB_TEXT(c->hash),
				 DB_TEXT(c->state ? c->state : ""),
				 DB_TEXT(c->holder ? c->holder : ""),
				 DB_TEXT(c->seal ? c->seal : ""), DB_TEXT(c->place ? c->place : ""),
				 DB_TEXT(c->result ? c->result : ""), DB_INT(c->now_us)),
			 e);
}

int evidence_store_item_tlp(struct txn *t, const struct scope *s, int64_t id, const char *tlp,
			    struct err *e)
{
	return db_run(t, s,
		      "UPDATE evidence_item SET tlp = $2 WHERE id = $1 AND @scope(company_id)",
		      DB_ARGS(DB_INT(id), DB_TEXT(tlp)), e);
}

int evidence_store_custody_add(struct txn *t, const struct scope *s, int64_t company_id,
			       const struct evidence_custody *k, struct err *e)
{
	return db_run(t, s,
		      "INSERT INTO evidence_custody (item_id, company_id, seq, kind, at_us,"
		      " recorded_us, person_id, person_name, from_text, to_text, why, seal, sha256,"
		      " result, prev_hash, hash) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10,"
		      " $11, $12, $13, $14, $15, $16 WHERE @scope($2)",
		      DB_ARGS(DB_INT(k->item_id), DB_INT(company_id), DB_INT(k->seq),
			      DB_TEXT(k->kind), DB_INT(k->at_us), DB_INT(k->recorded_us),
			      db_int_or_null(k->person_id), DB_TEXT(k->person_name),
			      DB_TEXT(k->from), DB_TEXT(k->to), DB_TEXT(k->why), DB_TEXT(k->seal),
			      DB_TEXT(k->sha256), DB_TEXT(k->result), DB_TEXT(k->prev_hash),
			      DB_TEXT(k->hash)),
		      e);
}

static void custody_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct evidence_custody *)row = (struct evidence_custody){
		.id = rows_int(r, 0),
		.item_id = rows_int(r, 1),
		.seq = rows_int(r, 2),
		.kind = rows_keep(r, 3, a),
		.at_us = rows_int(r, 4),
		.recorded_us = rows_int(r, 5),
		.person_id = rows_int(r, 6),
		.person_name = rows_keep(r, 7, a),
		.from = rows_keep(r, 8, a),
		.to = rows_keep(r, 9, a),
		.why = rows_keep(r, 10, a),
		.seal = rows_keep(r, 11, a),
		.sha256 = rows_keep(r, 12, a),
		.result = rows_keep(r, 13, a),
		.prev_hash = rows_keep(r, 14, a),
		.hash = rows_keep(r, 15, a),
	};
}

int evidence_custody(struct txn *t, const struct scope *s, int64_t item_id, struct arena *a,
		     struct evidence_custody **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(
		t, s,
		"SELECT id, item_id, seq, kind, at_us, recorded_us, person_id, person_name,"
		" from_text, to_text, why, seal, sha256, result, prev_hash, hash"
		" FROM evidence_custody WHERE item_id = $1 AND @scope(company_id)"
		" ORDER BY seq LIMIT 100000",
		DB_ARGS(DB_INT(item_id)), e);

	return rows_list(r, custody_read, a, ROWS_OUT(out, n_out), e);
}
