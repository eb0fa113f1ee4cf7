/* SPDX-License-Identifier: Apache-2.0 */
/* Reader of pcapng files (draft-ietf-opsawg-pcapng): sections of either byte order, several
 * interfaces, if_tsresol and if_tsoffset. Other options and blocks are skipped. */
#include "probe/capture/capture.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "probe/capture/capture_file.h"

enum {
	BLOCK_SECTION = 0x0a0d0d0a,
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET_OLD = 2,
	BLOCK_PACKET_SIMPLE = 3,
	BLOCK_PACKET = 6,
	ORDER_MAGIC = 0x1a2b3c4d,
	OPTION_END = 0,
	OPTION_TSRESOL = 9,
	OPTION_TSOFFSET = 14,
	BLOCK_MIN = 12,
	BLOCK_HELD_MAX = CAPTURE_SNAP_MAX + 65536, /* larger ones cannot hold a packet for us */
	INTERFACES_MAX = 256,
};

struct interface {
	uint16_t link;
	uint32_t snap;
	uint64_t per_s; /* units of a timestamp in a second */
	int64_t offset_s;
};

struct pcapng {
	struct capture_file file;
	bool swapped;
	size_t n_interfaces;
	struct interface interface[INTERFACES_MAX];
	int64_t last_us; /* simple packet blocks bear no time */
};

struct block {
	uint32_t type;
	uint32_t len; /* of the whole block */
};

static uint16_t load16(const struct pcapng *p, const uint8_t *at)
{
	uint16_t v;

	memcpy(&v, at, sizeof(v));
	return p->swapped ? __builtin_bswap16(v) : v;
}

static uint32_t load32(const struct pcapng *p, const uint8_t *at)
{
	uint32_t v;

	memcpy(&v, at, sizeof(v));
	return p->swapped ? __builtin_bswap32(v) : v;
}

static bool section_order(struct pcapng *p, const uint8_t *block)
{
	p->swapped = false;
	if (load32(p, block + 8) == ORDER_MAGIC)
		return true;
	p->swapped = true;
	return load32(p, block + 8) == ORDER_MAGIC;
}

static bool pcapng_accepts(const uint8_t *head, size_t n)
{
	static const uint8_t magic[4] = { 0x0a, 0x0d, 0x0d, 0x0a };

	return n >= sizeof(magic) && memcmp(head, magic, sizeof(magic)) == 0;
}

static int pcapng_open(struct capture *c, struct err *e)
{
	struct pcapng *p = mem_new(sizeof(*p));
	int r = capture_file_open(&p->file, c, e);

	if (r < 0) {
		free(p);
		return r;
	}
	c->state = p;
	r = capture_file_fill(&p->file, 28);
	if (r < 0)
		err_set(e, r, "cannot read %s: %s", c->name, err_text(r));
	else if (capture_file_left(&p->file) < 28 || !section_order(p, capture_file_at(&p->file)))
		r = err_set(e, -EFORMAT, "%s: the section header is damaged or cut off (offset 0)",
			    c->name);
	if (r < 0) {
		capture_pcapng.close(c);
		return r;
	}
	c->stats.up = true;
	return 0;
}

static void pcapng_close(struct capture *c)
{
	struct pcapng *p = c->state;

	if (!p)
		return;
	capture_file_close(&p->file);
	free(p);
	c->state = NULL;
}

static uint64_t resolution(uint8_t v)
{
	uint64_t per_s = 1;

	if (v & 0x80)
		return (v & 0x7f) > 62 ? 0 : UINT64_C(1) << (v & 0x7f);
	if (v > 18)
		return 0;
	while (v-- > 0)
		per_s *= 10;
	return per_s;
}

static void interface_options(const struct pcapng *p, struct interface *f, const uint8_t *at,
			      size_t n)
{
	while (n >= 4) {
		uint16_t code = load16(p, at), len = load16(p, at + 2);
		size_t padded = ((size_t)len + 3) & ~(size_t)3;
		if (code == OPTION_END || padded > n - 4)
			return;
		if (code == OPTION_TSRESOL && len >= 1)
			f->per_s = resolution(at[4]);
		if (code == OPTION_TSOFFSET && len >= 8) {
			uint64_t lo = load32(p, at + 4), hi = load32(p, at + 8);
			f->offset_s = (int64_t)(p->swapped ? lo << 32 | hi : hi << 32 | lo);
		}
		at += 4 + padded;
		n -= 4 + padded;
	}
}

