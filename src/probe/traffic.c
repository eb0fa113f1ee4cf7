/* SPDX-License-Identifier: Apache-2.0 */
/* Counts into the devices of the inventory and hands the counts over every five minutes. */
#include "probe/traffic.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"

#define INTERVAL_US (5 * US_PER_MIN)

static void add(struct device *d, uint64_t out, uint64_t in, uint64_t packets)
{
	if (!d)
		return;
	d->traffic.bytes_out += out;
	d->traffic.bytes_in += in;
	d->traffic.packets += packets;
}

void traffic_moved(struct inventory *v, const uint32_t device[2], const struct moved *n)
{
	uint64_t packets = (uint64_t)n->packets[0] + n->packets[1];

	add(inventory_device(v, device[0]), n->bytes[0], n->bytes[1], packets);
	add(inventory_device(v, device[1]), n->bytes[1], n->bytes[0], packets);
}

static void peer_note(struct device *d, const struct addr *a)
{
	static const uint8_t fixed[16] = "peer";
	uint64_t bit = siphash13(fixed, a->b, sizeof(a->b)) % PEER_BITS;

	d->traffic.peers[bit / 64] |= UINT64_C(1) << (bit % 64);
}

void traffic_flow(struct inventory *v, const struct flow *f, enum flow_event ev)
{
	const struct addr *far[2] = { &f->key.dst, &f->key.src };

	if (ev != FLOW_EVENT_NEW && ev != FLOW_EVENT_FAILED)
		return;
	for (int i = 0; i < 2; i++) {
		struct device *d = inventory_device(v, f->device[i]);
		if (!d)
			continue;
		if (ev == FLOW_EVENT_FAILED) {
			d->traffic.flows_failed += i == 0;
			continue;
		}
		d->traffic.flows++;
		if (home_side_of(inventory_home(v), far[i]) != HOME_INSIDE)
			peer_note(d, far[i]);
	}
}

void traffic_dns(struct inventory *v, uint32_t device, bool response, bool nxdomain)
{
	struct device *d = inventory_device(v, device);

	if (!d)
		return;
	d->traffic.dns_queries += !response;
	d->traffic.dns_nxdomain += response && nxdomain;
}

static uint32_t peers_of(const struct device *d)
{
	unsigned set = 0;

	for (size_t i = 0; i < PEER_BITS / 64; i++)
		set += (unsigned)__builtin_popcountll(d->traffic.peers[i]);
	if (set >= PEER_BITS)
		return PEER_BITS * 8;
	return (uint32_t)lround(-(double)PEER_BITS * log(1 - (double)set / PEER_BITS));
}

struct page {
	struct traffic *traffic;
	struct device_info *device;
	struct device_texts *texts;
	size_t n_traffic, n_device, n_texts;
};

static void collect(struct device *d, struct page *p)
{
	struct device_info info;
	bool moved = d->traffic.packets > 0 || d->traffic.flows_failed > 0;

	if (!moved && !d->changed)
		return;
	inventory_describe(d, NULL, &p->texts[p->n_texts++], &info);
	if (d->changed)
		p->device[p->n_device++] = info;
	if (moved)
		p->traffic[p->n_traffic++] = (struct traffic){
			.mac = info.mac,
			.address = info.n_addresses ? info.addresses[0] : "",
			.bytes_in = d->traffic.bytes_in,
			.bytes_out = d->traffic.bytes_out,
			.packets = d->traffic.packets,
			.flows = d->traffic.flows,
			.flows_failed = d->traffic.flows_failed,
			.dns_queries = d->traffic.dns_queries,
			.dns_nxdomain = d->traffic.dns_nxdomain,
			.peers = peers_of(d),
		};
	d->changed = false;
	d->traffic = (struct device_traffic){ 0 };
}

static void hand_over(struct traffic_meter *m, struct inventory *v, const struct probe_sink *sink,
		      int64_t length_us)
{
	size_t n = inventory_count(v);
	SCOPED_MEM void *a = mem_array(n + 1, sizeof(struct traffic));
	SCOPED_MEM void *b = mem_array(n + 1, sizeof(struct device_info));
	SCOPED_MEM void *c = mem_array(n + 1, sizeof(struct device_texts));
	struct page p = { .traffic = a, .device = b, .texts = c };

	for (size_t i = 0; i < n; i++)
		collect(inventory_device(v, (uint32_t)i), &p);
	struct interval s = {
		.start_us = m->start_us,
		.length_us = length_us,
		.traffic = p.traffic,
		.n_traffic = p.n_traffic,
		.devices = p.device,
		.n_devices = p.n_device,
		.packets = m->packets,
		.bytes = m->bytes,
		.packets_bad = m->packets_bad,
	};
	if (sink->summary)
		sink->summary(sink->arg, &s);
}

void traffic_tick(struct traffic_meter *m, struct inventory *v, const struct probe_sink *sink,
		  int64_t now_us, bool last)
{
	int64_t begin = now_us - (now_us % INTERVAL_US + INTERVAL_US) % INTERVAL_US;

	if (m->start_us == 0)
		m->start_us = begin;
	if (begin == m->start_us && !last)
		return;
	int64_t length = begin == m->start_us ? now_us - begin : INTERVAL_US;
	if (m->packets > 0)
		hand_over(m, v, sink, length > 0 ? length : 1);
	*m = (struct traffic_meter){ .start_us = begin };
}
