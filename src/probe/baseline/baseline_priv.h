/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of the baseline only. */
#ifndef PROBE_BASELINE_BASELINE_PRIV_H
#define PROBE_BASELINE_BASELINE_PRIV_H

#include "base/clock.h"
#include "base/map.h"
#include "probe/baseline/baseline.h"

enum {
	HABIT_KEY_MAX = 17, /* 'M' and a MAC, or 'A' and an address */
	DAY_HOURS = 24,
	WEEK_HOURS = 7 * DAY_HOURS,
	PAST_WEEKS = 4,
	PLACE_WAYS = 4,
	SECRET_MAX = 16,
};

struct usual {
	uint64_t place;
	int64_t last_us;
	uint32_t days; /* distinct ones */
};

/* What one device is used to do. */
struct habit {
	uint8_t key[HABIT_KEY_MAX];
	int64_t first_us, last_us;
	int64_t first_watched_us; /* how long had been watched when it was first seen */
	uint64_t face;            /* of a random MAC: hash of name and DHCP fingerprint, or 0 */
	int64_t week;             /* since 1970, of HOURS and of the newest of the past */
	int64_t day;              /* since 1970, of TODAY */
	uint32_t today;           /* hours of the day, a bit each: count from tomorrow on */
	uint8_t hours[WEEK_HOURS];
	uint64_t most[PAST_WEEKS];
	uint8_t sent_hours[PAST_WEEKS];
	uint8_t n;
	struct usual usual[BASELINE_USUALS_MAX];
};

struct place {
	uint64_t id; /* 0 = free */
	int64_t first_us, last_us;
	uint64_t callers; /* a filter */
};

struct baseline {
	struct baseline_conf conf;
	char *path;
	uint8_t secret[SECRET_MAX];
	int64_t now_us;     /* 0 = time has not begun */
	int64_t began_us;   /* 0 = never watched */
	int64_t watched_us; /* without the time between end and start */
	int64_t saved_us;
	bool save_failed; /* told */
	uint64_t forgotten;
	struct map *by_key;
	struct habit **habit;
	size_t n, max, hand;
	struct place place[BASELINE_PLACES];
};

void baseline_load(struct baseline *b); /* from its file; tells what goes wrong */
void baseline_key(const struct device *d, uint8_t out[HABIT_KEY_MAX]);
struct habit *baseline_habit_add(struct baseline *b, const uint8_t key[HABIT_KEY_MAX]);

#endif
