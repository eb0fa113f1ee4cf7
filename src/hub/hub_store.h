/* SPDX-License-Identifier: Apache-2.0 */
/* The little SQL that the hub itself needs; tables belong to features. */
#ifndef HUB_HUB_STORE_H
#define HUB_HUB_STORE_H

#include "hub/hub.h"

int hub_store_ping(struct txn *t, const struct scope *s, struct err *e);
/* Does S see COMPANY_ID? 1, 0 or negative. */
int hub_store_sees(struct txn *t, const struct scope *s, int64_t company_id, struct err *e);

#endif
