/* SPDX-License-Identifier: Apache-2.0 */
/* Learns what is usual and lets it fade. What is asked of it: baseline_ask.c; its file:
 * baseline_file.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/mem.h"
#include "probe/baseline/baseline_priv.h"
#include "probe/detect/random_name.h"

enum { EVICT_TRIES = 8, HOUR_SEEN = 64, HOUR_MOST = 255, DAYS_MOST = 9999 };

#define SILENCE_MAX_US (6 * US_PER_HOUR) /* a longer one was not watched */
#define AWAY_MAX_US    (90 * US_PER_DAY) /* a device is forgotten */
#define UNUSED_MAX_US  (30 * US_PER_DAY) /* a place is forgotten */
#define SAVE_EACH_US   US_PER_HOUR
#define WEEK_US        (7 * US_PER_DAY)

static void secret_make(uint8_t out[SECRET_MAX])
{
	if (getrandom(out, SECRET_MAX, 0) != SECRET_MAX)
		abort(); /* Linux gives 16 bytes at once, or the machine is broken */
}

struct baseline *baseline_new(const struct baseline_conf *c)
{
	struct baseline *b = mem_new(sizeof(*b));

	b->conf = *c;
	b->path = mem_strdup(c->path ? c->path : "");
	b->max = c->devices_max && c->devices_max < BASELINE_DEVICES_MAX ? c->devices_max
									 : BASELINE_DEVICES_MAX;
	b->by_key = map_new(b->max);
	secret_make(b->secret);
	baseline_load(b);
	return b;
}

void baseline_free(struct baseline *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->n; i++)
		free(b->habit[i]);
	free(b->habit);
	map_free(b->by_key);
	free(b->path);
	free(b);
}

void baseline_key(const struct device *d, uint8_t out[HABIT_KEY_MAX])
{
	memset(out, 0, HABIT_KEY_MAX);
	out[0] = d->has_mac ? 'M' : 'A';
	if (d->has_mac)
		memcpy(out + 1, d->mac.b, sizeof(d->mac.b));
	else if (d->n_addr > 0)
		memcpy(out + 1, d->addr[0].b, sizeof(d->addr[0].b));
}

/* Where a new one goes: behind the others, or in place of the one of a few that was longest away.
 */
static size_t habit_place(struct baseline *b)
{
	size_t at = b->hand % b->max;

	if (b->n < b->max) {
		if ((b->n & (b->n - 1)) == 0) /* room doubles */
			b->habit = mem_resize(b->habit, b->n ? b->n * 2 : 1, sizeof(*b->habit));
		b->habit[b->n] = mem_new(sizeof(struct habit));
		return b->n++;
	}
	for (size_t k = 1; k < EVICT_TRIES; k++) {
		size_t i = (b->hand + k) % b->max;
		if (b->habit[i]->last_us < b->habit[at]->last_us)
			at = i;
	}
	b->hand = (b->hand + EVICT_TRIES) % b->max;
	(void)map_remove(b->by_key, b->habit[at]->key, HABIT_KEY_MAX);
	b->forgotten++;
	return at;
}

struct habit *baseline_habit_add(struct baseline *b, const uint8_t key[HABIT_KEY_MAX])
{
	size_t at = habit_place(b);
	struct habit *h = b->habit[at];

	*h = (struct habit){ 0 };
	memcpy(h->key, key, HABIT_KEY_MAX);
	(void)map_set(b->by_key, h->key, HABIT_KEY_MAX, h); /* as many places as habits */
	return h;
}

static void weeks_pass(struct habit *h, int64_t weeks)
{
	for (int64_t k = 0; k < weeks && k < PAST_WEEKS; k++) {
		memmove(h->most + 1, h->most, (PAST_WEEKS - 1) * sizeof(h->most[0]));
		memmove(h->sent_hours + 1, h->sent_hours, PAST_WEEKS - 1);
		h->most[0] = 0;
		h->sent_hours[0] = 0;
	}
	for (size_t i = 0; i < WEEK_HOURS; i++) {
		for (int64_t k = 0; k < weeks && h->hours[i] > 0; k++)
			h->hours[i] = (uint8_t)(h->hours[i] - (h->hours[i] + 3) / 4);
	}
}

/* Brings H to the present: yesterday's hours count from now on, old weeks fade. */
static void habit_turn(struct habit *h, int64_t now_us)
{
	int64_t week = now_us / WEEK_US, day = now_us / US_PER_DAY;

	if (h->day != day) {
		size_t of_week = (size_t)(h->day % 7) * DAY_HOURS;
		for (size_t i = 0; i < DAY_HOURS; i++) {
			uint8_t *cell = &h->hours[of_week + i];
			if (h->today >> i & 1)
				*cell = *cell < HOUR_MOST - HOUR_SEEN ? (uint8_t)(*cell + HOUR_SEEN)
								      : HOUR_MOST;
		}
		h->today = 0;
		h->day = day;
	}
	if (week > h->week)
		weeks_pass(h, week - h->week);
	h->week = week;
}

static struct habit *habit_of(struct baseline *b, const struct device *d)
{
	uint8_t key[HABIT_KEY_MAX];

