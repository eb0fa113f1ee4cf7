/* SPDX-License-Identifier: Apache-2.0 */
/* Blobs that items name, a part at a time and slowly: what the sensor has found goes first. A cut
 * connection or a restart goes on where the last part ended. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/crypto.h"
#include "sensor/items_state.h"
#include "sensor/sensor_conf.h"
#include "sensor/uplink_int.h"
#include "wire/frame.h"

enum {
	NEXT_MS = 20,       /* between parts: at most some 6 MB/s */
	NEXT_BUSY_MS = 250, /* while findings are on their way */
};

static void on_next(void *arg);

static void next_after(struct uplink *u, int64_t ms)
{
	loop_timer_stop(u->pull.timer);
	u->pull.timer = loop_timer_start(u->conf.loop, ms, 0, on_next, u);
}

static void ask(struct uplink *u)
{
	Otasuke__Wire__BlobAsk m = OTASUKE__WIRE__BLOB_ASK__INIT;
	SCOPED_BUF struct buf b = { 0 };

	m.sha256 = (ProtobufCBinaryData){ BLOB_HASH, u->pull.want.hash };
	m.offset = u->pull.want.have;
	m.length = BLOB_CHUNK_MAX;
	frame_pack(&m.base, &b);
	u->pull.asked = tls_send(u->conn, FRAME_BLOB_ASK, b.p, b.n) >= 0;
	next_after(u, u->conf.blob_retry_ms); /* when no answer comes */
}

static void on_next(void *arg)
{
	struct uplink *u = arg;
	struct err e = { 0 };

	loop_timer_stop(u->pull.timer);
	u->pull.timer = NULL;
	u->pull.asked = false;
	if (u->state != UPLINK_FLOWING && u->state != UPLINK_PAUSED)
		return; /* on_welcome begins again */
	int got = inbox_want(&u->inbox, &u->pull.want, &e);
	if (got < 0)
		log_warn("%s", e.text);
	if (got > 0 && u->pull.want.have <= u->pull.want.size)
		ask(u);
}

void uplink_pull_start(struct uplink *u)
{
	if (!u->pull.timer && !u->pull.asked)
		next_after(u, 1);
}

void uplink_pull_stop(struct uplink *u)
{
	loop_timer_stop(u->pull.timer);
	u->pull.timer = NULL;
	u->pull.asked = false;
}

static void part_take(struct uplink *u, const ProtobufCBinaryData *data)
{
	struct err e = { 0 };
	int got = data->len == 0 ? inbox_give_up(&u->inbox, u->pull.want.hash, &e)
				 : inbox_part(&u->inbox, &u->pull.want, data->data, data->len, &e);

	u->pull.asked = false;
	if (got < 0) {
		log_warn("%s", e.text);
		next_after(u, u->conf.blob_retry_ms);
		return;
	}
	u->stats.blobs += got > 0;
	if (data->len == 0)
		log_warn("the hub has taken back what an item names");
	next_after(u, u->in_flight > 0 ? NEXT_BUSY_MS : NEXT_MS);
}

int uplink_pull_part(struct uplink *u, const uint8_t *p, size_t n, struct err *e)
{
	ProtobufCMessage *m = NULL;
	int r = frame_unpack(&otasuke__wire__blob_part__descriptor, p, n, &m, e);

	if (r < 0)
		return r;
	const Otasuke__Wire__BlobPart *part = (const Otasuke__Wire__BlobPart *)m;
	/* What was not asked for is of an earlier question: the answer to the last one comes yet.
	 */
	if (u->pull.asked && part->sha256.len == BLOB_HASH &&
	    memcmp(part->sha256.data, u->pull.want.hash, BLOB_HASH) == 0 &&
	    part->offset == u->pull.want.have)
		part_take(u, &part->data);
	protobuf_c_message_free_unpacked(m, NULL);
	return 0;
}

static void sweep(struct uplink *u, const char *folder, int64_t *seen_ns)
{
	char dir[SENSOR_PATH_MAX];
	struct err e = { 0 };

	sensor_path(u->conf.state_dir, folder, dir);
	if (!items_state_newer(dir, seen_ns))
		return;
	SCOPED_MEM struct items_state *s = mem_new(sizeof(*s));
	if (items_state_load(dir, s, &e) < 0 || inbox_sweep(&u->inbox, s->done, s->n_done, &e) < 0)
		log_warn("%s", e.text);
}

void uplink_pull_sweep(struct uplink *u)
{
	sweep(u, SENSOR_ITEMS, &u->pull.swept_ns);
	sweep(u, SENSOR_ENFORCER, &u->pull.enforcer_swept_ns);
}
