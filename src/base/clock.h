/* SPDX-License-Identifier: Apache-2.0 */
/* Time: UTC microseconds for records, monotonic nanoseconds for intervals; tests hand in a clock of
 * their own. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#define US_PER_SEC  INT64_C(1000000)
#define US_PER_MIN  (60 * US_PER_SEC)
#define US_PER_HOUR (60 * US_PER_MIN)
#define US_PER_DAY  (24 * US_PER_HOUR)

struct clock {
	int64_t (*utc_us)(void *arg);
	int64_t (*mono_ns)(void *arg);
	void *arg;
};

extern const struct clock clock_real;

int64_t clock_utc_us(const struct clock *c);
int64_t clock_mono_ns(const struct clock *c);
int64_t clock_cpu_ns(void); /* processor time of this thread, always the real one */

/* A clock that stands still until moved; not for two threads at once. */
struct clock_fake {
	struct clock clock;
	int64_t utc_us;
};
void clock_fake_init(struct clock_fake *f, int64_t utc_us);
void clock_fake_add(struct clock_fake *f, int64_t us);

/* RFC 3339, UTC, microseconds: 2026-11-23T16:30:00.000000Z. OUT needs TIME_TEXT_MAX bytes. */
enum { TIME_TEXT_MAX = 40 };
char *time_format(int64_t utc_us, char *out, size_t out_size);
int time_parse(const char *text, int64_t *out_us); /* RFC 3339 with any offset: 0 or -EINVAL */

/* Civil date and time at a fixed offset (Japan: +540 minutes, no summer time). */
struct civil {
	int year, month, day, hour, minute, second,
		weekday; /* month and day from 1; weekday 0 = Sunday */
};
struct civil time_civil(int64_t utc_us, int offset_min);
int64_t time_from_civil(const struct civil *c, int offset_min); /* weekday ignored */

#endif
