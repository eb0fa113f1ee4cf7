/* SPDX-License-Identifier: Apache-2.0 */
/* The audit log: who did what to whose data, one row a state change, in the transaction that makes
 * the change. Each row's hash covers its content and the hash before it, so that a row that was
 * changed, taken out or slipped in shows. Whoever can write the database could rebuild the whole
 * chain: the hash of its end is printed by the doctor, to be kept elsewhere. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "hub/accounts/accounts_audit_store.h"
#include "net/crypto.h"

enum { WALK_ROWS = 2000, DETAIL_MAX = 16384 };

static void put_int(struct crypto_sha256_state *h, int64_t v)
{
	uint8_t b[8];
	for (int i = 0; i < 8; i++)
		b[i] = (uint8_t)((uint64_t)v >> (56 - 8 * i));
	crypto_sha256_add(h, b, sizeof(b));
}

static void put_text(struct crypto_sha256_state *h, const char *s)
{
	size_t n = strlen(s);
	put_int(h, (int64_t)n);
	crypto_sha256_add(h, s, n);
}

/* The canonical form: every field in the order of the table, numbers as 8 bytes, texts with their
 * length before them. */
static void audit_hash(const struct audit_row *r, char out[AUDIT_HASH])
{
	struct crypto_sha256_state h;
	uint8_t sum[32];

	crypto_sha256_init(&h);
	put_int(&h, r->id);
	put_int(&h, r->at_us);
	put_int(&h, r->person_id);
	put_int(&h, r->org_id);
	put_text(&h, r->action);
	put_text(&h, r->entity);
	put_int(&h, r->entity_id);
	put_int(&h, r->company_id);
	put_text(&h, r->detail);
	put_text(&h, r->prev_hash);
	crypto_sha256_end(&h, sum);
	crypto_hex(sum, sizeof(sum), out);
}

int accounts_audit(struct txn *t, const struct user *u, const char *action, const char *entity,
		   int64_t entity_id, int64_t company_id, const char *detail_json, struct err *e)
{
	char prev[AUDIT_HASH], hash[AUDIT_HASH];
	struct audit_row row = {
		.at_us = u && u->scope.now_us ? u->scope.now_us : clock_utc_us(&clock_real),
		.person_id = u ? u->person_id : 0,
		.org_id = u ? u->org_id : 0,
		.action = action,
		.entity = entity,
		.entity_id = entity_id,
		.company_id = company_id,
		.detail = detail_json ? detail_json : "",
		.prev_hash = prev,
		.hash = hash,
	};
	int r;

	if (strlen(row.detail) > DETAIL_MAX)
		return err_set(e, -ELIMIT, "an audit row of more than %d bytes", DETAIL_MAX);
	if ((r = accounts_audit_store_next(t, &scope_system, &row.id, prev, e)) < 0)
		return r;
	audit_hash(&row, hash);
	return accounts_audit_store_add(t, &scope_system, &row, e);
}

/* Checks up to WALK_ROWS rows behind *LAST; 1 while there may be more. */
static int walk_some(struct txn *t, int64_t *last, char prev[AUDIT_HASH], struct err *e)
{
	char want[AUDIT_HASH];
	int64_t n = 0;
	int r;

	SCOPED_ROWS struct rows *rows =
		accounts_audit_store_walk(t, &scope_system, *last, WALK_ROWS, e);
	if (!rows)
		return e ? e->code : -EIO;
	while ((r = rows_next(rows, e)) > 0) {
		struct audit_row row;
		accounts_audit_store_read(rows, &row);
		if (row.id != *last + 1)
			return err_set(e, -EFORMAT,
				       "the audit log has a gap: row %" PRId64 " follows %" PRId64,
				       row.id, *last);
		audit_hash(&row, want);
		if (strcmp(row.prev_hash, prev) != 0 || strcmp(row.hash, want) != 0)
			return err_set(e, -EFORMAT, "audit row %" PRId64 " was changed afterwards",
				       row.id);
		str_copy(prev, AUDIT_HASH, str_of(row.hash));
		*last = row.id;
		n++;
	}
	return r < 0 ? r : n == WALK_ROWS;
}

int accounts_audit_verify(struct db *db, int64_t *rows_out, struct err *e)
{
	char end[AUDIT_HASH];

	return accounts_audit_end(db, rows_out, end, e);
}

int accounts_audit_end(struct db *db, int64_t *rows_out, char hash_out[AUDIT_HASH], struct err *e)
{
	char prev[AUDIT_HASH] = "", head[AUDIT_HASH];
	int64_t last = 0, head_id;
	int r;

	SCOPED_TXN struct txn *t = txn_begin(db, TXN_READ, e);
	if (!t)
		return e ? e->code : -EIO;
	while ((r = walk_some(t, &last, prev, e)) > 0)
		;
	if (r < 0)
		return r;
	if ((r = accounts_audit_store_head(t, &scope_system, &head_id, head, e)) < 0)
		return r;
	if (head_id != last || strcmp(head, prev) != 0)
		return err_set(e, -EFORMAT,
			       "the audit log ends at row %" PRId64 " but should end at %" PRId64,
			       last, head_id);
	str_copy(hash_out, AUDIT_HASH, str_of(head));
	*rows_out = last;
	return 0;
}

int accounts_audit_last(struct db *db, int64_t *at_us_out, struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_READ, e);
	if (!t)
		return e ? e->code : -EIO;
	return accounts_audit_store_last(t, &scope_system, at_us_out, e);
}
