/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts in the database. Mutes: watch_mute_store.c, notices: watch_notice_store.c, roll-ups:
 * watch_rollup_store.c. */
#include "hub/watch/watch_store.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "store/rows.h"

#define NEWER(col)                                                                                 \
	"CASE WHEN excluded." col " > alert." col " THEN excluded." col " ELSE alert." col " END"

static const char fold_sql[] =
	"INSERT INTO alert (company_id, sensor_id, detector, story, device_mac, device_address,"
	" device_name, open_key, state, severity, confidence, findings, things, first_us, last_us,"
	" opened_us, changed_us, peers, names, body, accepted_us, ended_us, ended_why)"
	" SELECT $1, $2, $3, $4, $5, $6, $7, $8, 'new', $9, $10, $11, $12, $13, $14, $15, $15, "
	"$16, $17,"
	" $18, 0, 0, '' WHERE @scope($1)"
	" ON CONFLICT (open_key) DO UPDATE SET"
	" findings = alert.findings + excluded.findings, things = " NEWER(
		"things") ","
			  " severity = " NEWER("severity") ", confidence = " NEWER(
				  "confidence") ","
						" last_us = " NEWER(
							"last_us") ","
								   " first_us = CASE WHEN "
								   "excluded.first_us < "
								   "alert.first_us THEN "
								   "excluded.first_us"
								   " ELSE alert.first_us END,"
								   " changed_us = "
								   "excluded.changed_us, peers = "
								   "excluded.peers, names = "
								   "excluded.names,"
								   " device_address = "
								   "excluded.device_address, body "
								   "= excluded.body"
								   " RETURNING id, state, "
								   "severity, findings";

static const char severity_sql[] =
	"SELECT severity FROM alert WHERE open_key = $1 AND @scope(company_id)";

int watch_store_fold(struct txn *t, const struct scope *s, const struct alert_change *c,
		     int64_t now_us, struct alert_state *out, struct err *e)
{
	int64_t before = -1;
	int r = db_one_int(t, s, severity_sql, DB_ARGS(DB_TEXT(c->open_key)), &before, e);
	if (r < 0 && r != -ENOENT)
		return r;
	SCOPED_ROWS struct rows *rows = db_query(
		t, s, fold_sql,
		DB_ARGS(DB_INT(c->company_id), DB_INT(c->sensor_id), DB_TEXT(c->detector),
			DB_TEXT(c->story), DB_TEXT(c->device_mac), DB_TEXT(c->device_address),
			DB_TEXT(c->device_name), DB_TEXT(c->open_key), DB_INT(c->severity),
			DB_INT(c->confidence), DB_INT(c->findings), DB_INT(c->things),
			DB_INT(c->first_us), DB_INT(c->last_us), DB_INT(now_us), DB_TEXT(c->peers),
			DB_TEXT(c->names), DB_BLOB(c->body, c->body_n)),
		e);
	r = rows_next(rows, e);
	if (r <= 0)
		return r < 0 ? r : err_set(e, -ENOENT, "the company of this finding is not there");
	out->id = rows_int(rows, 0);
	(void)str_copy(out->state, sizeof(out->state), str_of(rows_text(rows, 1)));
	out->severity = rows_int(rows, 2);
	out->opened = before < 0;
	out->raised = before >= 0 && out->severity > before;
	return 0;
}

int watch_store_set_muted(struct txn *t, const struct scope *s, int64_t alert_id, int64_t mute_id,
			  int64_t now_us, struct err *e)
{
	return db_run(t, s,
		      "UPDATE alert SET state = 'muted', mute_id = $2, changed_us = $3"
		      " WHERE id = $1 AND state IN ('new', 'accepted') AND @scope(company_id)",
		      DB_ARGS(DB_INT(alert_id), DB_INT(mute_id), DB_INT(now_us)), e);
}

int watch_store_unmute(struct txn *t, const struct scope *s, int64_t alert_id, int64_t now_us,
		       struct err *e)
{
	return db_run(t, s,
		      "UPDATE alert SET state = 'new', mute_id = NULL, changed_us = $2"
		      " WHERE id = $1 AND state = 'muted' AND @scope(company_id)",
		      DB_ARGS(DB_INT(alert_id), DB_INT(now_us)), e);
}

