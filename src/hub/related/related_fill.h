/* SPDX-License-Identifier: Apache-2.0 */
/* Ties and tags of a generated region. Private to this feature. */
#ifndef HUB_RELATED_RELATED_FILL_H
#define HUB_RELATED_RELATED_FILL_H

#include "hub/hub_fill.h"

int related_fill(struct hub *h, struct hub_fill *f, struct err *e);

#endif
