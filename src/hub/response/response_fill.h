/* SPDX-License-Identifier: Apache-2.0 */
/* Consents and orders of a generated region. Private to this feature. */
#ifndef HUB_RESPONSE_RESPONSE_FILL_H
#define HUB_RESPONSE_RESPONSE_FILL_H

#include "hub/hub_fill.h"

int response_fill(struct hub *h, struct hub_fill *f, struct err *e);

#endif
