/* SPDX-License-Identifier: Apache-2.0 */
/* nftables: the table "bridge otasuke" with its rules, made once by the program nft from a fixed
 * text, and the elements of its sets, written over netlink. The kernel ends each element by its own
 * clock. */
#ifndef SENSOR_ENFORCER_NFT_H
#define SENSOR_ENFORCER_NFT_H

#include "base/buf.h"
#include "base/err.h"
#include "sensor/enforcer/holds.h"

struct nft {
	int fd;
	uint32_t sequence;
};

/* Makes table, sets and rules, or brings the rules of an earlier run up to date; what the sets hold
 * stays. Starts a program: before the sandbox is shut. */
int nft_set_up(struct err *e);
int nft_open(struct nft *n, struct err *e);
void nft_close(struct nft *n);
/* The sets hold exactly what H says, all at once or not at all. -ENOENT: somebody has removed the
 * table.
 */
int nft_write(struct nft *n, const struct holds *h, int64_t now_us, struct err *e);

/* For tests: the batch that nft_write sends. */
void nft_encode(const struct holds *h, int64_t now_us, uint32_t sequence, struct buf *out,
		size_t *messages_out);
extern const char nft_rules[];

#endif
