/* SPDX-License-Identifier: Apache-2.0 */
/* Starts and ends the threads; the judge's side of them. */
#include "probe/workers/crew.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "probe/workers/crew_priv.h"

enum {
	TASKS_A_STEP = 64,
	FILE_WAIT_MS = 100, /* the threads that read a file are never long silent */
};

static void problem_note(void *arg, const char *text)
{
	struct crew *c = arg;

	crew_lock(c);
	if (c->problems < PROBLEMS_MAX) /* cut is fine */
		(void)str_copy(c->problem[c->problems++], ERR_TEXT_MAX, str_of(text));
	crew_unlock(c);
}

static void problems_tell(struct crew *c)
{
	const struct probe_sink *sink = &c->judge->sink;
	char text[ERR_TEXT_MAX];

	crew_lock(c);
	for (unsigned i = 0; i < c->problems; i++) {
		memcpy(text, c->problem[i], sizeof(text));
		crew_unlock(c);
		if (sink->problem)
			sink->problem(sink->arg, text);
		crew_lock(c);
	}
	c->problems = 0;
	crew_unlock(c);
}

static void cond_init(pthread_cond_t *c)
{
	pthread_condattr_t a;

	if (pthread_condattr_init(&a) != 0 || pthread_condattr_setclock(&a, CLOCK_MONOTONIC) != 0 ||
	    pthread_cond_init(c, &a) != 0)
		abort();                    /* glibc's cannot fail with these */
	(void)pthread_condattr_destroy(&a); /* likewise */
}

int crew_new(const struct probe_config *config, struct judge *j, struct crew **out, struct err *e)
{
	struct crew *c = mem_new(sizeof(*c));
	int r = front_init(&c->front, (size_t)config->flow_memory_bytes, e);

	if (r < 0) {
		free(c);
		return r;
	}
	c->n = (unsigned)config->workers;
	c->judge = j;
	c->shift_us = config->shift_us;
	c->ring_bytes = config->ring_bytes;
	c->front.next = crew_chunk;
	c->front.arg = c;
	c->block = mem_array(BLOCKS, sizeof(*c->block));
	c->chunk = mem_array(CHUNKS, sizeof(*c->chunk));
	heard_init(&c->heard, flow_places(c->front.flows));
	if (pthread_mutex_init(&c->lock, NULL) != 0)
		abort(); /* glibc's cannot fail */
	cond_init(&c->news);
	cond_init(&c->more);
	cond_init(&c->tell);
	cond_init(&c->space);
	*out = c;
	return 0;
}

static void helpers_join(struct crew *c, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		(void)pthread_join(c->helper[i], NULL); /* ours, and they end */
	c->following = false;
	c->open = false;
}

static void helpers_stop(struct crew *c, unsigned n)
{
	crew_lock(c);
	c->halt = c->at_once = true;
	crew_wake(c);
	crew_unlock(c);
	helpers_join(c, n);
}

void crew_free(struct crew *c)
{
	if (!c)
		return;
	if (c->open)
		helpers_stop(c, c->n - 1);
	source_close(&c->source);
	front_done(&c->front);
	heard_done(&c->heard);
	for (size_t i = 0; i < BLOCKS; i++)
		free(c->block[i].bytes);
	free(c->block);
	free(c->chunk);
	(void)pthread_cond_destroy(&c->news); /* nobody is left to wait */
	(void)pthread_cond_destroy(&c->more);
	(void)pthread_cond_destroy(&c->tell);
	(void)pthread_cond_destroy(&c->space);
	(void)pthread_mutex_destroy(&c->lock);
	free(c);
}

static int helpers_start(struct crew *c, struct err *e)
{
	c->open = true;
	for (unsigned i = 0; i < c->n - 1; i++) {
		int r = -pthread_create(&c->helper[i], NULL, crew_help, c);
		if (r == 0)
			continue;
		helpers_stop(c, i);
		return err_set(e, r, "cannot start a thread: %s", err_text(r));
	}
	return 0;
}

static int source_begin(struct crew *c, const char *name, bool live, struct err *e)
{
	c->live = live;
	c->over = c->halt = c->up = false;
	c->result = 0;
	c->source = (struct source){ .capture = { .ring_bytes = c->ring_bytes,
						  .problem = problem_note,
						  .problem_arg = c } };
	int r = live ? source_open_live(&c->source, name, e)
		     : source_open_file(&c->source, name, e);
	if (r < 0) {
		source_close(&c->source);
		return r;
	}
	crew_status_note(c);
	return helpers_start(c, e);
}

int crew_open_file(struct crew *c, const char *path, struct err *e)
{
	return source_begin(c, path, false, e);
}

int crew_open_live(struct crew *c, const char *interface, struct err *e)
{
	return source_begin(c, interface, true, e);
}

/* The source has ended and everything of it was heard. */
static int source_end(struct crew *c, struct err *e)
{
	helpers_join(c, c->n - 1);
	c->dropped_before += c->dropped;
	c->records_bad_before += c->records_bad;
	c->dropped = c->records_bad = 0;
	source_close(&c->source);
	if (c->result < 0)
		*e = c->why;
	return c->result;
}

/* False: the time has passed. */
static bool judge_wait(struct crew *c, int wait_ms)
{
	int64_t ns = clock_mono_ns(&clock_real) + (int64_t)wait_ms * 1000000;
	struct timespec t = { .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };

	c->judge_idle = true;
	int r = pthread_cond_timedwait(&c->tell, &c->lock, &t);
	c->judge_idle = false;
	return r == 0;
}

/* False: the source has ended and everything of it was heard. */
static bool judge_some(struct crew *c, int wait_ms)
{
	bool more = true;
	unsigned tries = 0;

	crew_lock(c);
	for (int k = 0; more && k < TASKS_A_STEP; k++) {
		if (c->told != c->passed)
			crew_hear(c);
		else if (!c->live && crew_may_read(c)) /* better than to wait */
			crew_read(c);
		else if (crew_read_through(c))
			more = false;
		else if (!crew_linger(c, &tries) && !judge_wait(c, wait_ms))
			break;
	}
	crew_unlock(c);
	return more;
}

int crew_step(struct crew *c, int wait_ms, struct err *e)
{
	if (!c->open)
		return 0;
	int r = judge_some(c, c->live ? wait_ms : FILE_WAIT_MS) ? 1 : source_end(c, e);
	problems_tell(c);
	return r;
}

void crew_finish(struct crew *c)
{
	struct err e = { 0 };

	crew_lock(c);
	c->halt = true;
	crew_wake(c);
	crew_unlock(c);
	while (c->open)
		(void)crew_step(c, FILE_WAIT_MS, &e); /* a read error ends it as its end does */
	front_finish(&c->front);
	crew_lock(c);
	flow_stats_get(c->front.flows, &c->flows);
	if (c->front.open)
		crew_hand_over(c, c->front.open, false);
	c->front.open = NULL;
	while (c->told != c->passed)
		crew_hear(c);
	crew_unlock(c);
}

void crew_stats(struct crew *c, struct probe_stats *out)
{
	crew_lock(c);
	out->records_bad = c->records_bad_before + c->records_bad;
	out->packets_dropped = c->dropped_before + c->dropped;
	out->flows = c->flows.flows;
	out->flows_live = c->flows.live;
	out->flows_dropped = c->flows.dropped;
	out->worker_waits = c->waits;
	out->capture_up = c->up || !c->live;
	out->up_since_us = c->up_since_us;
	memcpy(out->capture_text, c->up ? "" : c->up_text, c->up ? 1 : sizeof(c->up_text));
	crew_unlock(c);
}
