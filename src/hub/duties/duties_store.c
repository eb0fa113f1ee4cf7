/* SPDX-License-Identifier: Apache-2.0 */
/* Duties in the database. */
#include "hub/duties/duties_store.h"

#include <errno.h>

#include "store/rows.h"

static void facts_read(const struct rows *r, struct arena *a, void *row)
{
	struct duty_facts_row *o = row;

	*o = (struct duty_facts_row){ .f = { .known_us = rows_int(r, 0),
					     .sector = rows_keep(r, 9, a),
					     .people = rows_int(r, 10) },
				      .version = rows_int(r, 11),
				      .changed_us = rows_int(r, 12),
				      .changed_name = rows_keep(r, 13, a) };
	for (int i = 0; i < FACT_COUNT; i++)
		o->f.given[i] = rows_keep(r, 1 + i, a);
}

int duties_store_facts(struct txn *t, const struct scope *s, int64_t incident_id, struct arena *a,
		       struct duty_facts_row *out, struct err *e)
{
	struct rows *r = db_query(
		t, s,
		"SELECT f.known_us, f.personal, f.sensitive, f.property, f.malicious, f.encrypted,"
		" f.mynumber, f.contractor, f.insured, f.sector, f.people, f.version, f.changed_us,"
		" p.name FROM case_duty_facts f LEFT JOIN person p ON p.id = f.changed_by"
		" WHERE f.incident_id = $1 AND @scope(f.company_id)",
		DB_ARGS(DB_INT(incident_id)), e);
	int got = rows_get(r, facts_read, a, out, e);

	if (got != -ENOENT)
		return got;
	*out = (struct duty_facts_row){ .f = { .sector = "", .people = -1 }, .changed_name = "" };
	for (int i = 0; i < FACT_COUNT; i++)
		out->f.given[i] = "";
	return 0;
}

int duties_store_facts_set(struct txn *t, const struct scope *s, const struct facts_set *r,
			   struct err *e)
{
	const struct duty_facts *f = r->f;

	return db_change(
		t, s,
		"INSERT INTO case_duty_facts (incident_id, company_id, known_us, personal,"
		" sensitive, property, malicious, encrypted, mynumber, contractor, insured, sector,"
		" people, version, changed_us, changed_by)"
		" SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1, $15, $16"
		" WHERE @scope($2)"
		" ON CONFLICT (incident_id) DO UPDATE SET known_us = excluded.known_us,"
		" personal = excluded.personal, sensitive = excluded.sensitive,"
		" property = excluded.property, malicious = excluded.malicious,"
		" encrypted = excluded.encrypted, mynumber = excluded.mynumber,"
		" contractor = excluded.contractor, insured = excluded.insured,"
		" sector = excluded.sector, people = excluded.people,"
		" version = case_duty_facts.version + 1, changed_us = excluded.changed_us,"
		" changed_by = excluded.changed_by WHERE case_duty_facts.version = $14",
		DB_ARGS(DB_INT(r->incident_id), DB_INT(r->company_id), DB_INT(f->known_us),
			DB_TEXT(f->given[FACT_PERSONAL]), DB_TEXT(f->given[FACT_SENSITIVE]),
			DB_TEXT(f->given[FACT_PROPERTY]), DB_TEXT(f->given[FACT_MALICIOUS]),
			DB_TEXT(f->given[FACT_ENCRYPTED]), DB_TEXT(f->given[FACT_MYNUMBER]),
			DB_TEXT(f->given[FACT_CONTRACTOR]), DB_TEXT(f->given[FACT_INSURED]),
			DB_TEXT(f->sector), DB_INT(f->people), DB_INT(r->version),
			DB_INT(r->now_us), DB_INT(r->person_id)),
		e);
}

#define DUTY_SELECT                                                                                \
	"SELECT d.id, d.incident_id, d.company_id, d.rule, d.rule_from_us, d.needs, d.known_us,"   \
	" d.warn_us, d.due_us, d.state, d.warned, d.made_us, d.made_to, d.receipt, p.name, "       \
	"d.note,"                                                                                  \
	" d.version, i.number, i.title, c.name FROM case_duty d"                                   \
	" JOIN incident i ON i.id = d.incident_id JOIN company c ON c.id = d.company_id"           \
	" LEFT JOIN person p ON p.id = d.made_by"

