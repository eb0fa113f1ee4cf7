/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs of this feature. */
#ifndef HUB_RELATED_RELATED_WORK_H
#define HUB_RELATED_RELATED_WORK_H

#include "hub/hub.h"

int related_work_run(struct hub *h, struct err *e);   /* what is new */
int related_work_all(struct hub *h, struct err *e);   /* every trait of open cases */
int related_work_prune(struct hub *h, struct err *e); /* 90 days are over */

#endif
