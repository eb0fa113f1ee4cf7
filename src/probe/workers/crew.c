/* SPDX-License-Identifier: Apache-2.0 */
/* Starts and ends the threads, and merges what they tell: an event is heard when every worker has
 * told all that came before it. */
#include "probe/workers/crew.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/mem.h"
#include "probe/workers/crew_hear.h"
#include "probe/workers/worker.h"

enum {
	EVENTS_A_STEP = 4096,
	FILE_WAIT_MS = 100, /* the threads that read a file are never long silent */
};

struct crew {
	unsigned n;
	bool live;
	bool running; /* threads are there, or events of theirs not yet heard */
	struct judge *judge;
	struct worker *worker;
	struct inlet *inlet;
	struct heard *heard;
	struct feed *feed;
	struct halt halt;
	struct spread spread;
	uint16_t group; /* of the packet sockets */
	uint64_t next_number;
	uint64_t records_bad; /* of files before */
	int64_t ring_bytes;
};

int crew_new(const struct probe_config *c, struct judge *j, struct crew **out, struct err *e)
{
	struct crew *w = mem_new(sizeof(*w));
	int r = 0;

	w->n = (unsigned)c->workers;
	w->judge = j;
	w->ring_bytes = c->ring_bytes;
	w->spread.workers = w->n;
	w->worker = mem_array(w->n, sizeof(*w->worker));
	w->inlet = mem_array(w->n, sizeof(*w->inlet));
	w->heard = mem_array(w->n, sizeof(*w->heard));
	if (getrandom(&w->spread.secret, sizeof(w->spread.secret), 0) != sizeof(w->spread.secret))
		abort(); /* so few bytes never come short once the kernel is up */
	w->group = (uint16_t)w->spread.secret;
	for (unsigned i = 0; r == 0 && i < w->n; i++) {
		r = worker_init(&w->worker[i], i, (size_t)c->flow_memory_bytes / w->n, &w->halt, e);
		if (r == 0)
			heard_init(&w->heard[i], flow_places(w->worker[i].flows));
		w->worker[i].shift_us = c->shift_us;
	}
	if (r < 0) {
		crew_free(w);
		return r;
	}
	*out = w;
	return 0;
}

static void threads_join(struct crew *c, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		(void)pthread_join(c->worker[i].thread, NULL); /* ours, and they end */
}

void crew_free(struct crew *c)
{
	if (!c)
		return;
	atomic_store(&c->halt.source, true);
	atomic_store(&c->halt.at_once, true);
	if (c->running)
		threads_join(c, c->n);
	if (c->feed)
		(void)feed_end(c->feed, &(struct err){ 0 }); /* nobody asks any more */
	feed_free(c->feed);
	for (unsigned i = 0; i < c->n; i++) {
		worker_done(&c->worker[i]);
		heard_done(&c->heard[i]);
	}
	free(c->worker);
	free(c->inlet);
	free(c->heard);
	free(c);
}

static int threads_start(struct crew *c, void *(*run)(void *worker), struct err *e)
{
	for (unsigned i = 0; i < c->n; i++) {
		c->inlet[i] = (struct inlet){ .from = &c->worker[i].out };
		c->worker[i].feed = c->feed;
	}
	for (unsigned i = 0; i < c->n; i++) {
		int r = -pthread_create(&c->worker[i].thread, NULL, run, &c->worker[i]);
		if (r == 0)
			continue;
		atomic_store(&c->halt.source, true);
		atomic_store(&c->halt.at_once, true);
		threads_join(c, i);
		return err_set(e, r, "cannot start a thread: %s", err_text(r));
	}
	c->running = true;
	return 0;
}

int crew_open_file(struct crew *c, const char *path, struct err *e)
{
	int r = feed_start(path, &c->spread, c->next_number, &c->halt, &c->feed, e);

	if (r < 0)
		return r;
	c->live = false;
	return threads_start(c, worker_read_file, e);
}

static int wire_open(struct crew *c, struct worker *w, const char *interface, struct err *e)
{
	capture_close(&w->capture);
	w->capture = (struct capture){
		.ring_bytes = c->ring_bytes,
		.share = c->n,
		.group = c->group,
		.problem = w->number == 0 ? worker_tell_problem : NULL, /* once is enough */
		.problem_arg = w,
	};
	return capture_open_live(&w->capture, interface, e);
}

