/* SPDX-License-Identifier: Apache-2.0 */
/* Captures as tables. The hub never reads a capture: a child process without rights does (otasuke
 * packets), and what it writes is read like anybody's CSV. */
#ifndef HUB_EVIDENCE_EVIDENCE_PACKETS_H
#define HUB_EVIDENCE_EVIDENCE_PACKETS_H

#include "hub/evidence/evidence.h"

enum { EVIDENCE_PACKETS_MAX = 10000, EVIDENCE_PACKETS_PAGE = 200 };

struct evidence_packet {
	int64_t no, time_us, bytes;
	const char *from, *to, *protocol, *what;
	const char *when; /* to the millisecond, where the hub is; set by the page */
};
struct evidence_packets {
	struct evidence_packet *rows; /* of this page */
	size_t n_rows;
	int64_t matches, packets; /* that the filter lets pass; that the table holds */
	const char *end;          /* end limit broke */
	const char *problem;      /* the first thing that was wrong with the file; "" = nothing */
};
/* Rows OFFSET .. of those that have Q (lower case ASCII is upper case too) somewhere and PROTOCOL;
 * both "" = all. -ENOENT when the table is not made yet. */
struct evidence_packet_filter {
	const char *q, *protocol;
	int64_t offset;
};
int evidence_packets_read(struct hub *h, const char *sha256, const struct evidence_packet_filter *f,
			  struct arena *a, struct evidence_packets *out, struct err *e);
/* For the parser alone. */
int evidence_packets_parse(const void *p, size_t n, const struct evidence_packet_filter *f,
			   struct arena *a, struct evidence_packets *out, struct err *e);
/* Job: makes the table of one capture that waits for it. */
int evidence_packets_job(struct hub *h, struct err *e);

#endif
