/* SPDX-License-Identifier: Apache-2.0 */
/* Indicators in the database, many rows a statement. */
#include "hub/intel/intel_list_store.h"

#include <errno.h>
#include <string.h>

#include "store/rows.h"

/* "(feed, since, kind, value, label), ..." with N rows of parameters behind the two shared. */
static void insert_sql(struct buf *b, size_t n)
{
	buf_adds(b, "@global INSERT INTO intel_indicator"
		    " (feed_id, since_us, tlp, kind, value, label) VALUES ");
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%s($1, $2, '', $%zu, $%zu, $%zu)", i ? ", " : "", 3 * i + 3,
			   3 * i + 4, 3 * i + 5);
	buf_adds(b, " ON CONFLICT (value, kind, feed_id) DO NOTHING");
}

static int add_some(struct txn *t, const struct dbv *shared, const struct intel_row *rows, size_t n,
		    struct err *e)
{
	SCOPED_BUF struct buf sql = { 0 };
	struct dbv args[2 + 3 * INTEL_ROWS_AT_ONCE];
	size_t k = 0;

	args[k++] = shared[0];
	args[k++] = shared[1];
	for (size_t i = 0; i < n; i++) {
		args[k++] = DB_INT(rows[i].kind);
		args[k++] = DB_TEXT(rows[i].value);
		args[k++] = DB_TEXT(rows[i].label);
	}
	insert_sql(&sql, n);
	return db_run(t, &scope_system, sql.p, args, k, e);
}

int intel_list_add(struct txn *t, int64_t feed_id, const struct intel_row *rows, size_t n,
		   int64_t now_us, struct err *e)
{
	const struct dbv shared[2] = { DB_INT(feed_id), DB_INT(now_us) };
	int r = 0;

	if (n == INTEL_ROWS_AT_ONCE) /* one statement that is prepared once */
		return add_some(t, shared, rows, n, e);
	for (size_t i = 0; i < n && r >= 0; i++)
		r = add_some(t, shared, &rows[i], 1, e);
	return r;
}

int intel_list_remove(struct txn *t, const int64_t *ids, size_t n, struct err *e)
{
	SCOPED_BUF struct buf sql = { 0 };
	struct dbv args[INTEL_ROWS_AT_ONCE];

	for (size_t done = 0; done < n;) {
		size_t some = n - done < INTEL_ROWS_AT_ONCE ? 1 : INTEL_ROWS_AT_ONCE;

		buf_clear(&sql);
		buf_adds(&sql, "@global DELETE FROM intel_indicator WHERE id IN (");
		for (size_t i = 0; i < some; i++) {
			args[i] = DB_INT(ids[done + i]);
			buf_printf(&sql, "%s$%zu", i ? ", " : "", i + 1);
		}
		buf_adds(&sql, ")");
		int r = db_run(t, &scope_system, sql.p, args, some, e);
		if (r < 0)
			return r;
		done += some;
	}
	return 0;
}

int intel_list_count(struct txn *t, int64_t feed_id, int64_t *out, struct err *e)
{
	return db_one_int(t, &scope_system,
			  "@global SELECT count(*) FROM intel_indicator WHERE feed_id = $1",
			  DB_ARGS(DB_INT(feed_id)), out, e);
}

int intel_list_ids(struct txn *t, int64_t feed_id, int64_t *ids, size_t limit, size_t *n_out,
		   struct err *e)
{
	int got;
	size_t n = 0;
	SCOPED_ROWS struct rows *r = db_query(
		t, &scope_system,
		"@global SELECT id FROM intel_indicator WHERE feed_id = $1 ORDER BY id LIMIT $2",
		DB_ARGS(DB_INT(feed_id), DB_INT((int64_t)limit)), e);

	while ((got = rows_next(r, e)) > 0 && n < limit)
		ids[n++] = rows_int(r, 0);
	*n_out = n;
	return got < 0 ? got : 0;
}

int intel_list_each(struct txn *t, int64_t feed_id, bool leaving, intel_row_fn fn, void *arg,
		    struct err *e)
{
	int got;
	SCOPED_ROWS struct rows *r = db_query(
		t, &scope_system,
		"@global SELECT id, kind, value, label FROM intel_indicator WHERE feed_id = $1"
		" AND ($2 = 0 OR tlp NOT IN ('red', 'amber+strict')) ORDER BY id",
		DB_ARGS(DB_INT(feed_id), DB_INT(leaving)), e);

	while ((got = rows_next(r, e)) > 0) {
		const struct intel_row row = { .id = rows_int(r, 0),
					       .kind = (enum indicator_kind)rows_int(r, 1),
					       .value = rows_text(r, 2),
					       .label = rows_text(r, 3) };
		int said = fn(arg, &row, e);
		if (said < 0)
			return said;
	}
	return got;
}

