/* SPDX-License-Identifier: Apache-2.0 */
/* The home network: which addresses lie on this side. Configured, or learned from what hosts on
 * the link say of themselves (ARP, NDP, DHCP); never assumed from the shape of an address. */
#ifndef PROBE_INVENTORY_HOME_H
#define PROBE_INVENTORY_HOME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "probe/dissect/addr.h"

enum { HOME_NETS_MAX = 64 };

enum home_side { HOME_UNKNOWN, HOME_INSIDE, HOME_OUTSIDE };

struct home {
	bool configured;
	size_t n;
	struct cidr net[HOME_NETS_MAX];
};

/* LIST: CIDRs separated by commas or blanks; "" = learn. -EINVAL names the bad one. */
int home_init(struct home *h, const char *list, struct err *e);
/* An address that was seen on the link; BITS as its owner says (counted in its own family), 0 when
 * nobody said. */
void home_learn(struct home *h, const struct addr *a, unsigned bits);
/* UNKNOWN while nothing of the address's family was learned. */
enum home_side home_side_of(const struct home *h, const struct addr *a);

#endif
