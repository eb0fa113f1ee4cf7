/* SPDX-License-Identifier: Apache-2.0 */
/* Names, networks and files that are known to be good ("warninglists"): so that the mistake of one
 * list of bad things does not accuse a large public service. Texts are kept as fingerprints. */
#ifndef WIRE_INDICATOR_KNOWN_GOOD_H
#define WIRE_INDICATOR_KNOWN_GOOD_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/indicator/indicator.h"

enum {
	KNOWN_GOOD_MAX = 2 * 1000 * 1000,
	KNOWN_GOOD_PARTS_MAX =
		256, /* of the "substring" kind: each costs time for each indicator */
	KNOWN_GOOD_PART_MIN = 4,
};

enum known_good_way {
	KNOWN_GOOD_SAME,  /* exactly this name, address, URL or hash */
	KNOWN_GOOD_BELOW, /* and names below it */
	KNOWN_GOOD_NET,   /* addresses in it */
	KNOWN_GOOD_PART,  /* whatever has this text in it */
};

enum known_good_verdict {
	KNOWN_GOOD_NOT,
	KNOWN_GOOD_INFO,  /* inside something good: worth a note, no alarm */
	KNOWN_GOOD_LEAVE, /* is itself good, or would match something good: not to be listed */
};

struct known_good;

struct known_good *known_good_new(void);
void known_good_free(struct known_good *g);
/* INDICATOR_OK, or why VALUE cannot be used. */
enum indicator_bad known_good_add(struct known_good *g, enum known_good_way way, struct str value);
size_t known_good_count(const struct known_good *g);
/* After the last known_good_add, before the first known_good_check. */
void known_good_ready(struct known_good *g);
enum known_good_verdict known_good_check(const struct known_good *g, const struct indicator *i);

#endif
