/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of fleet. */
#include "hub/fleet/fleet.h"
#include "hub/fleet_sql.h"
#include "hub/hub.h"

const struct hub_feature fleet_feature = {
	.name = "fleet",
	.schema = fleet_sql,
};
