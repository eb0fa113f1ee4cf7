/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on companies and on import drafts. Rules: members.c. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/fold.h"
#include "base/mem.h"
#include "hub/members/members_store.h"
#include "store/rows.h"

#define COMPANY_COLUMNS                                                                            \
	"c.id, c.org_id, c.name, c.kana, c.corporate_number, c.external_id, c.prefecture,"         \
	" c.municipality, c.postal_code, c.address, c.phone, c.industry, c.employees, c.devices,"  \
	" c.lang, c.note, c.created_us, c.changed_us, c.ended_us"

#define COMPANY_FILTER                                                                             \
	" FROM company c WHERE @scope(c.id) AND (CAST($1 AS BIGINT) = 0 OR c.prefecture = $1)"     \
	" AND ($2 = '' OR c.industry = $2) AND ($3 = '%%' OR c.search LIKE $3 ESCAPE '!')"         \
	" AND (CASE WHEN c.ended_us > $4 THEN 0 ELSE 1 END) = CAST($5 AS BIGINT)"

enum { FOLDED_MAX = 2048, PATTERN_MAX = 512 };

static void company_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct company *)row = (struct company){
		.id = rows_int(r, 0),
		.org_id = rows_int(r, 1),
		.name = rows_keep(r, 2, a),
		.kana = rows_keep(r, 3, a),
		.corporate_number = rows_keep(r, 4, a),
		.external_id = rows_keep(r, 5, a),
		.prefecture = (int)rows_int(r, 6),
		.municipality = rows_keep(r, 7, a),
		.postal_code = rows_keep(r, 8, a),
		.address = rows_keep(r, 9, a),
		.phone = rows_keep(r, 10, a),
		.industry = rows_keep(r, 11, a),
		.employees = rows_int(r, 12),
		.devices = rows_int(r, 13),
		.lang = lang_parse(rows_text(r, 14), LANG_JA),
		.note = rows_keep(r, 15, a),
		.created_us = rows_int(r, 16),
		.changed_us = rows_int(r, 17),
		.ended_us = rows_int(r, 18),
	};
}

int members_store_get(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
		      struct company *out, struct err *e)
{
	struct rows *r = db_query(t, s,
				  "SELECT " COMPANY_COLUMNS " FROM company c WHERE c.id = $1 AND"
				  " @scope(c.id)",
				  DB_ARGS(DB_INT(id)), e);
	int got = rows_get(r, company_read, a, out, e);

	return got == -ENOENT ? err_set(e, -ENOENT, "there is no such company") : got;
}

/* LIKE pattern for SEARCH anywhere; ! escapes. */
static void like_pattern(const char *search, char out[PATTERN_MAX])
{
	size_t n = 0;

	out[n++] = '%';
	for (; *search && n + 4 < PATTERN_MAX; search++) {
		if (strchr("!%_", *search))
			out[n++] = '!';
		out[n++] = *search;
	}
	out[n++] = '%';
	out[n] = '\0';
}

int members_store_list(struct txn *t, const struct scope *s, const struct members_filter *f,
		       struct arena *a, struct company **out, size_t *n_out, struct err *e)
{
	char pattern[PATTERN_MAX];

	like_pattern(f->search, pattern);
	struct rows *r = db_query(t, s,
				  "SELECT " COMPANY_COLUMNS COMPANY_FILTER
				  " ORDER BY c.kana, c.id LIMIT $6 OFFSET $7",
				  DB_ARGS(DB_INT(f->prefecture), DB_TEXT(f->industry),
					  DB_TEXT(pattern), DB_INT(f->now_us), DB_INT(f->ended),
					  DB_INT((int64_t)f->limit), DB_INT((int64_t)f->offset)),
				  e);

	return rows_list(r, company_read, a, ROWS_OUT(out, n_out), e);
}

int members_store_count(struct txn *t, const struct scope *s, const struct members_filter *f,
			int64_t *out, struct err *e)
{
	char pattern[PATTERN_MAX];

	like_pattern(f->search, pattern);
	return db_one_int(t, s, "SELECT count(*)" COMPANY_FILTER,
			  DB_ARGS(DB_INT(f->prefecture), DB_TEXT(f->industry), DB_TEXT(pattern),
				  DB_INT(f->now_us), DB_INT(f->ended)),
			  out, e);
}

static int first_id(struct txn *t, const struct scope *s, const char *sql, const struct dbv *args,
		    size_t n_args, int64_t *id_out, struct err *e)
{
	int r = db_one_int(t, s, sql, args, n_args, id_out, e);

	if (r != -ENOENT)
		return r;
	*id_out = 0;
	return 0;
}

static struct dbv text_or_null(const char *s)
{
	return *s ? DB_TEXT(s) : DB_NULL;
}

