/* SPDX-License-Identifier: Apache-2.0 */
/* What an administrator does with people and organisations. For the pages and --init. */
#ifndef HUB_ACCOUNTS_ACCOUNTS_PEOPLE_H
#define HUB_ACCOUNTS_ACCOUNTS_PEOPLE_H

#include "hub/accounts/accounts.h"

enum { ONCE_TEXT = 24, ONCE_CHARS = 15 }; /* a one-time password */

/* Roles that somebody of an organisation of KIND may have; 0 for no such kind. */
unsigned accounts_roles_allowed(const char *kind);

/* "desk" ... as in the database of texts (role.desk) and on the command line. */
struct role_name {
	unsigned role;
	const char *name;
};
extern const struct role_name accounts_role_names[];
extern const size_t accounts_role_count;
unsigned accounts_role_parse(const char *name); /* 0 when there is none */
extern const char *const accounts_org_kinds[];  /* NULL-terminated */

/* Adds a person with a one-time password. -EINVAL, -EEXIST (login), -ENOENT (organisation). */
int accounts_person_add(struct hub *h, const struct user *by, const struct accounts_person *p,
			char once_out[ONCE_TEXT], int64_t *id_out, struct err *e);
/* Name, reading, mail, phone, active and roles. -EPERM when nobody would be left to run the hub. */
int accounts_person_change(struct hub *h, const struct user *by, const struct accounts_person *p,
			   struct err *e);
/* New one-time password, second factor off, sessions ended: for whoever lost both. */
int accounts_person_reset(struct hub *h, const struct user *by, int64_t id,
			  char once_out[ONCE_TEXT], struct err *e);
int accounts_org_change(struct hub *h, const struct user *by, const struct accounts_org *o,
			struct err *e);

#endif
