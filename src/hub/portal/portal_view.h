/* SPDX-License-Identifier: Apache-2.0 */
/* From rows to what the company's own pages show; and the pages that stand in files of their own.
 */
#ifndef HUB_PORTAL_PORTAL_VIEW_H
#define HUB_PORTAL_PORTAL_VIEW_H

#include "hub/portal/portal_pages.h"

enum { PORTAL_ROLES = ROLE_COMPANY };

/* -ENOENT for somebody who belongs to no company. */
int portal_view_own(struct call *c, int64_t *company_id_out);
int portal_view_desk(struct call *c, struct txn *t, int64_t company_id, struct portal_desk *out);
int portal_view_home(struct call *c, struct portal_home *out);
int portal_view_case(struct call *c, struct portal_case *out);
const char *portal_view_light(const struct incident *i);
const char *portal_view_state_key(const struct incident *i);
const char *portal_view_answer_by(struct call *c);

int portal_device_web_list(struct call *c);
int portal_device_web_save(struct call *c);
int portal_seen_web_list(struct call *c);
int portal_seen_web_csv(struct call *c);

#endif
