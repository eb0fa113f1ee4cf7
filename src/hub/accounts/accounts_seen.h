/* SPDX-License-Identifier: Apache-2.0 */
/* Who looked at what of a company (accounts.h says what that is): its beginning, its end and what
 * writes it. */
#ifndef HUB_ACCOUNTS_ACCOUNTS_SEEN_H
#define HUB_ACCOUNTS_ACCOUNTS_SEEN_H

#include "hub/accounts/accounts.h"

int accounts_seen_start(struct hub *h, struct err *e);
void accounts_seen_stop(struct hub *h);
int accounts_seen_flush(struct hub *h, struct err *e); /* the job */

#endif
