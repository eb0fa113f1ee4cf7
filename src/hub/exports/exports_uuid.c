/* SPDX-License-Identifier: Apache-2.0 */
/* UUIDs of version 5: SHA-1 (RFC 3174) over a name space and a name. Here SHA-1 only spreads names
 * over numbers; nothing is secret or signed. */
#include "hub/exports/exports_uuid.h"

#include <stdio.h>
#include <string.h>

const uint8_t uuid_stix[16] = { 0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c,
				0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7 };
const uint8_t uuid_otasuke[16] = { 0x5d, 0x2c, 0x1e, 0x70, 0x88, 0x3f, 0x4b, 0x0a,
				   0x9a, 0x61, 0x07, 0x4e, 0xd3, 0xb2, 0x6c, 0x15 };

struct sha1 {
	uint32_t h[5];
	uint8_t block[64];
	size_t fill;
	uint64_t bytes;
};

static uint32_t turn(uint32_t v, int by)
{
	return v << by | v >> (32 - by);
}

static uint32_t mix(int round, const uint32_t v[5])
{
	if (round < 20)
		return ((v[1] & v[2]) | (~v[1] & v[3])) + 0x5a827999;
	if (round < 40)
		return (v[1] ^ v[2] ^ v[3]) + 0x6ed9eba1;
	if (round < 60)
		return ((v[1] & v[2]) | (v[1] & v[3]) | (v[2] & v[3])) + 0x8f1bbcdc;
	return (v[1] ^ v[2] ^ v[3]) + 0xca62c1d6;
}

static void block_take(struct sha1 *s)
{
	uint32_t w[80], v[5];

	for (int i = 0; i < 16; i++)
		w[i] = (uint32_t)s->block[i * 4] << 24 | (uint32_t)s->block[i * 4 + 1] << 16 |
		       (uint32_t)s->block[i * 4 + 2] << 8 | s->block[i * 4 + 3];
	for (int i = 16; i < 80; i++)
		w[i] = turn(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
	memcpy(v, s->h, sizeof(v));
	for (int i = 0; i < 80; i++) {
		uint32_t next = turn(v[0], 5) + mix(i, v) + v[4] + w[i];
		v[4] = v[3];
		v[3] = v[2];
		v[2] = turn(v[1], 30);
		v[1] = v[0];
		v[0] = next;
	}
	for (int i = 0; i < 5; i++)
		s->h[i] += v[i];
	s->fill = 0;
}

static void take(struct sha1 *s, const void *p, size_t n)
{
	const uint8_t *byte = p;

	s->bytes += n;
	for (size_t i = 0; i < n; i++) {
		s->block[s->fill++] = byte[i];
		if (s->fill == sizeof(s->block))
			block_take(s);
	}
}

static void finish(struct sha1 *s, uint8_t out[20])
{
	const uint64_t bits = s->bytes * 8;
	uint8_t length[8];

	for (int i = 0; i < 8; i++)
		length[i] = (uint8_t)(bits >> (56 - 8 * i));
	take(s, "\x80", 1);
	while (s->fill != 56)
		take(s, "", 1);
	take(s, length, sizeof(length));
	for (int i = 0; i < 20; i++)
		out[i] = (uint8_t)(s->h[i / 4] >> (24 - 8 * (i % 4)));
}

char *uuid_of(const uint8_t space[16], const void *name, size_t n, char out[UUID_TEXT])
{
	struct sha1 s = { .h = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 } };
	uint8_t d[20];

	take(&s, space, 16);
	take(&s, name, n);
	finish(&s, d);
	d[6] = (uint8_t)((d[6] & 0x0f) | 0x50);
	d[8] = (uint8_t)((d[8] & 0x3f) | 0x80);
	(void)snprintf(out, UUID_TEXT,
		       "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", d[0],
		       d[1], d[2], d[3], d[4], d[5], d[6], d[7], d[8], d[9], d[10], d[11], d[12],
		       d[13], d[14], d[15]);
	return out;
}
