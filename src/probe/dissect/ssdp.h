/* SPDX-License-Identifier: Apache-2.0 */
/* Reader of SSDP announcements (UPnP Device Architecture 2.0, 1.2.2): the identity that a device
 * keeps whatever its address is. */
#ifndef PROBE_DISSECT_SSDP_H
#define PROBE_DISSECT_SSDP_H

#include <stdbool.h>

#include "base/rd.h"

enum {
	SSDP_LINES_MAX = 32, /* looked at; what follows is not */
	SSDP_UUID_MAX = 48,  /* with NUL; longer ones are cut */
};

struct ssdp_message {
	bool alive;               /* it is here; else it says good-bye */
	char uuid[SSDP_UUID_MAX]; /* lower case, "" = none */
};

/* 0, or -EFORMAT when it is no announcement. */
int ssdp_parse(struct rd p, struct ssdp_message *out);

#endif