int members_store_same(struct txn *t, const struct scope *s, const struct company *c,
		       int64_t *id_out, struct err *e)
{
	char folded[FOLDED_MAX];

	if (*c->corporate_number)
		return first_id(t, s,
				"SELECT id FROM company WHERE corporate_number = $1 AND @scope(id)",
				DB_ARGS(DB_TEXT(c->corporate_number)), id_out, e);
	if (*c->external_id)
		return first_id(t, s,
				"SELECT id FROM company WHERE external_id = $1 AND @scope(id)",
				DB_ARGS(DB_TEXT(c->external_id)), id_out, e);
	fold_text(c->name, folded, sizeof(folded));
	return first_id(t, s,
			"SELECT id FROM company WHERE prefecture = $1 AND phone = $2 AND"
			" name_folded = $3 AND @scope(id) ORDER BY id LIMIT 1",
			DB_ARGS(DB_INT(c->prefecture), DB_TEXT(c->phone), DB_TEXT(folded)), id_out,
			e);
}

int members_store_taken(struct txn *t, const struct company *c, int64_t *n_out, struct err *e)
{
	return db_one_int(t, &scope_system,
			  "SELECT count(*) FROM company WHERE id <> $1 AND (corporate_number = $2"
			  " OR external_id = $3) AND @scope(id)",
			  DB_ARGS(DB_INT(c->id), text_or_null(c->corporate_number),
				  text_or_null(c->external_id)),
			  n_out, e);
}

int members_store_by_phone(struct txn *t, const struct scope *s, const char *e164, int64_t *id_out,
			   int64_t *contact_out, struct err *e)
{
	SCOPED_ROWS struct rows *r =
		db_query(t, s,
			 "SELECT k.company_id, k.id, 0 AS own FROM contact k WHERE k.phone = $1 AND"
			 " @scope(k.company_id) UNION ALL SELECT c.id, 0, 1 FROM company c WHERE"
			 " c.phone = $1 AND @scope(c.id) ORDER BY own, 1, 2 LIMIT 1",
			 DB_ARGS(DB_TEXT(e164)), e);

	int got = rows_next(r, e);
	if (got > 0) {
		*id_out = rows_int(r, 0);
		*contact_out = rows_int(r, 1);
	}
	return got;
}

int members_store_named(struct txn *t, const struct scope *s, const char *typed, const char *folded,
			int64_t ids_out[2], size_t *n_out, struct err *e)
{
	int64_t id = 0;
	int got = 0;

	(void)str_i64(str_of(typed), 1, INT64_MAX, &id); /* 0: no id */
	SCOPED_ROWS struct rows *r = db_query(
		t, s,
		"SELECT id, CASE WHEN external_id = $2 OR corporate_number = $2 THEN 0 WHEN id = $1"
		" THEN 1 ELSE 2 END AS how FROM company WHERE (id = $1 OR external_id = $2 OR"
		" corporate_number = $2 OR name_folded = $3) AND @scope(id) ORDER BY how, id"
		" LIMIT 2",
		DB_ARGS(DB_INT(id), DB_TEXT(typed), DB_TEXT(folded)), e);
	*n_out = 0;
	while ((got = rows_next(r, e)) > 0) {
		ids_out[(*n_out)++] = rows_int(r, 0);
		if (rows_int(r, 1) < 2)
			break; /* a number names one company */
	}
	return got < 0 ? got : 0;
}

/* What search compares: name and reading, folded, apart. */
static void search_text(const struct company *c, char name[FOLDED_MAX], char out[2 * FOLDED_MAX])
{
	char kana[FOLDED_MAX];

	fold_text(c->name, name, FOLDED_MAX);
	fold_text(c->kana, kana, sizeof(kana));
	snprintf(out, 2 * FOLDED_MAX, "%s %s", name, kana);
}

int members_store_add(struct txn *t, const struct scope *s, const struct company *c,
		      int64_t *id_out, struct err *e)
{
	char name[FOLDED_MAX], search[2 * FOLDED_MAX];

	search_text(c, name, search);
	/* @global: a new company belongs to nobody yet */
	return db_one_int(
		t, s,
		"@global INSERT INTO company (name, kana, search, name_folded, corporate_number,"
		" external_id, prefecture, municipality, postal_code, address, phone, industry,"
		" employees, devices, lang, note, created_us, changed_us, ended_us) VALUES"
		" ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,"
		" $17, $18) RETURNING id",
		DB_ARGS(DB_TEXT(c->name), DB_TEXT(c->kana), DB_TEXT(search), DB_TEXT(name),
			text_or_null(c->corporate_number), text_or_null(c->external_id),
			DB_INT(c->prefecture), DB_TEXT(c->municipality), DB_TEXT(c->postal_code),
			DB_TEXT(c->address), DB_TEXT(c->phone), DB_TEXT(c->industry),
			DB_INT(c->employees), DB_INT(c->devices), DB_TEXT(lang_tag(c->lang)),
			DB_TEXT(c->note), DB_INT(c->created_us), DB_INT(MEMBERS_FOREVER_US)),
		id_out, e);
}

