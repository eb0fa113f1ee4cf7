/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of members. */
#include "hub/hub.h"
#include "hub/members/members.h"
#include "hub/members_sql.h"

const struct hub_feature members_feature = {
	.name = "members",
	.schema = members_sql,
	.scope_select = MEMBERS_SCOPE_SELECT,
};
