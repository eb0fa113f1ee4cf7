/* SPDX-License-Identifier: Apache-2.0 */
/* One indicator in its normal form, made from how lists write it, and why a value is none.
 *
 * Normal forms: domain "bad.example" (matches everything below it too), ip "192.0.2.1" or
 * "2001:db8::1", cidr "192.0.2.0/24", url "bad.example/path?query" (no scheme, port, user or
 * fragment), the rest lower-case hexadecimal. */
#ifndef WIRE_INDICATOR_INDICATOR_H
#define WIRE_INDICATOR_INDICATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum {
	INDICATOR_VALUE_MAX = 1024,
	INDICATOR_LABEL_MAX = 120,
	INDICATORS_MAX = 2 * 1000 * 1000, /* in one bundle */
};

/* Stored in bundles and databases: never renumbered. */
enum indicator_kind {
	INDICATOR_DOMAIN = 1,
	INDICATOR_IP = 2,
	INDICATOR_CIDR = 3,
	INDICATOR_URL = 4,
	INDICATOR_JA3 = 5,
	INDICATOR_CERT = 6, /* SHA-1 or SHA-256 of a certificate */
	INDICATOR_FILE = 7, /* MD5, SHA-1 or SHA-256 of a file */
	INDICATOR_KINDS = 8,
};

/* Why something is not used; counted by reason. New ones go to the end. */
enum indicator_bad {
	INDICATOR_OK,
	INDICATOR_EMPTY,
	INDICATOR_TOO_LONG,
	INDICATOR_NOT_TEXT, /* not UTF-8, or with control characters */
	INDICATOR_NO_TYPE,  /* a type that is not one of ours */
	INDICATOR_NOT_DOMAIN,
	INDICATOR_NOT_ADDRESS,
	INDICATOR_NOT_NETWORK,
	INDICATOR_NOT_URL,
	INDICATOR_NOT_HASH,
	INDICATOR_TOO_WIDE,       /* a top-level domain, a network of half the world */
	INDICATOR_NOBODY,         /* loopback, multicast, unspecified: no peer */
	INDICATOR_NOT_UNDERSTOOD, /* a pattern or rule that is not read */
	INDICATOR_NOT_FOR_ALARMS, /* its author marked it as background only */
	INDICATOR_EXPIRED,
	INDICATOR_REVOKED,
	INDICATOR_BROKEN, /* the line or object does not follow its format */
	INDICATOR_FULL,   /* there is no room for more */
	INDICATOR_BADS,
};

struct indicator {
	enum indicator_kind kind;
	size_t n;                        /* of value */
	char value[INDICATOR_VALUE_MAX]; /* normal form, NUL-terminated */
	char label[INDICATOR_LABEL_MAX]; /* what the list says of it; "" = nothing */
};

/* Sets kind and value of OUT from TEXT, which may be defanged (hxxp, [.]), internationalised, in
 * upper case, with port or final dot. An ip with /bits becomes a cidr and a cidr of one address an
 * ip. OUT is unchanged when it is none. */
enum indicator_bad indicator_set(struct indicator *out, enum indicator_kind kind, struct str text);
/* The same where nothing says the kind. 32, 40 or 64 hexadecimal digits are taken for a file. */
enum indicator_bad indicator_guess(struct indicator *out, struct str text);
/* Sets the label: cut at the end, blanks for control characters. */
void indicator_label(struct indicator *out, struct str text);

/* "domain", "ip", ... as stored and shown; "" when there is none. */
const char *indicator_kind_name(enum indicator_kind kind);
/* What lists call it ("hostname", "ip-dst", "FileHash-MD5", "sha1", ...); 0 = none of ours. */
enum indicator_kind indicator_kind_of(struct str type);

/* "empty", "too_long", ...: stable, for storing counts. */
const char *indicator_bad_name(enum indicator_bad why);
/* Key of its text in the catalogues: "indicator.bad.empty", ... */
const char *indicator_bad_key(enum indicator_bad why);
/* One line for a person about VALUE; returns -EFORMAT (-ELIMIT when full). */
int indicator_bad_err(struct err *e, enum indicator_bad why, struct str value);

/* Bytes of a value: the address (IPv4 as IPv4-mapped IPv6) and its prefix length out of 128, or
 * the bytes of a hash. Only for values in normal form; false when it is none. */
bool indicator_net(const struct indicator *i, uint8_t addr[16], uint8_t *bits);
bool indicator_hash(const struct indicator *i, uint8_t out[32], size_t *n_out);
/* The normal form of a request's host and target into OUT (INDICATOR_VALUE_MAX bytes); its length,
 * 0 = none. */
size_t indicator_url(struct str host, struct str target, char *out);

#endif
