/* SPDX-License-Identifier: Apache-2.0 */
/* What the hub calls when it starts and stops. Private to this feature. */
#ifndef HUB_FLEET_FLEET_RUN_H
#define HUB_FLEET_FLEET_RUN_H

#include "hub/fleet/fleet.h"

int fleet_run_start(struct hub *h, struct err *e);
int fleet_run_open(struct hub *h, struct err *e);
void fleet_run_close(struct hub *h);
void fleet_run_stop(struct hub *h);
/* Closes the connection of a sensor that was revoked, if there is one; any thread. */
void fleet_run_drop(struct hub *h, int64_t sensor_id);

struct check_list;
int fleet_check(struct hub *h, struct check_list *l, struct err *e); /* for the doctor */

#endif
