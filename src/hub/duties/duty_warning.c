/* SPDX-License-Identifier: Apache-2.0 */
/* Thresholds of a clock, moved to days on which somebody reads. */
#include "hub/duties/duty_warning.h"

#include <string.h>

#include "base/clock.h"
#include "hub/hub_calendar.h"

enum { HOUR_OPEN = 9 };

/* The last open day up to DAY_US, at HOUR; a moment within an open day stays as it is. */
static int64_t opened(int64_t us)
{
	int64_t day = calendar_day(us, 0);

	if (calendar_kind(day) == CALENDAR_OPEN)
		return us;
	while (calendar_kind(day) != CALENDAR_OPEN)
		day = calendar_day(day, -1);
	return day + HOUR_OPEN * US_PER_HOUR;
}

int64_t duty_warning_at(const struct duty_warning *w, const struct duty_span *s)
{
	int64_t at;

	if (strcmp(w->unit, "late") == 0)
		return s->due_us ? s->due_us + 1 : 0;
	if ((s->due_us == 0) != (strcmp(w->unit, "warn") == 0))
		return 0;
	if (strcmp(w->unit, "share") == 0)
		at = s->known_us + (s->due_us - s->known_us) / 100 * w->value;
	else if (strcmp(w->unit, "before") == 0)
		at = calendar_day(s->due_us, -w->value) + w->hour * US_PER_HOUR;
	else
		at = calendar_day(s->warn_us, 0) + w->hour * US_PER_HOUR;
	at = opened(at);
	return at > s->known_us ? at : s->known_us;
}

const struct duty_warning *duty_warning_due(const struct duty_span *s, int64_t rank, int64_t now_us)
{
	const struct duty_warning *best = NULL;

	for (size_t i = 0; i < duty_warning_table_n; i++) {
		const struct duty_warning *w = &duty_warning_table[i];
		const int64_t at = duty_warning_at(w, s);

		if (at && at <= now_us && w->rank > rank && (!best || w->rank > best->rank))
			best = w;
	}
	return best;
}

int64_t duty_warning_next(const struct duty_span *s, int64_t rank)
{
	int64_t next = INT64_MAX;

	for (size_t i = 0; i < duty_warning_table_n; i++) {
		const struct duty_warning *w = &duty_warning_table[i];
		const int64_t at = duty_warning_at(w, s);

		if (at && w->rank > rank && at < next)
			next = at;
	}
	return next;
}
