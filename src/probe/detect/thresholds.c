/* SPDX-License-Identifier: Apache-2.0 */
/* Sets, reads and changes thresholds by their rows; the rows stand in thresholds_table.c. */
#include "probe/detect/thresholds.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"

static void value_set(struct thresholds *t, const struct threshold *row, double v)
{
	char *at = (char *)t + row->offset;
	uint64_t count = (uint64_t)llround(v);
	int64_t time_us = llround(v * (double)US_PER_SEC);

	if (row->kind == THRESHOLD_COUNT)
		memcpy(at, &count, sizeof(count));
	else if (row->kind == THRESHOLD_TIME)
		memcpy(at, &time_us, sizeof(time_us));
	else
		memcpy(at, &v, sizeof(v));
}

double thresholds_value(const struct thresholds *t, const struct threshold *row)
{
	const char *at = (const char *)t + row->offset;
	uint64_t count;
	int64_t time_us;
	double v;

	memcpy(&count, at, sizeof(count));
	memcpy(&time_us, at, sizeof(time_us));
	memcpy(&v, at, sizeof(v));
	return row->kind == THRESHOLD_COUNT  ? (double)count
	       : row->kind == THRESHOLD_TIME ? (double)time_us / (double)US_PER_SEC
					     : v;
}

void thresholds_init(struct thresholds *t)
{
	*t = (struct thresholds){ 0 };
	for (size_t i = 0; i < thresholds_count; i++)
		value_set(t, &thresholds_table[i], thresholds_table[i].initial);
}

static const struct threshold *row_find(struct str name)
{
	for (size_t i = 0; i < thresholds_count; i++) {
		if (str_eq(name, str_of(thresholds_table[i].name)))
			return &thresholds_table[i];
	}
	return NULL;
}

static int change(struct thresholds *t, struct str part, struct err *e)
{
	struct str value = part, name = { 0 };
	double v = 0;

	bool both = memchr(part.p, '=', part.n) != NULL;
	(void)str_cut(&value, '=', &name); /* PART is not empty */
	name = str_trim(name);
	const struct threshold *row = row_find(name);
	if (!row)
		return err_set(e, -EINVAL, "\"%.*s\" is no threshold; doc/detection.md lists them",
			       (int)name.n, name.p);
	value = str_trim(value);
	if (!both || str_double(value, row->lowest, row->highest, &v) < 0)
		return err_set(e, -EINVAL,
			       "threshold %s takes a number from %.15g to %.15g (%s), not \"%.*s\"",
			       row->name, row->lowest, row->highest, row->unit,
			       both ? (int)value.n : 0, value.p);
	value_set(t, row, v);
	return 0;
}

int thresholds_change(struct thresholds *t, const char *list, struct err *e)
{
	struct thresholds changed = *t;
	struct str rest = str_of(list), part;

	while (str_cut(&rest, ',', &part)) {
		part = str_trim(part);
		int r = part.n ? change(&changed, part, e) : 0;
		if (r < 0)
			return r;
	}
	*t = changed;
	return 0;
}
