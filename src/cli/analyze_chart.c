/* SPDX-License-Identifier: Apache-2.0 */
/* Geometry of the time line: x in per cent of the capture's time, so that it fits any width; one
 * lane a device, marks of clues above the curve of the score. */
#include "cli/analyze_chart.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

enum {
	TICKS_WANTED = 6,
	ROWS = 3, /* marks that would lie on each other go below */
	ROW_FIRST = 13,
	ROW_HEIGHT = 17,
	CURVE_WIDTH = 1000, /* of the curve's own coordinates */
	CURVE_HEIGHT = 100,
	SCALE_MIN = 100,
};

#define ROOM_FOR_MARK 1.6 /* per cent */

struct span {
	int64_t first_us, length_us;
	int zone_min;
};

static double x_of(const struct span *s, int64_t at_us)
{
	double x = 100.0 * (double)(at_us - s->first_us) / (double)s->length_us;

	return x < 0 ? 0 : x > 100 ? 100 : x;
}

/* Around the origin; a shape for each severity, so that it reads without colour. */
static const char *shape_of(enum severity s)
{
	switch (s) {
	case SEVERITY_CRITICAL:
		return "M0-8 8 7H-8zM-9 9H9";
	case SEVERITY_HIGH:
		return "M0-7 7 6H-7z";
	case SEVERITY_MEDIUM:
		return "M0-7 7 0 0 7-7 0z";
	case SEVERITY_LOW:
		return "M0-5 5 0 0 5-5 0z";
	default:
		return "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z";
	}
}

static const struct page_mark *marks_make(const struct cli *c, struct arena *a,
					  const struct span *s, const struct view_device *d)
{
	struct page_mark *m = arena_array(a, d->n_clues + 1, sizeof(*m));
	double free_from[ROWS] = { 0 };

	for (size_t i = 0; i < d->n_clues; i++) {
		const struct view_clue *k = &d->clues[i];
		double x = x_of(s, k->first_us);
		size_t row = 0;
		while (row < ROWS - 1 && x < free_from[row])
			row++;
		free_from[row] = x + ROOM_FOR_MARK;
		const char *args[] = { k->kind, k->first, arena_printf(a, "%d", k->points),
				       cli_text(c, view_severity_key(k->severity)), k->places };
		m[i] = (struct page_mark){
			.x = arena_printf(a, "%.2f%%", x),
			.y = arena_printf(a, "%zu", ROW_FIRST + row * ROW_HEIGHT),
			.light = view_light(k->severity),
			.shape = shape_of(k->severity),
			.label = view_text(c, a, "cli.report.mark", args, ARRAY_LEN(args)),
		};
	}
	return m;
}

static const char *curve_make(struct arena *a, const struct view_device *d, int scale)
{
	SCOPED_BUF struct buf b;

	buf_init(&b, 0);
	buf_printf(&b, "M0 %d", CURVE_HEIGHT);
	for (size_t i = 0; i < VIEW_CURVE_MAX; i++)
		buf_printf(&b, "L%zu %.1f", i * CURVE_WIDTH / (VIEW_CURVE_MAX - 1),
			   CURVE_HEIGHT - d->curve[i] * CURVE_HEIGHT / scale);
	buf_printf(&b, "L%d %dz", CURVE_WIDTH, CURVE_HEIGHT);
	return arena_strndup(a, b.p, b.n);
}

static int64_t step_of(int64_t length_us)
{
	static const int64_t steps_s[] = { 1,     2,     5,     10,    15,     30,     60,
					   120,   300,   600,   900,   1800,   3600,   7200,
					   10800, 21600, 43200, 86400, 172800, 604800, 2592000 };

	for (size_t i = 0; i < ARRAY_LEN(steps_s); i++) {
		if (length_us / (steps_s[i] * US_PER_SEC) <= TICKS_WANTED)
			return steps_s[i] * US_PER_SEC;
	}
	return length_us / TICKS_WANTED + 1;
}

static const char *tick_label(struct arena *a, const struct span *s, int64_t at_us, int64_t step_us)
{
	struct civil t = time_civil(at_us, s->zone_min);

	if (step_us >= US_PER_DAY)
		return arena_printf(a, "%02d-%02d", t.month, t.day);
	if (t.hour == 0 && t.minute == 0 && t.second == 0)
		return arena_printf(a, "%02d-%02d 00:00", t.month, t.day);
	if (step_us < US_PER_MIN)
		return arena_printf(a, "%02d:%02d:%02d", t.hour, t.minute, t.second);
	return arena_printf(a, "%02d:%02d", t.hour, t.minute);
}

static void ticks_make(struct arena *a, const struct span *s, struct report_capture *out)
{
	struct page_tick *list = arena_array(a, PAGE_TICKS_MAX, sizeof(*list));
	int64_t step = step_of(s->length_us), zone_us = s->zone_min * US_PER_MIN;
	int64_t at = (s->first_us + zone_us + step - 1) / step * step - zone_us;

	for (; at <= s->first_us + s->length_us && out->n_ticks < PAGE_TICKS_MAX; at += step) {
		double x = x_of(s, at);
		list[out->n_ticks] = (struct page_tick){
			.x = arena_printf(a, "%.2f%%", x),
			.anchor = x < 5    ? "start"
				  : x > 95 ? "end"
					   : "middle",
			.label = tick_label(a, s, at, step),
			.odd = out->n_ticks % 2,
		};
		out->n_ticks++;
	}
	out->ticks = list;
}

void chart_make(const struct cli *c, struct arena *a, const struct view *v,
		struct report_capture *out)
{
	struct span s = { v->first_us, v->last_us - v->first_us, v->zone_min };
	struct page_lane *lanes = arena_array(a, PAGE_LANES_MAX, sizeof(*lanes));

	if (s.length_us < US_PER_SEC)
		s.length_us = US_PER_SEC;
	out->scale = SCALE_MIN;
	for (size_t i = 0; i < v->n_suspects; i++) {
		int want = v->suspects[i].peak + v->suspects[i].peak / 8; /* room above it */
		out->scale = want > out->scale ? want : out->scale;
	}
	for (size_t i = 0; i < v->n_suspects; i++) {
		const struct view_device *d = &v->suspects[i];
		if (d->n_clues == 0)
			continue;
		if (out->n_lanes == PAGE_LANES_MAX) {
			out->lanes_beyond++;
			continue;
		}
		lanes[out->n_lanes++] = (struct page_lane){
			.d = d,
			.number = i + 1,
			.curve = curve_make(a, d, out->scale),
			.level = arena_printf(a, "%.1f",
					      CURVE_HEIGHT -
						      v->summary->thresholds->story.medium_from *
							      CURVE_HEIGHT / out->scale),
			.marks = marks_make(c, a, &s, d),
			.n_marks = d->n_clues,
		};
	}
	out->lanes = lanes;
	ticks_make(a, &s, out);
}
