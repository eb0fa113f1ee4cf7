/* SPDX-License-Identifier: Apache-2.0 */
/* Orders and reports: what they must say, what is refused, that they come out as they went in. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "wire/frame.h"
#include "wire/order.h"
#include "wire/record.h"

static struct order isolate(void)
{
	return (struct order){ .id = 7,
			       .type = ORDER_ISOLATE,
			       .mac = "02:00:5e:10:00:01",
			       .until_us = 1800000000000000,
			       .by = "受付 花子" };
}

static struct order capture(void)
{
	return (struct order){ .id = 8,
			       .type = ORDER_CAPTURE,
			       .mac = "02:00:5e:10:00:01",
			       .seconds = ORDER_SECONDS_MAX,
			       .bytes = ORDER_BYTES_MAX,
			       .consent = 5 };
}

static struct order block(const char *network)
{
	struct order o = { .id = 9, .type = ORDER_BLOCK, .until_us = 1 };

	assert_int_equal(order_network_set(&o.network, network, NULL), 0);
	return o;
}

static void trip(const struct order *o)
{
	SCOPED_BUF struct buf b = { 0 };
	struct order got;
	struct err e;

	if (order_encode(o, &b, &e) < 0 || order_decode(b.p, b.n, &got, &e) < 0)
		fail_msg("%s", e.text);
	assert_memory_equal(&got, o, sizeof(got));
}

static void orders_come_out_as_they_went_in(void **state)
{
	struct order list = { .id = 1, .type = ORDER_LIST_DEVICES };
	struct order cancel = { .id = 2, .type = ORDER_CANCEL, .subject = 8 };
	struct order i = isolate(), c = capture(), b = block("203.0.113.0/24");

	(void)state;
	b.port = 443;
	b.protocol = 6;
	trip(&list);
	trip(&cancel);
	trip(&i);
	trip(&c);
	trip(&b);
	b = block("2001:db8::/32");
	trip(&b);
	for (size_t k = 1; k < ORDER_TYPES; k++)
		assert_int_equal(order_type_find(order_type_name((enum order_type)k)), k);
	assert_int_equal(order_type_find("format"), 0);
	assert_string_equal(order_kind(ORDER_ISOLATE), "enforce");
	assert_string_equal(order_kind(ORDER_CAPTURE), "order");
}

static void refused(struct order o, int code)
{
	struct err e = { 0 };

	assert_int_equal(order_check(&o, &e), code);
	assert_true(e.text[0] != '\0');
}

static void an_order_says_all_that_it_needs_and_stays_within_bounds(void **state)
{
	struct order o = isolate();

	(void)state;
	assert_int_equal(order_check(&o, NULL), 0);
	o.id = 0;
	refused(o, -EINVAL);
	o = isolate();
	o.until_us = 0;
	refused(o, -EINVAL);
	o = isolate();
	memcpy(o.mac, "ff:ff:ff:ff:ff:ff", ORDER_MAC_MAX);
	refused(o, -EINVAL);
	memcpy(o.mac, "01:00:5e:00:00:01", ORDER_MAC_MAX);
	refused(o, -EINVAL);
	memset(o.mac, 0, ORDER_MAC_MAX);
	assert_int_equal(order_network_set(&o.network, "192.0.2.7", NULL), 0);
	refused(o, -EINVAL); /* an address alone may be another device's tomorrow */
	o = capture();
	o.consent = 0;
	refused(o, -EINVAL);
	o = capture();
	o.seconds++;
	refused(o, -ELIMIT);
	o = capture();
	o.bytes++;
	refused(o, -ELIMIT);
	o = block("10.0.0.0/8");
	assert_int_equal(order_check(&o, NULL), 0);
	o = block("10.0.0.0/7");
	refused(o, -ELIMIT);
	o = block("2000::/3");
	refused(o, -ELIMIT);
	o = block("192.0.2.1");
	o.protocol = 6;
	refused(o, -EINVAL);
	o.protocol = 1;
	o.port = 1;
	refused(o, -EINVAL);
	o = (struct order){ .id = 1, .type = ORDER_CANCEL };
	refused(o, -EINVAL);
	o.type = ORDER_TYPES;
	refused(o, -EINVAL);
}

