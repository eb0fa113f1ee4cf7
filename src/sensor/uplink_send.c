/* SPDX-License-Identifier: Apache-2.0 */
/* Batches out, acknowledgements in. Nothing is kept for sending again: the spool has it. */
#include "base/clock.h"
#include "sensor/uplink_int.h"
#include "wire/frame.h"

/* Takes records until the batch is large enough: their number, 0 = nothing is waiting. */
static int batch_fill(struct uplink *u, struct err *e)
{
	struct segment_record rec;
	int n = 0, got = 1;

	buf_clear(&u->raw);
	while (n < UPLINK_BATCH_RECORDS && u->raw.n < UPLINK_BATCH_BYTES &&
	       (got = spool_reader_next(u->reader, &rec, e)) == 1) {
		batch_add(&u->raw, rec.p, rec.n);
		u->sent = rec.sequence;
		n++;
	}
	return got < 0 ? got : n;
}

int uplink_send(struct uplink *u, struct err *e)
{
	int n = 1;

	while (u->state == UPLINK_FLOWING && u->in_flight < UPLINK_WINDOW) {
		n = batch_fill(u, e);
		if (n <= 0)
			return n;
		buf_clear(&u->packed);
		int r = batch_compress(&u->raw, &u->packed, e);
		if (r >= 0)
			r = tls_send(u->conn, FRAME_BATCH, u->packed.p, u->packed.n);
		if (r < 0)
			return r == -ELIMIT || r == -ECLOSED
				       ? err_set(e, r, "the connection takes no more")
				       : r;
		if (u->in_flight == 0)
			u->moved_ns = clock_mono_ns(&clock_real);
		u->window[u->in_flight++] = u->sent;
		u->unanswered++;
		u->stats.batches++;
		u->stats.records += (uint64_t)n;
		u->stats.bytes += u->packed.n;
	}
	return 0;
}

int uplink_acknowledged(struct uplink *u, uint64_t sequence, struct err *e)
{
	size_t done = 0;

	while (done < u->in_flight && u->window[done] <= sequence)
		done++;
	u->in_flight -= done;
	for (size_t i = 0; i < u->in_flight; i++)
		u->window[i] = u->window[i + done];
	u->moved_ns = clock_mono_ns(&clock_real);
	return spool_reader_ack(u->reader, sequence, false, e);
}

void uplink_rewind(struct uplink *u)
{
	struct spool_reader_stats s;

	spool_reader_stats_get(u->reader, &s);
	spool_reader_seek(u->reader, s.acknowledged);
	u->sent = s.acknowledged;
	u->in_flight = 0;
}