static int changed_one(int64_t n, struct err *e)
{
	if (n < 0)
		return (int)n;
	return n == 0 ? err_set(e, -ENOENT, "there is no such company") : 0;
}

int members_store_set(struct txn *t, const struct scope *s, const struct company *c, struct err *e)
{
	char name[FOLDED_MAX], search[2 * FOLDED_MAX];

	search_text(c, name, search);
	return changed_one(
		db_exec(t, s,
			"UPDATE company SET name = $2, kana = $3, search = $4, name_folded = $5,"
			" corporate_number = $6, external_id = $7, prefecture = $8, municipality = "
			"$9,"
			" postal_code = $10, address = $11, phone = $12, industry = $13,"
			" employees = $14, devices = $15, lang = $16, note = $17, changed_us = $18"
			" WHERE id = $1 AND @scope(id)",
			DB_ARGS(DB_INT(c->id), DB_TEXT(c->name), DB_TEXT(c->kana), DB_TEXT(search),
				DB_TEXT(name), text_or_null(c->corporate_number),
				text_or_null(c->external_id), DB_INT(c->prefecture),
				DB_TEXT(c->municipality), DB_TEXT(c->postal_code),
				DB_TEXT(c->address), DB_TEXT(c->phone), DB_TEXT(c->industry),
				DB_INT(c->employees), DB_INT(c->devices),
				DB_TEXT(lang_tag(c->lang)), DB_TEXT(c->note),
				DB_INT(c->changed_us)),
			e),
		e);
}

int members_store_set_org(struct txn *t, const struct scope *s, int64_t id, int64_t org_id,
			  struct err *e)
{
	return changed_one(db_exec(t, s,
				   "UPDATE company SET org_id = $2 WHERE id = $1 AND @scope(id)",
				   DB_ARGS(DB_INT(id), DB_INT(org_id)), e),
			   e);
}

int members_store_end(struct txn *t, const struct scope *s, int64_t id, int64_t now_us,
		      struct err *e)
{
	return changed_one(db_exec(t, s,
				   "UPDATE company SET ended_us = $2, changed_us = $2 WHERE id = $1"
				   " AND ended_us > $2 AND @scope(id)",
				   DB_ARGS(DB_INT(id), DB_INT(now_us)), e),
			   e);
}

/* Drafts belong to the person who made them, not to a company: @global. */
int members_store_draft_add(struct txn *t, const struct hub_import_draft *d, struct err *e)
{
	return db_run(t, &scope_system,
		      "@global INSERT INTO import_draft (token, person_id, file_name, body, "
		      "created_us) VALUES"
		      " ($1, $2, $3, $4, $5)",
		      DB_ARGS(DB_TEXT(d->token), DB_INT(d->person_id), DB_TEXT(d->file_name),
			      DB_BLOB(d->p, d->n), DB_INT(d->created_us)),
		      e);
}

int members_store_draft_get(struct txn *t, const char *token, int64_t person_id, int64_t since_us,
			    struct arena *a, struct hub_import_draft *out, struct err *e)
{
	SCOPED_ROWS struct rows *r = db_query(
		t, &scope_system,
		"@global SELECT file_name, created_us, body FROM import_draft WHERE token = $1"
		" AND person_id = $2 AND created_us > $3",
		DB_ARGS(DB_TEXT(token), DB_INT(person_id), DB_INT(since_us)), e);

	int got = rows_next(r, e);
	if (got < 0)
		return got;
	if (got == 0)
		return err_set(e, -ENOENT, "this import has expired: choose the file again");
	size_t n;
	const void *body = rows_keep_blob(r, 2, a, &n);
	*out = (struct hub_import_draft){
		.token = arena_strdup(a, token),
		.file_name = rows_keep(r, 0, a),
		.person_id = person_id,
		.created_us = rows_int(r, 1),
		.p = body,
		.n = n,
	};
	return 0;
}

int members_store_draft_remove(struct txn *t, const char *token, struct err *e)
{
	return db_run(t, &scope_system, "@global DELETE FROM import_draft WHERE token = $1",
		      DB_ARGS(DB_TEXT(token)), e);
}

int members_store_draft_expire(struct txn *t, int64_t before_us, struct err *e)
{
	return db_run(t, &scope_system, "@global DELETE FROM import_draft WHERE created_us < $1",
		      DB_ARGS(DB_INT(before_us)), e);
}
