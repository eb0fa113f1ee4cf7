/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: member companies of a test hub. */
#include "base/test.h"
#include "hub/accounts/accounts.h"
#include "hub/members/members_rules.h"
#include "hub/test_hub.h"

static struct user desk_of(struct test_hub *th)
{
	struct user by = accounts_system_user(clock_utc_us(th->hub->clock));

	by.org_id = th->consortium_id;
	return by;
}

int64_t test_hub_company(struct test_hub *th, const char *name)
{
	struct user by = desk_of(th);
	struct company c = { .name = name,
			     .kana = "",
			     .corporate_number = "",
			     .external_id = "",
			     .prefecture = 3,
			     .municipality = "盛岡市",
			     .postal_code = "",
			     .address = "",
			     .phone = "",
			     .industry = "",
			     .note = "",
			     .created_us = by.scope.now_us - US_PER_HOUR };
	struct err e = { 0 };
	int64_t id;

	if (members_register(th->hub->db, &by, &c, &id, &e) < 0)
		fail_msg("%s", e.text);
	return id;
}

void test_hub_relate(struct test_hub *th, int64_t company_id, int64_t org_id, const char *kind)
{
	struct user by = desk_of(th);
	struct relation r = { .company_id = company_id,
			      .org_id = org_id,
			      .kind = kind,
			      .valid_from_us = by.scope.now_us - US_PER_HOUR,
			      .valid_to_us = MEMBERS_FOREVER_US,
			      .org_name = "" };
	struct err e = { 0 };
	int64_t id;

	if (members_relation_add(th->hub->db, &by, &r, &id, &e) < 0)
		fail_msg("%s", e.text);
}
