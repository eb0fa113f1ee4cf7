/* SPDX-License-Identifier: Apache-2.0 */
/* Internationalised domain names (UTS 46) to ASCII. The only door to libidn2. */
#ifndef WIRE_INDICATOR_IDN_H
#define WIRE_INDICATOR_IDN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* NAME in UTF-8 becomes "xn--..." in lower case; false when it is no name or does not fit. */
bool idn_ascii(struct str name, char *out, size_t out_size);

#endif
