/* SPDX-License-Identifier: Apache-2.0 */
/* How long what sensors hand over is kept. Private to this feature. */
#ifndef HUB_FLEET_FLEET_KEEP_H
#define HUB_FLEET_FLEET_KEEP_H

#include "hub/hub.h"

struct fleet_conf {
	int64_t keep_heartbeats_ms, keep_findings_ms;
	int64_t uploads_max_bytes;
};
extern struct fleet_conf fleet_conf; /* filled when the configuration is read */

int fleet_keep_run(struct hub *h, struct err *e); /* job */

#endif
