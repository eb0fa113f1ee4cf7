/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on feeds, drafts, known-good files and marks. Nothing here belongs to a company. */
#include "hub/intel/intel_store.h"

#include <errno.h>
#include <string.h>

#include "store/rows.h"

#define COLUMNS                                                                                    \
	"f.id, f.name, f.role, f.way, f.place, f.source, f.licence, f.format, f.tlp,"              \
	" f.confidence, f.every_s, f.enabled, f.made_us, f.indicators, f.bad_lines,"               \
	" f.imported_us, f.tried_us, f.due_us, f.etag, f.modified, f.digest, f.error, "            \
	"f.error_code"

static void feed_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct intel_feed *)row = (struct intel_feed){
		.id = rows_int(r, 0),
		.name = rows_keep(r, 1, a),
		.role = rows_keep(r, 2, a),
		.way = rows_keep(r, 3, a),
		.place = rows_keep(r, 4, a),
		.source = rows_keep(r, 5, a),
		.licence = rows_keep(r, 6, a),
		.format = rows_keep(r, 7, a),
		.tlp = rows_keep(r, 8, a),
		.confidence = rows_int(r, 9),
		.every_s = rows_int(r, 10),
		.enabled = rows_int(r, 11) != 0,
		.made_us = rows_int(r, 12),
		.indicators = rows_int(r, 13),
		.bad_lines = rows_int(r, 14),
		.imported_us = rows_int(r, 15),
		.tried_us = rows_int(r, 16),
		.due_us = rows_int(r, 17),
		.etag = rows_keep(r, 18, a),
		.modified = rows_keep(r, 19, a),
		.digest = rows_keep(r, 20, a),
		.error = rows_keep(r, 21, a),
		.error_code = rows_int(r, 22),
	};
}

int intel_store_feed(struct txn *t, int64_t id, struct arena *a, struct intel_feed *out,
		     struct err *e)
{
	struct rows *r = db_query(t, &scope_system,
				  "@global SELECT " COLUMNS " FROM intel_feed f WHERE f.id = $1",
				  DB_ARGS(DB_INT(id)), e);
	int got = rows_get(r, feed_read, a, out, e);

	return got == -ENOENT ? err_set(e, -ENOENT, "there is no such list") : got;
}

int intel_store_feeds(struct txn *t, const char *role, struct arena *a, struct intel_feed **out,
		      size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, &scope_system,
				  "@global SELECT " COLUMNS
				  " FROM intel_feed f WHERE ($1 = '' OR f.role = $1)"
				  " ORDER BY f.role, f.name LIMIT 1000",
				  DB_ARGS(DB_TEXT(role)), e);

	return rows_list(r, feed_read, a, ROWS_OUT(out, n_out), e);
}

int intel_store_due(struct txn *t, int64_t now_us, struct arena *a, struct intel_feed **out,
		    size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, &scope_system,
				  "@global SELECT " COLUMNS
				  " FROM intel_feed f WHERE f.enabled = 1 AND f.due_us <= $1"
				  " AND f.way IN ('url', 'folder') ORDER BY f.due_us LIMIT 1000",
				  DB_ARGS(DB_INT(now_us)), e);

	return rows_list(r, feed_read, a, ROWS_OUT(out, n_out), e);
}

int intel_store_feed_add(struct txn *t, const struct intel_feed *f, int64_t person_id,
			 int64_t *id_out, struct err *e)
{
	return db_one_int(
		t, &scope_system,
		"@global INSERT INTO intel_feed (name, role, way, place, source, licence, format,"
		" tlp, confidence, enabled, every_s, made_by, made_us, indicators, bad_lines,"
		" imported_us, tried_us, due_us, etag, modified, digest, error,"
		" error_code) VALUES ($1, $2, $3,"
		" $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, 0, 0, 0, $13, '', '', '', '', 0)"
		" RETURNING id",
		DB_ARGS(DB_TEXT(f->name), DB_TEXT(f->role), DB_TEXT(f->way), DB_TEXT(f->place),
			DB_TEXT(f->source), DB_TEXT(f->licence), DB_TEXT(f->format),
			DB_TEXT(f->tlp), DB_INT(f->confidence), DB_INT(f->enabled),
			DB_INT(f->every_s), DB_INT(person_id), DB_INT(f->made_us)),
		id_out, e);
}