static void duty_read(const struct rows *r, struct arena *a, void *row)
{
	struct case_duty *o = row;

	*o = (struct case_duty){
		.id = rows_int(r, 0),
		.incident_id = rows_int(r, 1),
		.company_id = rows_int(r, 2),
		.rule_id = rows_keep(r, 3, a),
		.rule_from_us = rows_int(r, 4),
		.needs = rows_keep(r, 5, a),
		.known_us = rows_int(r, 6),
		.warn_us = rows_int(r, 7),
		.due_us = rows_int(r, 8),
		.state = rows_keep(r, 9, a),
		.warned = rows_int(r, 10),
		.made_us = rows_int(r, 11),
		.made_to = rows_keep(r, 12, a),
		.receipt = rows_keep(r, 13, a),
		.made_name = rows_keep(r, 14, a),
		.note = rows_keep(r, 15, a),
		.version = rows_int(r, 16),
		.number = rows_keep(r, 17, a),
		.title = rows_keep(r, 18, a),
		.company_name = rows_keep(r, 19, a),
	};
	o->rule = duty_rule_at(o->rule_id, o->rule_from_us);
}

int duties_store_list(struct txn *t, const struct scope *s, int64_t incident_id, struct arena *a,
		      struct case_duty **out, size_t *n_out, struct err *e)
{
	struct rows *r =
		db_query(t, s,
			 DUTY_SELECT " WHERE d.incident_id = $1 AND @scope(d.company_id)"
				     " ORDER BY CASE WHEN d.due_us = 0 THEN d.warn_us ELSE d.due_us"
				     " END, d.id LIMIT 200",
			 DB_ARGS(DB_INT(incident_id)), e);

	return rows_list(r, duty_read, a, ROWS_OUT(out, n_out), e);
}

int duties_store_open(struct txn *t, const struct scope *s, int64_t now_us, struct arena *a,
		      struct case_duty **out, size_t *n_out, struct err *e)
{
	struct rows *r =
		db_query(t, s,
			 DUTY_SELECT " WHERE d.state = 'open' AND ($1 = 0 OR d.warn_us <= $1)"
				     " AND @scope(d.company_id)"
				     " ORDER BY CASE WHEN d.due_us = 0 THEN d.warn_us ELSE d.due_us"
				     " END, d.id LIMIT 500",
			 DB_ARGS(DB_INT(now_us)), e);

	return rows_list(r, duty_read, a, ROWS_OUT(out, n_out), e);
}

int duties_store_untold(struct txn *t, const struct scope *s, int64_t now_us, struct arena *a,
			struct case_duty **out, size_t *n_out, struct err *e)
{
	struct rows *r =
		db_query(t, s,
			 DUTY_SELECT " WHERE d.state = 'open' AND d.warn_us <= $1 AND (d.warned = 0"
				     " OR (d.warned = 1 AND d.due_us > 0 AND d.due_us < $1))"
				     " AND @scope(d.company_id) ORDER BY d.id LIMIT 200",
			 DB_ARGS(DB_INT(now_us)), e);

	return rows_list(r, duty_read, a, ROWS_OUT(out, n_out), e);
}

int duties_store_get(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
		     struct case_duty *out, struct err *e)
{
	struct rows *r = db_query(t, s, DUTY_SELECT " WHERE d.id = $1 AND @scope(d.company_id)",
				  DB_ARGS(DB_INT(id)), e);
	int got = rows_get(r, duty_read, a, out, e);

	return got == -ENOENT ? err_set(e, -ENOENT, "there is no such duty") : got;
}

