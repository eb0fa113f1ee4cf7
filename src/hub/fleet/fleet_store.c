/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on sensors and enrolment codes. Devices, findings, watched time: fleet_device_store.c. */
#include "hub/fleet/fleet_store.h"

#include <errno.h>

#include "store/rows.h"

#define SENSOR_COLUMNS                                                                             \
	"s.id, s.company_id, s.site_id, s.name, s.state, s.light, s.cert_sha256, s.version,"       \
	" s.hardware, s.revoked_why, s.cert_expires_us, s.enrolled_us, s.revoked_us, s.heard_us,"  \
	" s.beat_us, s.capture_up, s.capture_text, s.problems, s.uptime_s, s.packets,"             \
	" s.packets_dropped, s.flows_dropped, s.spool_bytes, s.spool_quota, s.spool_dropped,"      \
	" s.rss_bytes, s.devices_left_out, c.name, x.name, s.records, s.records_unknown,"          \
	" s.records_dropped, s.inline_box, s.inline_text, s.isolated, s.blocked"
#define SENSOR_TABLES                                                                              \
	" FROM sensor s JOIN company c ON c.id = s.company_id LEFT JOIN site x ON x.id = "         \
	"s.site_id"
#define SENSOR_FILTER                                                                              \
	" WHERE @scope(s.company_id) AND (CAST($1 AS BIGINT) = 0 OR s.company_id = $1)"            \
	" AND (CAST($2 AS BIGINT) = 0 OR s.id = $2) AND ($3 = '' OR s.light = $3)"                 \
	" AND (CAST($4 AS BIGINT) = 1 OR s.state = 'enrolled')"

static void sensor_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct fleet_sensor *)row = (struct fleet_sensor){
		.id = rows_int(r, 0),
		.company_id = rows_int(r, 1),
		.site_id = rows_int(r, 2),
		.name = rows_keep(r, 3, a),
		.state = rows_keep(r, 4, a),
		.light = rows_keep(r, 5, a),
		.cert_sha256 = rows_keep(r, 6, a),
		.version = rows_keep(r, 7, a),
		.hardware = rows_keep(r, 8, a),
		.revoked_why = rows_keep(r, 9, a),
		.cert_expires_us = rows_int(r, 10),
		.enrolled_us = rows_int(r, 11),
		.revoked_us = rows_int(r, 12),
		.heard_us = rows_int(r, 13),
		.beat_us = rows_int(r, 14),
		.capture_up = rows_int(r, 15) != 0,
		.capture_text = rows_keep(r, 16, a),
		.problems = rows_keep(r, 17, a),
		.uptime_s = rows_int(r, 18),
		.packets = rows_int(r, 19),
		.packets_dropped = rows_int(r, 20),
		.flows_dropped = rows_int(r, 21),
		.spool_bytes = rows_int(r, 22),
		.spool_quota = rows_int(r, 23),
		.spool_dropped = rows_int(r, 24),
		.rss_bytes = rows_int(r, 25),
		.devices_left_out = rows_int(r, 26),
		.company_name = rows_keep(r, 27, a),
		.site_name = rows_keep(r, 28, a),
		.records = rows_int(r, 29),
		.records_unknown = rows_int(r, 30),
		.records_dropped = rows_int(r, 31),
		.inline_box = rows_int(r, 32) != 0,
		.inline_text = rows_keep(r, 33, a),
		.isolated = rows_int(r, 34),
		.blocked = rows_int(r, 35),
	};
}

int fleet_store_sensors(struct txn *t, const struct scope *s, const struct fleet_filter *f,
			struct arena *a, struct fleet_sensor **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(
		t, s,
		"SELECT " SENSOR_COLUMNS SENSOR_TABLES SENSOR_FILTER
		" ORDER BY CASE s.light WHEN 'red' THEN 0 WHEN 'amber' THEN 1 WHEN 'grey' THEN 2"
		" ELSE 3 END, c.kana, s.id LIMIT $5 OFFSET $6",
		DB_ARGS(DB_INT(f->company_id), DB_INT(f->sensor_id), DB_TEXT(f->light),
			DB_INT(f->revoked), DB_INT((int64_t)f->limit), DB_INT((int64_t)f->offset)),
		e);

	return rows_list(r, sensor_read, a, ROWS_OUT(out, n_out), e);
}

