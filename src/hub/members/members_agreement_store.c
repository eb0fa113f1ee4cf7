/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on relations, contacts, sites, contracts and consents. Rules: members_relation.c,
 * members_contact.c, members_contract.c. A row is added only beside a company that the scope sees.
 */
#include <errno.h>

#include "hub/members/members_agreement_store.h"
#include "store/rows.h"

/* What an UPDATE or DELETE of one row says. */
static int changed_one(int64_t n, struct err *e)
{
	if (n < 0)
		return (int)n;
	return n == 0 ? err_set(e, -ENOENT, "there is no such entry") : 0;
}

/* What an INSERT ... SELECT from company says: no row is a company that is not the scope's. */
static int added_one(int r, struct err *e)
{
	return r == -ENOENT ? err_set(e, -ENOENT, "there is no such company") : r;
}

static void relation_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct relation *)row = (struct relation){
		.id = rows_int(r, 0),
		.company_id = rows_int(r, 1),
		.org_id = rows_int(r, 2),
		.kind = rows_keep(r, 3, a),
		.valid_from_us = rows_int(r, 4),
		.valid_to_us = rows_int(r, 5),
		.org_name = "",
	};
}

int members_agreement_store_relations(struct txn *t, const struct scope *s, int64_t company_id,
				      struct arena *a, struct relation **out, size_t *n_out,
				      struct err *e)
{
	struct rows *r =
		db_query(t, s,
			 "SELECT id, company_id, org_id, kind, valid_from_us, valid_to_us FROM"
			 " relation WHERE company_id = $1 AND @scope(company_id)"
			 " ORDER BY valid_to_us DESC, valid_from_us, id",
			 DB_ARGS(DB_INT(company_id)), e);

	return rows_list(r, relation_read, a, ROWS_OUT(out, n_out), e);
}

int members_agreement_store_overlap(struct txn *t, const struct scope *s, const struct relation *r,
				    int64_t *n_out, struct err *e)
{
	return db_one_int(t, s,
			  "SELECT count(*) FROM relation WHERE company_id = $1 AND org_id = $2 AND"
			  " kind = $3 AND valid_from_us < $5 AND valid_to_us > $4 AND"
			  " @scope(company_id)",
			  DB_ARGS(DB_INT(r->company_id), DB_INT(r->org_id), DB_TEXT(r->kind),
				  DB_INT(r->valid_from_us), DB_INT(r->valid_to_us)),
			  n_out, e);
}

int members_agreement_store_relation_add(struct txn *t, const struct scope *s,
					 const struct relation *r, int64_t *id_out, struct err *e)
{
	return added_one(
		db_one_int(t, s,
			   "INSERT INTO relation (company_id, org_id, kind, valid_from_us,"
			   " valid_to_us) SELECT c.id, $2, $3, $4, $5 FROM company c WHERE"
			   " c.id = $1 AND @scope(c.id) RETURNING id",
			   DB_ARGS(DB_INT(r->company_id), DB_INT(r->org_id), DB_TEXT(r->kind),
				   DB_INT(r->valid_from_us), DB_INT(r->valid_to_us)),
			   id_out, e),
		e);
}

int64_t members_agreement_store_relation_end(struct txn *t, const struct scope *s,
					     int64_t company_id, int64_t id, int64_t to_us,
					     struct err *e)
{
	return db_exec(t, s,
		       "UPDATE relation SET valid_to_us = $3 WHERE company_id = $1 AND"
		       " valid_to_us > $3 AND (id = $2 OR (CAST($2 AS BIGINT) = 0 AND"
		       " kind <> 'desk')) AND @scope(company_id)",
		       DB_ARGS(DB_INT(company_id), DB_INT(id), DB_INT(to_us)), e);
}

static void contact_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct contact *)row = (struct contact){
		.id = rows_int(r, 0),
		.company_id = rows_int(r, 1),
		.position = rows_int(r, 2),
		.name = rows_keep(r, 3, a),
		.kana = rows_keep(r, 4, a),
		.role = rows_keep(r, 5, a),
		.phone = rows_keep(r, 6, a),
		.mail = rows_keep(r, 7, a),
		.channel = rows_keep(r, 8, a),
		.hours = rows_keep(r, 9, a),
		.lang = lang_parse(rows_text(r, 10), LANG_JA),
	};
}

int members_agreement_store_contacts(struct txn *t, const struct scope *s, int64_t company_id,
				     struct arena *a, struct contact **out, size_t *n_out,
				     struct err *e)
{
	struct rows *r =
		db_query(t, s,
			 "SELECT id, company_id, position, name, kana, role, phone, mail, channel,"
			 " hours, lang FROM contact WHERE company_id = $1 AND @scope(company_id)"
			 " ORDER BY position, id",
			 DB_ARGS(DB_INT(company_id)), e);

