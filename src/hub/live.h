/* SPDX-License-Identifier: Apache-2.0 */
/* Events to open pages (server-sent events): a feature says what changed, the pages that may know
 * fetch it. An event carries no data of a company but its kind and id; the page asks for the row
 * with its own rights. On the wire: `event: KIND`, `data: {"kind":"alert","id":12}`; event "lost"
 * means that some could not be kept: fetch everything shown. */
#ifndef HUB_LIVE_H
#define HUB_LIVE_H

#include <stdint.h>

#include "hub/hub.h"

struct live *live_new(void);
void live_free(struct live *l);

/* KIND e.g. "alert", "case", "sensor". Delivered to open pages whose user may see COMPANY_ID (0 =
 * to all staff). Any thread; after commit. */
void live_publish(struct hub *h, const char *kind, int64_t company_id, int64_t subject_id);

/* How many events there have been. A page carries the number from before it was read: what comes
 * between then and its stream's beginning is not lost (/live?since=NUMBER). */
int64_t live_mark(struct hub *h);

int live_route(struct call *c); /* GET /live */

#endif
