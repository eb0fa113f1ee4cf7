/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on tables consent_ask and consent_ask_mail. */
#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "hub/response/response_ask.h"
#include "store/rows.h"

int response_ask_store_add(struct txn *t, const struct scope *s, const struct consent_ask *k,
			   int64_t *id_out, struct err *e)
{
	return db_one_int(t, s,
			  "INSERT INTO consent_ask (company_id, incident_id, what, until, devices,"
			  " why, asked_by, asked_us, expires_us, state, answered_by, answered_name,"
			  " answered_us, said, consent_id) SELECT $1, $2, $3, $4, $5, $6, $7, $8,"
			  " $9, 'open', 0, '', 0, '', 0 WHERE @scope($1) RETURNING id",
			  DB_ARGS(DB_INT(k->company_id), DB_INT(k->incident_id), DB_TEXT(k->what),
				  DB_TEXT(k->until), DB_TEXT(k->devices), DB_TEXT(k->why),
				  DB_INT(k->asked_by), DB_INT(k->asked_us), DB_INT(k->expires_us)),
			  id_out, e);
}

#define ASKS                                                                                       \
	"SELECT k.id, k.company_id, k.incident_id, k.what, k.until, k.devices, k.why, k.asked_by," \
	" k.asked_us, k.expires_us, k.state, k.answered_by, k.answered_us, k.consent_id,"          \
	" k.answered_name, k.said, i.number, i.title, p.name, (SELECT min(o.name) FROM membership" \
	" m JOIN organisation o ON o.id = m.org_id WHERE m.person_id = k.asked_by),"               \
	" (SELECT count(*) FROM consent_ask_mail x WHERE x.ask_id = k.id),"                        \
	" (SELECT count(*) FROM consent_ask_mail x WHERE x.ask_id = k.id AND x.state = 'sent'),"   \
	" (SELECT count(*) FROM consent_ask_mail x WHERE x.ask_id = k.id AND x.state = 'failed')"  \
	" FROM consent_ask k JOIN incident i ON i.id = k.incident_id"                              \
	" LEFT JOIN person p ON p.id = k.asked_by WHERE "

static void ask_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct consent_ask *)row = (struct consent_ask){
		.id = rows_int(r, 0),
		.company_id = rows_int(r, 1),
		.incident_id = rows_int(r, 2),
		.what = rows_keep(r, 3, a),
		.until = rows_keep(r, 4, a),
		.devices = rows_keep(r, 5, a),
		.why = rows_keep(r, 6, a),
		.asked_by = rows_int(r, 7),
		.asked_us = rows_int(r, 8),
		.expires_us = rows_int(r, 9),
		.state = rows_keep(r, 10, a),
		.answered_by = rows_int(r, 11),
		.answered_us = rows_int(r, 12),
		.consent_id = rows_int(r, 13),
		.answered_name = rows_keep(r, 14, a),
		.said = rows_keep(r, 15, a),
		.number = rows_keep(r, 16, a),
		.case_title = rows_keep(r, 17, a),
		.asked_name = rows_keep(r, 18, a),
		.asked_org = rows_keep(r, 19, a),
		.n_mails = rows_int(r, 20),
		.n_mails_sent = rows_int(r, 21),
		.n_mails_failed = rows_int(r, 22),
	};
}

int response_ask_store_get(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
			   struct consent_ask *out, struct err *e)
{
	int r = rows_get(
		db_query(t, s, ASKS "k.id = $1 AND @scope(k.company_id)", DB_ARGS(DB_INT(id)), e),
		ask_read, a, out, e);

	return r == -ENOENT ? err_set(e, -ENOENT, "nobody asks for this consent") : r;
}

