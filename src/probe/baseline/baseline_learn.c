/* SPDX-License-Identifier: Apache-2.0 */
/* Feeds the baseline. It hears what detectors hear, and tells nothing. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "probe/detect/detect.h"

struct learner {
	struct detect_env *env;
	int64_t looked_us;
};

static void *learner_open(struct detect_env *env)
{
	struct learner *l = mem_new(sizeof(*l));

	l->env = env;
	return l;
}

static void learner_close(void *state)
{
	free(state);
}

static const char *place_name(const struct detect_env *env, const struct flow *f)
{
	struct addr a;
	const char *name = flow_name(f);

	return name[0] && addr_parse(str_of(name), &a) < 0 ? name
							   : names_find(env->names, &f->key.dst);
}

uint64_t baseline_flow_place(const struct detect_env *env, const struct flow *f)
{
	return baseline_place(env->baseline, place_name(env, f), &f->key.dst, f->key.dport);
}

static void learner_flow(void *state, const struct flow *f, enum flow_event ev,
			 const struct dissected *d)
{
	struct learner *l = state;
	struct inventory *v = l->env->inventory;

	(void)d;
	/* What was answered only: a scan teaches nothing. */
	if (ev != FLOW_EVENT_END || f->state == FLOW_FAILED || f->midway ||
	    f->side[1].packets == 0 || addr_is_multicast(&f->key.dst))
		return;
	const struct device *from = inventory_device(v, f->device[0]);
	if (from && inventory_inside(v, &f->key.src, f->device[0]))
		baseline_call(l->env->baseline, from, baseline_flow_place(l->env, f));
}

static void learner_tick(void *state)
{
	struct learner *l = state;
	int64_t rest_us = l->env->now_us - l->looked_us;
	size_t n = inventory_count(l->env->inventory);

	baseline_advance(l->env->baseline, l->env->now_us);
	if (rest_us >= 0 && rest_us < US_PER_MIN)
		return;
	for (size_t i = 0; i < n; i++) {
		const struct device *d = inventory_device(l->env->inventory, (uint32_t)i);
		if (d->last_us > l->looked_us)
			baseline_device(l->env->baseline, d);
	}
	l->looked_us = l->env->now_us;
}

const struct detector detector_learner = {
	.name = "learner",
	.open = learner_open,
	.close = learner_close,
	.flow = learner_flow,
	.tick = learner_tick,
};
