/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox comes and goes with the hub, and forgets what is long done. */
#include <errno.h>

#include "base/mem.h"
#include "hub/outbox/outbox_store.h"
#include "hub/outbox/outbox_work.h"

#define KEEP_SENT_US    (7 * US_PER_DAY)
#define KEEP_DROPPED_US (365 * US_PER_DAY)

int outbox_forget(struct hub *h, struct err *e)
{
	int64_t now = clock_utc_us(h->clock);
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? outbox_store_forget(t, now - KEEP_SENT_US, now - KEEP_DROPPED_US, e) : e->code;

	return r < 0 ? r : txn_commit(&t, e);
}

/* What happened before there was an outbox is nobody's news. */
static int marks(struct txn *t, struct err *e)
{
	int64_t at, end;
	int r = outbox_store_mark(t, "audit", &at, e);

	if (r != -ENOENT)
		return r;
	if ((r = outbox_store_audit_end(t, &end, e)) < 0 ||
	    (r = outbox_store_mark_set(t, "audit", end, e)) < 0 ||
	    (r = outbox_store_alert_end(t, &end, e)) < 0)
		return r;
	return outbox_store_mark_set(t, "alert", end, e);
}

int outbox_start(struct hub *h, struct err *e)
{
	struct outbox *o = mem_new(sizeof(*o));
	pthread_condattr_t attr;

	o->hub = h;
	pthread_mutex_init(&o->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&o->wake, &attr);
	pthread_condattr_destroy(&attr);
	h->outbox = o;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? marks(t, e) : e->code;
	return r < 0 ? r : txn_commit(&t, e);
}

void outbox_stop(struct hub *h)
{
	if (!h->outbox)
		return;
	pthread_cond_destroy(&h->outbox->wake);
	pthread_mutex_destroy(&h->outbox->lock);
	mem_cleanup(&h->outbox);
}
