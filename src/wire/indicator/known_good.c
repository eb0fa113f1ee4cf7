/* SPDX-License-Identifier: Apache-2.0 */
/* The set of known good things, and what it says of an indicator. */
#include "wire/indicator/known_good.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/map.h"
#include "base/mem.h"
#include "wire/indicator/bundle_table.h"

enum { /* notes of the table */
       NOTE_SAME = 1,
       NOTE_BELOW = 2,
       NOTE_ABOVE = 4, /* something good lies below it */
};

struct net {
	uint8_t first[16], last[16];
};

struct known_good {
	uint8_t seed[16];
	struct table table;
	size_t n;
	struct net *net; /* sorted by first when ready; LAST is the largest so far */
	size_t nets, nets_cap;
	struct str part[KNOWN_GOOD_PARTS_MAX];
	size_t parts;
};

struct known_good *known_good_new(void)
{
	struct known_good *g = mem_new(sizeof(*g));

	if (getrandom(g->seed, sizeof(g->seed), 0) != sizeof(g->seed))
		abort(); /* sixteen bytes never come short once the kernel is up */
	table_init(&g->table, 0);
	return g;
}

void known_good_free(struct known_good *g)
{
	if (!g)
		return;
	for (size_t i = 0; i < g->parts; i++)
		free((void *)(uintptr_t)g->part[i].p);
	table_done(&g->table);
	free(g->net);
	free(g);
}

size_t known_good_count(const struct known_good *g)
{
	return g->n;
}

static uint64_t fingerprint(const struct known_good *g, struct str value)
{
	uint64_t h = siphash13(g->seed, value.p, value.n);

	return h ? h : 1;
}

static void mark(struct known_good *g, struct str value, uint32_t what)
{
	bool new;
	uint8_t *note = table_put(&g->table, fingerprint(g, value), &new);

	table_note(note, table_u32(note) | what);
}

static uint32_t marks(const struct known_good *g, struct str value)
{
	const uint8_t *note = table_find(g->table.p, g->table.buckets, fingerprint(g, value));

	return note ? table_u32(note) : 0;
}

static bool parent(struct str *name)
{
	const char *dot = memchr(name->p, '.', name->n);

	if (!dot)
		return false;
	size_t n = (size_t)(dot - name->p) + 1;
	*name = (struct str){ name->p + n, name->n - n };
	return true;
}

static void add_name(struct known_good *g, struct str name, uint32_t what)
{
	mark(g, name, what);
	while (parent(&name) && memchr(name.p, '.', name.n))
		mark(g, name, NOTE_ABOVE);
}

static struct net net_of(const uint8_t addr[16], unsigned bits)
{
	struct net n;

	for (unsigned i = 0; i < 16; i++) {
		unsigned keep = bits > i * 8 ? bits - i * 8 : 0;
		uint8_t mask = (uint8_t)(keep >= 8 ? 0xff : 0xff00u >> keep);
		n.first[i] = (uint8_t)(addr[i] & mask);
		n.last[i] = (uint8_t)(addr[i] | (uint8_t)~mask);
	}
	return n;
}

static enum indicator_bad add_net(struct known_good *g, struct str value)
{
	struct indicator i;
	uint8_t addr[16], bits;
	enum indicator_bad bad = indicator_set(&i, INDICATOR_CIDR, value);

	if (bad == INDICATOR_NOBODY) /* lists of loopback and the like: refused anyway */
		return INDICATOR_OK;
	if (bad != INDICATOR_OK)
		return bad;
	if (!indicator_net(&i, addr, &bits))
		return INDICATOR_NOT_NETWORK;
	if (i.kind == INDICATOR_IP) {
		mark(g, (struct str){ i.value, i.n }, NOTE_SAME);
		return INDICATOR_OK;
	}
	if (g->nets == g->nets_cap) {
		g->nets_cap = g->nets_cap ? g->nets_cap * 2 : 64;
		g->net = mem_resize(g->net, g->nets_cap, sizeof(*g->net));
	}
	g->net[g->nets++] = net_of(addr, bits);
	return INDICATOR_OK;
}

static enum indicator_bad add_part(struct known_good *g, struct str value)
{
	if (value.n < KNOWN_GOOD_PART_MIN)
		return INDICATOR_TOO_WIDE;
	if (g->parts == KNOWN_GOOD_PARTS_MAX)
		return INDICATOR_FULL;
	g->part[g->parts++] = (struct str){ mem_strndup(value.p, value.n), value.n };
	return INDICATOR_OK;
}

static enum indicator_bad add_value(struct known_good *g, struct str value, uint32_t what)
{
	struct indicator i;
	enum indicator_bad bad = indicator_guess(&i, value);

