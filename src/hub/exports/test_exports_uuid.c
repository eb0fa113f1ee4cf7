/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of exports_uuid.c. */
#include <string.h>

#include "base/test.h"
#include "hub/exports/exports_uuid.h"

/* RFC 9562, A.4: www.example.com in the name space of DNS. */
static void the_example_of_the_standard(void **state)
{
	static const uint8_t dns[16] = { 0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1,
					 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8 };
	char out[UUID_TEXT];

	(void)state;
	assert_string_equal(uuid_of(dns, "www.example.com", 15, out),
			    "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}

/* A name that fills more than a block; the id is Python's uuid.uuid5. */
static void a_long_name(void **state)
{
	char name[200], out[UUID_TEXT];

	(void)state;
	memset(name, 'a', sizeof(name));
	assert_string_equal(uuid_of(uuid_stix, name, sizeof(name), out),
			    "b168f64f-0e77-5a35-9087-f5ff25fb89bf");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_the_standard),
		cmocka_unit_test(a_long_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
