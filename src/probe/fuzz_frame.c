/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: packets from the link layer down, through flows, readers and detectors (libndpi left
 * out). The first byte chooses the link; then packets follow, each behind its length in one byte.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rd.h"
#include "probe/detect/detect.h"
#include "probe/readers.h"

/* Small enough that a few packets fill them: what gives way is looked for too. */
enum { FLOW_BYTES = 64 * 1024, DEVICES = 16, RING_ENTRIES = 16 };

static const uint16_t links[] = { LINK_ETHERNET, LINK_ETHERNET,  LINK_ETHERNET, LINK_RAW,
				  LINK_PPP,      LINK_PPP_ETHER, LINK_SLL,      LINK_SLL2 };

struct fuzz {
	struct detect_env env;
	struct flow_table *flows;
	struct readers *readers;
};

static void on_flow(void *arg, struct flow *f, enum flow_event ev, const struct dissected *d)
{
	struct fuzz *z = arg;

	if (ev == FLOW_EVENT_NEW && d) {
		f->device[0] = inventory_sender(z->env.inventory, d);
		f->device[1] = inventory_receiver(z->env.inventory, d);
		readers_flow_owner(z->env.inventory, f);
	}
	detect_flow(z->env.detect, f, ev, d);
}

static void feed(struct fuzz *z, struct packet p)
{
	struct dissected d;
	int dir;

	z->env.now_us = p.ts_us;
	flow_expire(z->flows, p.ts_us);
	detect_tick(z->env.detect);
	dissect(&p, &d);
	if (d.neighbour.op) {
		inventory_neighbour(z->env.inventory, &d);
		detect_neighbour(z->env.detect, &d);
	}
	struct flow *f = flow_update(z->flows, &d, &dir);
	if (d.unreached.proto)
		flow_unreached(z->flows, &d);
	if (f)
		readers_packet(z->readers, f, dir, &d);
}

static void all(struct fuzz *z, struct rd r)
{
	int64_t ts_us = US_PER_DAY;
	uint16_t link = links[rd_u8(&r) % ARRAY_LEN(links)];

	while (r.n > 0) {
		struct rd one = rd_sub(&r, r.p[0] < r.n ? (size_t)rd_u8(&r) : r.n);
		SCOPED_MEM uint8_t *exact = mem_dup(one.p, one.n);
		ts_us += US_PER_SEC;
		feed(z, (struct packet){ .p = exact,
					 .len = (uint32_t)one.n,
					 .wire_len = (uint32_t)one.n,
					 .ts_us = ts_us,
					 .link = link });
	}
	flow_end_all(z->flows);
	detect_finish(z->env.detect);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz z = { 0 };
	struct flow_listener l = { .arg = &z, .event = on_flow };
	struct probe_sink sink = { 0 };
	struct home home = { 0 };
	struct thresholds thresholds;

	if (size > 8192)
		return 0;
	z.env.ring_max = RING_ENTRIES;
	z.env.inventory = inventory_new(DEVICES, &home);
	z.env.names = names_new();
	z.env.indicators = indicators_new();
	z.flows = flow_table_new(FLOW_BYTES, NULL, &l);
	thresholds_init(&thresholds);
	z.env.thresholds = &thresholds;
	(void)detect_new(&z.env, &sink); /* kept in env */
	z.readers = readers_new(&z.env);
	all(&z, rd_of(data, size));
	readers_free(z.readers);
	detect_free(z.env.detect);
	flow_table_free(z.flows);
	indicators_free(z.env.indicators);
	names_free(z.env.names);
	inventory_free(z.env.inventory);
	return 0;
}
