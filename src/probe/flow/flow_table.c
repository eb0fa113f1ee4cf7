/* SPDX-License-Identifier: Apache-2.0 */
/* The table of flows: a fixed region, buckets keyed with a secret, the flow nearest to its end
 * gives way when it is full. */
#include "probe/flow/flow_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"

enum {
	FLOWS_MIN = 64,
	INSPECTION_BYTES = 2048, /* what one costs with its heap, about */
	INSPECTIONS_MIN = 16,
};

/* Time may step back so far within a capture; beyond it, the clock was set. */
#define FLOW_BACK_MAX_S 120

static void *region(size_t bytes)
{
	/* Untouched pages cost nothing. */
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		abort(); /* out of memory: the supervisor restarts us */
	return p;
}

struct flow_table *flow_table_new(size_t memory_bytes, struct dpi *dpi,
				  const struct flow_listener *listener)
{
	struct flow_table *t = mem_new(sizeof(*t));
	size_t for_flows = memory_bytes / 4 * 3, buckets = 64;

	t->capacity = (uint32_t)(for_flows / (sizeof(struct flow) + 8));
	if (t->capacity < FLOWS_MIN)
		t->capacity = FLOWS_MIN;
	t->inspections = (uint32_t)(memory_bytes / 4 / INSPECTION_BYTES);
	if (t->inspections < INSPECTIONS_MIN)
		t->inspections = INSPECTIONS_MIN;
	while (buckets < t->capacity)
		buckets *= 2;
	t->mask = (uint32_t)buckets - 1;
	t->bucket = region(buckets * sizeof(*t->bucket));
	t->flows = region(((size_t)t->capacity + 1) * sizeof(*t->flows));
	t->inspection = mem_array(t->inspections, sizeof(*t->inspection));
	t->used = 1;
	t->dpi = dpi;
	t->listener = *listener;
	if (getrandom(t->secret, sizeof(t->secret), 0) != sizeof(t->secret))
		abort(); /* sixteen bytes never come short once the kernel is up */
	return t;
}

void flow_table_free(struct flow_table *t)
{
	if (!t)
		return;
	for (uint32_t i = 0; i < t->inspections; i++)
		dpi_flow_free(t->inspection[i].flow);
	for (uint32_t i = 1; i < t->used; i++)
		free(t->flows[i].facts);
	/* Our own mappings: cannot fail. */
	(void)munmap(t->flows, ((size_t)t->capacity + 1) * sizeof(*t->flows));
	(void)munmap(t->bucket, ((size_t)t->mask + 1) * sizeof(*t->bucket));
	free(t->inspection);
	free(t->batch);
	free(t);
}

void flow_tell(struct flow_table *t, struct flow *f, enum flow_event ev, const struct dissected *d)
{
	t->listener.event(t->listener.arg, f, ev, d);
}

/* The same for both directions: the smaller end comes first. */
static uint32_t hash_of(const struct flow_table *t, const struct addr *a, uint16_t aport,
			const struct addr *b, uint16_t bport, uint8_t proto)
{
	uint64_t k[5], x[2], y[2];

	memcpy(x, a->b, sizeof(x));
	memcpy(y, b->b, sizeof(y));
	bool swap = x[0] != y[0] ? x[0] > y[0] : x[1] != y[1] ? x[1] > y[1] : aport > bport;
	uint64_t low = swap ? bport : aport, high = swap ? aport : bport;
	k[0] = low << 32 | high << 16 | proto;
	if (addr_is_v4(a) && addr_is_v4(b)) { /* fewer words to go through */
		memcpy(&k[1], (swap ? b : a)->b + 12, 4);
		memcpy((uint8_t *)&k[1] + 4, (swap ? a : b)->b + 12, 4);
		return (uint32_t)siphash13(t->secret, k, 2 * sizeof(k[0]));
	}
	memcpy(&k[1], swap ? y : x, sizeof(x));
	memcpy(&k[3], swap ? x : y, sizeof(y));
	return (uint32_t)siphash13(t->secret, k, sizeof(k));
}

static bool key_is(const struct flow_key *k, const struct dissected *d, int *dir)
{
	if (k->proto != d->proto)
		return false;
	if (k->sport == d->sport && k->dport == d->dport && addr_eq(&k->src, &d->src) &&
	    addr_eq(&k->dst, &d->dst)) {
		*dir = 0;
		return true;
	}
	if (k->sport == d->dport && k->dport == d->sport && addr_eq(&k->src, &d->dst) &&
	    addr_eq(&k->dst, &d->src)) {
		*dir = 1;
		return true;
	}
	return false;
}

static uint32_t find(const struct flow_table *t, uint32_t hash, const struct dissected *d, int *dir)
{
	uint32_t i = t->bucket[hash & t->mask];

	while (i && (t->flows[i].hash != hash || !key_is(&t->flows[i].key, d, dir)))
		i = t->flows[i].chain;
	return i;
}

static void unchain(struct flow_table *t, uint32_t i)
{
	uint32_t *at = &t->bucket[t->flows[i].hash & t->mask];

	while (*at != i)
		at = &t->flows[*at].chain;
	*at = t->flows[i].chain;
}

void flow_end(struct flow_table *t, uint32_t i)
{
	struct flow *f = &t->flows[i];

	flow_inspect_end(t, i);
	if (f->key.proto == PROTO_TCP && !f->midway)
		flow_fail(t, f, NULL); /* nobody answered */
	flow_tell(t, f, FLOW_EVENT_END, NULL);
	flow_wheel_remove(t, i);
	unchain(t, i);
	free(f->facts);
	*f = (struct flow){ .chain = t->free };
	t->free = i;
	t->stats.live--;
}

