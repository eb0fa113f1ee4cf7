/* SPDX-License-Identifier: Apache-2.0 */
/* The accounts of a generated region. Private to this feature. */
#ifndef HUB_ACCOUNTS_ACCOUNTS_FILL_H
#define HUB_ACCOUNTS_ACCOUNTS_FILL_H

#include "hub/hub_fill.h"

int accounts_fill(struct hub *h, struct hub_fill *f, struct err *e);

#endif
