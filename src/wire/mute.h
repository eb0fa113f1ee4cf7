/* SPDX-License-Identifier: Apache-2.0 */
/* Mutes: what shall stay quiet. Sensor and hub ask the same function whether one fits, so a preview
 * at the hub shows what a sensor would do. Pure. */
#ifndef WIRE_MUTE_H
#define WIRE_MUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum {
	MUTES_MAX = 500, /* in force for one company */
	MUTE_DETECTOR_MAX = 40,
	MUTE_MAC_MAX = 18,
	MUTE_PEER_MAX = 64,
	MUTE_NAME_MAX = 254,
};

struct mute {
	int64_t id;
	int64_t until_us;
	uint16_t port; /* 0 = any */
	bool has_peer;
	uint8_t peer[16]; /* IPv4 is mapped into IPv6 */
	uint8_t bits;     /* of PEER that count, of 128 */
	char detector[MUTE_DETECTOR_MAX], mac[MUTE_MAC_MAX], name[MUTE_NAME_MAX]; /* "" = any */
};

/* How often a mute has kept something quiet. */
struct mute_hits {
	int64_t mute;
	uint64_t hits;
	int64_t last_us;
};

/* "192.0.2.7", "192.0.2.0/24", "2001:db8::/32", and with a port "192.0.2.7:443",
 * "[2001:db8::1]:443",
 * "*:443" (any address). -EINVAL says what is wrong. "" is fine and means any. */
int mute_peer_set(struct mute *m, const char *text, struct err *e);
/* As it is written: address or network, without the port. OUT: MUTE_PEER_MAX bytes. */
void mute_peer_format(const struct mute *m, char *out);
/* A domain name in lower case without final dot; "" means any. -EINVAL. */
int mute_name_set(struct mute *m, const char *text, struct err *e);
/* Names nothing at all: fits nothing. */
bool mute_is_empty(const struct mute *m);

/* What a finding or a clue offers. PEERS as findings write them: "address:port". */
struct mute_subject {
	const char *detector, *mac;
	const char *const *peers;
	size_t n_peers;
	const char *const *names;
	size_t n_names;
	bool more_peers, more_names; /* there were others that are not listed */
};

/* Everything that the mute names must fit: a peer (or port) fits when every peer of the subject is
 * within, and there is one; a name when every name is that one or below it. So a mute never hides
 * what concerns somebody else as well. */
bool mute_fits(const struct mute *m, const struct mute_subject *s);

/* The body of an item "mutes". -ELIMIT beyond MUTES_MAX. */
int mutes_encode(const struct mute *list, size_t n, struct buf *out, struct err *e);
/* -EFORMAT, -ELIMIT; the list is in A. */
int mutes_decode(const void *p, size_t n, struct arena *a, struct mute **out, size_t *n_out,
		 struct err *e);

#endif
