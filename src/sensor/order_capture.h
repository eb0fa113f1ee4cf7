/* SPDX-License-Identifier: Apache-2.0 */
/* Packets of one device into a pcap file, for seconds and bytes that are bounded, beside the
 * pipeline: a socket of its own with a filter in the kernel, so that nobody else's packets are ever
 * read. */
#ifndef SENSOR_ORDER_CAPTURE_H
#define SENSOR_ORDER_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "net/crypto.h"
#include "sensor/sensor_conf.h"
#include "wire/order.h"

struct order_capture {
	bool running;
	struct order order;
	uint64_t item;
	int socket_fd, file_fd;
	char part[SENSOR_PATH_MAX], whole[SENSOR_PATH_MAX];
	struct buf pending; /* not written yet */
	struct crypto_sha256_state hash;
	uint64_t bytes, packets;
	int64_t started_ns, told_ns; /* monotonic */
	int64_t lasts_ms;
};

/* Opens socket and file DIR/ITEM.part. -ENODEV and friends. */
int order_capture_start(struct order_capture *c, const char *interface, const char *dir,
			const struct clock *clock, struct err *e);
/* Takes what has come: 1 = goes on, 0 = it has lasted its time or is full; negative: the disk or
 * the interface. */
int order_capture_step(struct order_capture *c, const struct clock *clock, struct err *e);
/* DIR/ITEM.pcap is there, with this hash. */
int order_capture_finish(struct order_capture *c, uint8_t hash_out[ORDER_HASH], struct err *e);
void order_capture_drop(struct order_capture *c); /* no file remains; NULL-safe when not running */

/* The filter, for tests: returns the number of instructions. */
struct sock_filter;
enum { CAPTURE_FILTER_MAX = 40 };
size_t order_capture_filter(const struct order *o, struct sock_filter *out);

#endif
