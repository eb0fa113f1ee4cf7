/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of fleet. */
#include "hub/fleet/fleet.h"
#include "hub/fleet/fleet_run.h"
#include "hub/fleet_sql.h"
#include "hub/hub.h"

const struct hub_feature fleet_feature = {
	.name = "fleet",
	.schema = fleet_sql,
	.start = fleet_run_start,
	.stop = fleet_run_stop,
	.open = fleet_run_open,
	.close = fleet_run_close,
};
