/* SPDX-License-Identifier: Apache-2.0 */
/* Routes of the administrator's socket alone. */
#ifndef HUB_HUB_ADMIN_H
#define HUB_HUB_ADMIN_H

#include "hub/hub.h"

int admin_check_route(struct call *c);
int admin_backup_route(struct call *c);

#endif
