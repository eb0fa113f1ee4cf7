/* SPDX-License-Identifier: Apache-2.0 */
/* Reader of classic pcap files: both byte orders, micro- and nanoseconds. A damaged record is told
 * with its offset and the next plausible one is looked for. */
#include "probe/capture/capture.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "probe/capture/capture_file.h"

enum {
	FILE_HEADER = 24,
	RECORD_HEADER = 16,
	MAGIC_US = (int)0xa1b2c3d4,
	MAGIC_NS = (int)0xa1b23c4d,
};

/* A record further than this from the last good one is not believed while looking for the next. */
#define RESYNC_SPAN_S (INT64_C(30) * 24 * 3600)

struct pcap {
	struct capture_file file;
	bool swapped;
	bool nano;
	uint16_t link;
	uint32_t last_s; /* of the last good record */
};

struct record {
	uint32_t s, frac, len, wire_len;
};

static uint32_t load32(const uint8_t *p, bool swapped)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return swapped ? __builtin_bswap32(v) : v;
}

static bool magic_of(const uint8_t *p, bool *swapped, bool *nano)
{
	for (int i = 0; i < 2; i++) {
		uint32_t m = load32(p, i == 1);
		if (m != (uint32_t)MAGIC_US && m != (uint32_t)MAGIC_NS)
			continue;
		*swapped = i == 1;
		*nano = m == (uint32_t)MAGIC_NS;
		return true;
	}
	return false;
}

static bool pcap_accepts(const uint8_t *head, size_t n)
{
	bool swapped, nano;

	return n >= 4 && magic_of(head, &swapped, &nano);
}

static int pcap_open(struct capture *c, struct err *e)
{
	struct pcap *p = mem_new(sizeof(*p));
	int r = capture_file_open(&p->file, c, e);

	if (r < 0) {
		free(p);
		return r;
	}
	c->state = p;
	r = capture_file_fill(&p->file, FILE_HEADER);
	if (r < 0)
		err_set(e, r, "cannot read %s: %s", c->name, err_text(r));
	else if (capture_file_left(&p->file) < FILE_HEADER ||
		 !magic_of(capture_file_at(&p->file), &p->swapped, &p->nano))
		r = err_set(e, -EFORMAT, "%s: the file header is cut off (offset %zu)", c->name,
			    capture_file_left(&p->file));
	if (r < 0) {
		capture_pcap.close(c);
		return r;
	}
	/* The upper half of the link word holds FCS bits. */
	p->link = (uint16_t)load32(capture_file_at(&p->file) + 20, p->swapped);
	capture_file_skip(&p->file, FILE_HEADER);
	c->stats.up = true;
	return 0;
}

static void pcap_close(struct capture *c)
{
	struct pcap *p = c->state;

	if (!p)
		return;
	capture_file_close(&p->file);
	free(p);
	c->state = NULL;
}

static struct record record_at(const struct pcap *p, const uint8_t *at)
{
	return (struct record){
		.s = load32(at, p->swapped),
		.frac = load32(at + 4, p->swapped),
		.len = load32(at + 8, p->swapped),
		.wire_len = load32(at + 12, p->swapped),
	};
}

static bool plausible(const struct pcap *p, struct record r)
{
	return r.len <= CAPTURE_SNAP_MAX && r.frac < (p->nano ? 1000000000u : 1000000u);
}

/* Stricter than plausible: also near in time, not absurdly long, and followed by another. */
static bool likely_start(const struct pcap *p, const uint8_t *at, size_t left)
{
	for (int depth = 0; depth < 2; depth++) {
		if (left == 0 && depth > 0)
			return true;
		if (left < RECORD_HEADER)
			return false;
		struct record r = record_at(p, at);
		int64_t apart = (int64_t)r.s - (int64_t)p->last_s;
		if (!plausible(p, r) || r.len == 0 || r.wire_len > CAPTURE_SNAP_MAX ||
		    (p->last_s && (apart > RESYNC_SPAN_S || apart < -RESYNC_SPAN_S)) ||
		    left - RECORD_HEADER < r.len)
			return false;
		at += RECORD_HEADER + r.len;
		left -= RECORD_HEADER + r.len;
	}
	return true;
}

