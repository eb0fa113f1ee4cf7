/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of the scan detector only: who tried what in vain. */
#ifndef PROBE_DETECT_SCAN_H
#define PROBE_DETECT_SCAN_H

#include "probe/detect/detect.h"

enum scan_kind { SCAN_HOSTS, SCAN_PORTS, SCAN_PING, SCAN_ARP, SCAN_KINDS };

enum { SWEEPS_MAX = 16, SWEEP_SAMPLES = 8, SWEEP_BITS = 1024 };

/* One port tried on many hosts, or one host tried on many ports. */
struct sweep {
	uint8_t kind;
	uint8_t proto;
	bool used;
	uint16_t port;    /* SCAN_HOSTS */
	struct addr host; /* SCAN_PORTS */
	uint64_t seen[SWEEP_BITS / 64];
	size_t n_samples;
	struct addr sample[SWEEP_SAMPLES];
	uint16_t sample_port[SWEEP_SAMPLES];
	uint64_t failed, ok;
	int64_t first_us, last_us;
};

struct scanner {
	struct addr src;
	uint32_t device;        /* of the scanner */
	uint32_t target_device; /* of the first one it tried */
	struct telling telling[SCAN_KINDS];
	uint64_t attempts[SCAN_KINDS];
	struct sweep sweep[SWEEPS_MAX];
	int64_t last_us;
};

/* An estimate of the distinct ones, from the filter's filling. */
double sweep_distinct(const struct sweep *s);
/* Enough of them to call it a scan? */
bool sweep_is_scan(const struct thresholds *t, const struct sweep *s);

/* scan_tell.c: fills R when a kind of S is worth telling, else false. */
bool scan_weigh(const struct detect_env *env, const struct scanner *s, enum scan_kind kind,
		struct report *r);

#endif
