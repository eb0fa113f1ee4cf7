/* SPDX-License-Identifier: Apache-2.0 */
/* What became of the alerts of a generated region. Private to this feature. */
#ifndef HUB_WATCH_WATCH_FILL_H
#define HUB_WATCH_WATCH_FILL_H

#include "hub/hub_fill.h"

int watch_fill(struct hub *h, struct hub_fill *f, struct err *e);

#endif
