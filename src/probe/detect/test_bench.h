/* SPDX-License-Identifier: Apache-2.0 */
/* One detector fed by hand, for what would need a capture too large for a unit test. The network is
 * 192.0.2.0/24. */
#ifndef PROBE_DETECT_TEST_BENCH_H
#define PROBE_DETECT_TEST_BENCH_H

#include "base/test.h"
#include "probe/detect/detect.h"

struct bench {
	struct home home;
	struct detect_env env;
	struct thresholds thresholds;
	struct probe_sink sink;
	int findings;
	enum severity severity; /* of the last one */
	char reason[160];
};

void bench_open(struct bench *b);
void bench_close(struct bench *b);
struct addr bench_address(const char *text);
/* The device with the MAC 02:00:00:00:00:MAC at IP. */
uint32_t bench_device(struct bench *b, uint8_t mac, const char *ip);
/* A TCP connection from device FROM at IP that ended now. */
struct flow bench_flow(const struct bench *b, uint32_t from, const char *ip, const char *to,
		       uint16_t port);

#endif
