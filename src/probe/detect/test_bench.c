/* SPDX-License-Identifier: Apache-2.0 */
/* An environment of detectors without a pipeline around it. */
#include "probe/detect/test_bench.h"

#include <stdio.h>

#include "probe/test_world.h"

static void on_finding(void *arg, const struct finding *f)
{
	struct bench *b = arg;

	b->findings++;
	b->severity = f->severity;
	(void)snprintf(b->reason, sizeof(b->reason), "%s", f->reasons[0]);
}

void bench_open(struct bench *b)
{
	*b = (struct bench){ .sink = { .arg = b, .finding = on_finding } };
	assert_int_equal(home_init(&b->home, "192.0.2.0/24", NULL), 0);
	b->env.inventory = inventory_new(64, &b->home);
	b->env.names = names_new();
	b->env.indicators = indicators_new();
	thresholds_init(&b->thresholds);
	b->env.thresholds = &b->thresholds;
	b->env.detect = detect_new(&b->env, &b->sink);
	b->env.now_us = T0;
}

void bench_close(struct bench *b)
{
	detect_free(b->env.detect);
	names_free(b->env.names);
	indicators_free(b->env.indicators);
	inventory_free(b->env.inventory);
}

struct addr bench_address(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(str_of(text), &a), 0);
	return a;
}

uint32_t bench_device(struct bench *b, uint8_t mac, const char *ip)
{
	struct dissected d = { .kind = DISSECT_IP,
			       .has_mac = true,
			       .src_mac = { { 2, 0, 0, 0, 0, mac } },
			       .src = bench_address(ip),
			       .ts_us = b->env.now_us };

	return inventory_sender(b->env.inventory, &d);
}

struct flow bench_flow(const struct bench *b, uint32_t from, const char *ip, const char *to,
		       uint16_t port)
{
	return (struct flow){ .key = { .src = bench_address(ip),
				       .dst = bench_address(to),
				       .dport = port,
				       .proto = PROTO_TCP },
			      .device = { from, DEVICE_NONE },
			      .state = FLOW_CLOSED,
			      .first_us = b->env.now_us,
			      .last_us = b->env.now_us };
}
