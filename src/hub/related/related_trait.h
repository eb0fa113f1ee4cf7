/* SPDX-License-Identifier: Apache-2.0 */
/* A trait: something by which two companies may have met the same thing. Known by a hash that is
 * keyed with the hub's own secret. Private to this feature. */
#ifndef HUB_RELATED_RELATED_TRAIT_H
#define HUB_RELATED_RELATED_TRAIT_H

#include "base/arena.h"
#include "base/str.h"
#include "wire/otasuke.pb-c.h"

enum trait_kind { /* stored: never renumbered; new ones go to the end */
		  TRAIT_DOMAIN = 1,
		  TRAIT_ADDRESS = 2,
		  TRAIT_URL = 3,
		  TRAIT_JA3 = 4,
		  TRAIT_CERT = 5,
		  TRAIT_HASH = 6,
		  TRAIT_DEVICE = 7,  /* vendor and DHCP fingerprint */
		  TRAIT_CONTACT = 8, /* a detector and whom it was about */
		  TRAIT_KINDS = 9,
};
const char *trait_kind_name(enum trait_kind k);  /* "domain": suffix of text keys, and in JSON */
enum trait_kind trait_kind_of(const char *name); /* 0 = none */

enum { TRAIT_SECRET = 16, TRAIT_VALUE_MAX = 512, TRAITS_OF_FINDING = 24 };

struct trait {
	int64_t hash;
	enum trait_kind kind;
};
/* The value must be in normal form: trait_value. */
int64_t trait_hash(const uint8_t secret[TRAIT_SECRET], enum trait_kind k, const char *value,
		   size_t n);

/* What a person or a case wrote, in normal form and the arena; NULL when it is none. */
const char *trait_value(enum trait_kind k, const char *typed, struct arena *a);
/* "Vendor|1,3,6,15"; NULL when the fingerprint is unknown. */
const char *trait_device(const char *vendor, const char *dhcp_fingerprint, struct arena *a);

/* The traits of a finding, up to TRAITS_OF_FINDING. Private addresses are none. */
size_t trait_of_finding(const uint8_t secret[TRAIT_SECRET], const Otasuke__Wire__Finding *f,
			struct trait out[TRAITS_OF_FINDING]);

#endif
