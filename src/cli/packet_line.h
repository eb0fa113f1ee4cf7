/* SPDX-License-Identifier: Apache-2.0 */
/* One packet in one line that people can read. */
#ifndef CLI_PACKET_LINE_H
#define CLI_PACKET_LINE_H

#include "base/buf.h"
#include "probe/dissect/dissect.h"

struct packet_line {
	char from[ADDR_TEXT_MAX], to[ADDR_TEXT_MAX];
	const char *protocol; /* static */
	char what[512];       /* names asked for, hosts and paths; "" = nothing to say */
};

/* Words are those of the protocols themselves, in ASCII; foreign bytes become '?'. */
void packet_line_make(const struct dissected *d, struct packet_line *out);

#endif
