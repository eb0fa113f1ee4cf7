/* SPDX-License-Identifier: Apache-2.0 */
/* Host stories: what speaks against one device, added up. Detectors hand in clues, weak and strong;
 * a story that convinces becomes a finding of its own. */
#ifndef PROBE_STORY_STORY_H
#define PROBE_STORY_STORY_H

#include "probe/detect/detect.h"

enum {
	STORIES_MAX = 1024,   /* devices with a story; the weakest gives way */
	STORY_CLUES_MAX = 16, /* of one device; the weakest gives way */
	CLUE_PEERS_MAX = 3,
	CLUE_REASON_MAX = 160,
	CLUE_CERTAIN =
		100, /* the weight of a clue that needs no other, and of a critical finding */
};

/* One thing that speaks against a device. The same KIND and ABOUT again replaces the earlier one.
 */
struct clue {
	const char *kind; /* a detector's name; static */
	uint64_t about;   /* what it is about, within its kind */
	double weight;    /* 0 .. CLUE_CERTAIN; 0 takes it back */
	bool echo;        /* another program told of connections that we saw ourselves */
	bool young;       /* it rests on what is usual here, which is not known well yet */
	uint32_t device;
	struct addr device_addr; /* zero: the device's own first one */
	int64_t first_us, last_us;
	int64_t muted;               /* the mute that keeps it from counting; 0 = it counts */
	bool more_peers, more_names; /* than there is room for */
	size_t n_peers;
	char peer[CLUE_PEERS_MAX][ADDR_TEXT_MAX];
	char name[DPI_NAME_MAX];
	char reason[CLUE_REASON_MAX];
};

struct stories;

void story_add(struct stories *s, const struct clue *c); /* S may be NULL: nobody listens */
/* R as a clue of WEIGHT: for weak evidence that is no finding of its own. */
void story_hear(struct stories *s, const struct report *r, double weight);
/* A finding is evidence too, as heavy as it is severe. */
void story_report(struct stories *s, const struct report *r);

/* The mutes are others now: what has been heard is weighed again, what no longer counts included. A
 * story that falls is told anew when it convinces again. */
void story_weigh_again(struct stories *s);

/* What a clue weighs after AGE. */
double story_decay(const struct thresholds *t, double weight, int64_t age_us);
/* Sum over kinds; further clues of one kind count half, a quarter and so on. BEST_OUT: the heaviest
 * alone. KINDS_OUT: distinct kinds that still count. */
double story_score(const struct thresholds *t, const struct clue *c, size_t n, int64_t now_us,
		   double *best_out, size_t *kinds_out);
/* The sum as it stood at AT, before now: clues that began later are left out. */
double story_score_at(const struct thresholds *t, const struct clue *c, size_t n, int64_t at_us);

/* A device's story as a report shows it; borrowed for the call. */
struct host_story {
	struct device_info device;
	const struct clue *clue;
	size_t n;
	int64_t first_us, last_us;
	uint64_t count; /* clues heard, repeated ones too */
};
void stories_each(const struct stories *s, void (*fn)(void *arg, const struct host_story *h),
		  void *arg);

#endif
