/* SPDX-License-Identifier: Apache-2.0 */
/* Files that sensors bring: parts onto the disk, the whole one to whoever ordered it. On the
 * writer's thread alone. Private to this feature. */
#ifndef HUB_FLEET_FLEET_UPLOAD_H
#define HUB_FLEET_FLEET_UPLOAD_H

#include "hub/fleet/fleet_ingest.h"
#include "wire/otasuke.pb-c.h"

#define FLEET_UPLOADS "uploads" /* in the hub's state folder */

/* What the sensor is told. */
struct upload_answer {
	uint64_t have;
	const char *code; /* "", "done", "unwanted", "full" */
};

/* Checked when it comes in: hash and length of the data. -EFORMAT. */
int fleet_upload_check(const Otasuke__Wire__UploadPart *m);
/* One part. Negative: nothing to answer, the sensor asks again. */
int fleet_upload_take(struct hub *h, const struct fleet_consumers *consumers, int64_t sensor_id,
		      const Otasuke__Wire__UploadPart *m, struct upload_answer *out, struct err *e);
/* Removes what nobody took and what never became whole. */
int fleet_upload_keep(struct hub *h, struct err *e);

#endif
