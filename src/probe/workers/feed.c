/* SPDX-License-Identifier: Apache-2.0 */
/* Reads ahead of the workers into a few windows of memory; a window is read into again when the
 * last block that shows into it has been given back by all. */
#include "probe/workers/feed.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

enum { LOOK_MS = 100, PROBLEMS_MAX = CAPTURE_PROBLEMS_MAX + 2 };

struct window {
	uint8_t *bytes;
	uint32_t free_at; /* position in the ring that all must have passed */
};

struct feed {
	pthread_t thread;
	struct capture capture;
	struct spread spread;
	struct belt belt;
	struct feed_block *block;
	size_t filled; /* packets in the block at the head */
	uint64_t next; /* number of the next packet */
	struct window window[FEED_WINDOWS];
	unsigned windows; /* handed out so far */
	const struct halt *halt;
	int result;
	struct err why;
	char problem[PROBLEMS_MAX][ERR_TEXT_MAX];
	_Atomic unsigned problems;
	unsigned told;
	_Atomic uint64_t records_bad;
};

static struct feed_block *block_open(struct feed *f)
{
	while (!belt_wait_room(&f->belt, LOOK_MS)) {
		if (atomic_load(&f->halt->at_once))
			return NULL;
	}
	return &f->block[belt_head(&f->belt) % FEED_BLOCKS];
}

static void block_send(struct feed *f, bool last)
{
	struct feed_block *b = block_open(f);

	if (!b)
		return;
	b->n = f->filled;
	b->first = f->next - f->filled;
	b->last = last;
	f->filled = 0;
	belt_push(&f->belt);
}

/* What was read so far goes out with the windows it lies in. */
static uint8_t *window_next(void *arg)
{
	struct feed *f = arg;

	if (f->filled > 0)
		block_send(f, false);
	if (f->windows > 0)
		f->window[(f->windows - 1) % FEED_WINDOWS].free_at = belt_head(&f->belt);
	struct window *w = &f->window[f->windows % FEED_WINDOWS];
	while (f->windows >= FEED_WINDOWS && !belt_wait_passed(&f->belt, w->free_at, LOOK_MS)) {
		if (atomic_load(&f->halt->at_once))
			break;
	}
	f->windows++;
	if (!w->bytes)
		w->bytes = mem_new(CAPTURE_WINDOW);
	return w->bytes;
}

static void problem_note(void *arg, const char *text)
{
	struct feed *f = arg;
	unsigned n = atomic_load(&f->problems);

	if (n == PROBLEMS_MAX)
		return;
	(void)str_copy(f->problem[n], sizeof(f->problem[n]), str_of(text)); /* cut is fine */
	atomic_store(&f->problems, n + 1);
}

static bool packets_add(struct feed *f, const struct packet *batch, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct feed_block *b =
			f->filled ? &f->block[belt_head(&f->belt) % FEED_BLOCKS] : block_open(f);
		if (!b)
			return false;
		b->packet[f->filled] = batch[i];
		b->to[f->filled] = spread_packet(&f->spread, &batch[i]);
		f->filled++;
		f->next++;
		if (f->filled == FEED_BLOCK)
			block_send(f, false);
	}
	return true;
}

static void *feed_run(void *arg)
{
	struct feed *f = arg;
	struct packet batch[CAPTURE_BATCH];
	int n;

	do {
		n = capture_next(&f->capture, batch, CAPTURE_BATCH, 0, &f->why);
		atomic_store(&f->records_bad, f->capture.stats.records_bad);
	} while (n > 0 && packets_add(f, batch, (size_t)n) && !atomic_load(&f->halt->source));
	f->result = n < 0 ? n : 0;
	block_send(f, true);
	return NULL;
}

int feed_start(const char *path, const struct spread *s, uint64_t first, const struct halt *halt,
	       struct feed **out, struct err *e)
{
	struct feed *f = mem_new(sizeof(*f));

	f->spread = *s;
	f->next = first;
	f->halt = halt;
	belt_init(&f->belt, FEED_BLOCKS, s->workers + 1);
	f->block = mem_array(FEED_BLOCKS, sizeof(*f->block));
	f->capture = (struct capture){
		.problem = problem_note,
		.problem_arg = f,
		.window = window_next,
		.window_arg = f,
	};
	int r = capture_open_file(&f->capture, path, e);
	if (r == 0 && (r = -pthread_create(&f->thread, NULL, feed_run, f)) < 0)
		(void)err_set(e, r, "cannot start a thread: %s", err_text(r));
	if (r < 0) {
		feed_free(f);
		return r;
	}
	*out = f;
	return 0;
}

int feed_end(struct feed *f, struct err *e)
{
	(void)pthread_join(f->thread, NULL); /* it is ours and runs */
	if (f->result < 0)
		*e = f->why;
	return f->result;
}

void feed_free(struct feed *f)
{
	if (!f)
		return;
	capture_close(&f->capture);
	for (size_t i = 0; i < FEED_WINDOWS; i++)
		free(f->window[i].bytes);
	free(f->block);
	free(f);
}

const struct feed_block *feed_take(struct feed *f, unsigned worker)
{
	while (!belt_wait_data(&f->belt, worker, LOOK_MS)) {
		if (atomic_load(&f->halt->at_once))
			return NULL;
	}
	return &f->block[belt_tail(&f->belt, worker) % FEED_BLOCKS];
}

void feed_give(struct feed *f, unsigned worker)
{
	belt_pop(&f->belt, worker);
}

void feed_judged(struct feed *f, uint64_t upto)
{
	unsigned judge = f->spread.workers;

	while (belt_has_data(&f->belt, judge)) {
		const struct feed_block *b = &f->block[belt_tail(&f->belt, judge) % FEED_BLOCKS];
		if (b->first + b->n > upto)
			break;
		belt_pop(&f->belt, judge);
	}
}

const char *feed_problem(struct feed *f)
{
	return f->told < atomic_load(&f->problems) ? f->problem[f->told++] : NULL;
}

uint64_t feed_records_bad(const struct feed *f)
{
	return atomic_load(&f->records_bad);
}

uint64_t feed_next_number(const struct feed *f)
{
	return f->next;
}
