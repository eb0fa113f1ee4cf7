/* SPDX-License-Identifier: Apache-2.0 */
/* Blind time = time that was to be watched, minus time proven watched. Where the proofs come from:
 * fleet_ingest_store.c. */
#include "hub/fleet/fleet_blind.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int by_start(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return x->from_us < y->from_us ? -1 : x->from_us > y->from_us;
}

static int64_t max_of(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t min_of(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

size_t blind_merge(struct span *list, size_t n)
{
	size_t out = 0;

	if (n == 0)
		return 0;
	qsort(list, n, sizeof(*list), by_start);
	for (size_t i = 1; i < n; i++) {
		if (list[i].from_us <= list[out].to_us)
			list[out].to_us = max_of(list[out].to_us, list[i].to_us);
		else
			list[++out] = list[i];
	}
	return out + 1;
}

/* The newest are kept. */
static void add_gap(struct blind_result *out, int64_t from_us, int64_t to_us, bool open)
{
	if (out->n_gaps == BLIND_GAPS_MAX) {
		memmove(out->gap, out->gap + 1, (BLIND_GAPS_MAX - 1) * sizeof(out->gap[0]));
		out->n_gaps--;
		out->gaps_left_out++;
	}
	out->gap[out->n_gaps++] = (struct blind_gap){ { from_us, to_us }, open };
}

/* Whether anything was proven behind US: then what lies before it is known for good. */
static bool heard_after(const struct blind_query *q, int64_t us)
{
	for (size_t i = 0; i < q->n_watched; i++)
		if (q->watched[i].to_us > us)
			return true;
	return false;
}

/* The time from the last proof AT_US to the end of what was due. */
static void add_tail(const struct blind_query *q, int64_t at_us, int64_t end_us,
		     struct blind_result *out)
{
	int64_t length = end_us - at_us;
	bool proven_since = heard_after(q, end_us);

	if (length <= 0)
		return;
	if (q->n_watched > 0 && !proven_since && !q->down && length < q->grace_us) {
		out->watched_us += length;
		return;
	}
	if (proven_since || q->down)
		out->blind_us += length;
	else
		out->unheard_us += length;
	add_gap(out, at_us, end_us, !proven_since);
}

void blind_run(const struct blind_query *q, struct blind_result *out)
{
	struct span due = { max_of(q->period.from_us, q->enrolled_us),
			    min_of(min_of(q->period.to_us, q->ended_us), q->now_us) };
	SCOPED_MEM struct span *list = mem_array(q->n_watched + 1, sizeof(*list));
	int64_t at = due.from_us;

	memset(out, 0, sizeof(*out));
	if (due.to_us <= due.from_us)
		return;
	out->due_us = due.to_us - due.from_us;
	if (q->n_watched > 0)
		memcpy(list, q->watched, q->n_watched * sizeof(*list));
	size_t n = blind_merge(list, q->n_watched);
	for (size_t i = 0; i < n && list[i].from_us < due.to_us; i++) {
		int64_t from = max_of(list[i].from_us, due.from_us);
		int64_t to = min_of(list[i].to_us, due.to_us);

		if (to <= from)
			continue;
		if (from > at) {
			out->blind_us += from - at;
			add_gap(out, at, from, false);
		}
		out->watched_us += to - from;
		at = to;
	}
	add_tail(q, at, due.to_us, out);
}
