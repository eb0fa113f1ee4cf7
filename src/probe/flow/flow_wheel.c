/* SPDX-License-Identifier: Apache-2.0 */
/* When flows end for lack of packets: a wheel of seconds of packet time. A flow that got packets
 * meanwhile is moved on only when its slot comes up. */
#include "probe/flow/flow_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

enum {
	IDLE_TCP_NEW_S = 20,
	IDLE_TCP_OPEN_S = 3600,
	IDLE_TCP_MIDWAY_S = 600,
	IDLE_CLOSED_S = 5,
	IDLE_ONE_WAY_S = 30,
	IDLE_ANSWERED_S = 120,
	STEPS_MAX = 16, /* tries for somebody to give up */
	ORDERED_MAX = 4096,
};

static int idle_s(const struct flow *f)
{
	if (f->state == FLOW_CLOSED || f->state == FLOW_FAILED)
		return IDLE_CLOSED_S;
	if (f->key.proto == PROTO_TCP) {
		if (f->midway)
			return IDLE_TCP_MIDWAY_S;
		return f->state == FLOW_OPEN ? IDLE_TCP_OPEN_S : IDLE_TCP_NEW_S;
	}
	return f->state == FLOW_OPEN ? IDLE_ANSWERED_S : IDLE_ONE_WAY_S;
}

int64_t flow_deadline_s(const struct flow *f)
{
	return f->last_us / US_PER_SEC + idle_s(f) + 1;
}

void flow_wheel_add(struct flow_table *t, uint32_t i)
{
	struct flow *f = &t->flows[i];
	int64_t in = flow_deadline_s(f) - t->now_s;

	in = in < 1 ? 1 : in > WHEEL_SLOTS - 1 ? WHEEL_SLOTS - 1 : in;
	f->slot = (uint16_t)((uint64_t)(t->now_s + in) % WHEEL_SLOTS);
	f->wheel_prev = 0;
	f->wheel_next = t->wheel[f->slot];
	if (f->wheel_next)
		t->flows[f->wheel_next].wheel_prev = i;
	t->wheel[f->slot] = i;
	t->filled[f->slot / 64] |= UINT64_C(1) << (f->slot % 64);
}

void flow_wheel_remove(struct flow_table *t, uint32_t i)
{
	struct flow *f = &t->flows[i];

	if (f->wheel_prev)
		t->flows[f->wheel_prev].wheel_next = f->wheel_next;
	else
		t->wheel[f->slot] = f->wheel_next;
	if (f->wheel_next)
		t->flows[f->wheel_next].wheel_prev = f->wheel_prev;
	if (t->wheel[f->slot] == 0)
		t->filled[f->slot / 64] &= ~(UINT64_C(1) << (f->slot % 64));
}

/* The first filled slot from FROM on, at most COUNT slots away; -1 = none. */
static int next_filled(const struct flow_table *t, unsigned from, unsigned count)
{
	for (unsigned k = 0; k < count;) {
		unsigned s = (from + k) % WHEEL_SLOTS;
		uint64_t word = t->filled[s / 64] >> (s % 64);
		if (word) {
			k += (unsigned)__builtin_ctzll(word);
			return k < count ? (int)((from + k) % WHEEL_SLOTS) : -1;
		}
		k += 64 - s % 64;
	}
	return -1;
}

static int order(const struct flow *a, const struct flow *b)
{
	if (a->first_us != b->first_us)
		return a->first_us < b->first_us ? -1 : 1;
	return memcmp(&a->key, &b->key, offsetof(struct flow_key, proto) + sizeof(a->key.proto));
}

static int by_order(const void *a, const void *b, void *arg)
{
	const struct flow_table *t = arg;

	return order(&t->flows[*(const uint32_t *)a], &t->flows[*(const uint32_t *)b]);
}

/* The flows of the slot, in order unless a flood makes them too many. */
static size_t slot_take(struct flow_table *t, unsigned slot)
{
	size_t n = 0;

	for (uint32_t i = t->wheel[slot]; i; i = t->flows[i].wheel_next) {
		if (n == t->batch_cap) {
			t->batch_cap = t->batch_cap ? t->batch_cap * 2 : 256;
			t->batch = mem_resize(t->batch, t->batch_cap, sizeof(*t->batch));
		}
		t->batch[n++] = i;
	}
	if (n > 1 && n <= ORDERED_MAX)
		qsort_r(t->batch, n, sizeof(*t->batch), by_order, t);
	return n;
}

static void slot_run(struct flow_table *t, unsigned slot, bool all)
{
	size_t n = slot_take(t, slot);

	for (size_t k = 0; k < n; k++) {
		uint32_t i = t->batch[k];
		if (!all && flow_deadline_s(&t->flows[i]) > t->now_s) {
			flow_wheel_remove(t, i);
			flow_wheel_add(t, i);
		} else {
			flow_end(t, i);
		}
	}
}

void flow_wheel_run(struct flow_table *t, int64_t now_s)
{
	int64_t from = t->now_s + 1;
	int64_t span = now_s - t->now_s;

	if (span <= 0)
		return;
	unsigned count = span > WHEEL_SLOTS ? WHEEL_SLOTS : (unsigned)span;
	unsigned first = (unsigned)((uint64_t)from % WHEEL_SLOTS), done = 0;
	t->now_s = now_s;
	while (done < count) {
		int s = next_filled(t, (first + done) % WHEEL_SLOTS, count - done);
		if (s < 0)
			break;
		slot_run(t, (unsigned)s, false);
		done = ((unsigned)s + WHEEL_SLOTS - first) % WHEEL_SLOTS + 1;
	}
}

uint32_t flow_wheel_oldest(struct flow_table *t)
{
	unsigned from = (unsigned)((uint64_t)(t->now_s + 1) % WHEEL_SLOTS);
	uint32_t i = 0;

	for (int k = 0; k < STEPS_MAX; k++) {
		int s = next_filled(t, from, WHEEL_SLOTS);
		if (s < 0)
			return 0;
		i = t->wheel[s];
		int64_t due = flow_deadline_s(&t->flows[i]) - t->now_s;
		int64_t slot_due = (s + WHEEL_SLOTS - (int)from) % WHEEL_SLOTS + 1;
		if (due <= slot_due || due >= WHEEL_SLOTS)
			return i;
		flow_wheel_remove(t, i); /* it lived on since: to where it belongs now */
		flow_wheel_add(t, i);
	}
	return i;
}

void flow_end_all(struct flow_table *t)
{
	int s;

	while ((s = next_filled(t, 0, WHEEL_SLOTS)) >= 0)
		slot_run(t, (unsigned)s, true);
}