static uint32_t take(struct flow_table *t)
{
	if (!t->free && t->used > t->capacity) {
		uint32_t i = flow_wheel_oldest(t);
		flow_end(t, i);
		t->stats.dropped++;
	}
	if (!t->free)
		return t->used++;
	uint32_t i = t->free;
	t->free = t->flows[i].chain;
	return i;
}

static bool speaks_second(const struct dissected *d)
{
	if (d->proto == PROTO_TCP)
		return (d->tcp_flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK);
	return false;
}

static uint32_t make(struct flow_table *t, uint32_t hash, const struct dissected *d, int *dir)
{
	uint32_t i = take(t);
	struct flow *f = &t->flows[i];
	bool back = speaks_second(d); /* its SYN was missed */

	*f = (struct flow){
		.key = { .src = back ? d->dst : d->src,
			 .dst = back ? d->src : d->dst,
			 .sport = back ? d->dport : d->sport,
			 .dport = back ? d->sport : d->dport,
			 .proto = d->proto },
		.first_us = d->ts_us,
		.last_us = d->ts_us,
		.hash = hash,
		.chain = t->bucket[hash & t->mask],
		.ttl = d->ttl,
		.midway = d->proto == PROTO_TCP && !(d->tcp_flags & TCP_SYN),
		.device = { DEVICE_NONE, DEVICE_NONE },
	};
	*dir = back;
	t->bucket[hash & t->mask] = i;
	flow_wheel_add(t, i);
	t->stats.flows++;
	t->stats.live++;
	flow_tell(t, f, FLOW_EVENT_NEW, d);
	return i;
}

/* One byte alone is TCP asking whether the other side is still there (RFC 1122, 4.2.3.6). */
static void stir(struct flow_table *t, struct flow *f, const struct dissected *d)
{
	if (f->key.proto == PROTO_TCP && f->state == FLOW_OPEN && d->payload_wire > 1)
		flow_tell(t, f, FLOW_EVENT_STIR, d);
}

static bool of_flow(const struct dissected *d)
{
	return d->kind == DISSECT_IP && !d->fragment && d->proto && !d->neighbour.op;
}

void flow_hash(const struct flow_table *t, struct dissected *d)
{
	if (of_flow(d))
		d->flow_hash = hash_of(t, &d->src, d->sport, &d->dst, d->dport, d->proto);
}

void flow_ahead(const struct flow_table *t, struct dissected *d)
{
	if (!d->flow_hash)
		flow_hash(t, d);
	__builtin_prefetch(&t->bucket[d->flow_hash & t->mask]);
}

void flow_ahead_more(const struct flow_table *t, const struct dissected *d)
{
	const struct flow *f = &t->flows[t->bucket[d->flow_hash & t->mask]];

	__builtin_prefetch(f);
	__builtin_prefetch((const char *)f + 64);
	__builtin_prefetch((const char *)f + 128);
	if (d->payload.n)
		__builtin_prefetch(d->payload.p);
}

struct flow *flow_update(struct flow_table *t, const struct dissected *d, int *dir_out)
{
	if (!of_flow(d))
		return NULL;
	uint32_t hash = d->flow_hash;
	if (!hash)
		hash = hash_of(t, &d->src, d->sport, &d->dst, d->dport, d->proto);
	uint32_t i = find(t, hash, d, dir_out);
	if (i && flow_starts_anew(&t->flows[i], *dir_out, d)) {
		flow_end(t, i);
		i = 0;
	}
	if (!i)
		i = make(t, hash, d, dir_out);
	struct flow *f = &t->flows[i];
	if (d->ts_us - f->last_us >= FLOW_SILENCE_US)
		stir(t, f, d);
	if (d->ts_us > f->last_us)
		f->last_us = d->ts_us;
	struct flow_side *s = &f->side[*dir_out];
	s->bytes += d->wire_len;
	s->payload += d->payload_wire;
	s->packets++;
	flow_state_packet(t, f, *dir_out, d);
	flow_inspect(t, i, d);
	return f;
}

void flow_unreached(struct flow_table *t, const struct dissected *d)
{
	const struct unreached *u = &d->unreached;
	struct dissected key = { .src = u->src,
				 .dst = u->dst,
				 .sport = u->sport,
				 .dport = u->dport,
				 .proto = u->proto };
	int dir = 0;

	if (!u->proto)
		return;
	uint32_t i =
		find(t, hash_of(t, &u->src, u->sport, &u->dst, u->dport, u->proto), &key, &dir);
	if (!i || dir != 0)
		return;
	t->flows[i].refused = true;
	flow_fail(t, &t->flows[i], d);
}

void flow_expire(struct flow_table *t, int64_t now_us)
{
	int64_t now_s = now_us / US_PER_SEC;

	if (t->now_s == 0 || t->stats.live == 0) {
		t->now_s = now_s;
		return;
	}
	if (now_s < t->now_s - FLOW_BACK_MAX_S) { /* the clock was set back */
		flow_end_all(t);
		t->now_s = now_s;
		return;
	}
	flow_wheel_run(t, now_s);
}

void flow_stats_get(const struct flow_table *t, struct flow_stats *out)
{
	*out = t->stats;
}

uint32_t flow_place(const struct flow_table *t, const struct flow *f)
{
	return (uint32_t)(f - t->flows);
}

uint32_t flow_places(const struct flow_table *t)
{
	return t->capacity;
}
