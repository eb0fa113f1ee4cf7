/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks that may overlap become spans that do not: the kernel's sets take no others. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sensor/enforcer/holds.h"

enum { TCP = 6, UDP = 17, ALL_BITS = 128, EDGES_MAX = 2 * HOLDS_MAX };

/* One port of one protocol, in one family. */
struct group {
	bool v4;
	uint8_t protocol;
	uint16_t port;
};

static void last_of(const struct order_network *n, uint8_t out[16])
{
	memcpy(out, n->address, 16);
	for (unsigned i = n->bits; i < ALL_BITS; i++)
		out[i / 8] |= (uint8_t)(0x80U >> i % 8);
}

/* The next address; false behind the last of all. */
static bool next_address(uint8_t a[16])
{
	for (size_t i = 16; i-- > 0;)
		if (++a[i] != 0)
			return true;
	return false;
}

static void address_before(uint8_t a[16])
{
	for (size_t i = 16; i-- > 0;)
		if (a[i]-- != 0)
			return;
}

static bool in_group(const struct hold *h, const struct group *g)
{
	return h->type == ORDER_BLOCK && order_network_is_v4(&h->network) == g->v4 &&
	       h->port == g->port &&
	       (h->port == 0 || h->protocol == 0 || h->protocol == g->protocol);
}

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, 16);
}

/* Until when FIRST..LAST, which no edge divides, is blocked; 0 = it is not. */
static int64_t until_of(const struct holds *h, const struct group *g, const uint8_t first[16])
{
	int64_t until = 0;

	for (size_t i = 0; i < h->n; i++) {
		uint8_t end[16];

		if (!in_group(&h->list[i], g))
			continue;
		last_of(&h->list[i].network, end);
		if (memcmp(h->list[i].network.address, first, 16) <= 0 &&
		    memcmp(first, end, 16) <= 0 && h->list[i].until_us > until)
			until = h->list[i].until_us;
	}
	return until;
}

static size_t group_spans(const struct holds *h, const struct group *g, struct hold_span *out,
			  size_t max)
{
	static const uint8_t v4_end[16] = { [10] = 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	uint8_t edge[EDGES_MAX][16];
	size_t n = 0, spans = 0;

	for (size_t i = 0; i < h->n; i++) {
		if (!in_group(&h->list[i], g))
			continue;
		memcpy(edge[n++], h->list[i].network.address, 16);
		last_of(&h->list[i].network, edge[n]);
		n += next_address(edge[n]);
	}
	qsort(edge, n, sizeof(edge[0]), by_bytes);
	for (size_t i = 0; i < n && spans < max; i++) {
		struct hold_span s = { .v4 = g->v4, .protocol = g->protocol, .port = g->port };

		if (i + 1 < n && memcmp(edge[i], edge[i + 1], 16) == 0)
			continue;
		s.until_us = until_of(h, g, edge[i]);
		if (s.until_us == 0)
			continue;
		memcpy(s.first, edge[i], 16);
		if (i + 1 < n) {
			memcpy(s.last, edge[i + 1], 16);
			address_before(s.last);
		} else if (g->v4) {
			memcpy(s.last, v4_end, 16);
		} else {
			memset(s.last, 0xff, 16);
		}
		out[spans++] = s;
	}
	return spans;
}

static bool seen(const struct group *list, size_t n, const struct group *g)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].v4 == g->v4 && list[i].protocol == g->protocol &&
		    list[i].port == g->port)
			return true;
	return false;
}

size_t hold_spans(const struct holds *h, struct hold_span out[HOLD_SPANS_MAX])
{
	static const uint8_t protocols[] = { TCP, UDP };
	struct group done[2 * HOLDS_MAX];
	size_t n_done = 0, n = 0;

	for (size_t i = 0; i < h->n; i++) {
		const struct hold *x = &h->list[i];

		for (size_t k = 0; x->type == ORDER_BLOCK && k < ARRAY_LEN(protocols); k++) {
			struct group g = { .v4 = order_network_is_v4(&x->network),
					   .protocol = x->port ? protocols[k] : 0,
					   .port = x->port };
			if ((x->port && x->protocol && x->protocol != protocols[k]) ||
			    seen(done, n_done, &g))
				continue;
			done[n_done++] = g;
			n += group_spans(h, &g, out + n, HOLD_SPANS_MAX - n);
		}
	}
	return n;
}