static void on_interface(struct capture *c, struct pcapng *p, const uint8_t *body, size_t n)
{
	if (n < 8) {
		(void)err_set(&c->why, -EFORMAT,
			      "%s: the interface block at offset %" PRIu64 " is too short", c->name,
			      p->file.offset);
		capture_damaged(c);
		return;
	}
	if (p->n_interfaces == INTERFACES_MAX) {
		(void)err_set(&c->why, -EFORMAT, "%s: more than %d interfaces (offset %" PRIu64 ")",
			      c->name, INTERFACES_MAX, p->file.offset);
		capture_damaged(c);
		return;
	}
	struct interface f = {
		.link = load16(p, body),
		.snap = load32(p, body + 4),
		.per_s = US_PER_SEC,
	};
	interface_options(p, &f, body + 8, n - 8);
	if (f.per_s == 0 || f.offset_s > INT32_MAX || f.offset_s < -(int64_t)INT32_MAX) {
		(void)err_set(&c->why, -EFORMAT,
			      "%s: unusable time resolution in the interface block at "
			      "offset %" PRIu64,
			      c->name, p->file.offset);
		capture_damaged(c);
		f.per_s = US_PER_SEC;
		f.offset_s = 0;
	}
	p->interface[p->n_interfaces++] = f;
}

static int64_t time_us(const struct interface *f, uint32_t hi, uint32_t lo)
{
	uint64_t t = (uint64_t)hi << 32 | lo;
	uint64_t s = t / f->per_s, frac = t % f->per_s;

	if (s > INT32_MAX * UINT64_C(8)) /* beyond the year 2500: nonsense */
		return 0;
	return ((int64_t)s + f->offset_s) * US_PER_SEC +
	       (int64_t)((double)frac * 1e6 / (double)f->per_s);
}

/* Fills OUT from a packet block's body; false when the block is damaged. */
static bool packet_of(struct pcapng *p, struct block b, const uint8_t *body, struct packet *out)
{
	size_t n = b.len - BLOCK_MIN, head = b.type == BLOCK_PACKET_SIMPLE ? 4 : 20;
	uint32_t id, len;

	if (n < head)
		return false;
	id = b.type == BLOCK_PACKET       ? load32(p, body)
	     : b.type == BLOCK_PACKET_OLD ? load16(p, body)
					  : 0;
	if (id >= p->n_interfaces)
		return false;
	const struct interface *f = &p->interface[id];
	if (b.type == BLOCK_PACKET_SIMPLE) {
		len = load32(p, body);
		out->wire_len = len;
		if (f->snap && len > f->snap)
			len = f->snap;
		if (len > n - head)
			len = (uint32_t)(n - head);
		out->ts_us = p->last_us;
	} else {
		len = load32(p, body + 12);
		out->wire_len = load32(p, body + 16);
		out->ts_us = time_us(f, load32(p, body + 4), load32(p, body + 8));
	}
	if (len > n - head || len > CAPTURE_SNAP_MAX)
		return false;
	out->p = body + head;
	out->len = len;
	out->wire_len = capture_wire_len(len, out->wire_len);
	out->link = f->link;
	p->last_us = out->ts_us;
	return true;
}

static bool block_plausible(struct pcapng *p, const uint8_t *at, struct block *b)
{
	b->type = load32(p, at);
	if (b->type == BLOCK_SECTION) {
		bool was = p->swapped;
		if (!section_order(p, at)) {
			p->swapped = was;
			return false;
		}
	}
	b->len = load32(p, at + 4);
	return b->len >= BLOCK_MIN && b->len % 4 == 0;
}

/* 1 = block B is whole in the window, 2 = its head is and it is too large to be held,
 * 0 = need more, -EFORMAT = damaged. */
