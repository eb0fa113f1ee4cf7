/* SPDX-License-Identifier: Apache-2.0 */
/* How alerts show themselves on other pages. Private to this feature. */
#ifndef HUB_WATCH_WATCH_PANELS_H
#define HUB_WATCH_WATCH_PANELS_H

#include "hub/hub.h"

int watch_panel_home_head(struct call *c, const char *slot, int64_t subject, struct buf *out);
int watch_panel_home(struct call *c, const char *slot, int64_t subject, struct buf *out);
int watch_panel_company(struct call *c, const char *slot, int64_t company_id, struct buf *out);
/* "company.alarm": instead of the green light when something is open */
int watch_panel_alarm(struct call *c, const char *slot, int64_t company_id, struct buf *out);
/* "company.heads", "company.cells": a column of the list of companies */
int watch_panel_heads(struct call *c, const char *slot, int64_t subject_id, struct buf *out);
int watch_panel_cells(struct call *c, const char *slot, int64_t company_id, struct buf *out);

#endif
