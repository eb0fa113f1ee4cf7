/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks: roles, and a person with theirs. Part of hub.h. */
#ifndef HUB_HUB_USER_H
#define HUB_HUB_USER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "store/db.h"

/* Roles, a set. A person has roles within an organisation; the organisation's relations decide
 * which companies they see. */
enum {
	ROLE_ADMIN = 1 << 0,      /* runs the consortium's hub */
	ROLE_DESK = 1 << 1,       /* desk operator: calls, alerts, cases */
	ROLE_ANALYST = 1 << 2,    /* security vendor */
	ROLE_TECHNICIAN = 1 << 3, /* local IT company: remote work and visits */
	ROLE_INSURER = 1 << 4,    /* insurer's clerk: cases and costs, read only */
	ROLE_SPECIALIST = 1 << 5, /* registered security specialist */
	ROLE_TEACHER = 1 << 6,    /* school */
	ROLE_COMPANY = 1 << 7,    /* person of a member company */
	ROLE_PUBLIC =
		1 << 30, /* a route open to nobody in particular: log-in, assets, read receipts */
};
enum {
	ROLES_CASEWORK = ROLE_DESK | ROLE_ANALYST |
			 ROLE_TECHNICIAN, /* second factor is a must for these and ROLE_ADMIN */
	ROLES_STAFF = ROLE_ADMIN | ROLE_DESK | ROLE_ANALYST | ROLE_TECHNICIAN | ROLE_INSURER |
		      ROLE_SPECIALIST,
	ROLES_ANY = ROLES_STAFF | ROLE_TEACHER | ROLE_COMPANY,
};

struct user {
	int64_t person_id, org_id;
	int64_t company_id; /* the member company a ROLE_COMPANY person belongs to; 0 else */
	unsigned roles;
	char name[128]; /* as shown */
	char org_name[128];
	enum lang lang;
	struct scope scope; /* hand this to every store call made for the person */
};
static inline bool user_is(const struct user *u, unsigned roles)
{
	return (u->roles & roles) != 0;
}

#endif
