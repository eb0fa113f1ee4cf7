/* SPDX-License-Identifier: Apache-2.0 */
/* Which worker a packet goes to: by its flow, the same for both directions and for all ways the
 * packet may be wrapped. */
#ifndef PROBE_WORKERS_SPREAD_H
#define PROBE_WORKERS_SPREAD_H

#include <stdint.h>

#include "probe/capture/capture.h"
#include "probe/dissect/dissect.h"

enum { SPREAD_NOBODY = 255 };

struct spread {
	uint64_t secret;
	unsigned workers;
};

struct spread_to {
	uint8_t to;
	uint8_t also; /* an ICMP error: whose flow it quotes; SPREAD_NOBODY = no other */
};

struct spread_to spread_packet(const struct spread *s, const struct packet *p);

#endif