int duties_store_add(struct txn *t, const struct scope *s, const struct case_duty *d,
		     int64_t now_us, struct err *e)
{
	return db_run(t, s,
		      "INSERT INTO case_duty (incident_id, company_id, rule, rule_from_us, needs,"
		      " known_us, warn_us, due_us, state, warned, made_us, made_to, receipt,"
		      " made_by, note, version, changed_us, mail_us, mail_rank)"
		      " SELECT $1, $2, $3, $4, $5, $6, $7, $8, 'open', 0, 0, '', '', NULL, '', 1,"
		      " $9, 0, 0 WHERE @scope($2)",
		      DB_ARGS(DB_INT(d->incident_id), DB_INT(d->company_id), DB_TEXT(d->rule_id),
			      DB_INT(d->rule_from_us), DB_TEXT(d->needs), DB_INT(d->known_us),
			      DB_INT(d->warn_us), DB_INT(d->due_us), DB_INT(now_us)),
		      e);
}

int duties_store_clock(struct txn *t, const struct scope *s, const struct case_duty *d,
		       int64_t now_us, struct err *e)
{
	return db_run(
		t, s,
		"UPDATE case_duty SET state = $2, rule_from_us = $3, needs = $4,"
		" mail_us = 0,"
		" mail_rank = CASE WHEN due_us = $7 AND known_us = $5 THEN mail_rank ELSE 0"
		" END, known_us = $5, warn_us = $6, due_us = $7, warned = $8,"
		" changed_us = $9, version = version + 1 WHERE id = $1 AND @scope(company_id)",
		DB_ARGS(DB_INT(d->id), DB_TEXT(d->state), DB_INT(d->rule_from_us),
			DB_TEXT(d->needs), DB_INT(d->known_us), DB_INT(d->warn_us),
			DB_INT(d->due_us), DB_INT(d->warned), DB_INT(now_us)),
		e);
}

int duties_store_made(struct txn *t, const struct scope *s, const struct made_row *r, struct err *e)
{
	return db_change(t, s,
			 "UPDATE case_duty SET state = $3, made_us = $4, made_to = $5,"
			 " receipt = $6, note = $7, made_by = $8, changed_us = $9,"
			 " version = version + 1 WHERE id = $1 AND version = $2"
			 " AND @scope(company_id)",
			 DB_ARGS(DB_INT(r->n->id), DB_INT(r->n->version), DB_TEXT(r->state),
				 DB_INT(r->made_us), DB_TEXT(r->n->made_to), DB_TEXT(r->n->receipt),
				 DB_TEXT(r->n->note), db_int_or_null(r->made_us ? r->person_id : 0),
				 DB_INT(r->now_us)),
			 e);
}

int duties_store_warned(struct txn *t, const struct scope *s, int64_t id, int64_t warned,
			struct err *e)
{
	return db_run(t, s, "UPDATE case_duty SET warned = $2 WHERE id = $1 AND @scope(company_id)",
		      DB_ARGS(DB_INT(id), DB_INT(warned)), e);
}

static void item_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct duty_item *)row = (struct duty_item){
		.item = rows_keep(r, 0, a),
		.state = rows_keep(r, 1, a),
		.body = rows_keep(r, 2, a),
		.version = rows_int(r, 3),
		.changed_us = rows_int(r, 4),
		.changed_name = rows_keep(r, 5, a),
	};
}

int duties_store_items(struct txn *t, const struct scope *s, int64_t incident_id, struct arena *a,
		       struct duty_item **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, s,
				  "SELECT d.item, d.state, d.body, d.version, d.changed_us, p.name"
				  " FROM case_duty_item d LEFT JOIN person p ON p.id = d.changed_by"
				  " WHERE d.incident_id = $1 AND @scope(d.company_id) LIMIT 50",
				  DB_ARGS(DB_INT(incident_id)), e);

	return rows_list(r, item_read, a, ROWS_OUT(out, n_out), e);
}

int duties_store_item_set(struct txn *t, const struct scope *s, const struct item_set *r,
			  struct err *e)
{
	return db_change(
		t, s,
		"INSERT INTO case_duty_item (incident_id, item, company_id, state, body, version,"
		" changed_us, changed_by) SELECT $1, $2, $3, $4, $5, 1, $7, $8 WHERE @scope($3)"
		" ON CONFLICT (incident_id, item) DO UPDATE SET state = excluded.state,"
		" body = excluded.body, version = case_duty_item.version + 1,"
		" changed_us = excluded.changed_us, changed_by = excluded.changed_by"
		" WHERE case_duty_item.version = $6",
		DB_ARGS(DB_INT(r->incident_id), DB_TEXT(r->n->item), DB_INT(r->company_id),
			DB_TEXT(r->n->state), DB_TEXT(r->n->body), DB_INT(r->n->version),
			DB_INT(r->now_us), DB_INT(r->person_id)),
		e);
}

