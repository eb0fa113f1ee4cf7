/* SPDX-License-Identifier: Apache-2.0 */
/* Passes on what flows and packets tell, in the order that the parts rely on. */
#include "probe/judge.h"

#include "probe/mute/mutes.h"
#include "probe/story/story.h"

void judge_start(struct judge *j, const struct probe_config *c, const struct home *home)
{
	j->stats.first_us = INT64_MAX;
	j->env.inventory = inventory_new((size_t)c->devices_max, home);
	j->env.names = names_new();
	j->env.learning_us = c->learning_ms * 1000;
	j->env.resident = c->resident;
	struct baseline_conf usual = { .devices_max = (size_t)c->devices_max,
				       .learning_us = c->learning_ms * 1000,
				       .path = c->baseline,
				       .problem = j->sink.problem,
				       .arg = j->sink.arg };
	j->env.baseline = baseline_new(&usual);
	j->env.mutes = mutes_new();
	j->env.detect = detect_new(&j->env, &j->sink);
	j->readers = readers_new(&j->env);
}

void judge_done(struct judge *j)
{
	readers_free(j->readers);
	detect_free(j->env.detect);
	baseline_free(j->env.baseline);
	mutes_free(j->env.mutes);
	names_free(j->env.names);
	inventory_free(j->env.inventory);
	indicators_free(j->env.indicators);
}

void judge_flow(struct judge *j, struct flow *f, enum flow_event ev, const struct dissected *d)
{
	struct inventory *v = j->env.inventory;

	if (ev == FLOW_EVENT_NEW && d) {
		bool swapped = !addr_eq(&f->key.src, &d->src);
		f->device[swapped] = inventory_sender(v, d);
		f->device[!swapped] = inventory_receiver(v, d);
		readers_flow_owner(v, f);
		if (f->key.proto == PROTO_TCP && !f->midway && !swapped)
			inventory_syn_ttl(v, f->device[0], d->ttl);
	}
	if (ev == FLOW_EVENT_END)
		readers_flow_end(j->readers, f);
	traffic_flow(v, f, ev);
	detect_flow(j->env.detect, f, ev, d);
}

void judge_neighbour(struct judge *j, const struct dissected *d)
{
	inventory_neighbour(j->env.inventory, d);
	detect_neighbour(j->env.detect, d);
}

void judge_packet(struct judge *j, const struct flow *f, int dir, const struct dissected *d)
{
	readers_packet(j->readers, f, dir, d);
}

void judge_count(struct judge *j, const struct packet_counts *n)
{
	struct probe_stats *s = &j->stats;

	s->packets += n->packets;
	s->bytes += n->bytes;
	s->packets_bad += n->bad;
	if (n->first_us < s->first_us)
		s->first_us = n->first_us;
	if (n->last_us > s->last_us)
		s->last_us = n->last_us;
	j->meter.packets += n->packets;
	j->meter.bytes += n->bytes;
	j->meter.packets_bad += n->bad;
}

void judge_record(struct judge *j, const struct foreign *r)
{
	struct probe_stats *s = &j->stats;

	s->records++;
	if (s->packets == 0 && r->at_us < s->first_us)
		s->first_us = r->at_us;
	if (s->packets == 0 && r->at_us > s->last_us)
		s->last_us = r->at_us;
	detect_record(j->env.detect, r);
}

void judge_clock(struct judge *j, int64_t now_us)
{
	if (j->env.start_us == 0)
		j->env.start_us = now_us;
	j->env.now_us = now_us;
	if (!judge_tick_due(j->tick_us, now_us))
		return;
	j->tick_us = now_us;
	(void)indicators_load_poll(j->env.indicators, j->sink.problem, j->sink.arg);
	if (mutes_tick(j->env.mutes, now_us))
		story_weigh_again(j->env.stories);
	detect_tick(j->env.detect);
	traffic_tick(&j->meter, j->env.inventory, &j->sink, now_us, false);
}

void judge_finish(struct judge *j)
{
	detect_tick(j->env.detect);
	detect_finish(j->env.detect);
	baseline_save(j->env.baseline);
	traffic_tick(&j->meter, j->env.inventory, &j->sink, j->env.now_us, true);
}

void judge_mutes(struct judge *j, const struct mute *list, size_t n)
{
	mutes_set(j->env.mutes, list, n, j->env.now_us);
	story_weigh_again(j->env.stories);
}
