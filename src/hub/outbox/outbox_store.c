/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on hooks, deliveries and on what happened. Hooks are the administrator's and @global. */
#include "hub/outbox/outbox_store.h"

#include <errno.h>

#include "store/rows.h"

enum { LIST_MAX = 200, DUE_MAX = HOOKS_MAX, READ_AT_ONCE = 500 };

/* --- hooks --- */

#define HOOK_SELECT                                                                                \
	"@global SELECT k.id, k.org_id, k.name, k.url, k.secret, k.kinds, k.active, k.made_us, "   \
	"k.fails, k.next_try_us, k.ok_us, k.error, coalesce(o.name, ''), "                         \
	"(SELECT count(*) FROM outbox d WHERE d.hook_id = k.id AND d.state = 'queued'), "          \
	"(SELECT count(*) FROM outbox d WHERE d.hook_id = k.id AND d.state = 'dead') "             \
	"FROM hook k LEFT JOIN organisation o ON o.id = k.org_id "

static void hook_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct hook *)row = (struct hook){ .id = rows_int(r, 0),
					     .org_id = rows_int(r, 1),
					     .name = rows_keep(r, 2, a),
					     .url = rows_keep(r, 3, a),
					     .secret = rows_keep(r, 4, a),
					     .kinds = rows_keep(r, 5, a),
					     .active = rows_int(r, 6) != 0,
					     .made_us = rows_int(r, 7),
					     .fails = rows_int(r, 8),
					     .next_try_us = rows_int(r, 9),
					     .ok_us = rows_int(r, 10),
					     .error = rows_keep(r, 11, a),
					     .org_name = rows_keep(r, 12, a),
					     .waiting = rows_int(r, 13),
					     .dead = rows_int(r, 14) };
}

int outbox_store_hook_add(struct txn *t, const struct hook *k, int64_t person_id, int64_t *id_out,
			  struct err *e)
{
	return db_one_int(
		t, &scope_system,
		"INSERT INTO hook (org_id, name, url, secret, kinds, active, made_by, "
		"made_us, fails, next_try_us, ok_us, error) "
		"VALUES ($1, $2, $3, $4, $5, 1, $6, $7, 0, 0, 0, '') RETURNING id @global",
		DB_ARGS(DB_INT(k->org_id), DB_TEXT(k->name), DB_TEXT(k->url), DB_TEXT(k->secret),
			DB_TEXT(k->kinds), DB_INT(person_id), DB_INT(k->made_us)),
		id_out, e);
}

static int none_is_enoent(int r, struct err *e)
{
	return r == 0 ? err_set(e, -ENOENT, "there is no such receiver") : r < 0 ? r : 0;
}

int outbox_store_hook_set(struct txn *t, const struct hook *k, struct err *e)
{
	return none_is_enoent(
		db_change(t, &scope_system,
			  "UPDATE hook SET name = $2, url = $3, kinds = $4, active = $5, "
			  "fails = 0, next_try_us = 0, error = '' WHERE id = $1 @global",
			  DB_ARGS(DB_INT(k->id), DB_TEXT(k->name), DB_TEXT(k->url),
				  DB_TEXT(k->kinds), DB_INT(k->active)),
			  e),
		e);
}

int outbox_store_hook_secret(struct txn *t, int64_t id, const char *secret, struct err *e)
{
	return none_is_enoent(db_change(t, &scope_system,
					"UPDATE hook SET secret = $2 WHERE id = $1 @global",
					DB_ARGS(DB_INT(id), DB_TEXT(secret)), e),
			      e);
}

int outbox_store_hook(struct txn *t, int64_t id, struct arena *a, struct hook *out, struct err *e)
{
	struct rows *r =
		db_query(t, &scope_system, HOOK_SELECT "WHERE k.id = $1", DB_ARGS(DB_INT(id)), e);
	int got = rows_get(r, hook_read, a, out, e);

	return got == -ENOENT ? err_set(e, -ENOENT, "there is no such receiver") : got;
}

int outbox_store_hooks(struct txn *t, struct arena *a, struct hook **out, size_t *n_out,
		       struct err *e)
{
	struct rows *r = db_query(t, &scope_system, HOOK_SELECT "ORDER BY k.name, k.id LIMIT $1",
				  DB_ARGS(DB_INT(HOOKS_MAX)), e);

	return rows_list(r, hook_read, a, ROWS_OUT(out, n_out), e);
}