int fleet_store_count(struct txn *t, const struct scope *s, const struct fleet_filter *f,
		      int64_t *out, struct err *e)
{
	return db_one_int(t, s, "SELECT count(*) FROM sensor s" SENSOR_FILTER,
			  DB_ARGS(DB_INT(f->company_id), DB_INT(f->sensor_id), DB_TEXT(f->light),
				  DB_INT(f->revoked)),
			  out, e);
}

int fleet_store_get(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
		    struct fleet_sensor *out, struct err *e)
{
	struct rows *r = db_query(t, s,
				  "SELECT " SENSOR_COLUMNS SENSOR_TABLES
				  " WHERE s.id = $1 AND @scope(s.company_id)",
				  DB_ARGS(DB_INT(id)), e);
	int got = rows_get(r, sensor_read, a, out, e);

	return got == -ENOENT ? err_set(e, -ENOENT, "there is no such sensor") : got;
}

int fleet_store_by_cert(struct txn *t, const char *cert_sha256, struct arena *a,
			struct fleet_sensor *out, struct err *e)
{
	struct rows *r = db_query(t, &scope_system,
				  "SELECT " SENSOR_COLUMNS SENSOR_TABLES
				  " WHERE s.cert_sha256 = $1 AND @scope(s.company_id)",
				  DB_ARGS(DB_TEXT(cert_sha256)), e);
	int got = rows_get(r, sensor_read, a, out, e);

	return got == -ENOENT ? err_set(e, -ENOENT, "there is no such sensor") : got;
}

int fleet_store_add(struct txn *t, const struct scope *s, const struct fleet_sensor *x,
		    int64_t *id_out, struct err *e)
{
	int r = db_one_int(
		t, s,
		"INSERT INTO sensor (company_id, site_id, name, state, light, cert_sha256,"
		" cert_expires_us, version, hardware, enrolled_us, revoked_us, revoked_why,"
		" heard_us, beat_us, capture_up, capture_text, uptime_s, packets,"
		" packets_dropped, flows_dropped, spool_bytes, spool_quota, spool_dropped,"
		" rss_bytes, problems, devices_left_out) SELECT c.id, $2, $3, 'enrolled', 'grey',"
		" $4, $5, $6, $7, $8, 0, '', 0, 0, 0, '', 0, 0, 0, 0, 0, 0, 0, 0, '', 0"
		" FROM company c WHERE c.id = $1 AND @scope(c.id) RETURNING id",
		DB_ARGS(DB_INT(x->company_id), db_int_or_null(x->site_id), DB_TEXT(x->name),
			DB_TEXT(x->cert_sha256), DB_INT(x->cert_expires_us), DB_TEXT(x->version),
			DB_TEXT(x->hardware), DB_INT(x->enrolled_us)),
		id_out, e);

	if (r < 0)
		return r;
	return db_run(t, &scope_system,
		      "@global INSERT INTO sensor_sequence (sensor_id, company_id,"
		      " acknowledged) VALUES ($1, $2, 0)",
		      DB_ARGS(DB_INT(*id_out), DB_INT(x->company_id)), e);
}

static int changed_one(int64_t n, struct err *e)
{
	if (n < 0)
		return (int)n;
	return n == 0 ? err_set(e, -ENOENT, "there is no such sensor") : 0;
}

int fleet_store_revoke(struct txn *t, const struct scope *s, int64_t id, const char *why,
		       int64_t now_us, struct err *e)
{
	return changed_one(
		db_exec(t, s,
			"UPDATE sensor SET state = 'revoked', light = 'grey', revoked_us = $2,"
			" revoked_why = $3 WHERE id = $1 AND state = 'enrolled' AND"
			" @scope(company_id)",
			DB_ARGS(DB_INT(id), DB_INT(now_us), DB_TEXT(why)), e),
		e);
}

int fleet_store_rename(struct txn *t, const struct scope *s, int64_t id, const char *name,
		       struct err *e)
{
	return changed_one(
		db_exec(t, s, "UPDATE sensor SET name = $2 WHERE id = $1 AND @scope(company_id)",
			DB_ARGS(DB_INT(id), DB_TEXT(name)), e),
		e);
}

