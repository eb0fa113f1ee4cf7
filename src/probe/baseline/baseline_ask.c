/* SPDX-License-Identifier: Apache-2.0 */
/* What detectors ask of the baseline. */
#include <string.h>

#include "probe/baseline/baseline_priv.h"

enum { COMMON_CALLERS = 3, COMMON_PART = 4 }; /* and a quarter of the network */

#define NEW_PLACE_US (7 * US_PER_DAY)

bool baseline_young(const struct baseline *b)
{
	return b && b->watched_us < b->conf.learning_us;
}

double baseline_days(const struct baseline *b)
{
	return b ? (double)b->watched_us / (double)US_PER_DAY : 0;
}

static const struct habit *habit_find(const struct baseline *b, const struct device *d)
{
	uint8_t key[HABIT_KEY_MAX];

	if (!b || !d)
		return NULL;
	baseline_key(d, key);
	return map_find(b->by_key, key, sizeof(key));
}

static bool face_known(const struct baseline *b, const struct habit *h)
{
	for (size_t i = 0; h->face && i < b->n; i++) {
		const struct habit *o = b->habit[i];
		if (o != h && o->face == h->face && o->first_us < h->first_us)
			return true;
	}
	return false;
}

bool baseline_newcomer(struct baseline *b, const struct device *d)
{
	if (!b || b->now_us == 0)
		return false;
	const struct habit *h = habit_find(b, d);
	if (h && h->first_watched_us < b->conf.learning_us)
		return false; /* the many: no more to ask */
	baseline_device(b, d);
	h = habit_find(b, d);
	return h && h->first_watched_us >= b->conf.learning_us && !face_known(b, h);
}

static const struct place *place_find(const struct baseline *b, uint64_t id)
{
	const struct place *set = &b->place[id % (BASELINE_PLACES / PLACE_WAYS) * PLACE_WAYS];

	for (size_t i = 0; i < PLACE_WAYS; i++) {
		if (set[i].id == id)
			return &set[i];
	}
	return NULL;
}

struct baseline_sight baseline_look(const struct baseline *b, uint64_t place)
{
	const struct place *p = b ? place_find(b, place) : NULL;

	if (!p)
		return (struct baseline_sight){ 0 };
	return (struct baseline_sight){
		.first_us = p->first_us,
		.callers = (unsigned)__builtin_popcountll(p->callers),
	};
}

bool baseline_place_new(const struct baseline *b, uint64_t place)
{
	if (!b || baseline_young(b))
		return false;
	struct baseline_sight s = baseline_look(b, place);
	return s.first_us == 0 || b->now_us - s.first_us < NEW_PLACE_US;
}

bool baseline_place_common(const struct baseline *b, uint64_t place)
{
	if (!b || baseline_young(b))
		return false;
	struct baseline_sight s = baseline_look(b, place);
	size_t devices = b->n < 64 ? b->n : 64; /* what the filter can tell apart */
	return s.callers >= COMMON_CALLERS && s.callers * COMMON_PART >= devices &&
	       b->now_us - s.first_us >= NEW_PLACE_US;
}

unsigned baseline_usual(const struct baseline *b, const struct device *d, uint64_t place)
{
	const struct habit *h = habit_find(b, d);

	for (size_t i = 0; h && i < h->n; i++) {
		if (h->usual[i].place == place)
			return h->usual[i].days;
	}
	return 0;
}

bool baseline_odd_hour(const struct baseline *b, const struct device *d)
{
	const struct habit *h = habit_find(b, d);

	if (!h || baseline_young(b) || h->first_watched_us + b->conf.learning_us > b->watched_us)
		return false; /* the device itself is new */
	size_t now = (size_t)(b->now_us / US_PER_HOUR % DAY_HOURS);
	for (size_t day = 0; day < 7; day++) {
		for (size_t k = DAY_HOURS - 1; k <= DAY_HOURS + 1; k++) {
			if (h->hours[day * DAY_HOURS + (now + k) % DAY_HOURS] > 0)
				return false;
		}
	}
	return true;
}

struct baseline_past baseline_past(const struct baseline *b, const struct device *d)
{
	const struct habit *h = habit_find(b, d);
	struct baseline_past out = { 0 };

	for (size_t i = 0; h && i < PAST_WEEKS; i++) {
		out.hours += h->sent_hours[i];
		out.most_bytes = h->most[i] > out.most_bytes ? h->most[i] : out.most_bytes;
	}
	return out;
}