int outbox_store_hook_tried(struct txn *t, const struct hook *k, struct err *e)
{
	return db_run(t, &scope_system,
		      "UPDATE hook SET fails = $2, next_try_us = $3, ok_us = $4, error = $5, "
		      "active = $6 WHERE id = $1 @global",
		      DB_ARGS(DB_INT(k->id), DB_INT(k->fails), DB_INT(k->next_try_us),
			      DB_INT(k->ok_us), DB_TEXT(k->error), DB_INT(k->active)),
		      e);
}

/* --- deliveries --- */

#define DELIVERY_SELECT                                                                            \
	"SELECT d.id, d.hook_id, d.company_id, d.event, d.kind, d.body, d.state, d.made_us, "      \
	"d.tries, d.tried_us, d.error, k.name, coalesce(c.name, '') FROM outbox d "                \
	"JOIN hook k ON k.id = d.hook_id LEFT JOIN company c ON c.id = d.company_id "

static void delivery_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct delivery *)row = (struct delivery){ .id = rows_int(r, 0),
						     .hook_id = rows_int(r, 1),
						     .company_id = rows_int(r, 2),
						     .event = rows_keep(r, 3, a),
						     .kind = rows_keep(r, 4, a),
						     .body = rows_keep(r, 5, a),
						     .state = rows_keep(r, 6, a),
						     .made_us = rows_int(r, 7),
						     .tries = rows_int(r, 8),
						     .tried_us = rows_int(r, 9),
						     .error = rows_keep(r, 10, a),
						     .hook_name = rows_keep(r, 11, a),
						     .company_name = rows_keep(r, 12, a) };
}

int outbox_store_add(struct txn *t, const struct delivery *d, struct err *e)
{
	return db_run(t, &scope_system,
		      "INSERT INTO outbox (hook_id, event, kind, company_id, body, state, made_us, "
		      "tries, tried_us, error) VALUES ($1, $2, $3, $4, $5, 'queued', $6, 0, 0, '') "
		      "ON CONFLICT (hook_id, event) DO NOTHING @global",
		      DB_ARGS(DB_INT(d->hook_id), DB_TEXT(d->event), DB_TEXT(d->kind),
			      DB_INT(d->company_id), DB_TEXT(d->body), DB_INT(d->made_us)),
		      e);
}

int outbox_store_due(struct txn *t, int64_t now_us, struct arena *a, struct delivery **out,
		     size_t *n_out, struct err *e)
{
	struct rows *r = db_query(
		t, &scope_system,
		"@global " DELIVERY_SELECT
		"WHERE k.active = 1 AND k.next_try_us <= $1 AND d.id = (SELECT min(q.id) FROM "
		"outbox q WHERE q.state = 'queued' AND q.hook_id = k.id) ORDER BY d.id LIMIT $2",
		DB_ARGS(DB_INT(now_us), DB_INT(DUE_MAX)), e);

	return rows_list(r, delivery_read, a, ROWS_OUT(out, n_out), e);
}

int outbox_store_tried(struct txn *t, const struct delivery *d, struct err *e)
{
	return db_run(t, &scope_system,
		      "UPDATE outbox SET state = $2, tries = $3, tried_us = $4, error = $5 "
		      "WHERE id = $1 AND state = 'queued' @global",
		      DB_ARGS(DB_INT(d->id), DB_TEXT(d->state), DB_INT(d->tries),
			      DB_INT(d->tried_us), DB_TEXT(d->error)),
		      e);
}

int outbox_store_give_up(struct txn *t, int64_t hook_id, int64_t until_us, const char *why,
			 struct err *e)
{
	return db_run(t, &scope_system,
		      "UPDATE outbox SET state = 'dead', error = $3 WHERE state = 'queued' AND "
		      "hook_id = $1 AND made_us <= $2 @global",
		      DB_ARGS(DB_INT(hook_id), DB_INT(until_us), DB_TEXT(why)), e);
}

int64_t outbox_store_move(struct txn *t, const struct scope *s, const struct outbox_move *m,
			  struct err *e)
{
	return db_exec(t, s,
		       "UPDATE outbox SET state = $2, made_us = $3 WHERE state = 'dead' AND "
		       "($1 = 0 OR id = $1) AND @scope(company_id)",
		       DB_ARGS(DB_INT(m->id), DB_TEXT(m->to), DB_INT(m->now_us)), e);
}

int outbox_store_hooks_due(struct txn *t, struct err *e)
{
	return db_run(t, &scope_system, "UPDATE hook SET next_try_us = 0 @global", DB_NO_ARGS, e);
}

