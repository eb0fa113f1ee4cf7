/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers and panels of fleet that do not stand in fleet_web.c beside the route table. */
#ifndef HUB_FLEET_FLEET_WEB_H
#define HUB_FLEET_FLEET_WEB_H

#include "hub/hub.h"

/* fleet_code_web.c: codes and devices, both under a company */
int fleet_code_web_form(struct call *c);
int fleet_code_web_make(struct call *c);
int fleet_code_web_json(struct call *c);
int fleet_code_web_devices(struct call *c);
int fleet_code_web_device_name(struct call *c);

/* fleet_panels.c */
int fleet_panels_side(struct call *c, const char *slot, int64_t company_id, struct buf *out);
int fleet_panels_state(struct call *c, const char *slot, int64_t company_id, struct buf *out);
int fleet_panels_light(struct call *c, const char *slot, int64_t company_id, struct buf *out);
int fleet_panels_home(struct call *c, const char *slot, int64_t subject_id, struct buf *out);

#endif