	baseline_key(d, key);
	struct habit *h = map_find(b->by_key, key, sizeof(key));
	bool back = h && b->now_us - h->last_us > AWAY_MAX_US; /* as if it had never been here */
	if (!h)
		h = baseline_habit_add(b, key);
	if (h->first_us == 0 || back) {
		*h = (struct habit){
			.first_us = b->now_us,
			.first_watched_us = b->watched_us,
			.week = b->now_us / WEEK_US,
			.day = b->now_us / US_PER_DAY,
		};
		memcpy(h->key, key, HABIT_KEY_MAX);
	}
	habit_turn(h, b->now_us);
	h->last_us = b->now_us;
	return h;
}

void baseline_advance(struct baseline *b, int64_t now_us)
{
	int64_t passed = b ? now_us - b->now_us : 0;

	if (!b || now_us <= 0 || passed == 0)
		return;
	if (b->now_us > 0 && passed > 0)
		b->watched_us += passed < SILENCE_MAX_US ? passed : SILENCE_MAX_US;
	if (b->began_us == 0)
		b->began_us = now_us;
	if (b->saved_us == 0 || now_us < b->saved_us)
		b->saved_us = now_us;
	b->now_us = now_us;
	if (now_us - b->saved_us < SAVE_EACH_US)
		return;
	b->saved_us = now_us;
	baseline_save(b);
}

/* What stays the same when a phone changes its random MAC. */
static uint64_t face_of(const struct baseline *b, const struct device *d)
{
	char text[DEVICE_NAME_MAX + 256];

	if (!d->has_mac || !mac_is_random(&d->mac) || !d->hostname[0] || !d->fingerprint)
		return 0;
	int n = snprintf(text, sizeof(text), "%s\n%s", d->hostname, d->fingerprint);
	return siphash13(b->secret, text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
}

void baseline_device(struct baseline *b, const struct device *d)
{
	if (!b || b->now_us == 0)
		return;
	struct habit *h = habit_of(b, d);
	h->today |= 1U << (b->now_us / US_PER_HOUR % DAY_HOURS);
	uint64_t face = face_of(b, d);
	if (face)
		h->face = face;
}

uint64_t baseline_place(const struct baseline *b, const char *name, const struct addr *a,
			uint16_t port)
{
	uint8_t text[256 + 2];
	size_t n;

	if (!b)
		return 0;
	if (name[0]) {
		struct str s = name_registered(str_of(name));
		n = s.n < sizeof(text) - 2 ? s.n : sizeof(text) - 2;
		memcpy(text, s.p, n);
	} else {
		n = addr_is_v4(a) ? 15 : 6; /* the mapped form: 12 bytes and three of the four */
		memcpy(text, a->b, n);
	}
	text[n++] = (uint8_t)(port >> 8);
	text[n++] = (uint8_t)port;
	uint64_t id = siphash13(b->secret, text, n);
	return id ? id : 1;
}

static void usual_note(struct habit *h, uint64_t place, int64_t now_us)
{
	struct usual *least = &h->usual[0];

	for (size_t i = 0; i < h->n; i++) {
		struct usual *u = &h->usual[i];
		if (u->place == place) {
			u->days += now_us / US_PER_DAY > u->last_us / US_PER_DAY &&
				   u->days < DAYS_MOST;
			u->last_us = now_us;
			return;
		}
		bool old = now_us - u->last_us > UNUSED_MAX_US;
		bool least_old = now_us - least->last_us > UNUSED_MAX_US;
		if (old != least_old ? old
				     : u->days < least->days || (u->days == least->days &&
								 u->last_us < least->last_us))
			least = u;
	}
	if (h->n < BASELINE_USUALS_MAX)
		least = &h->usual[h->n++];
	*least = (struct usual){ .place = place, .last_us = now_us, .days = 1 };
}

static void place_note(struct baseline *b, const struct habit *h, uint64_t id)
{
	struct place *set = &b->place[id % (BASELINE_PLACES / PLACE_WAYS) * PLACE_WAYS], *at = set;

	for (size_t i = 0; i < PLACE_WAYS && at->id != id; i++) {
		if (set[i].id == id || (at->id && set[i].last_us < at->last_us))
			at = &set[i];
	}
	if (at->id != id || b->now_us - at->last_us > UNUSED_MAX_US)
		*at = (struct place){ .id = id, .first_us = b->now_us };
	at->last_us = b->now_us;
	at->callers |= UINT64_C(1) << (siphash13(b->secret, h->key, HABIT_KEY_MAX) % 64);
}

void baseline_call(struct baseline *b, const struct device *d, uint64_t place)
{
	if (!b || b->now_us == 0)
		return;
	struct habit *h = habit_of(b, d);
	usual_note(h, place, b->now_us);
	place_note(b, h, place);
}

void baseline_sent(struct baseline *b, const struct device *d, uint64_t bytes)
{
	if (!b || b->now_us == 0 || bytes == 0)
		return;
	struct habit *h = habit_of(b, d);
	h->most[0] = bytes > h->most[0] ? bytes : h->most[0];
	if (h->sent_hours[0] < WEEK_HOURS)
		h->sent_hours[0]++;
}

uint64_t baseline_forgotten(const struct baseline *b)
{
	return b ? b->forgotten : 0;
}
