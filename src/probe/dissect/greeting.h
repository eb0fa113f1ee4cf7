/* SPDX-License-Identifier: Apache-2.0 */
/* The first bytes of a client where they are plain, which they nearly always are: whom it asks for,
 * and its fingerprint, without asking libndpi, which takes ten microseconds for each. What is not
 * plain, or not whole, is left to it: both say the same, and a test holds them to it. */
#ifndef PROBE_DISSECT_GREETING_H
#define PROBE_DISSECT_GREETING_H

#include <stdbool.h>

#include "base/rd.h"

enum { GREETING_NAME_MAX = 80, GREETING_JA3_MAX = 33 };

struct greeting {
	char name[GREETING_NAME_MAX]; /* lower case, without port, never "" */
	char ja3[GREETING_JA3_MAX];   /* of TLS */
};

/* A request for a path of a named host (RFC 9112, 3), the head and nothing else. */
bool greeting_http(struct rd p, struct greeting *out);
/* A ClientHello that says whom it asks for (RFC 8446, 4.1.2; RFC 6066, 3), and nothing else. */
bool greeting_tls(struct rd p, struct greeting *out);
/* Another in its place, of the same length, version and random, that offers one cipher suite and
 * has one extension, padding. P is one that greeting_tls took; OUT has room for as much. */
void greeting_tls_bland(struct rd p, uint8_t *out);

#endif
