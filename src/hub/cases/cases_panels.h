/* SPDX-License-Identifier: Apache-2.0 */
/* How cases show themselves on other features' pages. */
#ifndef HUB_CASES_CASES_PANELS_H
#define HUB_CASES_CASES_PANELS_H

#include "hub/hub.h"

int cases_panel_promote(struct call *c, const char *slot, int64_t alert_id, struct buf *out);
int cases_panel_link(struct call *c, const char *slot, int64_t alert_id, struct buf *out);
int cases_panel_company(struct call *c, const char *slot, int64_t company_id, struct buf *out);
int cases_panel_call(struct call *c, const char *slot, int64_t subject, struct buf *out);
int cases_panel_home(struct call *c, const char *slot, int64_t subject, struct buf *out);

#endif
