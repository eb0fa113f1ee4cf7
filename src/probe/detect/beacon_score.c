/* SPDX-License-Identifier: Apache-2.0 */
/* The four terms that RITA made common, for seconds instead of days: intervals are not rounded to
 * seconds, and few connections suffice. */
#include "probe/detect/beacon_score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum { BINS = 24, BINS_MIN = 3 };

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* Of sorted V, linear between neighbours. */
static double quantile(const double *v, size_t n, double q)
{
	double at = q * (double)(n - 1);
	size_t i = (size_t)at;

	return i + 1 < n ? v[i] + (at - (double)i) * (v[i + 1] - v[i]) : v[n - 1];
}

static double median_deviation(const double *v, size_t n, double median)
{
	double d[BEACON_SERIES_MAX];

	for (size_t i = 0; i < n; i++)
		d[i] = fabs(v[i] - median);
	qsort(d, n, sizeof(d[0]), ascending);
	return quantile(d, n, 0.5);
}

/* 1 = all alike, 0 = anything goes. Sorts V. */
static double steadiness(double *v, size_t n, double *median_out, double *mad_out)
{
	qsort(v, n, sizeof(v[0]), ascending);
	double q1 = quantile(v, n, 0.25), q2 = quantile(v, n, 0.5), q3 = quantile(v, n, 0.75);
	double mad = median_deviation(v, n, q2), skew = 0;

	/* Bowley; quartiles that lie close together have no meaningful skew. */
	if (q3 - q1 > 0.1 * q2)
		skew = (q1 + q3 - 2 * q2) / (q3 - q1);
	*median_out = q2;
	*mad_out = mad;
	if (q2 <= 0)
		return 0;
	double spread = mad < q2 ? (q2 - mad) / q2 : 0;
	/* Symmetry alone is worth little: it counts as far as the spread allows. */
	return spread * (0.75 + 0.25 * (1 - fabs(skew)));
}

static double evenness(const int64_t *start, size_t n)
{
	double count[BINS] = { 0 }, sum = 0;
	size_t bins = n / 2 < BINS ? n / 2 : BINS;
	int64_t span = start[n - 1] - start[0];

	if (bins < BINS_MIN || span <= 0)
		return 0;
	for (size_t i = 0; i < n; i++) {
		size_t b = (size_t)((double)(start[i] - start[0]) / (double)span * (double)bins);
		count[b < bins ? b : bins - 1]++;
	}
	double mean = (double)n / (double)bins;
	for (size_t i = 0; i < bins; i++)
		sum += (count[i] - mean) * (count[i] - mean);
	double cv = sqrt(sum / (double)bins) / mean;
	return cv > 1 ? 0 : 1 - cv;
}

/* A series that went silent long ago, or that is short in time or number, is worth less. */
static double persistence(const struct beacon_series *s, const struct thresholds *t)
{
	double span = (double)(s->start[s->n - 1] - s->first_us);
	double age = (double)(s->now_us - s->first_us);
	double covered = age > span && age > 0 ? span / age : 1;
	double enough = fmin(1, (double)s->n / (2 * (double)t->beacon.calls_min));
	double lasted = fmin(1, span / (double)t->beacon.lasted_us);

	return covered * (0.3 + 0.3 * enough + 0.4 * lasted);
}

void beacon_score(const struct beacon_series *s, const struct thresholds *t,
		  struct beacon_score *out)
{
	double v[BEACON_SERIES_MAX], median, mad;
	size_t n = s->n, m = s->m;

	*out = (struct beacon_score){ 0 };
	if (n < t->beacon.calls_min || n > BEACON_SERIES_MAX || m > BEACON_SERIES_MAX)
		return;
	for (size_t i = 0; i + 1 < n; i++)
		v[i] = (double)(s->start[i + 1] - s->start[i]) / (double)US_PER_SEC;
	out->regular = steadiness(v, n - 1, &out->interval_s, &out->mad_s);
	for (size_t i = 0; i < m; i++)
		v[i] = s->sent[i];
	out->alike = m >= 3 ? steadiness(v, m, &median, &mad) : 0;
	out->even = evenness(s->start, n);
	out->lasting = persistence(s, t);
	/* Where all attempts failed, nothing was sent that could be alike. */
	double alike = m >= 3 ? t->beacon.weight_alike : 0;
	double weights =
		t->beacon.weight_regular + alike + t->beacon.weight_even + t->beacon.weight_lasting;
	out->total = (t->beacon.weight_regular * out->regular + alike * out->alike +
		      t->beacon.weight_even * out->even + t->beacon.weight_lasting * out->lasting) /
		     weights;
}
