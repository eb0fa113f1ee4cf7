/* SPDX-License-Identifier: Apache-2.0 */
/* What each word of the hub means: greeting, acknowledgement, refusal, item. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "sensor/uplink_int.h"
#include "wire/frame.h"

enum { REFUSE_MAX_MS = 600000 };

/* After a refusal only an acknowledgement means that the hub takes something again; otherwise a hub
 * that is full would be told of at each attempt. */
static void all_well(struct uplink *u)
{
	if (u->refused)
		log_info("the hub takes what we send again");
	u->refused = false;
	u->backoff_ms = uplink_backoff_first(u);
	uplink_trouble_set(u, "");
}

static int on_welcome(struct uplink *u, const Otasuke__Wire__Welcome *m, struct err *e)
{
	struct spool_reader_stats s;

	if (u->state != UPLINK_CONNECTING)
		return err_set(e, -EFORMAT, "the hub greets twice");
	spool_reader_stats_get(u->reader, &s);
	if (m->acknowledged > s.acknowledged) {
		int r = spool_reader_hub_highest(u->reader, m->acknowledged, e);
		if (r >= 0)
			r = spool_reader_ack(u->reader, m->acknowledged, true, e);
		if (r < 0)
			return r;
	}
	uplink_rewind(u);
	u->state = UPLINK_FLOWING;
	uplink_pull_start(u);
	if (!u->refused) {
		log_info("connected to the hub for %s", m->company);
		all_well(u);
	}
	return 0;
}

/* The hub may hold more than this connection has sent: what an earlier one had on its way. */
static int ack_beyond(struct uplink *u, uint64_t sequence, struct err *e)
{
	uint64_t first = 0, next = 0;

	spool_reader_range(u->reader, &first, &next);
	if (sequence >= next)
		return err_set(e, -EFORMAT,
			       "the hub acknowledges %" PRIu64 ", which was never sent", sequence);
	int r = uplink_acknowledged(u, sequence, e);
	uplink_rewind(u);
	return r;
}

/* Each batch has exactly one answer. */
static void answered(struct uplink *u)
{
	if (u->unanswered > 0)
		u->unanswered--;
	u->moved_ns = clock_mono_ns(&clock_real);
}

static int on_ack(struct uplink *u, const Otasuke__Wire__Ack *m, struct err *e)
{
	answered(u);
	if (u->state == UPLINK_PAUSED) /* of a batch before the refused one */
		return ack_beyond(u, m->acknowledged, e);
	if (u->state != UPLINK_FLOWING)
		return err_set(e, -EFORMAT, "the hub acknowledges before it has greeted");
	all_well(u);
	if (m->acknowledged > u->sent)
		return ack_beyond(u, m->acknowledged, e);
	return uplink_acknowledged(u, m->acknowledged, e);
}

static bool passing(const Otasuke__Wire__Refuse *m)
{
	return strcmp(m->code, "full") == 0 || strcmp(m->code, "busy") == 0;
}

static int on_refuse(struct uplink *u, const Otasuke__Wire__Refuse *m, struct err *e)
{
	int64_t wait_ms = m->retry_ms > 0 ? m->retry_ms : 0;

	answered(u);
	if (wait_ms > REFUSE_MAX_MS)
		wait_ms = REFUSE_MAX_MS;
	if (u->state == UPLINK_PAUSED)
		return 0; /* one for each batch that was on its way */
	if (strcmp(m->code, "revoked") == 0) {
		(void)err_set(e, -EDENIED, "the hub has revoked this sensor: %s", m->text);
		wait_ms = u->conf.revoked_retry_ms;
	} else {
		(void)err_set(e, -EDENIED, "the hub takes nothing now: %s",
			      m->text[0] ? m->text : m->code);
	}
	uplink_trouble_set(u, e->text);
	u->refused = true;
	if (passing(m) && u->state == UPLINK_FLOWING) {
		uplink_pause(u, wait_ms);
		return 0;
	}
	uplink_connection_leave(u, "refused");
	uplink_retry_later(u, wait_ms);
	return 0;
}

static int on_item(struct uplink *u, const uint8_t *p, size_t n, struct err *e)
{
	Otasuke__Wire__ItemAck m = OTASUKE__WIRE__ITEM_ACK__INIT;
	SCOPED_BUF struct buf b;

	buf_init(&b, FRAME_MAX);
	if (inbox_add(&u->inbox, p, n, &m.sequence, e) < 0) {
		log_warn("%s", e->text); /* not acknowledged: the hub sends it again */
		return 0;
	}
	u->stats.items++;
	uplink_pull_start(u);
	frame_pack(&m.base, &b);
	return tls_send(u->conn, FRAME_ITEM_ACK, b.p, b.n);
}

static const ProtobufCMessageDescriptor *frame_message(uint8_t type)
{
	switch (type) {
	case FRAME_WELCOME:
		return &otasuke__wire__welcome__descriptor;
	case FRAME_ACK:
		return &otasuke__wire__ack__descriptor;
	case FRAME_REFUSE:
		return &otasuke__wire__refuse__descriptor;
	default:
		return NULL;
	}
}

int uplink_hear(struct uplink *u, uint8_t type, const uint8_t *p, size_t n, struct err *e)
{
	const ProtobufCMessageDescriptor *d = frame_message(type);
	ProtobufCMessage *m = NULL;

	if (type == FRAME_ITEM)
		return on_item(u, p, n, e);
	if (type == FRAME_BLOB_PART)
		return uplink_pull_part(u, p, n, e);
	if (type == FRAME_UPLOAD_HAVE)
		return uplink_bring_have(u, p, n, e);
	if (!d)
		return 0; /* of a later version */
	int r = frame_unpack(d, p, n, &m, e);
	if (r < 0)
		return r;
	if (type == FRAME_WELCOME)
		r = on_welcome(u, (const Otasuke__Wire__Welcome *)m, e);
	else if (type == FRAME_ACK)
		r = on_ack(u, (const Otasuke__Wire__Ack *)m, e);
	else
		r = on_refuse(u, (const Otasuke__Wire__Refuse *)m, e);
	protobuf_c_message_free_unpacked(m, NULL);
	return r;
}
