/* SPDX-License-Identifier: Apache-2.0 */
/* What an operator may set for watch. Filled once, before the hub starts its threads. */
#ifndef HUB_WATCH_WATCH_CONF_H
#define HUB_WATCH_WATCH_CONF_H

#include <stdint.h>

struct watch_conf {
	int64_t notify_from;    /* lowest severity that the company is told of, 0..4 */
	int64_t unread_call_ms; /* a mail unread for so long becomes a call */
	int64_t keep_five_minutes_ms, keep_hours_ms, keep_days_ms;
};

extern struct watch_conf watch_conf;

#endif
