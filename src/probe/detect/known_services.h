/* SPDX-License-Identifier: Apache-2.0 */
/* Public services that tell something of their caller by what they are for. They harm nobody by
 * themselves. */
#ifndef PROBE_DETECT_KNOWN_SERVICES_H
#define PROBE_DETECT_KNOWN_SERVICES_H

#include <stdbool.h>

#include "base/str.h"

/* It tells its caller the address it calls from: what malware asks first, and a few programs. */
bool service_tells_address(struct str name);
/* A name that follows a changing address, given to anybody at once: homes and small offices have
 * such names, and servers that have to move often. */
bool service_moves(struct str name);

#endif