#define ALERT_COLUMNS                                                                              \
	"a.id, a.company_id, a.sensor_id, c.name, c.prefecture, a.detector, a.story, a.state,"     \
	" a.device_mac, a.device_address,"                                                         \
	" CASE WHEN d.given_name <> '' THEN d.given_name WHEN d.hostname <> '' THEN d.hostname"    \
	" ELSE a.device_name END,"                                                                 \
	" a.severity, a.confidence, a.findings, a.things, a.first_us, a.last_us, a.opened_us,"     \
	" a.changed_us, a.peers, a.names, a.mute_id, a.case_id, a.accepted_by, a.accepted_us,"     \
	" p.name, a.ended_us, a.ended_why"
#define ALERT_FROM                                                                                 \
	" FROM alert a JOIN company c ON c.id = a.company_id"                                      \
	" LEFT JOIN device d ON d.company_id = a.company_id AND d.mac = a.device_mac"              \
	" LEFT JOIN person p ON p.id = a.accepted_by"

static void alert_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct watch_alert *)row = (struct watch_alert){
		.id = rows_int(r, 0),
		.company_id = rows_int(r, 1),
		.sensor_id = rows_int(r, 2),
		.company_name = rows_keep(r, 3, a),
		.prefecture = (int)rows_int(r, 4),
		.detector = rows_keep(r, 5, a),
		.story = rows_keep(r, 6, a),
		.state = rows_keep(r, 7, a),
		.device_mac = rows_keep(r, 8, a),
		.device_address = rows_keep(r, 9, a),
		.device_name = rows_keep(r, 10, a),
		.severity = (enum severity)rows_int(r, 11),
		.confidence = rows_int(r, 12),
		.findings = rows_int(r, 13),
		.things = rows_int(r, 14),
		.first_us = rows_int(r, 15),
		.last_us = rows_int(r, 16),
		.opened_us = rows_int(r, 17),
		.changed_us = rows_int(r, 18),
		.peers = rows_keep(r, 19, a),
		.names = rows_keep(r, 20, a),
		.mute_id = rows_int(r, 21),
		.case_id = rows_int(r, 22),
		.accepted_by = rows_int(r, 23),
		.accepted_us = rows_int(r, 24),
		.accepted_name = rows_keep(r, 25, a),
		.ended_us = rows_int(r, 26),
		.ended_why = rows_keep(r, 27, a),
		.body = "",
	};
}

static void whole_read(const struct rows *r, struct arena *a, void *row)
{
	struct watch_alert *out = row;

	alert_read(r, a, out);
	out->body = rows_keep_blob(r, 28, a, &out->body_n);
}

int watch_store_get(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
		    struct watch_alert *out, struct err *e)
{
	struct rows *r = db_query(t, s,
				  "SELECT " ALERT_COLUMNS ", a.body" ALERT_FROM
				  " WHERE a.id = $1 AND @scope(a.company_id)",
				  DB_ARGS(DB_INT(id)), e);
	int got = rows_get(r, whole_read, a, out, e);

	return got == -ENOENT ? err_set(e, -ENOENT, "there is no such alert") : got;
}

/* What leads into the table, the state, and the rest of a filter; $8 is the highest severity. */
#define LEAD_ALL     "$1 = 0 AND $2 = 0"
#define LEAD_COMPANY "a.company_id = $1 AND $2 = 0"
#define LEAD_CASE    "a.case_id = $2 AND $1 = 0"
#define STATE_OPEN   " AND a.state IN ('new', 'accepted') AND $3 = ''"
#define STATE_ANY    " AND $3 = ''"
#define STATE_ONE    " AND a.state = $3"
#define FILTER_REST                                                                                \
	" AND a.severity >= $4 AND a.severity <= $8 AND ($6 = '' OR a.detector = $6)"              \
	" AND a.last_us >= $7 AND ($5 = 0 OR EXISTS (SELECT 1 FROM company f"                      \
	" WHERE f.id = a.company_id AND f.prefecture = $5)) AND @scope(a.company_id)"
