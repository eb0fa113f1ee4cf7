/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that reads a capture file for the workers: blocks of packets that all of them see,
 * each packet with the number of the worker it is for. */
#ifndef PROBE_WORKERS_FEED_H
#define PROBE_WORKERS_FEED_H

#include <pthread.h>

#include "probe/capture/capture.h"
#include "probe/workers/belt.h"
#include "probe/workers/spread.h"

enum {
	FEED_BLOCK = 1024, /* packets */
	FEED_BLOCKS = 32,
	FEED_WINDOWS = 6,
};

struct feed_block {
	uint64_t first; /* number of the first packet */
	size_t n;
	bool last; /* the file has ended */
	struct packet packet[FEED_BLOCK];
	struct spread_to to[FEED_BLOCK];
};

struct feed;

/* Opens the file and starts; the first packet has number FIRST. HALT ends it early. */
int feed_start(const char *path, const struct spread *s, uint64_t first, const struct halt *halt,
	       struct feed **out, struct err *e);
/* Waits for the thread. 0, or why reading failed. */
int feed_end(struct feed *f, struct err *e);
void feed_free(struct feed *f);

/* A worker's: the next block, and done with it. */
const struct feed_block *feed_take(struct feed *f, unsigned worker);
void feed_give(struct feed *f, unsigned worker);

/* The judge's: it needs no bytes of packets before number UPTO any more. */
void feed_judged(struct feed *f, uint64_t upto);
/* The judge's, at any time: the next problem that was not told yet, or NULL. */
const char *feed_problem(struct feed *f);
uint64_t feed_records_bad(const struct feed *f);
uint64_t feed_next_number(const struct feed *f); /* after feed_end */

#endif