	return rows_list(r, contact_read, a, ROWS_OUT(out, n_out), e);
}

#define CONTACT_ARGS(c)                                                                            \
	DB_ARGS(DB_INT((c)->company_id), DB_INT((c)->position), DB_TEXT((c)->name),                \
		DB_TEXT((c)->kana), DB_TEXT((c)->role), DB_TEXT((c)->phone), DB_TEXT((c)->mail),   \
		DB_TEXT((c)->channel), DB_TEXT((c)->hours), DB_TEXT(lang_tag((c)->lang)),          \
		DB_INT((c)->id))

int members_agreement_store_contact_add(struct txn *t, const struct scope *s,
					const struct contact *c, int64_t *id_out, struct err *e)
{
	return added_one(
		db_one_int(t, s,
			   "INSERT INTO contact (company_id, position, name, kana, role, phone,"
			   " mail, channel, hours, lang) SELECT c.id, $2, $3, $4, $5, $6, $7, $8,"
			   " $9, $10 FROM company c WHERE c.id = $1 AND CAST($11 AS BIGINT) = 0"
			   " AND @scope(c.id) RETURNING id",
			   CONTACT_ARGS(c), id_out, e),
		e);
}

int members_agreement_store_contact_set(struct txn *t, const struct scope *s,
					const struct contact *c, struct err *e)
{
	return changed_one(
		db_exec(t, s,
			"UPDATE contact SET position = $2, name = $3, kana = $4, role = $5,"
			" phone = $6, mail = $7, channel = $8, hours = $9, lang = $10"
			" WHERE id = $11 AND company_id = $1 AND @scope(company_id)",
			CONTACT_ARGS(c), e),
		e);
}

int members_agreement_store_contact_remove(struct txn *t, const struct scope *s, int64_t company_id,
					   int64_t id, struct err *e)
{
	return changed_one(db_exec(t, s,
				   "DELETE FROM contact WHERE id = $2 AND company_id = $1 AND"
				   " @scope(company_id)",
				   DB_ARGS(DB_INT(company_id), DB_INT(id)), e),
			   e);
}

static void site_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct site *)row = (struct site){
		.id = rows_int(r, 0),
		.company_id = rows_int(r, 1),
		.name = rows_keep(r, 2, a),
		.prefecture = (int)rows_int(r, 3),
		.municipality = rows_keep(r, 4, a),
		.postal_code = rows_keep(r, 5, a),
		.address = rows_keep(r, 6, a),
	};
}

int members_agreement_store_sites(struct txn *t, const struct scope *s, int64_t company_id,
				  struct arena *a, struct site **out, size_t *n_out, struct err *e)
{
	struct rows *r =
		db_query(t, s,
			 "SELECT id, company_id, name, prefecture, municipality, postal_code,"
			 " address FROM site WHERE company_id = $1 AND @scope(company_id)"
			 " ORDER BY id",
			 DB_ARGS(DB_INT(company_id)), e);

	return rows_list(r, site_read, a, ROWS_OUT(out, n_out), e);
}

int members_agreement_store_site_add(struct txn *t, const struct scope *s, const struct site *x,
				     int64_t *id_out, struct err *e)
{
	return added_one(
		db_one_int(t, s,
			   "INSERT INTO site (company_id, name, prefecture, municipality,"
			   " postal_code, address, ended_us) SELECT c.id, $2, $3, $4, $5, $6, $7"
			   " FROM company c WHERE c.id = $1 AND @scope(c.id) RETURNING id",
			   DB_ARGS(DB_INT(x->company_id), DB_TEXT(x->name), DB_INT(x->prefecture),
				   DB_TEXT(x->municipality), DB_TEXT(x->postal_code),
				   DB_TEXT(x->address), DB_INT(MEMBERS_FOREVER_US)),
			   id_out, e),
		e);
}

static void contract_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct contract *)row = (struct contract){
		.id = rows_int(r, 0),
		.company_id = rows_int(r, 1),
		.class = (int)rows_int(r, 2),
		.type = rows_keep(r, 3, a),
		.plan = rows_keep(r, 4, a),
		.fee_yen = rows_int(r, 5),
		.devices = rows_int(r, 6),
		.valid_from_us = rows_int(r, 7),
		.valid_to_us = rows_int(r, 8),
	};
}

