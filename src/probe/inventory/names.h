/* SPDX-License-Identifier: Apache-2.0 */
/* Which name an address was looked up by: learned from DNS answers, of bounded size. */
#ifndef PROBE_INVENTORY_NAMES_H
#define PROBE_INVENTORY_NAMES_H

#include <stdint.h>

#include "probe/dissect/addr.h"
#include "probe/dissect/dns.h"

struct names;

struct names *names_new(void);
void names_free(struct names *n);
/* Learns what the answer M gave; *_find returns the name or "". */
void names_learn(struct names *n, const struct dns_message *m, int64_t now_us);
const char *names_find(const struct names *n, const struct addr *a);

#endif
