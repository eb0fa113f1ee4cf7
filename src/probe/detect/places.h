/* SPDX-License-Identifier: Apache-2.0 */
/* How common a place is in this network: a place is a name or an
 * address, or anything else that devices have in common. Of fixed size; where two places fall
 * together they only look more common. */
#ifndef PROBE_DETECT_PLACES_H
#define PROBE_DETECT_PLACES_H

#include <stdint.h>

#include "probe/dissect/addr.h"

struct places;

struct places *places_new(void);
void places_free(struct places *p);
/* NAME, or A where that is "". */
uint64_t place_id(const struct addr *a, const char *name);
/* DEVICE called PLACE. */
void places_note(struct places *p, uint64_t place, uint32_t device);
unsigned places_callers(const struct places *p, uint64_t place);
unsigned places_devices(const struct places *p); /* that called any place */

#endif