static void addresses_are_read_as_people_write_them(void **state)
{
	static const char *const good[][2] = { { " 192.0.2.7 ", "192.0.2.7" },
					       { "192.0.2.7/24", "192.0.2.0/24" },
					       { "2001:DB8::1/32", "2001:db8::/32" },
					       { "::1", "::1" } };
	static const char *const bad[] = { "",
					   "192.0.2",
					   "192.0.2.0/0",
					   "192.0.2.0/33",
					   "192.0.2.0/",
					   "2001:db8::/129",
					   "a.example",
					   "1.2.3.4:80",
					   "1.2.3.4/8/9",
					   "::1%eth0" };
	static const char *const bad_macs[] = { "",
						"02:00:5e:10:00",
						"02:00:5e:10:00:0g",
						"02:00-5e:10:00:01",
						"02:00:5e:10:00:01:02",
						"0:2:00:5e:10:00:1",
						"02:00:-e:10:00:01" };
	struct order_network n = { 0 };
	struct order o = { 0 };
	char text[ORDER_NETWORK_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_int_equal(order_network_set(&n, good[i][0], NULL), 0);
		order_network_format(&n, text);
		assert_string_equal(text, good[i][1]);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (order_network_set(&n, bad[i], NULL) != -EINVAL)
			fail_msg("%s was taken", bad[i]);
	order_network_format(&n, text);
	assert_string_equal(text, "::1"); /* untouched */
	assert_int_equal(order_mac_set(&o, "02-00-5E-10-00-AB", NULL), 0);
	assert_string_equal(o.mac, "02:00:5e:10:00:ab");
	for (size_t i = 0; i < ARRAY_LEN(bad_macs); i++)
		if (order_mac_set(&o, bad_macs[i], NULL) != -EINVAL)
			fail_msg("%s was taken", bad_macs[i]);
}

static void bytes_that_are_no_order_are_refused(void **state)
{
	Otasuke__Wire__Order m = OTASUKE__WIRE__ORDER__INIT;
	SCOPED_BUF struct buf b = { 0 };
	char type[] = "02:00:5e:10:00:zz";
	struct order o;

	(void)state;
	assert_int_equal(order_decode("\xff", 1, &o, NULL), -EFORMAT);
	assert_int_equal(o.id, 0);
	m.id = 12;
	m.type = OTASUKE__WIRE__ORDER_TYPE__ISOLATE;
	m.mac = type;
	frame_pack(&m.base, &b);
	assert_int_equal(order_decode(b.p, b.n, &o, NULL), -EFORMAT);
	assert_int_equal(o.id, 12); /* so that the answer can name it */
	m.mac = type + sizeof(type) - 1;
	m.type = OTASUKE__WIRE__ORDER_TYPE__BLOCK;
	m.port = 65536 + 443;
	buf_clear(&b);
	frame_pack(&m.base, &b);
	assert_int_equal(order_decode(b.p, b.n, &o, NULL), -EFORMAT);
}

static void a_report_comes_out_as_it_went_in(void **state)
{
	static const uint8_t hash[ORDER_HASH] = { 1, 2, 3 };
	static const char *const addresses[] = { "192.0.2.7" };
	const struct order_figure figures[] = { { "packets", 77, NULL }, { "box", 0, "br0" } };
	const struct device_info devices[] = { { .mac = "02:00:5e:10:00:01",
						 .addresses = addresses,
						 .n_addresses = 1,
						 .hostname = "pc",
						 .vendor = "",
						 .dhcp_fingerprint = "",
						 .dhcp_class = "",
						 .dhcp6_fingerprint = "" } };
	struct record rec = { .sequence = 5,
			      .kind = RECORD_ORDER,
			      .order = { .order = 8,
					 .item = 4711,
					 .number = 2,
					 .state = ORDER_DONE,
					 .reason = "",
					 .text = "all",
					 .at_us = 10,
					 .until_us = 20,
					 .figures = figures,
					 .n_figures = 2,
					 .devices = devices,
					 .n_devices = 1,
					 .file = hash,
					 .file_size = 99 } };
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_BUF struct buf b = { 0 };
	ProtobufCMessage *m = NULL;
	struct record got;

	(void)state;
	assert_int_equal(record_encode(&rec, a, &b, NULL), 0);
	assert_int_equal(frame_unpack(&otasuke__wire__record__descriptor, b.p, b.n, &m, NULL), 0);
	record_decode((const Otasuke__Wire__Record *)m, a, &got);
	assert_int_equal(got.kind, RECORD_ORDER);
	assert_int_equal(got.order.order, 8);
	assert_int_equal(got.order.item, 4711);
	assert_int_equal(got.order.number, 2);
	assert_int_equal(got.order.state, ORDER_DONE);
	assert_string_equal(got.order.text, "all");
	assert_int_equal(got.order.at_us, 10);
	assert_int_equal(got.order.until_us, 20);
	assert_int_equal(got.order.n_figures, 2);
	assert_int_equal(got.order.figures[0].number, 77);
	assert_null(got.order.figures[0].text);
	assert_string_equal(got.order.figures[1].text, "br0");
	assert_int_equal(got.order.n_devices, 1);
	assert_string_equal(got.order.devices[0].addresses[0], "192.0.2.7");
	assert_memory_equal(got.order.file, hash, sizeof(hash));
	assert_int_equal(got.order.file_size, 99);
	protobuf_c_message_free_unpacked(m, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orders_come_out_as_they_went_in),
		cmocka_unit_test(an_order_says_all_that_it_needs_and_stays_within_bounds),
		cmocka_unit_test(addresses_are_read_as_people_write_them),
		cmocka_unit_test(bytes_that_are_no_order_are_refused),
		cmocka_unit_test(a_report_comes_out_as_it_went_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
