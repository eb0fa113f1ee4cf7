/* SPDX-License-Identifier: Apache-2.0 */
/* Mails about duties in the database. */
#include "hub/duties/duties_mail_store.h"

#include "store/rows.h"

static void due_read(const struct rows *r, struct arena *a, void *row)
{
	struct case_duty *o = row;

	*o = (struct case_duty){
		.id = rows_int(r, 0),
		.incident_id = rows_int(r, 1),
		.company_id = rows_int(r, 2),
		.known_us = rows_int(r, 3),
		.warn_us = rows_int(r, 4),
		.due_us = rows_int(r, 5),
		.mail_rank = rows_int(r, 6),
		.rule_id = rows_keep(r, 7, a),
	};
}

int duties_mail_store_due(struct txn *t, int64_t now_us, struct arena *a, struct case_duty **out,
			  size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, &scope_system,
				  "SELECT id, incident_id, company_id, known_us, warn_us, due_us,"
				  " mail_rank, rule FROM case_duty WHERE state = 'open'"
				  " AND mail_us <= $1 AND @scope(company_id)"
				  " ORDER BY mail_us, id LIMIT 200",
				  DB_ARGS(DB_INT(now_us)), e);

	return rows_list(r, due_read, a, ROWS_OUT(out, n_out), e);
}

int duties_mail_store_told(struct txn *t, int64_t duty_id, int64_t rank, int64_t next_us,
			   struct err *e)
{
	return db_run(t, &scope_system,
		      "UPDATE case_duty SET mail_rank = $2, mail_us = $3 WHERE id = $1"
		      " AND @scope(company_id)",
		      DB_ARGS(DB_INT(duty_id), DB_INT(rank), DB_INT(next_us)), e);
}

static void person_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct duty_person *)row = (struct duty_person){
		.id = rows_int(r, 0),
		.name = rows_keep(r, 1, a),
		.mail = rows_keep(r, 2, a),
		.lang = lang_parse(rows_text(r, 3), LANG_JA),
	};
}

int duties_mail_store_people(struct txn *t, const struct case_duty *d, bool owner_only,
			     int64_t now_us, struct arena *a, struct duty_person **out,
			     size_t *n_out, struct err *e)
{
	struct rows *r = db_query(
		t, &scope_system,
		"SELECT p.id, p.name, p.mail, p.lang FROM person p WHERE p.active = 1"
		" AND p.mail <> '' AND (p.id = (SELECT owner_id FROM incident WHERE id = $1)"
		" OR ($2 = 0 AND EXISTS (SELECT 1 FROM membership m"
		" JOIN organisation o ON o.id = m.org_id WHERE m.person_id = p.id"
		" AND o.active = 1 AND (m.roles & $3) <> 0 AND (o.kind = 'consortium'"
		" OR EXISTS (SELECT 1 FROM relation x WHERE x.org_id = o.id"
		" AND x.company_id = $4 AND x.kind = 'desk' AND x.valid_from_us <= $5"
		" AND x.valid_to_us > $5))))) ORDER BY p.id LIMIT 50 @global",
		DB_ARGS(DB_INT(d->incident_id), DB_INT(owner_only), DB_INT(ROLE_DESK),
			DB_INT(d->company_id), DB_INT(now_us)),
		e);

	return rows_list(r, person_read, a, ROWS_OUT(out, n_out), e);
}

static int put(struct txn *t, const struct duty_mail *m, const char *state, const char *error,
	       int64_t now_us, struct err *e)
{
	return db_run(
		t, &scope_system,
		"INSERT INTO duty_mail (company_id, duty_id, warning, due_us, person_id,"
		" target, name, lang, state, error, attempts, queued_us, next_try_us, sent_us)"
		" SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $11, 0"
		" WHERE @scope($1) ON CONFLICT (duty_id, warning, due_us, target) DO NOTHING",
		DB_ARGS(DB_INT(m->company_id), DB_INT(m->duty_id), DB_TEXT(m->warning),
			DB_INT(m->due_us), DB_INT(m->person_id), DB_TEXT(m->target),
			DB_TEXT(m->name), DB_TEXT(lang_tag(m->lang)), DB_TEXT(state),
			DB_TEXT(error), DB_INT(now_us)),
		e);
}

int duties_mail_store_add(struct txn *t, const struct duty_mail *m, int64_t now_us, struct err *e)
{
	return put(t, m, "queued", "", now_us, e);
}

int duties_mail_store_nobody(struct txn *t, const struct duty_mail *m, int64_t now_us,
			     struct err *e)
{
	return put(t, m, "failed", "nobody has an address", now_us, e);
}

static void mail_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct duty_mail *)row = (struct duty_mail){
		.id = rows_int(r, 0),
		.company_id = rows_int(r, 1),
		.duty_id = rows_int(r, 2),
		.warning = rows_keep(r, 3, a),
		.due_us = rows_int(r, 4),
		.person_id = rows_int(r, 5),
		.target = rows_keep(r, 6, a),
		.name = rows_keep(r, 7, a),
		.lang = lang_parse(rows_text(r, 8), LANG_JA),
		.attempts = rows_int(r, 9),
	};
}

int duties_mail_store_queue(struct txn *t, int64_t now_us, struct arena *a, struct duty_mail **out,
			    size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, &scope_system,
				  "SELECT id, company_id, duty_id, warning, due_us, person_id,"
				  " target, name, lang, attempts FROM duty_mail"
				  " WHERE state = 'queued' AND next_try_us <= $1"
				  " AND @scope(company_id) ORDER BY next_try_us, id LIMIT 50",
				  DB_ARGS(DB_INT(now_us)), e);

	return rows_list(r, mail_read, a, ROWS_OUT(out, n_out), e);
}

int duties_mail_store_done(struct txn *t, const struct duty_mail_done *d, struct err *e)
{
	return db_run(t, &scope_system,
		      "UPDATE duty_mail SET state = $2, error = $3, attempts = attempts + 1,"
		      " next_try_us = $4, sent_us = CASE WHEN $2 = 'sent' THEN $5 ELSE 0 END"
		      " WHERE id = $1 AND @scope(company_id)",
		      DB_ARGS(DB_INT(d->id), DB_TEXT(d->state), DB_TEXT(d->error),
			      DB_INT(d->next_try_us), DB_INT(d->at_us)),
		      e);
}

int duties_mail_store_failed(struct txn *t, const struct scope *s, int64_t *out, struct err *e)
{
	return db_one_int(t, s,
			  "SELECT count(*) FROM duty_mail m JOIN case_duty d ON d.id = m.duty_id"
			  " WHERE m.state = 'failed' AND d.state = 'open'"
			  " AND @scope(m.company_id)",
			  DB_NO_ARGS, out, e);
}
