/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a bundle, for the files that read and write it. Numbers are little-endian.
 *
 *   head (512)   table   lengths of IPv4 by their first 16 bits (262,144 or none)
 *   names of feeds (64 each)   labels: feed (le16), text, 0; a note is the offset of one */
#ifndef WIRE_INDICATOR_BUNDLE_LAYOUT_H
#define WIRE_INDICATOR_BUNDLE_LAYOUT_H

#include <stdint.h>
#include <string.h>

#include "base/map.h"
#include "wire/indicator/bundle.h"

#define BUNDLE_MAGIC "OTSKIND1"

enum {
	BUNDLE_VERSION = 1,
	BUNDLE_HEAD_BYTES = 512,
	BUNDLE_BODY_CRC_AT = 504, /* CRC-32C of all behind the head */
	BUNDLE_CRC_AT = 508,      /* of the head before it */
	BUNDLE_V4_PREFIXES = 65536,
	BUNDLE_V4_BYTES = BUNDLE_V4_PREFIXES * 4,
	BUNDLE_DEPTH_MAX = 63, /* labels of a domain; deeper ones share the last bit */
	BUNDLE_LENGTHS_BYTES = 17,
};

#define BUNDLE_NOTE_INFO UINT32_C(0x80000000) /* the rest of a note is the offset of its label */

struct bundle_head {
	uint8_t seed[16];
	int64_t made_us;
	uint64_t bytes;                        /* of all */
	uint32_t buckets, feeds, labels_bytes; /* the last in bytes */
	uint32_t v4;                           /* 1 = lengths by first bits are there */
	uint64_t count[INDICATOR_KINDS], info_only;
	uint64_t depths;                       /* bit n: a domain of n labels is there */
	uint8_t lengths[BUNDLE_LENGTHS_BYTES]; /* bit n: a network of n bits out of 128 */
	uint32_t body_crc;
};

struct bundle {
	struct bundle_head head;
	const uint8_t *all, *table, *v4, *feeds, *labels;
	size_t bytes;
	uint32_t v4_lengths; /* bit n: a network of n + 97 bits out of 128 */
	bool mapped;
	int owners; /* atomic */
};

/* Makes a bundle of bytes whose checksum of the body the caller has seen to. */
int bundle_make(const uint8_t *p, size_t n, bool mapped, struct bundle **out, struct err *e);
/* 0 or -EFORMAT; N is the size of the whole file. */
int bundle_head_parse(const uint8_t p[BUNDLE_HEAD_BYTES], uint64_t n, struct bundle_head *out,
		      struct err *e);
void bundle_head_encode(const struct bundle_head *h, uint8_t out[BUNDLE_HEAD_BYTES]);

/* Fingerprints of kinds differ by their seed. IP and CIDR are one kind: network. Never 0. */
static inline uint64_t bundle_fingerprint(const uint8_t seed[16], enum indicator_kind kind,
					  const void *p, size_t n)
{
	uint8_t own[16];

	memcpy(own, seed, sizeof(own));
	own[15] = (uint8_t)(own[15] ^ (uint8_t)kind);
	uint64_t h = siphash13(own, p, n);
	return h ? h : 1;
}

static inline unsigned bundle_depth(unsigned labels)
{
	return labels < BUNDLE_DEPTH_MAX ? labels : BUNDLE_DEPTH_MAX;
}

#endif