static int block_ready(struct pcapng *p, struct block *b)
{
	size_t left = capture_file_left(&p->file);
	const uint8_t *at = capture_file_at(&p->file);

	if (left < BLOCK_MIN)
		return 0;
	if (!block_plausible(p, at, b))
		return -EFORMAT;
	if (b->len > BLOCK_HELD_MAX)
		return 2;
	if (left < b->len)
		return 0;
	return load32(p, at + b->len - 4) == b->len ? 1 : -EFORMAT;
}

/* Steps on in words of four bytes to a block whose two lengths agree; false at the end. */
static bool resync(struct pcapng *p)
{
	struct block b;

	capture_file_skip(&p->file, 4);
	for (;;) {
		if (capture_file_fill(&p->file, BLOCK_HELD_MAX) < 0)
			return false;
		if (capture_file_left(&p->file) < BLOCK_MIN)
			return false;
		const uint8_t *at = capture_file_at(&p->file);
		uint32_t type = load32(p, at);
		bool known = type == BLOCK_PACKET || type == BLOCK_INTERFACE ||
			     type == BLOCK_PACKET_SIMPLE || type == BLOCK_SECTION;
		if (known && block_ready(p, &b) == 1)
			return true;
		capture_file_skip(&p->file, 4);
	}
}

/* After block_ready did not say 1: 1 = look again, 0 = end of the file. */
static int pcapng_refill(struct capture *c, struct pcapng *p, int ready, struct block b)
{
	uint64_t at = p->file.offset;

	if (ready == 2) {
		(void)err_set(&c->why, -EFORMAT,
			      "%s: skipped a block of %" PRIu32 " bytes at offset %" PRIu64,
			      c->name, b.len, at);
		capture_damaged(c);
		return b.len <= 64u * 1024 * 1024 ? capture_file_skip_far(&p->file, b.len)
						  : resync(p);
	}
	if (ready == 0 && capture_file_left(&p->file) == 0)
		return 0;
	if (ready == 0)
		(void)err_set(&c->why, -EFORMAT,
			      "%s: the last block is cut off (offset %" PRIu64 ")", c->name, at);
	else
		(void)err_set(&c->why, -EFORMAT, "%s: damaged block at offset %" PRIu64, c->name,
			      at);
	capture_damaged(c);
	return ready == 0 ? 0 : resync(p);
}

/* Handles the whole block at the window's head: 1 = OUT holds a packet. */
static int block_take(struct capture *c, struct pcapng *p, struct block b, struct packet *out)
{
	const uint8_t *body = capture_file_at(&p->file) + 8;
	int got = 0;

	switch (b.type) {
	case BLOCK_SECTION:
		p->n_interfaces = 0;
		break;
	case BLOCK_INTERFACE:
		on_interface(c, p, body, b.len - BLOCK_MIN);
		break;
	case BLOCK_PACKET:
	case BLOCK_PACKET_OLD:
	case BLOCK_PACKET_SIMPLE:
		got = packet_of(p, b, body, out);
		if (!got) {
			(void)err_set(&c->why, -EFORMAT,
				      "%s: damaged packet block at offset %" PRIu64, c->name,
				      p->file.offset);
			capture_damaged(c);
		}
		break;
	default:
		break;
	}
	capture_file_skip(&p->file, b.len);
	return got;
}

static int pcapng_next(struct capture *c, struct packet *out, size_t max, int wait_ms,
		       struct err *e)
{
	struct pcapng *p = c->state;
	size_t n = 0;

	(void)wait_ms; /* a file never waits */
	while (n < max) {
		struct block b = { 0 };
		int r = block_ready(p, &b);
		if (r == 1) {
			n += (size_t)block_take(c, p, b, &out[n]);
			continue;
		}
		if (n > 0) /* what was handed out must not move */
			break;
		if ((r = capture_file_fill(&p->file, BLOCK_HELD_MAX)) < 0)
			return err_set(e, r, "cannot read %s at offset %" PRIu64 ": %s", c->name,
				       p->file.offset, err_text(r));
		if ((r = block_ready(p, &b)) != 1 && pcapng_refill(c, p, r, b) == 0)
			return 0;
	}
	return (int)n;
}

const struct capture_ops capture_pcapng = {
	.name = "pcapng",
	.accepts = pcapng_accepts,
	.open = pcapng_open,
	.next = pcapng_next,
	.close = pcapng_close,
};
