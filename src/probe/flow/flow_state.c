/* SPDX-License-Identifier: Apache-2.0 */
/* Enough of TCP's states to tell connections that came about from attempts that failed. */
#include "probe/flow/flow_priv.h"

#include "base/clock.h"

/* A SYN of the same tuple after a refusal is the same attempt again for so long. */
#define RETRY_US (5 * US_PER_SEC)

static void move(struct flow_table *t, struct flow *f, enum flow_state to)
{
	uint32_t i = (uint32_t)(f - t->flows);

	f->state = (uint8_t)to;
	flow_wheel_remove(t, i);
	flow_wheel_add(t, i);
}

static void opened(struct flow_table *t, struct flow *f, const struct dissected *d)
{
	move(t, f, FLOW_OPEN);
	flow_tell(t, f, FLOW_EVENT_OPEN, d);
}

void flow_fail(struct flow_table *t, struct flow *f, const struct dissected *d)
{
	if (f->state != FLOW_NEW)
		return;
	move(t, f, FLOW_FAILED);
	flow_tell(t, f, FLOW_EVENT_FAILED, d);
}

static void on_reset(struct flow_table *t, struct flow *f, int dir, const struct dissected *d)
{
	if (f->state == FLOW_OPEN) {
		move(t, f, FLOW_CLOSED);
	} else if (f->state == FLOW_NEW && dir == 1) {
		f->refused = true;
		flow_fail(t, f, d);
	} else if (f->state == FLOW_NEW) { /* it gave up, or the capture began too late */
		move(t, f, FLOW_CLOSED);
	}
}

static void on_tcp(struct flow_table *t, struct flow *f, int dir, const struct dissected *d)
{
	uint8_t flags = d->tcp_flags;

	if (flags & TCP_RST) {
		on_reset(t, f, dir, d);
		return;
	}
	if ((flags & (TCP_SYN | TCP_ACK)) == TCP_SYN && dir == 0 && f->side[0].packets > 1) {
		if (f->retries < UINT8_MAX)
			f->retries++;
		return;
	}
	/* Any answer that is not a refusal: SYN-ACK, or later packets of a flow seen midway. */
	if (f->state == FLOW_NEW && dir == 1)
		opened(t, f, d);
	if (flags & TCP_FIN) {
		f->fins |= (uint8_t)(1 << dir);
		if (f->fins == 3 && f->state == FLOW_OPEN)
			move(t, f, FLOW_CLOSED);
	}
}

void flow_state_packet(struct flow_table *t, struct flow *f, int dir, const struct dissected *d)
{
	if (f->key.proto == PROTO_TCP)
		on_tcp(t, f, dir, d);
	else if (f->state == FLOW_NEW && dir == 1)
		opened(t, f, d);
}

bool flow_starts_anew(const struct flow *f, int dir, const struct dissected *d)
{
	if (f->key.proto != PROTO_TCP || (d->tcp_flags & (TCP_SYN | TCP_ACK)) != TCP_SYN)
		return false;
	if (f->state == FLOW_CLOSED)
		return true;
	if (f->state == FLOW_FAILED)
		return dir == 1 || d->ts_us - f->last_us > RETRY_US;
	return f->midway && f->state == FLOW_NEW && dir == 1;
}
