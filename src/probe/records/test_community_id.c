/* SPDX-License-Identifier: Apache-2.0 */
/* The examples of its specification (baseline_deflt.json of corelight/community-id-spec). */
#include "base/test.h"
#include "probe/records/community_id.h"

static void the_published_examples_come_out(void **state)
{
	static const struct {
		const char *a, *b;
		uint16_t a_port, b_port;
		uint8_t proto;
		const char *id;
	} published[] = {
		{ "2001:470:e5bf:dead:4957:2174:e82c:4887", "2607:f8b0:400c:c03::1a", 63943, 25, 6,
		  "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=" },
		{ "128.232.110.120", "66.35.250.204", 34855, 80, 6,
		  "1:LQU9qZlK+B5F3KDmev6m5PMibrg=" },
		{ "192.168.1.52", "8.8.8.8", 54585, 53, 17, "1:d/FP5EW3wiY1vCndhwleRRKHowQ=" },
		{ "10.1.12.1", "10.1.12.2", 0, 0, 46, "" },
		{ "192.168.0.89", "192.168.0.1", 8, 0, 1, "" },
	};
	char got[COMMUNITY_ID_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(published) / sizeof(published[0]); i++) {
		struct flow_key k = { .sport = published[i].a_port,
				      .dport = published[i].b_port,
				      .proto = published[i].proto };
		assert_int_equal(addr_parse(str_of(published[i].a), &k.src), 0);
		assert_int_equal(addr_parse(str_of(published[i].b), &k.dst), 0);
		community_id(&k, got);
		assert_string_equal(got, published[i].id);
		const struct flow_key back = { k.dst, k.src, k.dport, k.sport, k.proto };
		community_id(&back, got);
		assert_string_equal(got, published[i].id);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(the_published_examples_come_out) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