int intel_store_feed_change(struct txn *t, const struct intel_feed *f, struct err *e)
{
	/* another place says nothing of what the old one had */
	return db_run(
		t, &scope_system,
		"@global UPDATE intel_feed SET name = $2, source = $3, licence = $4, format = $5,"
		" tlp = $6, confidence = $7, enabled = $8, every_s = $9, place = $10,"
		" due_us = $11, etag = '', modified = '', digest = '', error = '', error_code = 0 "
		"WHERE id = $1",
		DB_ARGS(DB_INT(f->id), DB_TEXT(f->name), DB_TEXT(f->source), DB_TEXT(f->licence),
			DB_TEXT(f->format), DB_TEXT(f->tlp), DB_INT(f->confidence),
			DB_INT(f->enabled), DB_INT(f->every_s), DB_TEXT(f->place),
			DB_INT(f->due_us)),
		e);
}

int intel_store_feed_remove(struct txn *t, int64_t id, struct err *e)
{
	static const char *const sql[] = {
		"@global DELETE FROM intel_good_file WHERE feed_id = $1",
		"@global DELETE FROM intel_draft WHERE feed_id = $1",
		"@global DELETE FROM intel_held WHERE feed_id = $1",
		"@global DELETE FROM intel_feed WHERE id = $1",
	};
	int r = 0;

	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]) && r >= 0; i++)
		r = db_run(t, &scope_system, sql[i], DB_ARGS(DB_INT(id)), e);
	return r;
}

int intel_store_feed_of_way(struct txn *t, const char *way, int64_t *id_out, struct err *e)
{
	return db_one_int(t, &scope_system,
			  "@global SELECT id FROM intel_feed WHERE way = $1 ORDER BY id LIMIT 1",
			  DB_ARGS(DB_TEXT(way)), id_out, e);
}

int intel_store_attempt(struct txn *t, const struct intel_feed *f, struct err *e)
{
	return db_run(t, &scope_system,
		      "@global UPDATE intel_feed SET tried_us = $2, due_us = $3, etag = $4,"
		      " modified = $5, digest = $6, error = $7, bad_lines = $8, imported_us = $9,"
		      " error_code = $10 WHERE id = $1",
		      DB_ARGS(DB_INT(f->id), DB_INT(f->tried_us), DB_INT(f->due_us),
			      DB_TEXT(f->etag), DB_TEXT(f->modified), DB_TEXT(f->digest),
			      DB_TEXT(f->error), DB_INT(f->bad_lines), DB_INT(f->imported_us),
			      DB_INT(f->error_code)),
		      e);
}

int intel_store_counted(struct txn *t, int64_t id, int64_t indicators, struct err *e)
{
	return db_run(t, &scope_system,
		      "@global UPDATE intel_feed SET indicators = $2 WHERE id = $1",
		      DB_ARGS(DB_INT(id), DB_INT(indicators)), e);
}

int intel_store_due_now(struct txn *t, int64_t id, int64_t now_us, struct err *e)
{
	return db_run(t, &scope_system, "@global UPDATE intel_feed SET due_us = $2 WHERE id = $1",
		      DB_ARGS(DB_INT(id), DB_INT(now_us)), e);
}

/* --- marks --- */

int intel_store_mark_get(struct txn *t, const char *name, int64_t *at_us_out, struct err *e)
{
	int64_t at = 0;
	int r = db_one_int(t, &scope_system,
			   "@global SELECT at_us FROM intel_state WHERE name = $1",
			   DB_ARGS(DB_TEXT(name)), &at, e);

	if (r < 0 && r != -ENOENT)
		return r;
	*at_us_out = at;
	return 0;
}

int intel_store_mark_set(struct txn *t, const char *name, int64_t at_us, struct err *e)
{
	return db_run(t, &scope_system,
		      "@global INSERT INTO intel_state (name, at_us) VALUES ($1, $2)"
		      " ON CONFLICT (name) DO UPDATE SET at_us = excluded.at_us",
		      DB_ARGS(DB_TEXT(name), DB_INT(at_us)), e);
}