/* Steps from a damaged record to the next likely one; false at the end of the file. */
static bool resync(struct pcap *p)
{
	for (;;) {
		if (capture_file_fill(&p->file, 2 * (CAPTURE_SNAP_MAX + RECORD_HEADER)) < 0)
			return false;
		size_t left = capture_file_left(&p->file);
		if (left < RECORD_HEADER)
			return false;
		size_t span =
			p->file.eof ? left : left - 2 * (CAPTURE_SNAP_MAX + RECORD_HEADER) + 1;
		const uint8_t *at = capture_file_at(&p->file);
		for (size_t i = 0; i < span; i++) {
			if (i == 0 || !likely_start(p, at + i, left - i))
				continue;
			capture_file_skip(&p->file, i);
			return true;
		}
		capture_file_skip(&p->file, span > 1 ? span - 1 : span);
		if (p->file.eof)
			return false;
	}
}

/* 1 = REC is whole and in the window, 0 = not in the window, -EFORMAT = damaged. */
static int record_ready(const struct pcap *p, struct record *rec)
{
	size_t left = capture_file_left(&p->file);

	if (left < RECORD_HEADER)
		return 0;
	*rec = record_at(p, capture_file_at(&p->file));
	if (!plausible(p, *rec))
		return -EFORMAT;
	return left - RECORD_HEADER >= rec->len;
}

/* The window holds no whole record: 1 = it does now, 0 = end of the file. */
static int pcap_refill(struct capture *c, struct pcap *p, struct err *e)
{
	for (;;) {
		struct record rec;
		int r = capture_file_fill(&p->file, CAPTURE_SNAP_MAX + RECORD_HEADER);
		if (r < 0)
			return err_set(e, r, "cannot read %s at offset %" PRIu64 ": %s", c->name,
				       p->file.offset, err_text(r));
		if (capture_file_left(&p->file) == 0)
			return 0;
		r = record_ready(p, &rec);
		if (r > 0)
			return 1;
		if (r == 0) {
			(void)err_set(&c->why, -EFORMAT,
				      "%s: the last record is cut off (offset %" PRIu64 ")",
				      c->name, p->file.offset);
			capture_damaged(c);
			return 0;
		}
		(void)err_set(&c->why, -EFORMAT, "%s: damaged record at offset %" PRIu64, c->name,
			      p->file.offset);
		capture_damaged(c);
		if (!resync(p))
			return 0;
	}
}

static int pcap_next(struct capture *c, struct packet *out, size_t max, int wait_ms, struct err *e)
{
	struct pcap *p = c->state;
	struct record rec;
	size_t n = 0;

	(void)wait_ms; /* a file never waits */
	while (n < max) {
		if (record_ready(p, &rec) <= 0) {
			if (n > 0) /* what was handed out must not move */
				break;
			int r = pcap_refill(c, p, e);
			if (r <= 0)
				return r;
			continue;
		}
		out[n++] = (struct packet){
			.p = capture_file_at(&p->file) + RECORD_HEADER,
			.len = rec.len,
			.wire_len = capture_wire_len(rec.len, rec.wire_len),
			.ts_us = (int64_t)rec.s * US_PER_SEC +
				 (p->nano ? rec.frac / 1000 : rec.frac),
			.link = p->link,
		};
		p->last_s = rec.s;
		capture_file_skip(&p->file, RECORD_HEADER + rec.len);
	}
	return (int)n;
}

const struct capture_ops capture_pcap = {
	.name = "pcap",
	.accepts = pcap_accepts,
	.open = pcap_open,
	.next = pcap_next,
	.close = pcap_close,
};
