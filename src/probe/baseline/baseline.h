/* SPDX-License-Identifier: Apache-2.0 */
/* What is usual here: which devices there are, where each of them calls, at which hours, and how
 * much it sends out. Learned from a sensor's first day on, kept over restarts in one file, faded
 * when it is not seen again. Of a capture file it is that file alone, and young.
 *
 * Places are kept as keyed hashes: the file says nothing of where people went. Bounded: at most
 * BASELINE_DEVICES_MAX devices and BASELINE_PLACES places, 6 MB together. One thread; a NULL
 * baseline knows nothing and is never young. */
#ifndef PROBE_BASELINE_BASELINE_H
#define PROBE_BASELINE_BASELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "probe/inventory/inventory.h"

enum {
	BASELINE_DEVICES_MAX = 4096, /* the one that was longest away gives way */
	BASELINE_USUALS_MAX = 32,    /* places of one device: the rarest gives way */
	BASELINE_PLACES = 16384,     /* of the whole network */
	BASELINE_FILE_MAX = 8 << 20,
};

struct baseline_conf {
	size_t devices_max;  /* 0 or above the limit: the limit */
	int64_t learning_us; /* of watching; younger than that is young */
	const char *path;    /* "" = kept nowhere */
	void (*problem)(void *arg, const char *text);
	void *arg;
};

struct baseline;

/* Reads the file when there is one. A file that cannot be used is told, and all begins anew. */
struct baseline *baseline_new(const struct baseline_conf *c);
void baseline_free(struct baseline *b);
/* Writes the file, when it has one; what goes wrong is told. */
void baseline_save(struct baseline *b);

/* Learning. Time is packet time and goes on by baseline_advance only, which saves each hour. */
void baseline_advance(struct baseline *b, int64_t now_us);
void baseline_device(struct baseline *b, const struct device *d); /* D is active now */
void baseline_call(struct baseline *b, const struct device *d, uint64_t place);
void baseline_sent(struct baseline *b, const struct device *d, uint64_t bytes); /* in an hour */

/* Registered domain, or network (/24, /48) of the address when NAME is "", and port. */
uint64_t baseline_place(const struct baseline *b, const char *name, const struct addr *a,
			uint16_t port);

/* Asking. */
bool baseline_young(const struct baseline *b);
double baseline_days(const struct baseline *b); /* of watching */
/* First seen when learning was over, and not a known one under a new random MAC. */
bool baseline_newcomer(struct baseline *b, const struct device *d);

struct baseline_sight {
	int64_t first_us; /* by anybody here; 0 = never */
	unsigned callers; /* distinct devices, 64 at most */
};
struct baseline_sight baseline_look(const struct baseline *b, uint64_t place);
/* Nobody here called PLACE before the last week. False while young. */
bool baseline_place_new(const struct baseline *b, uint64_t place);
/* Many devices have called PLACE, for longer than a week. False while young. */
bool baseline_place_common(const struct baseline *b, uint64_t place);
/* How many days D called PLACE on; 0 = it is none of its usual ones. */
unsigned baseline_usual(const struct baseline *b, const struct device *d, uint64_t place);
/* D was never active within an hour of this time of day, before today. False while young. */
bool baseline_odd_hour(const struct baseline *b, const struct device *d);

struct baseline_past {
	uint64_t most_bytes; /* sent out within one hour, of the last four weeks */
	unsigned hours;      /* with any */
};
struct baseline_past baseline_past(const struct baseline *b, const struct device *d);

uint64_t baseline_forgotten(const struct baseline *b); /* devices that had to give way */

/* The file's form, apart from the disk. -EFORMAT, -ELIMIT; B is then as before. */
void baseline_encode(const struct baseline *b, struct buf *out);
int baseline_decode(struct baseline *b, const void *p, size_t n, struct err *e);

#endif
