/* SPDX-License-Identifier: Apache-2.0 */
/* Consents: who of the company allowed which data or help, from when to when, on what evidence. */
#include <errno.h>
#include <string.h>

#include "hub/members/members_agreement_store.h"
#include "hub/members/members_check.h"

const char *const members_data_classes[] = { "header_only",    "url",           "dns", "file_hash",
					     "payload_sample", "remote_access", NULL };

static int check(const struct consent *c, struct err *e)
{
	int r;

	if (!members_one_of(members_data_classes, c->data_class))
		return err_set(e, -EINVAL, "\"%s\" is nothing one can consent to", c->data_class);
	if ((r = members_check_text(c->given_by, true, e)) < 0 ||
	    (r = members_check_text(c->evidence, true, e)) < 0)
		return r;
	if (c->valid_from_us >= c->valid_to_us)
		return err_set(e, -EINVAL, "the consent must end after it begins");
	return 0;
}

int members_consent_give(struct db *db, const struct user *u, const struct consent *c,
			 int64_t *id_out, struct err *e)
{
	struct consent x = *c;
	int r;

	if ((r = members_check_editor(u, e)) < 0 || (r = check(c, e)) < 0)
		return r;
	x.recorded_by = u->person_id;
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, e);
	if (!t)
		return e->code;
	if ((r = members_agreement_store_consent_add(t, &u->scope, &x, &x.id, e)) < 0 ||
	    (r = members_check_audit(t, u, "consent.give", x.company_id, x.id, x.data_class, e)) <
		    0 ||
	    (r = txn_commit(&t, e)) < 0)
		return r;
	*id_out = x.id;
	return 0;
}

int members_consent_revoke(struct db *db, const struct user *u, int64_t company_id, int64_t id,
			   struct err *e)
{
	int64_t now = u->scope.now_us;
	int r;

	if ((r = members_check_editor(u, e)) < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, e);
	if (!t)
		return e->code;
	if ((r = members_agreement_store_consent_revoke(t, &u->scope, company_id, id, now, e)) <
		    0 ||
	    (r = members_check_audit(t, u, "consent.revoke", company_id, id, "", e)) < 0)
		return r;
	return txn_commit(&t, e);
}

static bool stands(const struct consent *c, const char *data_class, int64_t now_us)
{
	return strcmp(c->data_class, data_class) == 0 && c->revoked_us == 0 &&
	       c->valid_from_us <= now_us && c->valid_to_us > now_us;
}

int members_consent_find(struct txn *t, const struct scope *s, int64_t company_id,
			 const char *data_class, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct consent *list;
	size_t n;
	int r = members_agreement_store_consents(t, s, company_id, a, &list, &n, e);

	for (size_t i = 0; r >= 0 && i < n; i++)
		if (stands(&list[i], data_class, now_us))
			return 1;
	return r < 0 ? r : 0;
}
