/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of the flow table, shared by its files only. */
#ifndef PROBE_FLOW_FLOW_PRIV_H
#define PROBE_FLOW_FLOW_PRIV_H

#include "probe/flow/flow.h"

enum {
	WHEEL_SLOTS = 4096, /* a second each */
	WHEEL_WORDS = WHEEL_SLOTS / 64,
};

struct inspection {
	struct dpi_flow *flow;
	uint32_t owner; /* index of the flow, 0 = free */
};

struct flow_table {
	struct flow *flows; /* index 0 is not used: 0 = none */
	uint32_t capacity, used, free;
	uint32_t *bucket;
	uint32_t mask;
	uint8_t secret[16];
	int64_t now_s;
	uint32_t wheel[WHEEL_SLOTS];
	uint64_t filled[WHEEL_WORDS]; /* which slots hold something */
	uint32_t *batch;              /* flows of the slot that runs */
	size_t batch_cap;
	struct dpi *dpi;
	struct inspection *inspection; /* a ring: the oldest gives way */
	uint32_t inspections, inspection_next;
	struct flow_listener listener;
	struct flow_stats stats;
};

/* flow_wheel.c */
void flow_wheel_add(struct flow_table *t, uint32_t i);
void flow_wheel_remove(struct flow_table *t, uint32_t i);
uint32_t flow_wheel_oldest(struct flow_table *t); /* the one to give up, 0 = none */
void flow_wheel_run(struct flow_table *t, int64_t now_s);
int64_t flow_deadline_s(const struct flow *f);

/* flow_inspect.c */
void flow_inspect(struct flow_table *t, uint32_t i, const struct dissected *d);
void flow_inspect_end(struct flow_table *t, uint32_t i);

/* flow_table.c */
void flow_end(struct flow_table *t, uint32_t i);
void flow_tell(struct flow_table *t, struct flow *f, enum flow_event ev, const struct dissected *d);
/* flow_state.c */
void flow_state_packet(struct flow_table *t, struct flow *f, int dir, const struct dissected *d);
void flow_fail(struct flow_table *t, struct flow *f, const struct dissected *d);
bool flow_starts_anew(const struct flow *f, int dir, const struct dissected *d);

#endif
