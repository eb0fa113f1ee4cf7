/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of ssh_session on sizes measured of OpenSSH 9.2 and of a guessing tool on libssh2: the
 * client's positive, the server's negative. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/test.h"
#include "probe/detect/ssh_session.h"

/* Segment KEYS is the one in which the server changes its keys. */
static bool enters(const int *sizes, size_t n, size_t keys)
{
	static const uint8_t new_keys[16] = { 0, 0, 0, 12, 10, 21 };
	struct ssh_session s = { 0 };

	for (size_t i = 0; i < n; i++) {
		size_t size = (size_t)abs(sizes[i]);
		SCOPED_MEM uint8_t *p = mem_new(size);
		memset(p, 0x5a, size);
		if (i == keys)
			memcpy(p + size - sizeof(new_keys), new_keys, sizeof(new_keys));
		ssh_session_see(&s, sizes[i] < 0, rd_of(p, size));
	}
	return s.entered;
}

static void a_command_by_key_enters(void **state)
{
	static const int chacha[] = { 41, -41, 1560, -1088, 1208, -1564, 16,  44,   -44,
				      60, -76, 140,  -100,  308,  -28,   112, -248, -176 },
			 aes[] = { 41,  -41, 960, -1088, 1208, -1584, 16,  64,
				   -64, 80,  -96, 160,   -112, 320,   -48, 160 },
			 extensions[] = { 41, -41, 1560, -1088, 1208, -1100, -232, 16,
					  44, -44, 60,   -76,   140,  -100,  308,  -28 };
	(void)state;
	assert_true(enters(chacha, ARRAY_LEN(chacha), 5));
	assert_true(enters(aes, ARRAY_LEN(aes), 5));
	assert_true(enters(extensions, ARRAY_LEN(extensions), 5));
}

static void refused_passwords_do_not(void **state)
{
	static const int three[] = { 41,  -41, 1560, -1088, 1208, -1564, 16, 44,
				     -44, 60,  -76,  84,    -76,  84,    -76 },
			 libssh2[] = { 24, -43, 1520, -1120, 48, -572, 68, -52, 84, -52 },
			 extensions[] = { 41, -41, 1560, -1088, 1208, -1100, -232,
					  16, 44,  -44,  60,    -76,  84,    -76 },
			 cut[] = { 41, -41, 960, -1088, 1208, -1584 };
	(void)state;
	assert_false(enters(three, ARRAY_LEN(three), 5));
	assert_false(enters(libssh2, ARRAY_LEN(libssh2), 5));
	assert_false(enters(extensions, ARRAY_LEN(extensions), 5));
	assert_false(enters(cut, ARRAY_LEN(cut), 5));
}

static void a_password_after_refusals_enters(void **state)
{
	static const int sizes[] = { 41, -41, 1560, -1088, 1208, -1564, 16,  44,  -44,
				     60, -76, 84,   -76,   84,   -28,   112, -248 };
	(void)state;
	assert_true(enters(sizes, ARRAY_LEN(sizes), 5));
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(a_command_by_key_enters),
		cmocka_unit_test(refused_passwords_do_not),
		cmocka_unit_test(a_password_after_refusals_enters),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}
