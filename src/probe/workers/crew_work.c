/* SPDX-License-Identifier: Apache-2.0 */
/* The stages that blocks pass, in order: read and taken apart by whoever has time, followed by one
 * thread, heard by the judge. Tables stay with their thread: memory that another processor wrote
 * last takes longer to come than a packet's whole share of the work. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "probe/workers/crew_priv.h"

enum {
	WIRE_WAIT_MS = 50,
	LINGER_NS = 1500,
	LINGER_TRIES = 40, /* together about what it takes to sleep and to be woken */
};

bool crew_read_through(const struct crew *c)
{
	return (c->over || c->halt) && !c->reading && c->followed == c->read;
}

static bool may_follow(const struct crew *c)
{
	return c->followed < c->read && c->ready[c->followed % BLOCKS];
}

bool crew_may_read(const struct crew *c)
{
	return !c->reading && !c->over && !c->halt && c->read - c->judged < BLOCKS &&
	       source_ready(&c->source, c->judged);
}

static bool judge_has_work(const struct crew *c)
{
	bool few = !c->live && !c->follower_idle;

	return c->told - c->passed >= (few ? CHUNKS_A_WAKE : 1) || crew_read_through(c) ||
	       (!c->live && crew_may_read(c));
}

void crew_wake(struct crew *c)
{
	bool end = c->at_once || crew_read_through(c);
	bool room = c->read - c->judged <= BLOCKS / 2 && crew_may_read(c);

	if (c->follower_idle && (end || room || may_follow(c)))
		(void)pthread_cond_signal(&c->news);
	if (c->readers_idle && end)
		(void)pthread_cond_broadcast(&c->more);
	else if (c->readers_idle && room)
		(void)pthread_cond_signal(&c->more);
	if (c->judge_idle && judge_has_work(c))
		(void)pthread_cond_signal(&c->tell);
	if (c->space_awaited && (c->at_once || c->told - c->passed <= CHUNKS / 2))
		(void)pthread_cond_signal(&c->space);
}

void crew_hear(struct crew *c)
{
	struct chunk *k = &c->chunk[c->passed % CHUNKS];

	crew_unlock(c);
	heard_chunk(&c->heard, c->judge, k);
	crew_lock(c);
	c->passed++;
	c->judged += k->ends_block;
	crew_wake(c);
}

void crew_hand_over(struct crew *c, struct chunk *k, bool ends_block)
{
	k->ends_block = ends_block;
	c->told++;
	crew_wake(c);
}

struct chunk *crew_chunk(void *arg, struct chunk *full)
{
	struct crew *c = arg;

	crew_lock(c);
	if (full)
		crew_hand_over(c, full, false);
	while (c->told - c->passed >= CHUNKS && !c->at_once) {
		if (!c->following) {
			crew_hear(c);
			continue;
		}
		c->waits++;
		c->space_awaited = true;
		(void)pthread_cond_wait(&c->space, &c->lock);
		c->space_awaited = false;
	}
	/* With nobody to hear, over what was told first. */
	struct chunk *k = &c->chunk[c->told % CHUNKS];
	crew_unlock(c);
	k->used = 0;
	return k;
}

void crew_status_note(struct crew *c)
{
	const struct capture_stats *s = &c->source.capture.stats;

	c->dropped = s->dropped;
	c->records_bad = s->records_bad;
	if (s->up && !c->up)
		c->up_since_us = clock_utc_us(&clock_real);
	if (!s->up)
		memcpy(c->up_text, s->text, sizeof(c->up_text));
	c->up = s->up;
}

static void take_apart(struct crew *c, struct block *b, struct packet *p)
{
	for (size_t i = 0; i < b->n; i++) {
		p[i].ts_us += c->shift_us;
		dissect(&p[i], &b->d[i]);
		flow_hash(c->front.flows, &b->d[i]);
	}
}

void crew_read(struct crew *c)
{
	struct packet packet[CAPTURE_BATCH];
	uint64_t number = c->read, judged = c->judged;
	struct block *b = &c->block[number % BLOCKS];
	struct err e = { 0 };

	c->reading = true;
	crew_unlock(c);
	int n = source_read(&c->source, number, judged, b, packet, WIRE_WAIT_MS, &e);
	b->n = n > 0 ? (size_t)n : 0;
	b->silence_us = n == -EAGAIN ? clock_utc_us(&clock_real) : 0;
	crew_lock(c);
	c->reading = false;
	crew_status_note(c);
	if (n <= 0 && n != -EAGAIN) {
		c->over = true;
		c->result = n;
		c->why = e;
		crew_wake(c);
		return;
	}
	c->read++;
	c->ready[number % BLOCKS] = false;
	crew_wake(c);
	crew_unlock(c);
	take_apart(c, b, packet);
	crew_lock(c);
	c->ready[number % BLOCKS] = true;
	crew_wake(c);
}

static void follow(struct crew *c)
{
	struct front *f = &c->front;

	crew_unlock(c);
	front_block(f, &c->block[c->followed % BLOCKS]);
	if (!f->open)
		f->open = crew_chunk(c, NULL);
	crew_lock(c);
	flow_stats_get(f->flows, &c->flows);
	c->followed++;
	crew_hand_over(c, f->open, true);
	f->open = NULL;
}

bool crew_linger(struct crew *c, unsigned *tries)
{
	if (c->live || ++*tries > LINGER_TRIES)
		return false;
	crew_unlock(c);
	int64_t until_ns = clock_mono_ns(&clock_real) + LINGER_NS;
	while (clock_mono_ns(&clock_real) < until_ns)
		;
	crew_lock(c);
	return true;
}

static void wait_for_work(struct crew *c, bool follower)
{
	c->waits += c->read - c->judged == BLOCKS;
	if (!follower) {
		c->readers_idle++;
		(void)pthread_cond_wait(&c->more, &c->lock);
		c->readers_idle--;
		return;
	}
	c->follower_idle = true;
	crew_wake(c); /* the judge does not wait for more chunks then */
	(void)pthread_cond_wait(&c->news, &c->lock);
	c->follower_idle = false;
}

void *crew_help(void *arg)
{
	struct crew *c = arg;

	crew_lock(c);
	bool follower = !c->following;
	c->following = true;
	for (unsigned tries = 0; !c->at_once && !crew_read_through(c);) {
		bool to_follow = follower && may_follow(c);
		if (!to_follow && !crew_may_read(c)) {
			if (!crew_linger(c, &tries))
				wait_for_work(c, follower);
			continue;
		}
		if (to_follow)
			follow(c);
		else
			crew_read(c);
		tries = 0;
	}
	crew_wake(c);
	crew_unlock(c);
	return NULL;
}
