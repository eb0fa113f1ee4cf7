/* SPDX-License-Identifier: Apache-2.0 */
/* Counters of a bounded ring with one writer and one or more readers, each of which sees every
 * slot. Without locks; who has to wait sleeps in the kernel. The slots themselves are the owner's:
 * position P lies in slot P % slots. */
#ifndef PROBE_WORKERS_BELT_H
#define PROBE_WORKERS_BELT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "probe/probe.h"

enum { BELT_READERS_MAX = PROBE_WORKERS_MAX + 1 };

/* How threads are told to end. */
struct halt {
	_Atomic bool source;  /* read no more; what was read is still judged */
	_Atomic bool at_once; /* nobody reads what is told */
};

struct belt {
	uint32_t slots;
	unsigned readers;
	_Atomic uint64_t waits;             /* the writer's: how often the ring was full */
	_Alignas(64) _Atomic uint32_t head; /* written so far, wraps around */
	_Atomic uint32_t head_awaited;
	_Alignas(64) _Atomic uint32_t freed; /* by all readers together */
	_Atomic uint32_t freed_awaited;
	struct {
		_Alignas(64) _Atomic uint32_t at; /* read so far */
	} reader[BELT_READERS_MAX];
};

void belt_init(struct belt *r, uint32_t slots, unsigned readers);

/* The writer's. WAIT_MS < 0: until it is so; false = time ran out. */
bool belt_wait_room(struct belt *r, int wait_ms);
/* Until all readers are beyond position UPTO. */
bool belt_wait_passed(struct belt *r, uint32_t upto, int wait_ms);
void belt_push(struct belt *r);
uint32_t belt_head(const struct belt *r);

/* A reader's. */
bool belt_wait_data(struct belt *r, unsigned reader, int wait_ms);
bool belt_has_data(const struct belt *r, unsigned reader);
void belt_pop(struct belt *r, unsigned reader);
uint32_t belt_tail(const struct belt *r, unsigned reader);

#endif
