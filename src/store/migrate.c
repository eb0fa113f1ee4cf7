/* SPDX-License-Identifier: Apache-2.0 */
/* Migrations: brings a database to the schemas of this program, step by step, and refuses one that
 * has a history of its own. What a step's SQL may say: schema_sql.c. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/db_pool.h"
#include "store/schema_sql.h"

enum { STEPS_MAX = 4096, HASH_TEXT_MAX = 20 };

struct step {
	const char *schema;
	int64_t number;
	struct str sql;
	char hash[HASH_TEXT_MAX];
};

struct steps {
	struct step *p;
	size_t n;
};

static const char history_sql[] = "CREATE TABLE IF NOT EXISTS schema_step (\n"
				  "  name TEXT NOT NULL,\n"
				  "  step BIGINT NOT NULL,\n"
				  "  hash TEXT NOT NULL,\n"
				  "  applied_us BIGINT NOT NULL,\n"
				  "  PRIMARY KEY (name, step))";

static void hash_step(struct step *s)
{
	static const uint8_t secret[16] = "otasuke schema"; /* a checksum, not a secret */
	struct str sql = str_trim(s->sql);

	(void)snprintf(s->hash, sizeof(s->hash), "%016" PRIx64, siphash13(secret, sql.p, sql.n));
}

/* "-- step N: what it does": 1 and the number, 0 for any other line. */
static int parse_heading(const char *schema, struct str line, int64_t *out, struct err *e)
{
	struct str number;

	if (!str_starts(line, STR("-- step ")))
		return 0;
	line.p += strlen("-- step ");
	line.n -= strlen("-- step ");
	if (!str_cut(&line, ':', &number) || str_i64(str_trim(number), 1, STEPS_MAX, out) < 0)
		return err_set(e, -EINVAL, "schema %s: a step begins with '-- step N: text'",
			       schema);
	return 1;
}

static int add_step(struct steps *steps, const char *schema, int64_t number, int64_t expected,
		    struct err *e)
{
	if (number != expected)
		return err_set(e, -EINVAL,
			       "schema %s: step %" PRId64 " stands where step %" PRId64
			       " is expected",
			       schema, number, expected);
	if (steps->n == STEPS_MAX)
		return err_set(e, -ELIMIT, "more than %d schema steps", STEPS_MAX);
	steps->p = mem_resize(steps->p, steps->n + 1, sizeof(*steps->p));
	steps->p[steps->n++] = (struct step){ .schema = schema, .number = number };
	return 0;
}

static int parse_schema(const struct db_schema *schema, struct steps *steps, struct err *e)
{
	struct str rest = str_of(schema->sql), line;
	int64_t number, expected = 1;
	struct step *open = NULL;
	int r;

	while (str_cut(&rest, '\n', &line)) {
		if ((r = parse_heading(schema->name, line, &number, e)) < 0)
			return r;
		if (r == 0) {
			if (open)
				open->sql.n = (size_t)(line.p + line.n - open->sql.p);
			continue;
		}
		if ((r = add_step(steps, schema->name, number, expected++, e)) < 0)
			return r;
		open = &steps->p[steps->n - 1];
		open->sql = (struct str){ line.p, line.n };
	}
	if (expected == 1)
		return err_set(e, -EINVAL, "schema %s has no steps", schema->name);
	return 0;
}

static int parse_all(const struct db_schema *schemas, size_t n, struct steps *out, struct err *e)
{
	int r;

	for (size_t i = 0; i < n; i++)
		if ((r = parse_schema(&schemas[i], out, e)) < 0)
			return r;
	for (size_t i = 0; i < out->n; i++)
		hash_step(&out->p[i]);
	return 0;
}

static int make_history(struct db *db, struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, e);
	int r;

	if (!t)
		return e->code;
	if ((r = db->driver->script(t->conn->impl, history_sql, e)) < 0)
		return r;
	return txn_commit(&t, e);
}

static const struct step *find_step(const struct steps *steps, const char *schema, int64_t number)
{
	for (size_t i = 0; i < steps->n; i++)
		if (steps->p[i].number == number && strcmp(steps->p[i].schema, schema) == 0)
			return &steps->p[i];
	return NULL;
}

