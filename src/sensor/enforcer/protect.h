/* SPDX-License-Identifier: Apache-2.0 */
/* What is never held back: this box, the gateway, and what its configuration names. */
#ifndef SENSOR_ENFORCER_PROTECT_H
#define SENSOR_ENFORCER_PROTECT_H

#include <stdbool.h>

#include "base/err.h"
#include "wire/order.h"

enum { PROTECT_MAX = 128 };
enum protect_what { PROTECT_BOX, PROTECT_GATEWAY, PROTECT_NAMED };

struct protect {
	struct {
		char mac[ORDER_MAC_MAX];      /* "" = none */
		struct order_network address; /* or network */
		enum protect_what what;
	} list[PROTECT_MAX];
	size_t n;
	bool gateway_known; /* its MAC */
	const char *root;   /* NULL = this system's /proc; another folder in tests */
};

/* Reads addresses of this system and of its gateway, and NAMED: MACs, addresses and networks with
 * commas between. Gateways that were known stay known. -EINVAL: NAMED cannot be read. */
int protect_learn(struct protect *p, const char *named, struct err *e);
/* Whether the order may be carried out: 0, or -EPERM and why not. */
int protect_check(const struct protect *p, const struct order *o, struct err *e);

#endif