int crew_open_live(struct crew *c, const char *interface, struct err *e)
{
	c->live = true;
	for (unsigned i = 0; i < c->n; i++) {
		struct worker *w = &c->worker[i];
		int r = wire_open(c, w, interface, e);
		if (r < 0)
			return r;
		c->heard[i].status.up = w->capture.stats.up;
		memcpy(c->heard[i].status.text, w->capture.stats.text,
		       sizeof(w->capture.stats.text));
		c->heard[i].up_since_us = clock_utc_us(&clock_real);
	}
	return threads_start(c, worker_read_wire, e);
}

/* Where all workers are beyond: what is before is judged. */
static uint64_t reached(struct crew *c)
{
	uint64_t at = UINT64_MAX;

	for (unsigned i = 0; i < c->n; i++) {
		const struct event *e = inlet_peek(&c->inlet[i]);
		uint64_t here = e ? e->at : c->inlet[i].until;
		at = here < at ? here : at;
	}
	return at;
}

/* The inlet of the event that comes next. When none can be told yet: -EAGAIN, and LAGS is whom to
 * wait for; BEST is the first of those there, or -1. -ENODATA: all have ended. */
static int choose(struct crew *c, int *best, int *lags)
{
	const struct event *first = NULL;

	*best = *lags = -1;
	for (int i = 0; i < (int)c->n; i++) {
		const struct event *e = inlet_peek(&c->inlet[i]);
		if (e && (!first || event_before(e, first))) {
			first = e;
			*best = i;
		} else if (!e && !c->inlet[i].ended &&
			   (*lags < 0 || c->inlet[i].until < c->inlet[*lags].until)) {
			*lags = i;
		}
	}
	if (*lags >= 0 && (!first || first->at >= c->inlet[*lags].until))
		return -EAGAIN;
	return first ? *best : -ENODATA;
}

static void hear(struct crew *c, int i)
{
	heard_event(&c->heard[i], c->judge, inlet_peek(&c->inlet[i]));
	inlet_skip(&c->inlet[i]);
}

static void tell_problems(struct crew *c)
{
	const struct probe_sink *sink = &c->judge->sink;
	const char *text;

	while (c->feed && (text = feed_problem(c->feed))) {
		if (sink->problem)
			sink->problem(sink->arg, text);
	}
}

/* The source has ended and everything of it was heard. */
static int source_end(struct crew *c, struct err *e)
{
	int r = 0;

	threads_join(c, c->n);
	c->running = false;
	tell_problems(c);
	if (!c->feed)
		return 0;
	r = feed_end(c->feed, e);
	c->next_number = feed_next_number(c->feed);
	c->records_bad += feed_records_bad(c->feed);
	feed_free(c->feed);
	c->feed = NULL;
	return r;
}

static void pass(struct crew *c)
{
	if (c->feed)
		feed_judged(c->feed, reached(c));
}

int crew_step(struct crew *c, int wait_ms, struct err *e)
{
	int best, lags, i = 0;

	for (int k = 0; k < EVENTS_A_STEP; k++) {
		i = choose(c, &best, &lags);
		if (i < 0)
			break;
		hear(c, i);
	}
	tell_problems(c);
	pass(c);
	if (i == -ENODATA)
		return c->running ? source_end(c, e) : 0;
	if (i != -EAGAIN)
		return 1;
	bool news = belt_wait_data(&c->worker[lags].out.belt, 0, c->live ? wait_ms : FILE_WAIT_MS);
	/* On a wire, a worker that is late does not hold up the others for long. */
	if (!news && c->live && best >= 0)
		hear(c, best);
	return 1;
}

static void drain(struct crew *c)
{
	struct err e = { 0 };

	while (c->running) {
		if (crew_step(c, FILE_WAIT_MS, &e) <= 0)
			break; /* a read error ends the file as its end does */
	}
}

void crew_finish(struct crew *c)
{
	struct err e = { 0 };

	atomic_store(&c->halt.source, true);
	drain(c);
	atomic_store(&c->halt.source, false);
	if (threads_start(c, worker_finish, &e) == 0)
		drain(c);
}

void crew_stats(const struct crew *c, struct probe_stats *out)
{
	out->records_bad = c->records_bad + (c->feed ? feed_records_bad(c->feed) : 0);
	out->capture_up = true;
	for (unsigned i = 0; i < c->n; i++) {
		const struct worker_status *s = &c->heard[i].status;
		out->flows += s->flows.flows;
		out->flows_live += s->flows.live;
		out->flows_dropped += s->flows.dropped;
		out->packets_dropped += s->dropped;
		out->worker_waits += c->worker[i].out.belt.waits;
		if (!c->live || s->up)
			continue;
		out->capture_up = false;
		memcpy(out->capture_text, s->text, sizeof(out->capture_text));
	}
	out->up_since_us = c->heard[0].up_since_us;
}