int response_ask_store_list(struct txn *t, const struct scope *s, int64_t incident_id,
			    int64_t company_id, struct arena *a, struct consent_ask **out,
			    size_t *n_out, struct err *e)
{
	struct rows *r =
		incident_id ? db_query(t, s,
				       ASKS "k.incident_id = $1 AND @scope(k.company_id)"
					    " ORDER BY k.id DESC LIMIT 100",
				       DB_ARGS(DB_INT(incident_id)), e)
			    : db_query(t, s,
				       ASKS "k.company_id = $1 AND k.state = 'open' AND"
					    " @scope(k.company_id) ORDER BY k.id DESC LIMIT 20",
				       DB_ARGS(DB_INT(company_id)), e);

	return rows_list(r, ask_read, a, ROWS_OUT(out, n_out), e);
}

int response_ask_store_turn(struct txn *t, const struct scope *s, const struct consent_ask *k,
			    int64_t now_us, struct err *e)
{
	return db_change(
		t, s,
		"UPDATE consent_ask SET state = $2, answered_by = $3, answered_name = $4,"
		" answered_us = $5, said = $6, consent_id = $7 WHERE id = $1"
		" AND state = 'open' AND ($8 = 0 OR expires_us > $8) AND @scope(company_id)",
		DB_ARGS(DB_INT(k->id), DB_TEXT(k->state), DB_INT(k->answered_by),
			DB_TEXT(k->answered_name), DB_INT(k->answered_us), DB_TEXT(k->said),
			DB_INT(k->consent_id), DB_INT(now_us)),
		e);
}

int response_ask_store_over(struct txn *t, int64_t now_us, struct arena *a,
			    struct consent_ask **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, &scope_system,
				  ASKS "k.state = 'open' AND k.expires_us <= $1 AND"
				       " @scope(k.company_id) ORDER BY k.expires_us LIMIT 50",
				  DB_ARGS(DB_INT(now_us)), e);

	return rows_list(r, ask_read, a, ROWS_OUT(out, n_out), e);
}

/* --- mails --- */

int response_ask_store_mail(struct txn *t, const struct scope *s, const struct ask_mail *m,
			    struct err *e)
{
	return db_run(t, s,
		      "INSERT INTO consent_ask_mail (ask_id, company_id, name, mail, lang, state,"
		      " attempts, next_us, error) SELECT $1, $2, $3, $4, $5, 'queued', 0, $6, ''"
		      " WHERE @scope($2)",
		      DB_ARGS(DB_INT(m->ask_id), DB_INT(m->company_id), DB_TEXT(m->name),
			      DB_TEXT(m->mail), DB_TEXT(m->lang == LANG_EN ? "en" : "ja"),
			      DB_INT(m->next_us)),
		      e);
}

static void mail_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct ask_mail *)row = (struct ask_mail){
		.id = rows_int(r, 0),
		.ask_id = rows_int(r, 1),
		.company_id = rows_int(r, 2),
		.name = rows_keep(r, 3, a),
		.mail = rows_keep(r, 4, a),
		.lang = strcmp(rows_text(r, 5), "en") == 0 ? LANG_EN : LANG_JA,
		.attempts = rows_int(r, 6),
	};
}

int response_ask_store_mails(struct txn *t, int64_t now_us, struct arena *a, struct ask_mail **out,
			     size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, &scope_system,
				  "SELECT id, ask_id, company_id, name, mail, lang, attempts FROM"
				  " consent_ask_mail WHERE state = 'queued' AND next_us <= $1 AND"
				  " @scope(company_id) ORDER BY next_us, id LIMIT 20",
				  DB_ARGS(DB_INT(now_us)), e);

	return rows_list(r, mail_read, a, ROWS_OUT(out, n_out), e);
}

int response_ask_store_mailed(struct txn *t, const struct ask_mail *m, struct err *e)
{
	return db_run(
		t, &scope_system,
		"UPDATE consent_ask_mail SET state = $2, attempts = attempts + 1, next_us = $3,"
		" error = $4 WHERE id = $1 AND @scope(company_id)",
		DB_ARGS(DB_INT(m->id), DB_TEXT(m->state), DB_INT(m->next_us), DB_TEXT(m->error)),
		e);
}