/* Everything that was applied must be ours, unchanged. DONE gets one flag a step. */
static int compare_history(struct txn *t, const struct steps *steps, bool *done, struct err *e)
{
	SCOPED_ROWS struct rows *r =
		db_query(t, &scope_system,
			 "SELECT name, step, hash FROM schema_step ORDER BY name, step @global",
			 DB_NO_ARGS, e);
	int got;

	if (!r)
		return e->code;
	while ((got = rows_next(r, e)) > 0) {
		const char *name = rows_text(r, 0);
		int64_t number = rows_int(r, 1);
		const struct step *s = find_step(steps, name, number);
		if (!s)
			return err_set(
				e, -ENOTSUP,
				"the database was made by a newer program: it has step %" PRId64
				" of %s, which this one does not know; install the newer "
				"version or restore an older backup",
				number, name);
		if (strcmp(s->hash, rows_text(r, 2)) != 0)
			return err_set(e, -ENOTSUP,
				       "step %" PRId64 " of schema %s was changed after it was "
				       "applied to this database",
				       number, name);
		done[s - steps->p] = true;
	}
	return got;
}

static int record_step(struct txn *t, const struct step *s, struct err *e)
{
	int64_t n = db_exec(t, &scope_system,
			    "INSERT INTO schema_step (name, step, hash, applied_us) "
			    "VALUES ($1, $2, $3, $4) @global",
			    DB_ARGS(DB_TEXT(s->schema), DB_INT(s->number), DB_TEXT(s->hash),
				    DB_INT(clock_utc_us(&clock_real))),
			    e);
	return n < 0 ? (int)n : 0;
}

static int run_step(struct txn *t, const struct step *s, struct err *e)
{
	const struct driver *driver = t->db->driver;
	SCOPED_BUF struct buf sql;
	int r;

	buf_init(&sql, 0);
	SCOPED_MEM char *text = mem_strndup(s->sql.p, s->sql.n);
	r = schema_sql_expand(text, driver->postgres, &sql, e);
	if (r == 0 && driver->scope)
		r = driver->scope(t->conn->impl, &scope_system, e);
	if (r == 0)
		r = driver->script(t->conn->impl, sql.p, e);
	if (r < 0) {
		(void)err_context(e, "schema %s, step %" PRId64, s->schema, s->number);
		return r;
	}
	return record_step(t, s, e);
}

/* One transaction a step. Another process may have been first: the history is read again inside. */
static int apply_step(struct db *db, const struct steps *steps, size_t i, int *applied,
		      struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, e);
	SCOPED_MEM bool *done = mem_array(steps->n, sizeof(*done));
	int r;

	if (!t)
		return e->code;
	if ((r = compare_history(t, steps, done, e)) < 0)
		return r;
	if (done[i])
		return 0;
	if ((r = run_step(t, &steps->p[i], e)) < 0 || (r = txn_commit(&t, e)) < 0)
		return r;
	(*applied)++;
	return 0;
}

static int read_history(struct db *db, const struct steps *steps, bool *done, struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_READ, e);

	return t ? compare_history(t, steps, done, e) : e->code;
}

static int apply_all(struct db *db, const struct steps *steps, int *applied, struct err *e)
{
	SCOPED_MEM bool *done = mem_array(steps->n, sizeof(*done));
	int r;

	if ((r = make_history(db, e)) < 0 || (r = read_history(db, steps, done, e)) < 0)
		return r;
	for (size_t i = 0; i < steps->n; i++)
		if (!done[i] && (r = apply_step(db, steps, i, applied, e)) < 0)
			return r;
	return db->driver->postgres ? rls_apply(db, e) : 0;
}

int db_migrate(struct db *db, const struct db_schema *schemas, size_t n, int *applied_out,
	       struct err *e)
{
	struct steps steps = { 0 };
	struct err own;
	struct err *why = e ? e : &own;
	int applied = 0;

	int r = parse_all(schemas, n, &steps, why);
	if (r == 0)
		r = apply_all(db, &steps, &applied, why);
	free(steps.p);
	if (r == 0 && applied_out)
		*applied_out = applied;
	return r;
}
