/* SPDX-License-Identifier: Apache-2.0 */
/* Frames of SMB over TCP, joined across segments as far as their heads. */
#include "probe/dissect/smb_stream.h"

#include <stdlib.h>

#include "base/mem.h"

enum {
	FRAME = 4,
	FRAME_SESSION = 0x00, /* a message; other kinds are of NetBIOS itself */
	FRAME_REQUEST = 0x81,
	FRAME_KEEPALIVE = 0x85,
	MESSAGE_MIN = 32,
};

void smb_stream_done(struct smb_stream *s)
{
	free(s->kept);
	*s = (struct smb_stream){ 0 };
}

static bool frame_known(uint8_t type)
{
	return type == FRAME_SESSION || (type >= FRAME_REQUEST && type <= FRAME_KEEPALIVE);
}

/* A message from its first byte on: where one may begin to read. */
static bool begins(struct rd p)
{
	return p.n >= FRAME + MESSAGE_MIN && p.p[0] == FRAME_SESSION &&
	       (p.p[4] == 0xff || p.p[4] == 0xfe) && memcmp(p.p + 5, "SMB", 3) == 0;
}

/* N bytes did not come: no harm where they would have been stepped over. */
static void lose(struct smb_stream *s, uint32_t n)
{
	if (s->have == 0 && s->skip >= n) {
		s->skip -= n;
		return;
	}
	s->synced = false;
	s->have = s->skip = 0;
}

static size_t at_most(size_t n, size_t limit)
{
	return n < limit ? n : limit;
}

static uint32_t frame_length(const uint8_t *p)
{
	struct rd r = rd_of(p + 1, 3);

	return rd_be24(&r);
}

/* The frame at the beginning of R is wholly there, as far as it is looked at: no copy. */
static bool whole(struct smb_stream *s, struct rd *r, smb_stream_fn *fn, void *arg)
{
	if (s->have > 0 || r->n < FRAME || !frame_known(r->p[0]))
		return false;
	uint8_t type = r->p[0];
	uint32_t length = frame_length(r->p);
	size_t want = at_most(length, SMB_KEPT_MAX - FRAME);
	if (r->n < FRAME + want)
		return false;
	rd_skip(r, FRAME);
	if (type == FRAME_SESSION)
		fn(arg, rd_of(r->p, want));
	rd_skip(r, want);
	s->skip = length - (uint32_t)want;
	return true;
}

/* Adds to the message at hand; false when it makes no sense. */
static bool gather(struct smb_stream *s, struct rd *r, smb_stream_fn *fn, void *arg)
{
	if (!s->kept)
		s->kept = mem_new(SMB_KEPT_MAX);
	while (s->have < FRAME && r->n > 0)
		s->kept[s->have++] = rd_u8(r);
	if (!frame_known(s->kept[0]))
		return false;
	if (s->have < FRAME)
		return true;
	uint32_t length = frame_length(s->kept);
	size_t want = at_most(length, SMB_KEPT_MAX - FRAME), got = s->have - FRAME;
	size_t n = at_most(want - got, r->n);
	if (n > 0)
		memcpy(s->kept + s->have, r->p, n);
	rd_skip(r, n);
	s->have += (uint32_t)n;
	if (got + n < want)
		return true;
	if (s->kept[0] == FRAME_SESSION)
		fn(arg, rd_of(s->kept + FRAME, want));
	s->have = 0;
	s->skip = length - (uint32_t)want;
	return true;
}

static void consume(struct smb_stream *s, struct rd r, smb_stream_fn *fn, void *arg)
{
	while (r.n > 0) {
		size_t n = at_most(s->skip, r.n);
		rd_skip(&r, n);
		s->skip -= (uint32_t)n;
		if (r.n == 0)
			return;
		if (!whole(s, &r, fn, arg) && !gather(s, &r, fn, arg)) {
			s->synced = false;
			s->have = s->skip = 0;
			return;
		}
	}
}

void smb_stream_feed(struct smb_stream *s, uint32_t seq, struct rd segment, uint32_t wire,
		     smb_stream_fn *fn, void *arg)
{
	uint32_t known = (uint32_t)segment.n;
	int32_t ahead = (int32_t)(seq - s->next);

	if (wire < known)
		wire = known;
	if (s->synced && ahead < 0) { /* sent again, at least in part */
		uint32_t again = 0 - (uint32_t)ahead;
		if (again >= wire)
			return;
		rd_skip(&segment, at_most(again, segment.n));
		known = again > known ? again : known;
	} else if (s->synced && ahead > 0) {
		lose(s, (uint32_t)ahead);
	}
	if (!s->synced) {
		if (!begins(segment))
			return;
		s->synced = true;
	}
	s->next = seq + wire;
	consume(s, segment, fn, arg);
	if (s->synced && wire > known)
		lose(s, wire - known);
}
