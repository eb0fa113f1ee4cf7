/* SPDX-License-Identifier: Apache-2.0 */
/* Enrolment against a hub in a thread of its own; the address that people type; the identity on
 * disk. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "sensor/enrol.h"
#include "sensor/enrol_url.h"
#include "sensor/test_hub_stub.h"
#include "sensor/sensor_conf.h"

struct bed {
	char state[64];
	struct loop *loop;
	struct hub_stub *hub;
	pthread_t thread;
};

static void *hub_run(void *arg)
{
	struct bed *b = arg;

	(void)loop_run(b->loop, NULL);
	return NULL;
}

static int bed_make(void **state)
{
	struct bed *b = mem_new(sizeof(*b));

	(void)snprintf(b->state, sizeof(b->state), "/tmp/otasuke-enrol-XXXXXX");
	if (!mkdtemp(b->state))
		return -1;
	b->loop = loop_new(NULL);
	b->hub = hub_stub_new(b->loop);
	b->hub->enrol_code = "7K3F9-2QXTM";
	*state = b;
	return pthread_create(&b->thread, NULL, hub_run, b);
}

static int bed_remove(void **state)
{
	struct bed *b = *state;

	loop_stop(b->loop);
	(void)pthread_join(b->thread, NULL);
	hub_stub_free(b->hub);
	loop_free(b->loop);
	int r = dir_remove_all(b->state, NULL);
	free(b);
	return r;
}

static void good_code_gives_an_identity(void **state)
{
	struct bed *b = *state;
	char address[512], path[SENSOR_PATH_MAX];
	struct identity given = { 0 }, loaded = { 0 };
	struct stat st;
	struct err e = { 0 };

	hub_stub_address(b->hub, "7K3F9-2QXTM", address);
	if (enrol_run(address, b->state, &given, &e) < 0)
		fail_msg("%s", e.text);
	assert_string_equal(given.sensor, "17");
	assert_int_equal(identity_load(b->state, &loaded, NULL), 0);
	assert_string_equal(loaded.key_pem, given.key_pem);
	assert_string_equal(loaded.cert_pem, given.cert_pem);
	assert_string_equal(loaded.ca_pem, b->hub->ca_cert);
	assert_string_equal(loaded.sensor, "17");
	assert_string_equal(loaded.company, "株式会社みなと製作所");
	assert_string_equal(loaded.hub_host, "127.0.0.1");
	assert_int_equal(loaded.hub_port, b->hub->port);
	sensor_path(b->state, SENSOR_IDENTITY "/sensor.key", path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	struct hub_trust trust;
	assert_int_equal(identity_trust_load(b->state, &trust, NULL), 0);
	assert_string_equal(trust.sensor, "17");
	assert_memory_equal(trust.item_key, b->hub->item_public, sizeof(trust.item_key));
	identity_done(&given);
	identity_done(&loaded);
}

/* A code that is wrong and one that has been used look the same to the sensor: the hub's words, and
 * the state as it was. */
static void hub_says_no(void **state)
{
	struct bed *b = *state;
	char address[512];
	struct identity id = { 0 }, loaded = { 0 };
	struct err e = { 0 };

	hub_stub_address(b->hub, "WRONG-CODE0", address);
	assert_int_equal(enrol_run(address, b->state, &id, &e), -EDENIED);
	assert_non_null(strstr(e.text, "please ask the desk for a new one"));
	assert_int_equal(identity_load(b->state, &loaded, NULL), -ENOENT);
	hub_stub_address(b->hub, "7K3F9-2QXTM", address);
	assert_int_equal(enrol_run(address, b->state, &id, NULL), 0);
	char *first_key = id.key_pem;
	id.key_pem = NULL;
	identity_done(&id);
	assert_int_equal(enrol_run(address, b->state, &id, &e), -EDENIED);
	assert_int_equal(identity_load(b->state, &loaded, NULL), 0);
	assert_string_equal(loaded.key_pem, first_key);
	free(first_key);
	identity_done(&loaded);
}

