/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration file: what is read, what is refused in which words. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "sensor/sensor_conf.h"

static int load(const char *text, struct sensor_conf *out, struct err *e)
{
	char path[] = "/tmp/otasuke-conf-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(file_write(path, 0600, text, strlen(text), NULL), 0);
	int r = sensor_conf_load(path, out, e);
	assert_int_equal(unlink(path), 0);
	return r;
}

static void a_live_sensor(void **state)
{
	struct sensor_conf c;

	(void)state;
	assert_int_equal(load("state = /srv/s\ninterface = eth0\nspool_quota = 64M\n"
			      "probe.home = 192.0.2.0/24\n",
			      &c, NULL),
			 0);
	assert_string_equal(c.state, "/srv/s");
	assert_string_equal(c.interface, "eth0");
	assert_int_equal(c.spool_quota_bytes, 64 << 20);
	assert_int_equal(c.heartbeat_ms, 60000);
	assert_string_equal(c.probe.home, "192.0.2.0/24");
	sensor_conf_done(&c);
}

static void mistakes_are_named(void **state)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{ "state = /s\n", "interface" },
		{ "interface = eth0\nreplay = x.pcap\n", "choose one" },
		{ "replay = x.pcap\nreplay_shift = later\n", "replay_shift" },
		{ "interface = eth0\nhub = hub.example\n", "host:port" },
		{ "interface = eth0\nspool_quotas = 1G\n", "spool_quota" },
		{ "interface = eth0\nspool_quota = 1\n", "spool_quota" },
		{ "interface = eth0\nstate =\n", "state" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct sensor_conf c;
		struct err e = { 0 };
		assert_true(load(bad[i].text, &c, &e) < 0);
		assert_non_null(strstr(e.text, bad[i].says));
		assert_non_null(strstr(e.text, "/tmp/otasuke-conf-"));
	}
}

static void hosts_and_ports(void **state)
{
	char host[32];
	uint16_t port = 0;

	(void)state;
	assert_int_equal(sensor_host_port("hub.example:8444", host, sizeof(host), &port), 0);
	assert_string_equal(host, "hub.example");
	assert_int_equal(port, 8444);
	assert_int_equal(sensor_host_port("[::1]:1", host, sizeof(host), &port), 0);
	assert_string_equal(host, "::1");
	static const char *const bad[] = { "",
					   "hub",
					   "hub:",
					   "hub:0",
					   "::1:8444",
					   ":1",
					   "a-name-that-is-longer-than-the-buffer.example:1" };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(sensor_host_port(bad[i], host, sizeof(host), &port), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_live_sensor),
		cmocka_unit_test(mistakes_are_named),
		cmocka_unit_test(hosts_and_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
