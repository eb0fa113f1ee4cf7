/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the uplink share. For them only. */
#ifndef SENSOR_UPLINK_INT_H
#define SENSOR_UPLINK_INT_H

#include "base/buf.h"
#include "net/tls.h"
#include "sensor/inbox.h"
#include "sensor/spool/spool_reader.h"
#include "sensor/uplink.h"
#include "wire/order.h"

enum {
	UPLINK_WINDOW = 8,               /* batches on their way */
	UPLINK_BATCH_RECORDS = 1000,     /* at most in one */
	UPLINK_BATCH_BYTES = 512 * 1024, /* a batch is sent once it has so many */
	UPLINK_QUEUE_MAX = 8 * 1024 * 1024,
};

enum uplink_state {
	UPLINK_WAITING,    /* until the next attempt */
	UPLINK_CONNECTING, /* until the hub has greeted back */
	UPLINK_FLOWING,
	UPLINK_PAUSED, /* connected, but the hub takes nothing now */
};

struct uplink {
	struct uplink_conf conf;
	enum uplink_state state;
	struct tls_conn *conn;
	struct tls_conn *leaving; /* closed by us, not gone yet */
	struct spool_reader *reader;
	struct inbox inbox;
	struct uplink_stats stats;

	uint64_t window[UPLINK_WINDOW]; /* last sequence of each batch on its way, oldest first */
	size_t in_flight;
	size_t unanswered; /* batches, also those that no longer count as on their way */
	uint64_t sent;     /* last sequence handed to the connection */
	int64_t moved_ns;  /* monotonic: when the window moved last */
	struct buf raw, packed;

	struct {
		struct inbox_want want;
		bool asked; /* and not answered yet */
		struct loop_timer *timer;
		int64_t swept_ns; /* the probe's list of what is done, when it was read */
		int64_t enforcer_swept_ns;
	} pull;

	struct {
		uint64_t item; /* 0 = nothing is being brought */
		uint8_t hash[ORDER_HASH];
		uint64_t size;
		bool asked; /* and not answered yet */
		struct loop_timer *timer;
	} bring;

	int64_t backoff_ms;
	bool refused; /* and nothing acknowledged since */
	struct loop_timer *retry, *tick;
	int notify_fd; /* -1 = the tick looks */
	struct loop_fd *notify;

	char trouble[ERR_TEXT_MAX]; /* as last told; "" = none */
	loop_fn drained;
	void *drained_arg;
	struct loop_timer *drain_timer;
};

/* uplink.c */
int64_t uplink_backoff_first(const struct uplink *u);
/* Once in the log, and in the file that the probe reports; TEXT "" = all is well again. */
void uplink_trouble_set(struct uplink *u, const char *text);
void uplink_connection_leave(struct uplink *u, const char *reason);
/* Connects anew, or goes on with the connection there is, after the backoff. */
void uplink_retry_later(struct uplink *u, int64_t at_least_ms);
void uplink_pause(struct uplink *u, int64_t at_least_ms);

/* uplink_hear.c: one frame from the hub. Negative = the connection is of no use, E says why. */
int uplink_hear(struct uplink *u, uint8_t type, const uint8_t *p, size_t n, struct err *e);

/* uplink_pull.c: blobs. Starts when there may be something to ask for; forgets what was asked when
 * the connection goes. */
void uplink_pull_start(struct uplink *u);
void uplink_pull_stop(struct uplink *u);
int uplink_pull_part(struct uplink *u, const uint8_t *p, size_t n, struct err *e);
/* Removes from the inbox what the probe has dealt with. */
void uplink_pull_sweep(struct uplink *u);

/* uplink_bring.c: files that orders asked for. As above. */
void uplink_bring_start(struct uplink *u);
void uplink_bring_stop(struct uplink *u);
int uplink_bring_have(struct uplink *u, const uint8_t *p, size_t n, struct err *e);

/* uplink_send.c: fills the window. Negative = the connection or the spool is of no use now. */
int uplink_send(struct uplink *u, struct err *e);
/* Everything up to SEQUENCE is the hub's. */
int uplink_acknowledged(struct uplink *u, uint64_t sequence, struct err *e);
/* What was on its way counts as not sent. */
void uplink_rewind(struct uplink *u);

#endif