	if (bad == INDICATOR_NOBODY || bad == INDICATOR_TOO_WIDE)
		return INDICATOR_OK; /* never listed */
	if (bad != INDICATOR_OK)
		return bad;
	if (i.kind == INDICATOR_CIDR)
		return add_net(g, value);
	if (i.kind == INDICATOR_DOMAIN)
		add_name(g, (struct str){ i.value, i.n }, what);
	else
		mark(g, (struct str){ i.value, i.n }, NOTE_SAME);
	return INDICATOR_OK;
}

enum indicator_bad known_good_add(struct known_good *g, enum known_good_way way, struct str value)
{
	enum indicator_bad bad = INDICATOR_FULL;

	value = str_trim(value);
	if (g->n >= KNOWN_GOOD_MAX)
		return INDICATOR_FULL;
	if (way == KNOWN_GOOD_NET)
		bad = add_net(g, value);
	else if (way == KNOWN_GOOD_PART)
		bad = add_part(g, value);
	else
		bad = add_value(g, value, way == KNOWN_GOOD_BELOW ? NOTE_BELOW : NOTE_SAME);
	g->n += bad == INDICATOR_OK;
	return bad;
}

static int by_first(const void *a, const void *b)
{
	return memcmp(a, b, 16);
}

void known_good_ready(struct known_good *g)
{
	if (g->nets == 0)
		return;
	qsort(g->net, g->nets, sizeof(*g->net), by_first);
	for (size_t i = 1; i < g->nets; i++) { /* so that one look at the last one suffices */
		if (memcmp(g->net[i - 1].last, g->net[i].last, 16) > 0)
			memcpy(g->net[i].last, g->net[i - 1].last, 16);
	}
}

/* How many networks begin at or before ADDR. */
static size_t begun(const struct known_good *g, const uint8_t addr[16])
{
	size_t low = 0, high = g->nets;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (memcmp(g->net[mid].first, addr, 16) <= 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static enum known_good_verdict check_net(const struct known_good *g, const struct indicator *i)
{
	uint8_t addr[16], bits;

	if (!indicator_net(i, addr, &bits))
		return KNOWN_GOOD_NOT;
	struct net mine = net_of(addr, bits);
	size_t at = begun(g, mine.first), end = begun(g, mine.last);
	if (at > 0 && memcmp(g->net[at - 1].last, mine.last, 16) >= 0 &&
	    memcmp(g->net[at - 1].first, mine.first, 16) < 0)
		return KNOWN_GOOD_INFO;
	if (at > 0 && memcmp(g->net[at - 1].first, mine.first, 16) == 0)
		return memcmp(g->net[at - 1].last, mine.last, 16) > 0 ? KNOWN_GOOD_INFO
								      : KNOWN_GOOD_LEAVE;
	return end > at ? KNOWN_GOOD_LEAVE : KNOWN_GOOD_NOT; /* something good lies in it */
}

static enum known_good_verdict check_name(const struct known_good *g, struct str name)
{
	if (marks(g, name))
		return KNOWN_GOOD_LEAVE;
	while (parent(&name) && memchr(name.p, '.', name.n)) {
		if (marks(g, name) & NOTE_BELOW)
			return KNOWN_GOOD_INFO;
	}
	return KNOWN_GOOD_NOT;
}

/* A URL of nothing but the start page stands for its whole host. */
static enum known_good_verdict check_url(const struct known_good *g, struct str url)
{
	if (marks(g, url) & NOTE_SAME)
		return KNOWN_GOOD_LEAVE;
	struct str host = { url.p, url.n - 1 };
	if (url.n < 2 || memchr(url.p, '/', url.n) != url.p + url.n - 1)
		return KNOWN_GOOD_NOT;
	return check_name(g, host);
}

enum known_good_verdict known_good_check(const struct known_good *g, const struct indicator *i)
{
	struct str value = { i->value, i->n };
	enum known_good_verdict v = KNOWN_GOOD_NOT;

	if (i->kind == INDICATOR_DOMAIN)
		v = check_name(g, value);
	else if (i->kind == INDICATOR_URL)
		v = check_url(g, value);
	else if (marks(g, value) & NOTE_SAME)
		v = KNOWN_GOOD_LEAVE;
	else if (i->kind == INDICATOR_IP || i->kind == INDICATOR_CIDR)
		v = check_net(g, i);
	for (size_t p = 0; v == KNOWN_GOOD_NOT && p < g->parts; p++) {
		if (memmem(value.p, value.n, g->part[p].p, g->part[p].n))
			v = KNOWN_GOOD_INFO;
	}
	return v;
}
