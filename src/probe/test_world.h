/* SPDX-License-Identifier: Apache-2.0 */
/* A small capture, the whole pipeline on it, and what it found: for tests of detectors. */
#ifndef PROBE_TEST_WORLD_H
#define PROBE_TEST_WORLD_H

#include "base/clock.h"
#include "base/test.h"
#include "probe/probe.h"
#include "probe/test_packets.h"

enum { FOUND_MAX = 64 };

#define T0 (INT64_C(1700000000) * US_PER_SEC)

struct seen {
	char detector[32], device[64], mac[32], peer[64], name[64], story[160];
	char reasons[1024], evidence[1024]; /* one a line; NAME=TEXT */
	enum severity severity;
	uint64_t count;
};

struct world {
	char dir[TEST_DIR_MAX], path[TEST_DIR_MAX + 8];
	struct buf file, b;
	struct seen found[FOUND_MAX];
	int n, problems, summaries;
	uint64_t summary_bytes, failed;
	uint32_t devices, seq;
	struct probe_config config;
	const struct mute *mutes; /* in force from the start ... */
	size_t n_mutes;
	bool unmute; /* ... until the packets have been read */
	bool late;   /* or only from then on */
	uint64_t hits;
	const char *before, *told; /* lines of other programs, before and after the packets */
};

struct world *world_new(void);
void world_free(struct world *w);
/* Adds the packet in W->b. */
void world_put(struct world *w, double at_s);
struct probe_stats world_run(struct world *w);
/* Only the records W->told, no packets. */
struct probe_stats world_hear(struct world *w);
/* The last one of DETECTOR, or NULL. */
const struct seen *world_find(const struct world *w, const char *detector);
/* A whole connection in which FROM sends ASK and gets ANSWER. */
void world_talk(struct world *w, double at_s, struct end from, struct end to, const char *ask,
		const char *answer);
/* WHO asks for NAME, and is told IP. */
void world_look_up(struct world *w, double at_s, struct end who, const char *name, const char *ip);
/* FROM opens a connection, and later sends P on it; of all that is sent, each byte has its own
 * place in the stream. */
void world_open(struct world *w, double at_s, struct end from, struct end to);
void world_send(struct world *w, double at_s, struct end from, struct end to, struct rd p);
/* The same with its place in the stream. */
void world_say(struct world *w, double at_s, struct end from, struct end to, uint32_t seq,
	       const char *text);

#endif
