/* SPDX-License-Identifier: Apache-2.0 */
/* pipeline-live INTERFACE WORKERS INDICATORS: the pipeline on an interface until standard input is
 * closed; then what it saw as JSON. Says "ready" when it listens. INDICATORS may be "". */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/proc.h"
#include "probe/probe.h"

enum { STEP_WAIT_MS = 50, QUIET_STEPS = 20 };

static int fail(const struct err *e)
{
	(void)fprintf(stderr, "pipeline-live: %s\n", e->text);
	return EXIT_FAILURE;
}

static bool told_to_end(void)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };

	return poll(&in, 1, 0) > 0;
}

static int watch(struct probe *p, struct err *e)
{
	int quiet = 0, r = 1;

	(void)puts("ready");
	(void)fflush(stdout); /* the one who waits for it would notice */
	while (r > 0 && quiet < QUIET_STEPS) {
		r = probe_step(p, STEP_WAIT_MS, e);
		quiet = told_to_end() ? quiet + 1 : 0; /* what is on its way still counts */
	}
	probe_finish(p);
	return r < 0 ? r : 0;
}

int main(int argc, char **argv)
{
	struct probe_sink nobody = { 0 };
	struct probe_config c;
	struct probe_stats s;
	struct probe *p = NULL;
	struct err e = { 0 };

	if (argc != 4)
		return 2;
	probe_config_init(&c);
	c.workers = atoi(argv[2]);
	c.indicators = argv[3];
	c.ring_bytes = INT64_C(64) << 20;
	if (probe_new(&c, &nobody, &p, &e) < 0 || probe_open_live(p, argv[1], &e) < 0 ||
	    watch(p, &e) < 0)
		return fail(&e);
	probe_stats_get(p, &s);
	(void)printf("{\"packets\":%" PRIu64 ",\"dropped\":%" PRIu64 ",\"bad\":%" PRIu64
		     ",\"flows\":%" PRIu64 ",\"findings\":%" PRIu64 ",\"waits\":%" PRIu64
		     ",\"cpu_s\":%.3f,\"peak_rss\":%" PRIu64 "}\n",
		     s.packets, s.packets_dropped, s.packets_bad, s.flows, s.findings,
		     s.worker_waits, (double)clock() / CLOCKS_PER_SEC,
		     (uint64_t)proc_peak_rss_bytes());
	probe_free(p);
	return EXIT_SUCCESS;
}