int fleet_store_set_light(struct txn *t, const struct scope *s, int64_t id, const char *light,
			  struct err *e)
{
	return changed_one(
		db_exec(t, s, "UPDATE sensor SET light = $2 WHERE id = $1 AND @scope(company_id)",
			DB_ARGS(DB_INT(id), DB_TEXT(light)), e),
		e);
}

int fleet_store_code_add(struct txn *t, const struct scope *s, const struct fleet_enrol_code *c,
			 const char *code_sha256, int64_t made_by, int64_t made_us, struct err *e)
{
	int64_t n = db_exec(
		t, s,
		"INSERT INTO enrol_code (company_id, site_id, code_sha256, sensor_name, made_by,"
		" made_us, expires_us, used_us) SELECT c.id, $2, $3, $4, $5, $6, $7, 0 FROM"
		" company c WHERE c.id = $1 AND (CAST($2 AS BIGINT) IS NULL OR EXISTS (SELECT 1"
		" FROM site x WHERE x.id = $2 AND x.company_id = c.id)) AND @scope(c.id)",
		DB_ARGS(DB_INT(c->company_id), db_int_or_null(c->site_id), DB_TEXT(code_sha256),
			DB_TEXT(c->sensor_name), DB_INT(made_by), DB_INT(made_us),
			DB_INT(made_us + FLEET_CODE_DAYS * US_PER_DAY)),
		e);

	if (n < 0)
		return (int)n;
	return n == 0 ? err_set(e, -ENOENT, "there is no such company") : 0;
}

static void code_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct fleet_code_row *)row = (struct fleet_code_row){
		.id = rows_int(r, 0),
		.company_id = rows_int(r, 1),
		.site_id = rows_int(r, 2),
		.made_us = rows_int(r, 3),
		.expires_us = rows_int(r, 4),
		.used_us = rows_int(r, 5),
		.sensor_name = rows_keep(r, 6, a),
	};
}

int fleet_store_code_find(struct txn *t, const char *code_sha256, struct arena *a,
			  struct fleet_code_row *out, struct err *e)
{
	SCOPED_ROWS struct rows *r =
		db_query(t, &scope_system,
			 "SELECT id, company_id, site_id, made_us, expires_us, used_us,"
			 " sensor_name FROM enrol_code WHERE code_sha256 = $1 AND"
			 " @scope(company_id)",
			 DB_ARGS(DB_TEXT(code_sha256)), e);

	int got = rows_next(r, e);
	if (got > 0)
		code_read(r, a, out);
	return got;
}

int fleet_store_code_use(struct txn *t, int64_t id, int64_t sensor_id, int64_t now_us,
			 struct err *e)
{
	return changed_one(db_exec(t, &scope_system,
				   "UPDATE enrol_code SET used_us = $2, sensor_id = $3 WHERE"
				   " id = $1 AND used_us = 0 AND @scope(company_id)",
				   DB_ARGS(DB_INT(id), DB_INT(now_us), DB_INT(sensor_id)), e),
			   e);
}

int fleet_store_codes(struct txn *t, const struct scope *s, int64_t company_id, int64_t now_us,
		      struct arena *a, struct fleet_code_row **out, size_t *n_out, struct err *e)
{
	struct rows *r =
		db_query(t, s,
			 "SELECT id, company_id, site_id, made_us, expires_us, used_us,"
			 " sensor_name FROM enrol_code WHERE company_id = $1 AND used_us = 0 AND"
			 " expires_us > $2 AND @scope(company_id) ORDER BY made_us DESC LIMIT 50",
			 DB_ARGS(DB_INT(company_id), DB_INT(now_us)), e);

	return rows_list(r, code_read, a, ROWS_OUT(out, n_out), e);
}

int fleet_store_code_expire(struct txn *t, int64_t before_us, struct err *e)
{
	return db_run(t, &scope_system,
		      "DELETE FROM enrol_code WHERE used_us = 0 AND expires_us < $1 AND"
		      " @scope(company_id)",
		      DB_ARGS(DB_INT(before_us)), e);
}
