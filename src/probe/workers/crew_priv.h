/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a crew, shared by its files only. */
#ifndef PROBE_WORKERS_CREW_PRIV_H
#define PROBE_WORKERS_CREW_PRIV_H

#include <pthread.h>

#include "probe/workers/crew.h"
#include "probe/workers/crew_hear.h"
#include "probe/workers/front.h"
#include "probe/workers/source.h"

enum {
	BLOCKS = 32,
	CHUNKS_A_WAKE = 4, /* a judge who sleeps is woken for some, not for each */
	PROBLEMS_MAX = CAPTURE_PROBLEMS_MAX + 2,
};

struct crew {
	unsigned n; /* threads, with the caller's, which is the judge's */
	int64_t shift_us, ring_bytes;
	bool live;
	struct judge *judge;
	pthread_t helper[PROBE_WORKERS_MAX]; /* the first follows flows */
	struct block *block;                 /* number N is at N % BLOCKS */
	struct chunk *chunk;                 /* likewise */
	struct source source;                /* of who reads */
	struct front front;                  /* the follower's; the judge's when nobody else runs */
	struct heard heard;                  /* the judge's */
	pthread_mutex_t lock;
	pthread_cond_t news;  /* for the follower: something to do */
	pthread_cond_t more;  /* for those who only read: room for another block */
	pthread_cond_t tell;  /* for the judge: something to hear or to do */
	pthread_cond_t space; /* for the follower, in the middle of a block: room for a chunk */
	/* What follows is under the lock. */
	uint64_t read, followed, judged; /* blocks */
	uint64_t told, passed;           /* chunks: handed to the judge, heard */
	bool ready[BLOCKS];              /* taken apart */
	bool following;                  /* the follower is there; without one the judge is alone */
	bool reading;                    /* somebody does */
	bool open;                       /* a source is there, or something of it not yet heard */
	bool over;                       /* it has ended, */
	int result;                      /* so, */
	struct err why;
	bool halt;    /* is to be read no further, */
	bool at_once; /* and nobody hears any more */
	bool follower_idle, judge_idle, space_awaited;
	unsigned readers_idle;
	uint64_t waits;
	uint64_t dropped, records_bad;               /* of this source */
	uint64_t dropped_before, records_bad_before; /* of those before it */
	bool up;
	char up_text[256];
	int64_t up_since_us;
	struct flow_stats flows;
	char problem[PROBLEMS_MAX][ERR_TEXT_MAX];
	unsigned problems;
};

/* Locking our own mutex, which is no recursive one, does not fail. */
static inline void crew_lock(struct crew *c)
{
	(void)pthread_mutex_lock(&c->lock);
}

static inline void crew_unlock(struct crew *c)
{
	(void)pthread_mutex_unlock(&c->lock);
}

/* crew_work.c; all but the first and last under the lock, which is let go for the work itself. */
void *crew_help(void *c);
bool crew_may_read(const struct crew *c);
bool crew_read_through(const struct crew *c);
void crew_read(struct crew *c);
/* A moment in which another may be through with what is waited for; TRIES counts them. False: it
 * takes longer, sleep. */
bool crew_linger(struct crew *c, unsigned *tries);
void crew_hear(struct crew *c); /* the oldest chunk */
void crew_hand_over(struct crew *c, struct chunk *k, bool ends_block);
void crew_wake(struct crew *c); /* after anything changed: who has something to do now */
void crew_status_note(struct crew *c);
struct chunk *crew_chunk(void *c, struct chunk *full); /* as struct front wants it */

#endif
