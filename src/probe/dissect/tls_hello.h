/* SPDX-License-Identifier: Apache-2.0 */
/* The name that a TLS ClientHello asks for (RFC 8446, 4.1.2; RFC 6066, 3), as far as one segment
 * holds it. */
#ifndef PROBE_DISSECT_TLS_HELLO_H
#define PROBE_DISSECT_TLS_HELLO_H

#include <stdbool.h>

#include "base/rd.h"

enum { TLS_NAME_MAX = 256 };

/* True for a ClientHello; NAME is "" when it asks for none or ends before it. Odd bytes are '?'. */
bool tls_hello_parse(struct rd p, char name[TLS_NAME_MAX]);

#endif
