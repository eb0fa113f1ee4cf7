/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of the indicator list, shared by its files only. */
#ifndef PROBE_DETECT_INDICATORS_PRIV_H
#define PROBE_DETECT_INDICATORS_PRIV_H

#include "probe/detect/indicators.h"

struct indicators_load;

struct indicators {
	struct bundle *bundle; /* NULL = nothing is listed */
	struct bundle *own;    /* asked first: the list that stays; NULL = none */
	struct bundle *except; /* listed, but judged wrong; NULL = nothing */
	size_t count;          /* in it: asked for each event of a flow */
	bool files;            /* any of it is the hash of a file */
	uint64_t bad, generation;
	struct indicators_load *load; /* under way on its own thread, or NULL */
};

/* Was this one, as listed, judged wrong? */
bool indicators_excepted(const struct indicators *s, enum indicator_kind kind, struct str value);
/* Waits for the load under way and drops it. */
void indicators_load_end(struct indicators *s);

#endif
