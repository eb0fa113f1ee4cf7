/* SPDX-License-Identifier: Apache-2.0 */
/* Duties of a generated region. */
#ifndef HUB_DUTIES_DUTIES_FILL_H
#define HUB_DUTIES_DUTIES_FILL_H

#include "hub/hub_fill.h"

int duties_fill(struct hub *h, struct hub_fill *f, struct err *e);

#endif
