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
#include "probe/baseline/baseline.h"
#include "probe/detect/content.h"
#include "probe/detect/detectors.h"
#include "probe/detect/indicators.h"
#include "probe/detect/report.h"
#include "probe/detect/thresholds.h"
#include "probe/dissect/digest.h"
#include "probe/dissect/dissect.h"
#include "probe/dissect/dns.h"
#include "probe/dissect/http_head.h"
#include "probe/dissect/smb.h"
#include "probe/flow/flow.h"
#include "probe/inventory/inventory.h"
#include "probe/inventory/names.h"
#include "probe/probe.h"
#include "probe/records/foreign.h"

/* What every detector may look at. */
struct detect_env {
	struct inventory *inventory;
	struct names *names;
	struct baseline *baseline; /* what is usual; may be NULL */
	struct indicators *indicators;
	const struct thresholds *thresholds;
	const char *without; /* names of detectors that are left out; NULL: none */
	struct detect *detect;
	uint64_t forgotten;          /* what detectors gave up because a table of theirs was full */
	struct stories *stories;     /* story/story.h: where clues go */
	struct mutes *mutes;         /* mute/mutes.h: what shall stay quiet; NULL = nothing */
	struct own_flows *own_flows; /* records/own_flows.h; NULL = no program tells us anything */
	size_t ring_max;             /* at most so many entries in each ring; 0 = as they say */
	uint64_t elsewhere;          /* alarms of other programs about nobody here */
	int64_t start_us;            /* packet time at which watching began */
	int64_t now_us;              /* packet time */
	int64_t learning_us;
	bool live;
	bool resident; /* learns who is there before it tells of newcomers */
};

/* Gives up an entry of a full table: takes KEY out of M and counts it. */
void detect_forget(struct detect_env *env, struct map *m, const void *key, size_t n);

/* A file that came in as the body of an HTTP answer. Told of when its kind is known, and again when
 * it is through. */
struct http_file {
	enum content what; /* never CONTENT_OTHER */
	bool done;
	bool whole;  /* done, and DIGEST, which somebody wanted, is of all of it */
	bool macros; /* as far as it was seen */
	uint64_t size;
	uint64_t length; /* as it was announced; 0: it was not */
	struct digest_text digest;
};

struct detector {
	const char *name;
	void *(*open)(struct detect_env *env);
	void (*close)(void *state);
	/* All optional. F is a copy and lives for the call. D may be NULL where time and not a
	 * packet is the cause; its bytes are there only where they are to be read: never in `flow`.
	 * What readers_want does not want is never told. */
	void (*flow)(void *state, const struct flow *f, enum flow_event ev,
		     const struct dissected *d);
	/* FLOW_EVENT_STIR; the other events come to `flow`. */
	void (*stir)(void *state, const struct flow *f, const struct dissected *d);
	void (*dns)(void *state, const struct dissected *d, const struct dns_message *m);
	void (*http)(void *state, const struct flow *f, const struct http_message *m);
	void (*file)(void *state, const struct flow *f, const struct http_file *file);
	/* Asked at the first bytes, CONTENT_OTHER = not known yet: is its digest worth the work? */
	bool (*wants_digest)(void *state, const struct flow *f, const struct http_file *file);
	/* Bytes behind TCP that begin no HTTP message; DIR 0: the first speaker's. */
	void (*payload)(void *state, const struct flow *f, int dir, const struct dissected *d);
	void (*smb)(void *state, const struct flow *f, int dir, const struct smb_message *m);
	void (*icmp)(void *state, const struct flow *f, const struct dissected *d);
	void (*neighbour)(void *state, const struct dissected *d);
	void (*dhcp)(void *state, const struct dissected *d, const struct dhcp_message *m);
	void (*record)(void *state, const struct foreign *r); /* another program told */
	void (*dhcp6)(void *state, const struct dissected *d, const struct dhcp6_message *m);
	void (*tick)(void *state);   /* about each second of packet time */
	void (*finish)(void *state); /* the last word: tell what is due */
};

/* Where F goes, as the baseline knows it. */
uint64_t baseline_flow_place(const struct detect_env *env, const struct flow *f);

struct detect;

/* NAMES: of detectors, comma separated. -EINVAL: there is none of that name. */
int detect_check_names(const char *names, struct err *e);
struct detect *detect_new(struct detect_env *env, const struct probe_sink *sink);
void detect_free(struct detect *d);
void detect_flow(struct detect *d, const struct flow *f, enum flow_event ev,
		 const struct dissected *p);
void detect_dns(struct detect *d, const struct dissected *p, const struct dns_message *m);
void detect_http(struct detect *d, const struct flow *f, const struct http_message *m);
void detect_file(struct detect *d, const struct flow *f, const struct http_file *file);
bool detect_wants_digest(const struct detect *d, const struct flow *f,
			 const struct http_file *file);
void detect_payload(struct detect *d, const struct flow *f, int dir, const struct dissected *p);
void detect_smb(struct detect *d, const struct flow *f, int dir, const struct smb_message *m);
void detect_icmp(struct detect *d, const struct flow *f, const struct dissected *p);
void detect_neighbour(struct detect *d, const struct dissected *p);
void detect_dhcp(struct detect *d, const struct dissected *p, const struct dhcp_message *m);
void detect_record(struct detect *d, const struct foreign *r);
void detect_dhcp6(struct detect *d, const struct dissected *p, const struct dhcp6_message *m);
void detect_tick(struct detect *d);
void detect_finish(struct detect *d);
uint64_t detect_findings(const struct detect *d);

#endif
