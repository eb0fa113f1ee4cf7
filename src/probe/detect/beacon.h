/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of the beacon detector only. */
#ifndef PROBE_DETECT_BEACON_H
#define PROBE_DETECT_BEACON_H

#include "probe/detect/beacon_score.h"
#include "probe/detect/detect.h"

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

/* beacon_context.c */
struct beacon_places;
struct beacon_places *beacon_places_new(void);
void beacon_places_free(struct beacon_places *p);
uint64_t beacon_place_id(const struct addr *a, const char *name);
/* DEVICE called PLACE. */
void beacon_places_note(struct beacon_places *p, uint64_t place, uint32_t device);

/* Not a literal address. */
bool beacon_is_name(const char *name);
/* Could this flow be one of a beacon at all? */
bool beacon_worth(const struct detect_env *env, const struct flow *f);
/* Fills severity, confidence, evidence and reasons; false when P is not worth telling. */
bool beacon_weigh(const struct detect_env *env, const struct beacon_places *places,
		  const struct pair *p, struct report *r);

#endif
