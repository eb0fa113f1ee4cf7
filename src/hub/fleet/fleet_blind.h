/* SPDX-License-Identifier: Apache-2.0 */
/* Blind time: arithmetic on spans of time. Pure. */
#ifndef HUB_FLEET_FLEET_BLIND_H
#define HUB_FLEET_FLEET_BLIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BLIND_GAPS_MAX = 200 };

/* From FROM up to but without TO. */
struct span {
	int64_t from_us, to_us;
};

/* What is asked, and what is known of one or several sensors that watch the same place. */
struct blind_query {
	struct span period;
	int64_t enrolled_us, ended_us; /* the place was to be watched from when till when */
	int64_t now_us;
	int64_t grace_us; /* not heard for less than this is no gap: heartbeats have a rhythm */
	bool down;        /* the newest word of the sensor was that its capture is down */
	const struct span *watched; /* proven; any order, may overlap */
	size_t n_watched;
};

struct blind_gap {
	struct span span;
	bool open; /* goes on; unless the sensor said so itself, it may yet prove that it watched */
};

struct blind_result {
	int64_t due_us;     /* time that was to be watched */
	int64_t watched_us; /* proven */
	int64_t blind_us;   /* proven not watched: something was heard afterwards, or it said so */
	int64_t unheard_us; /* not heard since: blind unless the sensor proves otherwise later */
	struct blind_gap gap[BLIND_GAPS_MAX]; /* the newest ones, oldest first */
	size_t n_gaps;
	size_t gaps_left_out; /* their time is counted */
};

/* Sorts and merges spans that overlap or touch, in place: how many remain. */
size_t blind_merge(struct span *list, size_t n);
void blind_run(const struct blind_query *q, struct blind_result *out);

#endif