#define QUEUE_ORDER " ORDER BY a.severity DESC, a.last_us DESC, a.id DESC"
#define TIME_ORDER  " ORDER BY a.last_us DESC, a.id DESC"

/* First which ones, from an index; then all about these few. */
#define LIST(lead, state, order)                                                                   \
	"WITH shown AS (SELECT a.id FROM alert a WHERE " lead state FILTER_REST order              \
	" LIMIT $9 OFFSET $10) SELECT " ALERT_COLUMNS ALERT_FROM                                   \
	" WHERE a.id IN (SELECT id FROM shown)" order
#define COUNT(lead, state) "SELECT count(*) FROM alert a WHERE " lead state FILTER_REST

enum { LEADS = 3, STATES = 3, CLOSED_COUNTED = 1000 };
#define LISTS(lead)                                                                                \
	{                                                                                          \
		LIST(lead, STATE_OPEN, QUEUE_ORDER), LIST(lead, STATE_ANY, TIME_ORDER),            \
			LIST(lead, STATE_ONE, TIME_ORDER)                                          \
	}
#define COUNTS(lead)                                                                               \
	{                                                                                          \
		COUNT(lead, STATE_OPEN), COUNT(lead, STATE_ANY), COUNT(lead, STATE_ONE)            \
	}

static const char *const lists[LEADS][STATES] = { LISTS(LEAD_ALL), LISTS(LEAD_COMPANY),
						  LISTS(LEAD_CASE) };
static const char *const counts[LEADS][STATES] = { COUNTS(LEAD_ALL), COUNTS(LEAD_COMPANY),
						   COUNTS(LEAD_CASE) };

static int lead_of(const struct alert_filter *f)
{
	if (f->case_id)
		return 2;
	return f->company_id ? 1 : 0;
}

static int state_of(const struct alert_filter *f)
{
	if (!f->state)
		return 0;
	return f->state[0] == '\0' ? 1 : 2;
}

struct filter_args {
	struct dbv v[10];
};

static struct filter_args filter_bind(const struct alert_filter *f)
{
	const char *state = f->state ? f->state : "";
	return (struct filter_args){ .v = {
					     DB_INT(f->company_id),
					     DB_INT(f->case_id),
					     DB_TEXT(state),
					     DB_INT(f->min_severity),
					     DB_INT(f->prefecture),
					     DB_TEXT(f->detector ? f->detector : ""),
					     DB_INT(f->since_us),
					     DB_INT(f->only_info ? SEVERITY_INFO
								 : SEVERITY_CRITICAL),
					     DB_INT(f->limit > 0 ? f->limit : 50),
					     DB_INT(f->offset),
				     } };
}

int watch_store_list(struct txn *t, const struct scope *s, const struct alert_filter *f,
		     struct arena *a, struct watch_alert **out, size_t *n_out, struct err *e)
{
	struct filter_args args = filter_bind(f);
	struct rows *r =
		db_query(t, s, lists[lead_of(f)][state_of(f)], args.v, ARRAY_LEN(args.v), e);

	return rows_list(r, alert_read, a, ROWS_OUT(out, n_out), e);
}

int watch_store_count(struct txn *t, const struct scope *s, const struct alert_filter *f,
		      int64_t *out, struct err *e)
{
	struct filter_args args = filter_bind(f);

	return db_one_int(t, s, counts[lead_of(f)][state_of(f)], args.v, 8, out, e);
}

static int tabs_read(struct rows *r, struct alert_tabs *out, struct err *e)
{
	int more = 1;

	while ((more = rows_next(r, e)) > 0) {
		const char *state = rows_text(r, 0);
		int64_t severity = rows_int(r, 1), n = rows_int(r, 2);

		if (strcmp(state, ALERT_MUTED) == 0)
			out->n_muted += n;
		else if (strcmp(state, ALERT_CASE) == 0)
			out->n_case += n;
		else if (severity == SEVERITY_INFO)
			out->n_info += n;
		else
			out->n_open += n;
		if (severity >= SEVERITY_HIGH &&
		    (strcmp(state, ALERT_NEW) == 0 || strcmp(state, ALERT_ACCEPTED) == 0))
			out->n_red += n;
	}
	return more;
}

