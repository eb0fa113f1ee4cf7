/* SPDX-License-Identifier: Apache-2.0 */
/* What every rule of this feature checks, and the audit row it writes. */
#ifndef HUB_MEMBERS_MEMBERS_CHECK_H
#define HUB_MEMBERS_MEMBERS_CHECK_H

#include "hub/members/members_rules.h"

/* A company as it will be stored: telephone number and digits brought into one form. */
struct members_clean {
	struct company company;
	char phone[20], postal_code[8], corporate_number[14];
};
/* -EINVAL with words. The result borrows C's other texts. */
int members_check_company(const struct company *c, struct members_clean *out, struct err *e);
int members_check_editor(const struct user *u, struct err *e); /* -EPERM */
/* A telephone number in any notation or "": E.164 in OUT. */
int members_check_phone(const char *typed, char out[20], struct err *e);
int members_check_postal(const char *typed, char out[8], struct err *e);
int members_check_corporate(const char *typed, char out[14], struct err *e);
int members_check_text(const char *text, bool required, struct err *e);
int members_check_mail(const char *mail, struct err *e);
/* Writes the audit row; DETAIL is a name or "". */
int members_check_audit(struct txn *t, const struct user *u, const char *action, int64_t company_id,
			int64_t entity_id, const char *detail, struct err *e);

#endif
