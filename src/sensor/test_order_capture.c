/* SPDX-License-Identifier: Apache-2.0 */
/* The filter of a recording: packets of one device and no others. It is run as the kernel would run
 * it. */
#include <linux/filter.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sensor/order_capture.h"

/* The few instructions that the filter is made of. */
static bool takes(const struct order *o, const uint8_t *p, size_t n)
{
	struct sock_filter code[CAPTURE_FILTER_MAX];
	size_t count = order_capture_filter(o, code);
	uint32_t a = 0;

	assert_true(count <= CAPTURE_FILTER_MAX);
	for (size_t i = 0; i < count; i++) {
		const struct sock_filter *c = &code[i];
		size_t bytes = c->code == (BPF_LD | BPF_ABS | BPF_W) ? 4 : 2;

		switch (c->code) {
		case BPF_LD | BPF_ABS | BPF_W:
		case BPF_LD | BPF_ABS | BPF_H:
			if (c->k + bytes > n)
				return false; /* as the kernel does */
			a = 0;
			for (size_t k = 0; k < bytes; k++)
				a = a << 8 | p[c->k + k];
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			i += a == c->k ? c->jt : c->jf;
			break;
		case BPF_RET | BPF_K:
			return c->k != 0;
		default:
			fail_msg("instruction %u", c->code);
		}
	}
	fail_msg("the filter has no end");
	return false;
}

static const uint8_t ours[6] = { 0x02, 0, 0x5e, 0x10, 0, 1 },
		     theirs[6] = { 0x02, 0, 0x5e, 0x10, 0, 2 };

static size_t frame(uint8_t *p, const uint8_t *to, const uint8_t *from, uint16_t type)
{
	memset(p, 0, 60);
	memcpy(p, to, 6);
	memcpy(p + 6, from, 6);
	p[12] = (uint8_t)(type >> 8);
	p[13] = (uint8_t)type;
	return 60;
}

static void a_device_is_known_by_its_mac(void **state)
{
	struct order o = { .type = ORDER_CAPTURE, .mac = "02:00:5e:10:00:01" };
	uint8_t p[60];

	(void)state;
	assert_true(takes(&o, p, frame(p, ours, theirs, 0x0800)));
	assert_true(takes(&o, p, frame(p, theirs, ours, 0x1234)));
	assert_false(takes(&o, p, frame(p, theirs, theirs, 0x0800)));
	assert_false(takes(&o, p, 5));
}

static void or_by_its_address(void **state)
{
	static const uint8_t v4[4] = { 192, 0, 2, 7 };
	static const uint8_t v6[16] = { 0x20, 1, 0xd, 0xb8, [15] = 7 };
	struct order o = { .type = ORDER_CAPTURE };
	uint8_t p[60];
	size_t n;

	(void)state;
	assert_int_equal(order_network_set(&o.network, "192.0.2.7", NULL), 0);
	n = frame(p, theirs, theirs, 0x0800);
	assert_false(takes(&o, p, n));
	memcpy(p + 26, v4, 4);
	assert_true(takes(&o, p, n));
	frame(p, theirs, theirs, 0x0800);
	memcpy(p + 30, v4, 4);
	assert_true(takes(&o, p, n));
	frame(p, theirs, theirs, 0x86dd);
	memcpy(p + 30, v4, 4);
	assert_false(takes(&o, p, n)); /* the same bytes, another protocol */
	frame(p, theirs, theirs, 0x0806);
	memcpy(p + 38, v4, 4);
	assert_true(takes(&o, p, n));
	assert_int_equal(order_network_set(&o.network, "2001:db8::7", NULL), 0);
	n = frame(p, theirs, theirs, 0x86dd);
	assert_false(takes(&o, p, n));
	memcpy(p + 22, v6, 16);
	assert_true(takes(&o, p, n));
	p[37] = 8;
	assert_false(takes(&o, p, n));
	memcpy(p + 38, v6, 16);
	assert_true(takes(&o, p, n));
	p[13] = 0;
	assert_false(takes(&o, p, n));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_device_is_known_by_its_mac),
					    cmocka_unit_test(or_by_its_address) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