int watch_store_tabs(struct txn *t, const struct scope *s, struct alert_tabs *out, struct err *e)
{
	SCOPED_ROWS struct rows *r =
		db_query(t, s,
			 "SELECT a.state, a.severity, count(*) FROM alert a WHERE a.state IN"
			 " ('new', 'accepted', 'muted', 'case') AND @scope(a.company_id)"
			 " GROUP BY a.state, a.severity",
			 DB_NO_ARGS, e);

	*out = (struct alert_tabs){ 0 };
	if (!r)
		return e ? e->code : -EIO;
	return tabs_read(r, out, e);
}

#define CLOSED(lead)                                                                               \
	"SELECT count(*) FROM (SELECT 1 AS one FROM alert a WHERE " lead                           \
	" AND a.state = 'closed' AND @scope(a.company_id) LIMIT $2) few"

int watch_store_closed(struct txn *t, const struct scope *s, int64_t company_id,
		       struct alert_tabs *out, struct err *e)
{
	int r = db_one_int(t, s, company_id ? CLOSED("a.company_id = $1") : CLOSED("$1 = 0"),
			   DB_ARGS(DB_INT(company_id), DB_INT(CLOSED_COUNTED + 1)), &out->n_closed,
			   e);

	out->more_closed = out->n_closed > CLOSED_COUNTED;
	if (out->more_closed)
		out->n_closed = CLOSED_COUNTED;
	return r;
}

int watch_store_accept(struct txn *t, const struct scope *s, int64_t id, int64_t person_id,
		       int64_t now_us, struct err *e)
{
	return db_change(t, s,
			 "UPDATE alert SET state = 'accepted', accepted_by = $2, accepted_us = $3,"
			 " changed_us = $3 WHERE id = $1 AND state IN ('new', 'muted')"
			 " AND @scope(company_id)",
			 DB_ARGS(DB_INT(id), DB_INT(person_id), DB_INT(now_us)), e);
}

int watch_store_end(struct txn *t, const struct scope *s, int64_t id, int64_t person_id,
		    const char *why, int64_t now_us, struct err *e)
{
	return db_change(t, s,
			 "UPDATE alert SET state = 'closed', open_key = NULL, ended_by = $2,"
			 " ended_us = $3, changed_us = $3, ended_why = $4 WHERE id = $1"
			 " AND state IN ('new', 'accepted', 'muted') AND @scope(company_id)",
			 DB_ARGS(DB_INT(id), DB_INT(person_id), DB_INT(now_us), DB_TEXT(why)), e);
}

int watch_store_promote(struct txn *t, const struct scope *s, int64_t id, int64_t case_id,
			int64_t person_id, int64_t now_us, struct err *e)
{
	return db_change(t, s,
			 "UPDATE alert SET state = 'case', case_id = $2, changed_us = $4,"
			 " accepted_us = CASE WHEN accepted_us = 0 THEN $4 ELSE accepted_us END,"
			 " accepted_by = COALESCE(accepted_by, $3) WHERE id = $1"
			 " AND state IN ('new', 'accepted', 'muted') AND @scope(company_id)",
			 DB_ARGS(DB_INT(id), DB_INT(case_id), DB_INT(person_id), DB_INT(now_us)),
			 e);
}

int watch_store_end_case(struct txn *t, const struct scope *s, int64_t case_id, int64_t person_id,
			 int64_t now_us, struct err *e)
{
	return db_run(t, s,
		      "UPDATE alert SET state = 'closed', open_key = NULL, ended_by = $2,"
		      " ended_us = $3, changed_us = $3 WHERE case_id = $1 AND state = 'case'"
		      " AND @scope(company_id)",
		      DB_ARGS(DB_INT(case_id), DB_INT(person_id), DB_INT(now_us)), e);
}
