/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of mutes and receipts; rows of the route table in watch_web.c. */
#ifndef HUB_WATCH_WATCH_MUTE_WEB_H
#define HUB_WATCH_WATCH_MUTE_WEB_H

#include "hub/hub.h"

int watch_mute_web_form(struct call *c);
int watch_mute_web_save(struct call *c);
int watch_mute_web_ours(struct call *c);
int watch_mute_web_list(struct call *c);
int watch_mute_web_end(struct call *c);

int watch_receipt_web_show(struct call *c);
int watch_receipt_web_read(struct call *c);

#endif
