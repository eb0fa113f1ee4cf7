/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of a generated region. Private to this feature. */
#ifndef HUB_INTEL_INTEL_FILL_H
#define HUB_INTEL_INTEL_FILL_H

#include "hub/hub_fill.h"

int intel_fill(struct hub *h, struct hub_fill *f, struct err *e);

#endif
