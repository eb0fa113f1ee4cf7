/* SPDX-License-Identifier: Apache-2.0 */
/* What alerts say on the pages of companies. Private to this feature. */
#ifndef HUB_WATCH_WATCH_COMPANY_H
#define HUB_WATCH_WATCH_COMPANY_H

#include "hub/hub.h"

/* "company.alarm": instead of the green light when something is open */
int watch_company_alarm(struct call *c, const char *slot, int64_t company_id, struct buf *out);
/* "company.heads", "company.cells": a column of the list of companies */
int watch_company_heads(struct call *c, const char *slot, int64_t subject_id, struct buf *out);
int watch_company_cells(struct call *c, const char *slot, int64_t company_id, struct buf *out);

#endif
