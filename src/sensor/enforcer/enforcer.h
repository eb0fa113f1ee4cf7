/* SPDX-License-Identifier: Apache-2.0 */
/* The enforcer's rules: an order that is the hub's becomes something that is held back, until its
 * time, a release, or the end of the box. How the kernel is told is a function, so that tests need
 * none. */
#ifndef SENSOR_ENFORCER_ENFORCER_H
#define SENSOR_ENFORCER_ENFORCER_H

#include "base/clock.h"
#include "base/err.h"
#include "sensor/enforcer/holds.h"
#include "sensor/enforcer/journal.h"
#include "sensor/enforcer/protect.h"

struct enforcer;

struct enforcer_conf {
	const char *state_dir;
	const struct clock *clock;
	const char *protect_named; /* configuration */
	const char *root;          /* of /proc; NULL = this system's */
	/* Holds back exactly what H says. */
	int (*write)(void *arg, const struct holds *h, int64_t now_us, struct err *e);
	void *arg;
};

/* What an earlier run held back is held back again, for the time that is left. */
int enforcer_open(const struct enforcer_conf *c, struct enforcer **out, struct err *e);
void enforcer_close(struct enforcer *x); /* what is held back stays so; NULL is fine */
/* Several times a second: orders, and what has ended. Negative: the kernel does not do what it is
 * told, begin anew. */
int enforcer_run(struct enforcer *x, struct err *e);

#endif