int outbox_store_list(struct txn *t, const struct scope *s, const char *state, int64_t hook_id,
		      struct arena *a, struct delivery **out, size_t *n_out, struct err *e)
{
	struct rows *r =
		db_query(t, s,
			 DELIVERY_SELECT "WHERE d.state = $1 AND ($2 = 0 OR d.hook_id = $2) AND "
					 "@scope(d.company_id) ORDER BY d.id DESC LIMIT $3",
			 DB_ARGS(DB_TEXT(state), DB_INT(hook_id), DB_INT(LIST_MAX)), e);

	return rows_list(r, delivery_read, a, ROWS_OUT(out, n_out), e);
}

int outbox_store_count_dead(struct txn *t, const struct scope *s, int64_t *n_out, struct err *e)
{
	return db_one_int(t, s,
			  "SELECT count(*) FROM outbox WHERE state = 'dead' AND @scope(company_id)",
			  DB_NO_ARGS, n_out, e);
}

int outbox_store_forget(struct txn *t, int64_t sent_before_us, int64_t dead_before_us,
			struct err *e)
{
	return db_run(t, &scope_system,
		      "DELETE FROM outbox WHERE (state = 'sent' AND tried_us < $1) OR "
		      "(state = 'dropped' AND made_us < $2) @global",
		      DB_ARGS(DB_INT(sent_before_us), DB_INT(dead_before_us)), e);
}

/* --- what happened --- */

int outbox_store_mark(struct txn *t, const char *name, int64_t *at_out, struct err *e)
{
	return db_one_int(t, &scope_system, "SELECT at FROM outbox_mark WHERE name = $1 @global",
			  DB_ARGS(DB_TEXT(name)), at_out, e);
}

int outbox_store_mark_set(struct txn *t, const char *name, int64_t at, struct err *e)
{
	return db_run(t, &scope_system,
		      "INSERT INTO outbox_mark (name, at) VALUES ($1, $2) "
		      "ON CONFLICT (name) DO UPDATE SET at = $2 @global",
		      DB_ARGS(DB_TEXT(name), DB_INT(at)), e);
}

int outbox_store_audit_end(struct txn *t, int64_t *id_out, struct err *e)
{
	return db_one_int(t, &scope_system, "SELECT id FROM audit_head WHERE one = 1 @global",
			  DB_NO_ARGS, id_out, e);
}

int outbox_store_alert_end(struct txn *t, int64_t *id_out, struct err *e)
{
	return db_one_int(t, &scope_system, "SELECT coalesce(max(id), 0) FROM alert @global",
			  DB_NO_ARGS, id_out, e);
}

static void happened_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct happened *)row = (struct happened){ .id = rows_int(r, 0),
						     .at_us = rows_int(r, 1),
						     .action = rows_keep(r, 2, a),
						     .entity = rows_keep(r, 3, a),
						     .entity_id = rows_int(r, 4),
						     .company_id = rows_int(r, 5),
						     .number = rows_keep(r, 6, a),
						     .severity = rows_int(r, 7) };
}

int outbox_store_audit(struct txn *t, int64_t after, struct arena *a, struct happened **out,
		       size_t *n_out, struct err *e)
{
	struct rows *r =
		db_query(t, &scope_system,
			 "@global SELECT a.id, a.at_us, a.action, a.entity, a.entity_id, "
			 "coalesce(a.about_company_id, 0), coalesce(i.number, ''), -1 FROM audit a "
			 "LEFT JOIN incident i ON a.entity = 'incident' AND i.id = a.entity_id "
			 "WHERE a.id > $1 ORDER BY a.id LIMIT $2",
			 DB_ARGS(DB_INT(after), DB_INT(READ_AT_ONCE)), e);

	return rows_list(r, happened_read, a, ROWS_OUT(out, n_out), e);
}

int outbox_store_alerts(struct txn *t, int64_t after, struct arena *a, struct happened **out,
			size_t *n_out, struct err *e)
{
	struct rows *r = db_query(
		t, &scope_system,
		"@global SELECT id, opened_us, 'alert.open', 'alert', id, company_id, '', severity "
		"FROM alert WHERE id > $1 ORDER BY id LIMIT $2",
		DB_ARGS(DB_INT(after), DB_INT(READ_AT_ONCE)), e);

	return rows_list(r, happened_read, a, ROWS_OUT(out, n_out), e);
}

int outbox_store_sees(struct txn *t, const struct scope *s, int64_t company_id, struct err *e)
{
	int64_t one;
	int r = db_one_int(t, s, "SELECT 1 FROM company WHERE id = $1 AND @scope(id)",
			   DB_ARGS(DB_INT(company_id)), &one, e);

	return r == -ENOENT ? 0 : r < 0 ? r : 1;
}
