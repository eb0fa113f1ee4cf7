/* SPDX-License-Identifier: Apache-2.0 */
/* Who hears what packets and flows tell: inventory, readers, detectors, summaries. One thread, in
 * the order of packets, whichever threads read them. */
#ifndef PROBE_JUDGE_H
#define PROBE_JUDGE_H

#include "probe/detect/detect.h"
#include "probe/readers.h"
#include "probe/traffic.h"
#include "wire/mute.h"

struct judge {
	struct detect_env env;
	struct thresholds thresholds;
	struct readers *readers;
	struct traffic_meter meter;
	struct probe_sink sink;
	struct probe_stats stats; /* packets, bytes, packets_bad, first_us, last_us */
	int64_t tick_us;
};

/* HOME as inventory_new takes it; the indicators of ENV are there already. */
void judge_start(struct judge *j, const struct probe_config *c, const struct home *home);
void judge_done(struct judge *j);

/* A flow's event. FLOW_EVENT_NEW sets the devices of F. D may be NULL. */
void judge_flow(struct judge *j, struct flow *f, enum flow_event ev, const struct dissected *d);
/* ARP, NDP. */
void judge_neighbour(struct judge *j, const struct dissected *d);
/* What has to be read in a packet of flow F. */
void judge_packet(struct judge *j, const struct flow *f, int dir, const struct dissected *d);
/* Packets that were seen. */
void judge_count(struct judge *j, const struct packet_counts *n);

/* Other mutes than before: what was heard already is judged by them too. */
void judge_mutes(struct judge *j, const struct mute *list, size_t n);

/* What another program told. */
void judge_record(struct judge *j, const struct foreign *r);

/* Is it time for what is done about each second of packet time? */
static inline bool judge_tick_due(int64_t tick_us, int64_t now_us)
{
	return now_us - tick_us >= INT64_C(1000000) || now_us < tick_us;
}

/* It is NOW of packet time; flows that ended by it were told before. */
void judge_clock(struct judge *j, int64_t now_us);
void judge_finish(struct judge *j);

#endif