static void another_hub_is_not_believed(void **state)
{
	struct bed *b = *state;
	char address[512];
	struct identity id = { 0 };
	struct err e = { 0 };

	hub_stub_address(b->hub, "7K3F9-2QXTM", address);
	size_t n = strlen(address);
	address[n - 1] = address[n - 1] == '0' ? '1' : '0';
	assert_true(enrol_run(address, b->state, &id, &e) < 0);
	assert_true(e.text[0] != '\0');
	assert_int_equal(identity_load(b->state, &id, NULL), -ENOENT);
}

static void identity_is_replaced_as_a_whole(void **state)
{
	struct bed *b = *state;
	char old_key[] = "old key", new_key[] = "new key", cert[] = "cert", ca[] = "ca";
	struct identity id = { .key_pem = old_key,
			       .cert_pem = cert,
			       .ca_pem = ca,
			       .sensor = "1",
			       .hub_host = "2001:db8::1",
			       .hub_port = 8444 };
	struct identity loaded = { 0 };
	char path[SENSOR_PATH_MAX];

	assert_int_equal(identity_set(b->state, &id, NULL), 0);
	id.key_pem = new_key;
	(void)snprintf(id.sensor, sizeof(id.sensor), "2");
	assert_int_equal(identity_set(b->state, &id, NULL), 0);
	assert_int_equal(identity_load(b->state, &loaded, NULL), 0);
	assert_string_equal(loaded.key_pem, "new key");
	assert_string_equal(loaded.sensor, "2");
	assert_string_equal(loaded.hub_host, "2001:db8::1");
	sensor_path(b->state, SENSOR_IDENTITY ".new", path);
	assert_false(file_exists(path));
	identity_done(&loaded);
}

#define PIN "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF"

static void addresses_that_people_type(void **state)
{
	struct enrol_url u;

	(void)state;
	assert_int_equal(
		enrol_url_parse(" otasuke://hub.example:8444/?code=AB-CD&ca=" PIN "\n", &u, NULL),
		0);
	assert_string_equal(u.host, "hub.example");
	assert_int_equal(u.port, 8444);
	assert_string_equal(u.code, "AB-CD");
	assert_int_equal(u.ca_spki_sha256[1], 0x11);
	assert_int_equal(u.ca_spki_sha256[31], 0xff);
	assert_int_equal(
		enrol_url_parse("otasuke://[2001:db8::1]:8444?ca=" PIN "&code=AB", &u, NULL), 0);
	assert_string_equal(u.host, "2001:db8::1");
}

static void addresses_with_a_mistake(void **state)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{ "https://hub.example:8444/?code=A&ca=" PIN, "otasuke://" },
		{ "otasuke://hub.example/?code=A&ca=" PIN, "host and port" },
		{ "otasuke://:8444/?code=A&ca=" PIN, "host and port" },
		{ "otasuke://hub.example:99999/?code=A&ca=" PIN, "host and port" },
		{ "otasuke://hub.example:8444/?ca=" PIN, "no code" },
		{ "otasuke://hub.example:8444/?code=A", "64 digits" },
		{ "otasuke://hub.example:8444/?code=A&ca=0011", "64 digits" },
		{ "otasuke://hub.example:8444/?code=A&ca=" PIN "00", "64 digits" },
		{ "", "otasuke://" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct enrol_url u;
		struct err e = { 0 };
		assert_int_equal(enrol_url_parse(bad[i].text, &u, &e), -EINVAL);
		assert_non_null(strstr(e.text, bad[i].says));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(good_code_gives_an_identity, bed_make, bed_remove),
		cmocka_unit_test_setup_teardown(hub_says_no, bed_make, bed_remove),
		cmocka_unit_test_setup_teardown(another_hub_is_not_believed, bed_make, bed_remove),
		cmocka_unit_test_setup_teardown(identity_is_replaced_as_a_whole, bed_make,
						bed_remove),
		cmocka_unit_test(addresses_that_people_type),
		cmocka_unit_test(addresses_with_a_mistake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
