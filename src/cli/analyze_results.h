/* SPDX-License-Identifier: Apache-2.0 */
/* What an analysis of one capture found, kept for printing: the last telling of each finding, the
 * devices, and what speaks against each of them. Bounded; what is beyond is counted. Texts are as
 * the packets brought them: hostile. */
#ifndef CLI_ANALYZE_RESULTS_H
#define CLI_ANALYZE_RESULTS_H

#include "probe/probe.h"
#include "probe/story/story.h"

enum {
	ANALYZE_FINDINGS_MAX = 20000,
	ANALYZE_DEVICES_MAX = 8192,
};

/* Texts one after the other, each with its NUL. */
struct texts {
	char *p;
	size_t n; /* of texts */
};

struct analyze_finding {
	enum severity severity;
	double confidence;
	int64_t first_us, last_us;
	char *detector, *device, *mac, *hostname, *key;
	struct texts peers, names, reasons;
	struct texts evidence; /* name, value, name, value, ... */
};

struct analyze_device {
	char *key; /* MAC, or address where there is none */
	char *mac, *hostname, *vendor, *fingerprint;
	struct texts addresses;
	bool random_mac, gateway;
	int64_t first_us, last_us;
	struct clue *clue; /* its story */
	size_t n_clues;
};

struct analyze_results {
	struct map *by_story, *by_device;
	struct analyze_finding **finding;
	struct analyze_device **device;
	size_t n_findings, n_devices;
	uint64_t findings_beyond, devices_beyond; /* over the limits */
};

struct analyze_results *analyze_results_new(void);
void analyze_results_free(struct analyze_results *r);
/* Keeps a copy; the newest telling of a story replaces the one before. */
void analyze_results_add(struct analyze_results *r, const struct finding *f);
void analyze_results_device(struct analyze_results *r, const struct device_info *d);
/* Once, at the end. */
void analyze_results_stories(struct analyze_results *r, const struct stories *s);

#endif