/* --- drafts --- */

int intel_store_draft_add(struct txn *t, const struct intel_draft *d, struct err *e)
{
	return db_run(t, &scope_system,
		      "@global INSERT INTO intel_draft (token, feed_id, person_id, file_name,"
		      " created_us, body) VALUES ($1, $2, $3, $4, $5, $6)",
		      DB_ARGS(DB_TEXT(d->token), DB_INT(d->feed_id), DB_INT(d->person_id),
			      DB_TEXT(d->file_name), DB_INT(d->created_us), DB_BLOB(d->p, d->n)),
		      e);
}

int intel_store_draft_get(struct txn *t, const char *token, int64_t person_id, int64_t since_us,
			  struct arena *a, struct intel_draft *out, struct err *e)
{
	SCOPED_ROWS struct rows *r =
		db_query(t, &scope_system,
			 "@global SELECT file_name, feed_id, created_us, body FROM intel_draft"
			 " WHERE token = $1 AND person_id = $2 AND created_us > $3",
			 DB_ARGS(DB_TEXT(token), DB_INT(person_id), DB_INT(since_us)), e);
	int got = rows_next(r, e);

	if (got < 0)
		return got;
	if (got == 0)
		return err_set(e, -ENOENT, "this import has expired: choose the file again");
	size_t n;
	const void *body = rows_keep_blob(r, 3, a, &n);
	*out = (struct intel_draft){ .token = arena_strdup(a, token),
				     .file_name = rows_keep(r, 0, a),
				     .feed_id = rows_int(r, 1),
				     .person_id = person_id,
				     .created_us = rows_int(r, 2),
				     .p = body,
				     .n = n };
	return 0;
}

int intel_store_draft_remove(struct txn *t, const char *token, struct err *e)
{
	return db_run(t, &scope_system, "@global DELETE FROM intel_draft WHERE token = $1",
		      DB_ARGS(DB_TEXT(token)), e);
}

int intel_store_draft_expire(struct txn *t, int64_t before_us, struct err *e)
{
	return db_run(t, &scope_system, "@global DELETE FROM intel_draft WHERE created_us < $1",
		      DB_ARGS(DB_INT(before_us)), e);
}

/* --- known good --- */

int intel_store_good_put(struct txn *t, int64_t feed_id, const struct intel_good_file *f,
			 struct err *e)
{
	return db_run(
		t, &scope_system,
		"@global INSERT INTO intel_good_file (feed_id, name, entries, body)"
		" VALUES ($1, $2, $3, $4) ON CONFLICT (feed_id, name) DO UPDATE SET"
		" entries = excluded.entries, body = excluded.body",
		DB_ARGS(DB_INT(feed_id), DB_TEXT(f->name), DB_INT(f->entries), DB_BLOB(f->p, f->n)),
		e);
}

int intel_store_good_clear(struct txn *t, int64_t feed_id, struct err *e)
{
	return db_run(t, &scope_system, "@global DELETE FROM intel_good_file WHERE feed_id = $1",
		      DB_ARGS(DB_INT(feed_id)), e);
}

int intel_store_good_each(struct txn *t, int64_t feed_id, intel_good_fn fn, void *arg,
			  struct err *e)
{
	int got;
	SCOPED_ROWS struct rows *r =
		db_query(t, &scope_system,
			 "@global SELECT g.name, g.entries, g.body FROM intel_good_file g"
			 " JOIN intel_feed f ON f.id = g.feed_id WHERE (($1 = 0 AND f.enabled = 1)"
			 " OR g.feed_id = $1) ORDER BY f.name, g.name",
			 DB_ARGS(DB_INT(feed_id)), e);

	while ((got = rows_next(r, e)) > 0) {
		struct intel_good_file f = { .name = rows_text(r, 0), .entries = rows_int(r, 1) };
		f.p = rows_blob(r, 2, &f.n);
		int said = fn(arg, &f, e);
		if (said < 0)
			return said;
	}
	return got;
}
