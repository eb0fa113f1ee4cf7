/* SPDX-License-Identifier: Apache-2.0 */
/* Packets whose bytes stay where they are until the judge is through with their block: those of a
 * file in a few windows that it is read into in turn, those of a wire copied out of the kernel's
 * ring. For one thread at a time. */
#ifndef PROBE_WORKERS_SOURCE_H
#define PROBE_WORKERS_SOURCE_H

#include "probe/workers/event.h"

enum { SOURCE_WINDOWS = 8 };

struct source {
	struct capture capture;
	bool live;
	struct {
		uint8_t *bytes;
		uint64_t until; /* no block from this number on shows into it */
	} window[SOURCE_WINDOWS];
	unsigned windows; /* handed out so far */
	unsigned asked;   /* for windows, in the call to the capture */
	bool over;        /* a file that ended so, which is told behind its last packets: */
	int result;
	struct err why;
};

/* S->capture's problem and ring_bytes are set by the caller before. */
int source_open_file(struct source *s, const char *path, struct err *e);
int source_open_live(struct source *s, const char *interface, struct err *e);
void source_close(struct source *s);

/* May block READ be read, when JUDGED blocks are through? */
bool source_ready(const struct source *s, uint64_t judged);
/* The packets of block NUMBER, CAPTURE_BATCH at most, into OUT: their number, 0 = the source has
 * ended, -EAGAIN = none within WAIT_MS (a wire). Waits for nothing else. */
int source_read(struct source *s, uint64_t number, uint64_t judged, struct block *b,
		struct packet *out, int wait_ms, struct err *e);

#endif
