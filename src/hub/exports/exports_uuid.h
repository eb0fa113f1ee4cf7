/* SPDX-License-Identifier: Apache-2.0 */
/* Name-based UUIDs (RFC 9562, 5.5): the same thing has the same id in every export. */
#ifndef HUB_EXPORTS_EXPORTS_UUID_H
#define HUB_EXPORTS_EXPORTS_UUID_H

#include <stddef.h>
#include <stdint.h>

enum { UUID_TEXT = 37 };

/* For observables of STIX, given by its standard (2.1, 2.9). */
extern const uint8_t uuid_stix[16];
/* For everything else that this program names. */
extern const uint8_t uuid_otasuke[16];

char *uuid_of(const uint8_t space[16], const void *name, size_t n, char out[UUID_TEXT]);

#endif
