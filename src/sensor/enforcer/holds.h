/* SPDX-License-Identifier: Apache-2.0 */
/* What is held back now, by order and until when: a list that is kept in one text file. Who may be
 * held back: protect.h. What the kernel is told: nft.h. */
#ifndef SENSOR_ENFORCER_HOLDS_H
#define SENSOR_ENFORCER_HOLDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "wire/order.h"

enum { HOLDS_MAX = 256 };

struct hold {
	enum order_type type; /* ORDER_ISOLATE, ORDER_BLOCK */
	int64_t order;
	uint64_t item;
	int64_t until_us;
	char mac[ORDER_MAC_MAX];
	struct order_network network;
	uint16_t port;
	uint8_t protocol;
};

struct holds {
	struct hold list[HOLDS_MAX];
	size_t n;
};

/* Isolating or blocking the same again replaces; OUT is what went, when one did (1), else 0.
 * -ELIMIT. */
int holds_add(struct holds *h, const struct hold *x, struct hold *out, struct err *e);
/* Takes out one that a release or unblock means: 1, or 0 when there is none. */
int holds_remove(struct holds *h, const struct order *o, struct hold *out);
/* One that has ended by now: 1, or 0. */
int holds_expire(struct holds *h, int64_t now_us, struct hold *out);
size_t holds_count(const struct holds *h, enum order_type type);

/* An absent file is an empty list; lines that cannot be read are left out. */
int holds_load(const char *path, struct holds *out, struct err *e);
int holds_store(const char *path, const struct holds *h, struct err *e);

/* --- hold_spans.c --- */

/* Addresses from FIRST to LAST that are blocked for PORT of PROTOCOL (0, 0 = whatever it is). Those
 * of one port never overlap, and end with the last order that names them. */
struct hold_span {
	bool v4;
	uint8_t first[16], last[16];
	uint8_t protocol;
	uint16_t port;
	int64_t until_us;
};
enum { HOLD_SPANS_MAX = 4 * HOLDS_MAX + 4 };
size_t hold_spans(const struct holds *h, struct hold_span out[HOLD_SPANS_MAX]);

#endif