static void number_read(const struct rows *r, struct arena *a, void *row)
{
	*(const char **)row = rows_keep(r, 0, a);
}

int duties_store_number(struct txn *t, const struct scope *s, int64_t incident_id, struct arena *a,
			const char **out, struct err *e)
{
	struct rows *r =
		db_query(t, s, "SELECT number FROM incident WHERE id = $1 AND @scope(company_id)",
			 DB_ARGS(DB_INT(incident_id)), e);

	return rows_get(r, number_read, a, out, e);
}

static void line_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct duties_line *)row =
		(struct duties_line){ .at_us = rows_int(r, 0), .text = rows_keep(r, 1, a) };
}

int duties_store_lines(struct txn *t, const struct scope *s, int64_t incident_id,
		       enum duties_lines what, struct arena *a, struct duties_line **out,
		       size_t *n_out, struct err *e)
{
	static const char *const sql[] = {
		[LINES_DEVICES] = "SELECT 0, name || ' ' || address || ' ' || mac"
				  " FROM incident_device WHERE incident_id = $1"
				  " AND @scope(company_id) ORDER BY id LIMIT 100",
		[LINES_INDICATORS] = "SELECT 0, type || ': ' || value FROM incident_indicator"
				     " WHERE incident_id = $1 AND @scope(company_id)"
				     " ORDER BY id LIMIT 200",
		[LINES_ACTIONS] = "SELECT started_us, body FROM incident_action"
				  " WHERE incident_id = $1 AND @scope(company_id)"
				  " ORDER BY started_us LIMIT 200",
		[LINES_WORDS] = "SELECT 0, body FROM incident_entry"
				" WHERE incident_id = $1 AND text_key = 'case.story.opened'"
				" AND body <> ''"
				" AND @scope(company_id) ORDER BY id LIMIT 1",
	};
	struct rows *r = db_query(t, s, sql[what], DB_ARGS(DB_INT(incident_id)), e);

	return rows_list(r, line_read, a, ROWS_OUT(out, n_out), e);
}

int duties_store_likely(struct txn *t, const struct scope *s, int64_t limit, struct arena *a,
			const char ***out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, s,
				  "SELECT number FROM incident WHERE kind IN ('ransomware',"
				  " 'account_takeover', 'phishing_entered', 'lost_stolen_device',"
				  " 'malware_suspected') AND @scope(company_id)"
				  " ORDER BY opened_us DESC LIMIT $1",
				  DB_ARGS(DB_INT(limit)), e);

	return rows_list(r, number_read, a, ROWS_OUT(out, n_out), e);
}

int duties_store_lend(struct txn *t, const struct scope *s, int64_t from_id, int64_t into_id,
		      struct err *e)
{
	int r = db_run(t, s,
		       "INSERT INTO case_duty_facts (incident_id, company_id, known_us, personal,"
		       " sensitive, property, malicious, encrypted, mynumber, contractor, insured,"
		       " sector, people, version, changed_us, changed_by)"
		       " SELECT $2, company_id, known_us, personal, sensitive, property, malicious,"
		       " encrypted, mynumber, contractor, insured, sector, people, 1, changed_us,"
		       " changed_by FROM case_duty_facts WHERE incident_id = $1"
		       " AND @scope(company_id) ON CONFLICT (incident_id) DO NOTHING",
		       DB_ARGS(DB_INT(from_id), DB_INT(into_id)), e);

	if (r < 0)
		return r;
	return db_run(t, s,
		      "INSERT INTO case_duty_item (incident_id, item, company_id, state, body,"
		      " version, changed_us, changed_by)"
		      " SELECT $2, item, company_id, state, body, 1, changed_us, changed_by"
		      " FROM case_duty_item WHERE incident_id = $1 AND @scope(company_id)"
		      " ON CONFLICT (incident_id, item) DO NOTHING",
		      DB_ARGS(DB_INT(from_id), DB_INT(into_id)), e);
}
