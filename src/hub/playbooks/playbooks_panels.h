/* SPDX-License-Identifier: Apache-2.0 */
/* Panels of playbooks on other features' pages. */
#ifndef HUB_PLAYBOOKS_PLAYBOOKS_PANELS_H
#define HUB_PLAYBOOKS_PLAYBOOKS_PANELS_H

#include "hub/hub.h"

int playbooks_panel_case(struct call *c, const char *slot, int64_t case_id, struct buf *out);
int playbooks_panel_home(struct call *c, const char *slot, int64_t subject, struct buf *out);
int playbooks_panel_tab(struct call *c, const char *slot, int64_t subject, struct buf *out);

#endif
