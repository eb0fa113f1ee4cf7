/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the detectors of regular calls: beacon, keepalive. */
#ifndef PROBE_DETECT_BEACON_H
#define PROBE_DETECT_BEACON_H

#include "probe/detect/beacon_score.h"
#include "probe/detect/detect.h"
#include "probe/detect/places.h"

enum { PAIR_PEERS_MAX = 6 };

/* A device, a place (a name, or an address without one), a port. */
struct pair {
	struct telling telling;
	uint8_t proto;
	bool tls;
	bool named; /* the connections themselves bear the name (SNI, Host) */
	uint16_t port;
	struct addr src;
	uint64_t place;
	uint64_t hello; /* of the newest connection in TLS, 0 = none */
	char ja3[DPI_JA3_MAX];
	uint32_t device;
	char name[DPI_NAME_MAX];
	size_t n_peers, n_start;
	struct addr peer[PAIR_PEERS_MAX];
	uint64_t starts; /* since there were enough of them to judge */
	uint64_t ok, failed, n_sent, bytes_out, bytes_in;
	int64_t first_us, last_us;
	int64_t start[BEACON_SERIES_MAX]; /* ascending: the newest */
	uint32_t sent[BEACON_SERIES_MAX]; /* a ring */
};

/* What is common in this network. */
struct beacon_context {
	struct places *called; /* places */
	struct places *hellos; /* TLS fingerprints */
};

/* beacon_context.c */
/* Not a literal address. */
bool beacon_is_name(const char *name);
bool beacon_is_common_port(uint16_t port);
/* Could this flow be one of a beacon at all? */
bool beacon_worth(const struct detect_env *env, const struct flow *f);
/* Fills severity, confidence, evidence and reasons; false when P is not worth telling. CLUE_OUT:
 * what it weighs in the story of the device when it is no more than information. */
bool beacon_weigh(const struct detect_env *env, const struct beacon_context *x,
		  const struct pair *p, struct report *r, double *clue_out);

#endif
