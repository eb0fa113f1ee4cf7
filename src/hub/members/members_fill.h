/* SPDX-License-Identifier: Apache-2.0 */
/* The companies of a generated region. Private to this feature. */
#ifndef HUB_MEMBERS_MEMBERS_FILL_H
#define HUB_MEMBERS_MEMBERS_FILL_H

#include "hub/hub_fill.h"

int members_fill(struct hub *h, struct hub_fill *f, struct err *e);

#endif
