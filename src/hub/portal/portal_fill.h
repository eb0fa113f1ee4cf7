/* SPDX-License-Identifier: Apache-2.0 */
/* What a generated region shows on the company's own pages. Private to this feature. */
#ifndef HUB_PORTAL_PORTAL_FILL_H
#define HUB_PORTAL_PORTAL_FILL_H

#include "hub/hub_fill.h"

int portal_fill(struct hub *h, struct hub_fill *f, struct err *e);

#endif