int intel_list_own_add(struct txn *t, int64_t feed_id, const struct indicator *i, const char *tlp,
		       int64_t now_us, struct err *e)
{
	return db_change(t, &scope_system,
			 "@global INSERT INTO intel_indicator (feed_id, kind, value, label, tlp,"
			 " since_us) VALUES ($1, $2, $3, $4, $5, $6)"
			 " ON CONFLICT (value, kind, feed_id) DO NOTHING",
			 DB_ARGS(DB_INT(feed_id), DB_INT(i->kind), DB_TEXT(i->value),
				 DB_TEXT(i->label), DB_TEXT(tlp), DB_INT(now_us)),
			 e);
}

int intel_list_own_remove(struct txn *t, int64_t feed_id, const struct intel_key *key,
			  struct err *e)
{
	return db_change(t, &scope_system,
			 "@global DELETE FROM intel_indicator WHERE feed_id = $1 AND kind = $2"
			 " AND value = $3",
			 DB_ARGS(DB_INT(feed_id), DB_INT(key->kind), DB_TEXT(key->value)), e);
}

static void source_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct intel_source *)row = (struct intel_source){
		.feed_id = rows_int(r, 0),
		.since_us = rows_int(r, 1),
		.feed = rows_keep(r, 2, a),
		.label = rows_keep(r, 3, a),
		.tlp = rows_keep(r, 4, a),
		.own = strcmp(rows_text(r, 5), WAY_HAND) == 0,
		.enabled = rows_int(r, 6) != 0,
	};
}

int intel_list_sources(struct txn *t, const struct intel_key *key, struct arena *a,
		       struct intel_source **out, size_t *n_out, struct err *e)
{
	struct rows *r =
		db_query(t, &scope_system,
			 "@global SELECT f.id, i.since_us, f.name, i.label,"
			 " CASE WHEN i.tlp = '' THEN f.tlp ELSE i.tlp END, f.way, f.enabled"
			 " FROM intel_indicator i JOIN intel_feed f ON f.id = i.feed_id"
			 " WHERE i.value = $1 AND i.kind = $2 ORDER BY i.since_us, f.id LIMIT 200",
			 DB_ARGS(DB_TEXT(key->value), DB_INT(key->kind)), e);

	return rows_list(r, source_read, a, ROWS_OUT(out, n_out), e);
}

static void listed_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct intel_listed *)row = (struct intel_listed){
		.id = rows_int(r, 0),
		.feed_id = rows_int(r, 1),
		.since_us = rows_int(r, 2),
		.kind = (enum indicator_kind)rows_int(r, 3),
		.value = rows_keep(r, 4, a),
		.label = rows_keep(r, 5, a),
		.tlp = rows_keep(r, 6, a),
		.feed = rows_keep(r, 7, a),
		.way = rows_keep(r, 8, a),
	};
}

#define LISTED                                                                                     \
	"@global SELECT i.id, i.feed_id, i.since_us, i.kind, i.value, i.label,"                    \
	" CASE WHEN i.tlp = '' THEN f.tlp ELSE i.tlp END, f.name, f.way"                           \
	" FROM intel_indicator i JOIN intel_feed f ON f.id = i.feed_id"

int intel_list_find(struct txn *t, const struct intel_list_filter *f, struct arena *a,
		    struct intel_listed **out, size_t *n_out, struct err *e)
{
	struct rows *r;

	if (!f->value || !*f->value) {
		r = db_query(t, &scope_system,
			     LISTED " WHERE i.feed_id = $1 ORDER BY i.id DESC LIMIT $2",
			     DB_ARGS(DB_INT(f->feed_id), DB_INT(f->limit)), e);
	} else if (!f->prefix) {
		r = db_query(t, &scope_system,
			     LISTED " WHERE i.value = $1 ORDER BY i.kind, i.since_us LIMIT $2",
			     DB_ARGS(DB_TEXT(f->value), DB_INT(f->limit)), e);
	} else { /* whatever the database's order of letters: from the value on, then looked at */
		r = db_query(t, &scope_system,
			     LISTED " WHERE i.value >= $1 ORDER BY i.value LIMIT $2",
			     DB_ARGS(DB_TEXT(f->value), DB_INT(f->limit)), e);
	}
	int got = rows_list(r, listed_read, a, ROWS_OUT(out, n_out), e);
	if (got < 0 || !f->prefix || !f->value || !*f->value)
		return got;
	size_t keep = 0, n = strlen(f->value);
	for (size_t i = 0; i < *n_out; i++)
		if (strncmp((*out)[i].value, f->value, n) == 0)
			(*out)[keep++] = (*out)[i];
	*n_out = keep;
	return 0;
}

int intel_list_kinds(struct txn *t, int64_t feed_id, int64_t *out, struct err *e)
{
	int got;
	SCOPED_ROWS struct rows *r =
		db_query(t, &scope_system,
			 "@global SELECT kind, count(*) FROM intel_indicator WHERE feed_id = $1"
			 " GROUP BY kind",
			 DB_ARGS(DB_INT(feed_id)), e);

	memset(out, 0, INDICATOR_KINDS * sizeof(*out));
	while ((got = rows_next(r, e)) > 0) {
		int64_t kind = rows_int(r, 0);
		if (kind <= 0 || kind >= INDICATOR_KINDS)
			continue;
		out[kind] = rows_int(r, 1);
		out[0] += out[kind];
	}
	return got;
}
