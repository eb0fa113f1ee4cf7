/* SPDX-License-Identifier: Apache-2.0 */
/* What a detector is, what it is told, and how it says what it found.
 *
 * A detector is one file with one `const struct detector`. It keeps its own bounded state, is told
 * of flows, DNS messages and neighbours, and reports stories: the same story again is an update. */
#ifndef PROBE_DETECT_DETECT_H
#define PROBE_DETECT_DETECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/map.h"
#include "probe/detect/indicators.h"
#include "probe/dissect/dissect.h"
#include "probe/dissect/dns.h"
#include "probe/dissect/http_head.h"
#include "probe/dissect/smb.h"
#include "probe/flow/flow.h"
#include "probe/inventory/inventory.h"
#include "probe/inventory/names.h"
#include "probe/probe.h"

enum {
	REASON_MAX = 240,
	STORY_MAX = 160,
	REPORT_PEERS_MAX = 32,
	REPORT_NAMES_MAX = 8,
};

/* What every detector may look at. */
struct detect_env {
	struct inventory *inventory;
	struct names *names;
	struct indicators *indicators;
	struct detect *detect;
	uint64_t forgotten;      /* what detectors gave up because a table of theirs was full */
	struct stories *stories; /* story/story.h: where clues go */
	int64_t start_us;        /* packet time at which watching began */
	int64_t now_us;          /* packet time */
	int64_t learning_us;
	bool live;
	bool resident; /* learns who is there before it tells of newcomers */
};

/* A finding while it is put together. Start with report_init. */
struct report {
	const char *detector;
	enum severity severity;
	double confidence;
	bool aside;      /* no evidence of an attack: does not count in the device's story */
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
};

/* Weighing costs: at first each time, then each time COUNT has grown by a quarter. */
bool telling_look(struct telling *t, uint64_t count);

/* Should the story be told now? The first time, when it gets worse, then at growing intervals. */
bool telling_due(const struct telling *t, enum severity severity, int64_t now_us);
/* Hands the report on and notes it. */
void detect_report(struct detect_env *env, struct telling *t, const struct report *r);

/* Gives up an entry of a full table: takes KEY out of M and counts it. */
void detect_forget(struct detect_env *env, struct map *m, const void *key, size_t n);

struct detector {
	const char *name;
	void *(*open)(struct detect_env *env);
	void (*close)(void *state);
	/* All optional. D may be NULL where time and not a packet is the cause. */
	void (*flow)(void *state, const struct flow *f, enum flow_event ev,
		     const struct dissected *d);
	void (*dns)(void *state, const struct dissected *d, const struct dns_message *m);
	void (*http)(void *state, const struct flow *f, const struct http_message *m);
	/* Bytes behind TCP that begin no HTTP message; DIR 0: the first speaker's. */
	void (*payload)(void *state, const struct flow *f, int dir, const struct dissected *d);
	void (*smb)(void *state, const struct flow *f, int dir, const struct smb_message *m);
	void (*icmp)(void *state, const struct flow *f, const struct dissected *d);
	void (*neighbour)(void *state, const struct dissected *d);
	void (*dhcp)(void *state, const struct dissected *d, const struct dhcp_message *m);
	void (*tick)(void *state);   /* about each second of packet time */
	void (*finish)(void *state); /* the last word: tell what is due */
};

struct detect;

struct detect *detect_new(struct detect_env *env, const struct probe_sink *sink);
void detect_free(struct detect *d);
void detect_flow(struct detect *d, const struct flow *f, enum flow_event ev,
		 const struct dissected *p);
void detect_dns(struct detect *d, const struct dissected *p, const struct dns_message *m);
void detect_http(struct detect *d, const struct flow *f, const struct http_message *m);
void detect_payload(struct detect *d, const struct flow *f, int dir, const struct dissected *p);
void detect_smb(struct detect *d, const struct flow *f, int dir, const struct smb_message *m);
void detect_icmp(struct detect *d, const struct flow *f, const struct dissected *p);
void detect_neighbour(struct detect *d, const struct dissected *p);
void detect_dhcp(struct detect *d, const struct dissected *p, const struct dhcp_message *m);
void detect_tick(struct detect *d);
void detect_finish(struct detect *d);
uint64_t detect_findings(const struct detect *d);

extern const struct detector detector_known_bad;
extern const struct detector detector_new_device;
extern const struct detector detector_beacon;
extern const struct detector detector_scan;
extern const struct detector detector_download;
extern const struct detector detector_odd_call;
extern const struct detector detector_brute_force;
extern const struct detector detector_lateral;
extern const struct detector detector_dga;
extern const struct detector detector_dns_tunnel;
extern const struct detector detector_icmp_tunnel;
extern const struct detector detector_arp_spoof;
extern const struct detector detector_rogue_dhcp;
extern const struct detector detector_upload;
extern const struct detector detector_cleartext;
extern const struct detector detector_old_software;
extern const struct detector detector_mining;
extern const struct detector detector_mail_out;
extern const struct detector detector_host_story;

#endif
