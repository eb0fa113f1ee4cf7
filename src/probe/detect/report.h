/* SPDX-License-Identifier: Apache-2.0 */
/* A finding while a detector puts it together, and when it is worth telling. */
#ifndef PROBE_DETECT_REPORT_H
#define PROBE_DETECT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probe/dissect/addr.h"
#include "probe/dissect/dns.h"
#include "wire/finding.h"

enum {
	REASON_MAX = 240,
	STORY_MAX = 160,
	REPORT_PEERS_MAX = 32,
	REPORT_NAMES_MAX = 8,
};

struct detect_env;

/* Start with report_init. */
struct report {
	const char *detector;
	enum severity severity;
	double confidence;
	bool aside;      /* no evidence of an attack: does not count in the device's story */
	bool echo;       /* another program told of connections that we saw ourselves */
	bool young;      /* what it rests on is not known well yet: report_baseline() said so */
	uint32_t device; /* DEVICE_NONE: known by its address only */
	struct addr device_addr; /* zero: the device's own first one */
	int64_t first_us, last_us;
	uint64_t count;
	char story[STORY_MAX];
	size_t n_peers, n_names, n_evidence, n_reasons;
	char peer[REPORT_PEERS_MAX][ADDR_TEXT_MAX];
	char name[REPORT_NAMES_MAX][DNS_NAME_MAX];
	struct evidence evidence[FINDING_EVIDENCE_MAX];
	char reason[FINDING_REASONS_MAX][REASON_MAX];
};

void report_init(struct report *r, const char *detector, uint32_t device, const struct addr *a);
void report_peer(struct report *r, const struct addr *a, uint16_t port); /* each once */
void report_name(struct report *r, const char *name);                    /* each once, "" not */
void report_number(struct report *r, const char *name, double v);
void report_text(struct report *r, const char *name, const char *text); /* TEXT is borrowed */
void report_reason(struct report *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The finding rests on what is usual here: says so while that is not yet known well. */
void report_baseline(struct report *r, const struct detect_env *env);
/* detector/device/WHAT */
void report_story(struct report *r, const struct detect_env *env, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Where a story stands: kept by the detector inside its own state. */
struct telling {
	int64_t last_us; /* told last; 0 = never */
	uint32_t times;
	uint8_t severity;
	bool due;         /* something new since */
	uint64_t look_at; /* count at which it is worth weighing again */
	int64_t quiet_us; /* when a mute kept it from being told; 0 = the last time it was told */
};

/* Weighing costs: at first each time, then each time COUNT has grown by a quarter. */
bool telling_look(struct telling *t, uint64_t count);

/* Should the story be told now? The first time, when it gets worse, then at growing intervals. */
bool telling_due(const struct telling *t, enum severity severity, int64_t now_us);
/* The mute that keeps R quiet, 0 = none. */
int64_t report_mute(const struct detect_env *env, const struct report *r);
/* Hands the report on and notes it; or only notes it, when a mute says so: then the story is due
 * again as soon as the mute has ended and something new was seen. */
void detect_report(struct detect_env *env, struct telling *t, const struct report *r);

#endif
