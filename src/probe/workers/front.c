/* SPDX-License-Identifier: Apache-2.0 */
/* Does with packets what alone.c does, up to the judge. */
#include "probe/workers/front.h"

#include <errno.h>

#include "base/clock.h"
#include "probe/judge.h"

static void counts_clear(struct packet_counts *c)
{
	*c = (struct packet_counts){ .first_us = INT64_MAX, .last_us = INT64_MIN };
}

int front_init(struct front *w, size_t flow_memory_bytes, struct err *e)
{
	struct flow_listener listener = { .arg = w, .event = front_tell_flow };

	counts_clear(&w->counts);
	w->dpi = dpi_new(e);
	if (!w->dpi)
		return -ENOMEM;
	w->flows = flow_table_new(flow_memory_bytes, w->dpi, &listener);
	return 0;
}

void front_done(struct front *w)
{
	flow_table_free(w->flows);
	dpi_free(w->dpi);
}

static void sums_tell(struct front *w)
{
	front_tell_all_moved(w);
	if (w->counts.packets == 0)
		return;
	front_tell_counts(w);
	counts_clear(&w->counts);
}

static void advance(struct front *w, int64_t now_us)
{
	w->now_us = now_us;
	flow_expire(w->flows, now_us);
	if (!judge_tick_due(w->tick_us, now_us))
		return;
	w->tick_us = now_us;
	sums_tell(w);
	front_tell_clock(w);
}

static void count(struct front *w, const struct dissected *d)
{
	struct packet_counts *c = &w->counts;

	c->packets++;
	c->bytes += d->wire_len;
	c->bad += d->bad;
	if (d->ts_us < c->first_us)
		c->first_us = d->ts_us;
	if (d->ts_us > c->last_us)
		c->last_us = d->ts_us;
}

static void on_packet(struct front *w, const struct dissected *d)
{
	int dir = 0;

	/* Packets a little out of order do not turn time back. */
	if (d->ts_us > w->now_us || w->now_us - d->ts_us > US_PER_MIN)
		advance(w, d->ts_us);
	count(w, d);
	if (d->neighbour.op)
		front_tell_neighbour(w, d);
	struct flow *f = flow_update(w->flows, d, &dir);
	if (f)
		front_tell_moved(w, f, dir, d->wire_len);
	if (d->unreached.proto)
		flow_unreached(w->flows, d);
	if (f && readers_want(f, d))
		front_tell_packet(w, f, dir, d);
}

void front_block(struct front *w, struct block *b)
{
	if (b->silence_us)
		advance(w, b->silence_us);
	for (size_t i = 0; i < b->n; i += FLOW_AHEAD) {
		struct dissected *d = b->d + i;
		size_t n = b->n - i < FLOW_AHEAD ? b->n - i : FLOW_AHEAD;
		for (size_t k = 0; k < n; k++)
			flow_ahead(w->flows, &d[k]);
		for (size_t k = 0; k < n; k++)
			flow_ahead_more(w->flows, &d[k]);
		for (size_t k = 0; k < n; k++)
			on_packet(w, &d[k]);
	}
	sums_tell(w);
}

void front_finish(struct front *w)
{
	flow_end_all(w->flows);
	sums_tell(w);
}
