/* SPDX-License-Identifier: Apache-2.0 */
/* What people may do with member companies. Each rule checks its values, writes its audit row in
 * the same transaction and answers -EPERM to the wrong role, -ENOENT for a company that is not the
 * user's to see, -EINVAL with words for a wrong value. */
#ifndef HUB_MEMBERS_MEMBERS_RULES_H
#define HUB_MEMBERS_MEMBERS_RULES_H

#include "hub/hub.h"
#include "hub/members/members.h"

enum { MEMBERS_EDITORS = ROLE_ADMIN | ROLE_DESK };
enum { MEMBERS_CONTACTS_MAX = 20, MEMBERS_SITES_MAX = 200, MEMBERS_TEXT_MAX = 200 };

struct relation {
	int64_t id, company_id, org_id;
	const char *kind; /* self desk vendor it insurer */
	int64_t valid_from_us, valid_to_us;
	const char *org_name; /* shown; "" when writing */
};

struct site {
	int64_t id, company_id;
	const char *name;
	int prefecture;
	const char *municipality, *postal_code, *address;
};

struct contract {
	int64_t id, company_id;
	int class;        /* 1 or 2 */
	const char *type; /* network endpoint combined */
	const char *plan;
	int64_t fee_yen; /* a month, without tax */
	int64_t devices;
	int64_t valid_from_us, valid_to_us;
};

struct consent {
	int64_t id, company_id;
	int64_t site_id; /* 0 = all sites */
	const char *data_class, *given_by, *evidence;
	int64_t valid_from_us, valid_to_us;
	int64_t revoked_us; /* 0 = not */
	int64_t recorded_by;
	const char *site_name; /* shown */
};

/* Registers C with its own organisation and the relations self and desk (the user's consortium, or
 * the first one), from C->created_us on (0 = now). */
int members_register(struct db *db, const struct user *u, const struct company *c, int64_t *id_out,
		     struct err *e);
/* The same within a transaction of the caller's (import). */
int members_register_in(struct txn *t, const struct user *u, const struct company *c,
			int64_t *id_out, struct err *e);
int members_edit(struct db *db, const struct user *u, const struct company *c, struct err *e);
int members_edit_in(struct txn *t, const struct user *u, const struct company *c, struct err *e);
/* The company leaves: every relation but the desk's ends now. */
int members_end(struct db *db, const struct user *u, int64_t id, struct err *e);

int members_relation_add(struct db *db, const struct user *u, const struct relation *r,
			 int64_t *id_out, struct err *e);
int members_relation_end(struct db *db, const struct user *u, int64_t company_id, int64_t id,
			 int64_t to_us, struct err *e);

/* C->id 0 adds; position 0 = last, others move up. Phone in any notation. */
int members_contact_set(struct db *db, const struct user *u, const struct contact *c,
			int64_t *id_out, struct err *e);
int members_contact_set_in(struct txn *t, const struct user *u, const struct contact *c,
			   int64_t *id_out, struct err *e);
int members_contact_remove(struct db *db, const struct user *u, int64_t company_id, int64_t id,
			   struct err *e);
int members_contact_move(struct db *db, const struct user *u, int64_t company_id, int64_t id,
			 int64_t position, struct err *e);

int members_site_add(struct db *db, const struct user *u, const struct site *x, int64_t *id_out,
		     struct err *e);
int members_contract_add(struct db *db, const struct user *u, const struct contract *c,
			 int64_t *id_out, struct err *e);
int members_contract_end(struct db *db, const struct user *u, int64_t company_id, int64_t id,
			 int64_t to_us, struct err *e);
/* Class 1 against the dated price caps, class 2 against its least number of devices. -EDENIED. */
int members_contract_check(const struct contract *c, struct err *e);

int members_consent_give(struct db *db, const struct user *u, const struct consent *c,
			 int64_t *id_out, struct err *e);
int members_consent_revoke(struct db *db, const struct user *u, int64_t company_id, int64_t id,
			   struct err *e);

/* The values of one of the closed lists, NULL-terminated. */
extern const char *const members_relation_kinds[],
	*const members_data_classes[], *const members_contract_types[], *const members_industries[];
bool members_one_of(const char *const *list, const char *v);

#endif
