/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this folder share. */
#ifndef HUB_DUTIES_DUTIES_RULES_H
#define HUB_DUTIES_DUTIES_RULES_H

#include "hub/duties/duties_store.h"
#include "hub/live.h"

/* The job: what runs out is told of once, in the story and to open pages. */
int duties_look(struct hub *h, struct err *e);

#endif