int members_agreement_store_contracts(struct txn *t, const struct scope *s, int64_t company_id,
				      struct arena *a, struct contract **out, size_t *n_out,
				      struct err *e)
{
	struct rows *r =
		db_query(t, s,
			 "SELECT id, company_id, class, type, plan, fee_yen, devices,"
			 " valid_from_us, valid_to_us FROM contract WHERE company_id = $1 AND"
			 " @scope(company_id) ORDER BY valid_from_us DESC, id DESC",
			 DB_ARGS(DB_INT(company_id)), e);

	return rows_list(r, contract_read, a, ROWS_OUT(out, n_out), e);
}

int members_agreement_store_contract_add(struct txn *t, const struct scope *s,
					 const struct contract *c, int64_t *id_out, struct err *e)
{
	return added_one(
		db_one_int(t, s,
			   "INSERT INTO contract (company_id, class, type, plan, fee_yen, devices,"
			   " valid_from_us, valid_to_us) SELECT c.id, $2, $3, $4, $5, $6, $7, $8"
			   " FROM company c WHERE c.id = $1 AND @scope(c.id) RETURNING id",
			   DB_ARGS(DB_INT(c->company_id), DB_INT(c->class), DB_TEXT(c->type),
				   DB_TEXT(c->plan), DB_INT(c->fee_yen), DB_INT(c->devices),
				   DB_INT(c->valid_from_us), DB_INT(c->valid_to_us)),
			   id_out, e),
		e);
}

int members_agreement_store_contract_end(struct txn *t, const struct scope *s, int64_t company_id,
					 int64_t id, int64_t to_us, struct err *e)
{
	return changed_one(
		db_exec(t, s,
			"UPDATE contract SET valid_to_us = $3 WHERE id = $2 AND company_id = $1"
			" AND valid_to_us > $3 AND @scope(company_id)",
			DB_ARGS(DB_INT(company_id), DB_INT(id), DB_INT(to_us)), e),
		e);
}

static void consent_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct consent *)row = (struct consent){
		.id = rows_int(r, 0),
		.company_id = rows_int(r, 1),
		.site_id = rows_int(r, 2),
		.data_class = rows_keep(r, 3, a),
		.given_by = rows_keep(r, 4, a),
		.evidence = rows_keep(r, 5, a),
		.valid_from_us = rows_int(r, 6),
		.valid_to_us = rows_int(r, 7),
		.revoked_us = rows_int(r, 8),
		.recorded_by = rows_int(r, 9),
		.site_name = rows_keep(r, 10, a),
	};
}

int members_agreement_store_consents(struct txn *t, const struct scope *s, int64_t company_id,
				     struct arena *a, struct consent **out, size_t *n_out,
				     struct err *e)
{
	struct rows *r = db_query(
		t, s,
		"SELECT k.id, k.company_id, k.site_id, k.data_class, k.given_by,"
		" k.evidence, k.valid_from_us, k.valid_to_us, k.revoked_us,"
		" k.recorded_by, x.name FROM consent k LEFT JOIN site x ON x.id = k.site_id"
		" WHERE k.company_id = $1 AND @scope(k.company_id)"
		" ORDER BY k.valid_from_us DESC, k.id DESC",
		DB_ARGS(DB_INT(company_id)), e);

	return rows_list(r, consent_read, a, ROWS_OUT(out, n_out), e);
}

int members_agreement_store_consent_add(struct txn *t, const struct scope *s,
					const struct consent *c, int64_t *id_out, struct err *e)
{
	return added_one(
		db_one_int(t, s,
			   "INSERT INTO consent (company_id, site_id, data_class, given_by,"
			   " evidence, valid_from_us, valid_to_us, revoked_us, recorded_by) SELECT"
			   " c.id, $2, $3, $4, $5, $6, $7, 0, $8 FROM company c WHERE c.id = $1 AND"
			   " (CAST($2 AS BIGINT) IS NULL OR EXISTS (SELECT 1 FROM site x WHERE"
			   " x.id = $2 AND x.company_id = c.id)) AND @scope(c.id) RETURNING id",
			   DB_ARGS(DB_INT(c->company_id), db_int_or_null(c->site_id),
				   DB_TEXT(c->data_class), DB_TEXT(c->given_by),
				   DB_TEXT(c->evidence), DB_INT(c->valid_from_us),
				   DB_INT(c->valid_to_us), DB_INT(c->recorded_by)),
			   id_out, e),
		e);
}

int members_agreement_store_consent_revoke(struct txn *t, const struct scope *s, int64_t company_id,
					   int64_t id, int64_t now_us, struct err *e)
{
	return changed_one(
		db_exec(t, s,
			"UPDATE consent SET revoked_us = $3 WHERE id = $2 AND company_id = $1 AND"
			" revoked_us = 0 AND @scope(company_id)",
			DB_ARGS(DB_INT(company_id), DB_INT(id), DB_INT(now_us)), e),
		e);
}
