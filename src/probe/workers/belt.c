/* SPDX-License-Identifier: Apache-2.0 */
/* The counters and the sleeping: a waiter says so before it looks a last time, the other
 * side looks for waiters after it moved; sequential consistency makes one of them see the other. */
#include "probe/workers/belt.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

void belt_init(struct belt *r, uint32_t slots, unsigned readers)
{
	*r = (struct belt){ .slots = slots, .readers = readers };
}

static void sleep_on(_Atomic uint32_t *word, uint32_t seen, int64_t wait_ns)
{
	struct timespec t = { .tv_sec = wait_ns / 1000000000, .tv_nsec = wait_ns % 1000000000 };

	/* However it ends, the caller looks again. */
	(void)syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, seen, wait_ns < 0 ? NULL : &t, NULL, 0);
}

static void wake(_Atomic uint32_t *word, _Atomic uint32_t *awaited)
{
	if (atomic_load(awaited) && atomic_exchange(awaited, 0))
		(void)syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

static int64_t left_ns(int64_t until_ns)
{
	return until_ns < 0 ? -1 : until_ns - clock_mono_ns(&clock_real);
}

static int64_t until(int wait_ms)
{
	return wait_ms < 0 ? -1 : clock_mono_ns(&clock_real) + (int64_t)wait_ms * 1000000;
}

static uint32_t oldest(struct belt *r)
{
	uint32_t head = atomic_load_explicit(&r->head, memory_order_relaxed), most = 0;

	for (unsigned i = 0; i < r->readers; i++) {
		uint32_t behind = head - atomic_load(&r->reader[i].at);
		most = behind > most ? behind : most;
	}
	return head - most;
}

bool belt_wait_passed(struct belt *r, uint32_t upto, int wait_ms)
{
	if ((int32_t)(oldest(r) - upto) >= 0)
		return true;
	int64_t until_ns = until(wait_ms), left;
	atomic_fetch_add_explicit(&r->waits, 1, memory_order_relaxed);
	for (;;) {
		uint32_t seen = atomic_load(&r->freed);
		atomic_store(&r->freed_awaited, 1);
		if ((int32_t)(oldest(r) - upto) >= 0)
			return true;
		left = left_ns(until_ns);
		if (until_ns >= 0 && left <= 0)
			return false;
		sleep_on(&r->freed, seen, left);
	}
}

bool belt_wait_room(struct belt *r, int wait_ms)
{
	return belt_wait_passed(r, belt_head(r) + 1 - r->slots, wait_ms);
}

void belt_push(struct belt *r)
{
	atomic_store(&r->head, belt_head(r) + 1);
	wake(&r->head, &r->head_awaited);
}

uint32_t belt_head(const struct belt *r)
{
	return atomic_load_explicit(&r->head, memory_order_relaxed);
}

bool belt_has_data(const struct belt *r, unsigned reader)
{
	return atomic_load_explicit(&r->head, memory_order_acquire) != belt_tail(r, reader);
}

bool belt_wait_data(struct belt *r, unsigned reader, int wait_ms)
{
	if (belt_has_data(r, reader))
		return true;
	int64_t until_ns = until(wait_ms), left;
	for (;;) {
		atomic_store(&r->head_awaited, 1);
		uint32_t seen = atomic_load(&r->head);
		if (seen != belt_tail(r, reader))
			return true;
		left = left_ns(until_ns);
		if (until_ns >= 0 && left <= 0)
			return false;
		sleep_on(&r->head, seen, left);
	}
}

void belt_pop(struct belt *r, unsigned reader)
{
	atomic_store(&r->reader[reader].at, belt_tail(r, reader) + 1);
	atomic_fetch_add(&r->freed, 1);
	wake(&r->freed, &r->freed_awaited);
}

uint32_t belt_tail(const struct belt *r, unsigned reader)
{
	return atomic_load_explicit(&r->reader[reader].at, memory_order_relaxed);
}
