/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of crypto.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "net/crypto.h"

static void sha256_of_the_standards_example(void **state)
{
	(void)state;
	/* FIPS 180-4, "abc" */
	static const char want[] =
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
	uint8_t sum[32];
	char hex[65];

	crypto_sha256("abc", 3, sum);
	crypto_hex(sum, 32, hex);
	assert_string_equal(hex, want);

	struct crypto_sha256_state s;
	crypto_sha256_init(&s);
	crypto_sha256_add(&s, "a", 1);
	crypto_sha256_add(&s, "bc", 2);
	crypto_sha256_end(&s, sum);
	crypto_hex(sum, 32, hex);
	assert_string_equal(hex, want);
}

static void a_token_fills_its_room(void **state)
{
	(void)state;
	char a[44], b[44];

	crypto_token(a, sizeof(a));
	crypto_token(b, sizeof(b));
	assert_int_equal(strlen(a), 43);
	assert_string_not_equal(a, b);
	assert_int_equal(strspn(a, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				   "0123456789-_"),
			 43);
}

static void a_code_survives_how_people_type(void **state)
{
	(void)state;
	char code[CRYPTO_CODE_SIZE(15)], typed[64], clean[32];

	for (int i = 0; i < 200; i++) {
		crypto_code(code, 15);
		assert_int_equal(strlen(code), 17);
		assert_int_equal(code[5], '-');
		size_t n = 0;
		for (const char *p = code; *p; p++) {
			char c = *p;
			if (c == '0')
				c = 'o';
			else if (c == '1')
				c = 'l';
			else if (c == '-')
				c = ' ';
			else if (c >= 'A' && c <= 'Z')
				c = (char)(c - 'A' + 'a');
			typed[n++] = c;
		}
		typed[n] = '\0';
		assert_true(crypto_code_clean(typed, clean, sizeof(clean)));
		assert_int_equal(strlen(clean), 15);
		assert_true(crypto_code_clean(code, clean, sizeof(clean)));
	}
}

static void a_mistyped_code_is_noticed(void **state)
{
	(void)state;
	char code[CRYPTO_CODE_SIZE(10)], clean[32] = "before";

	crypto_code(code, 10);
	for (size_t i = 0; code[i]; i++) {
		if (code[i] == '-')
			continue;
		char kept = code[i];
		code[i] = kept == '7' ? '8' : '7';
		assert_false(crypto_code_clean(code, clean, sizeof(clean)));
		code[i] = kept;
	}
	assert_false(crypto_code_clean("", clean, sizeof(clean)));
	assert_false(crypto_code_clean("00000-U", clean, sizeof(clean)));
	assert_false(crypto_code_clean(code, clean, 5));
	assert_string_equal(clean, "before");
}

static void passwords(void **state)
{
	(void)state;
	char hash[128];

	assert_int_equal(crypto_password_hash("みなと2026", hash, NULL), 0);
	assert_non_null(strstr(hash, "$argon2id$v=19$m=19456,t=2,p=1$"));
	assert_true(crypto_password_ok(hash, "みなと2026"));
	assert_false(crypto_password_ok(hash, "みなと2027"));
	assert_false(crypto_password_ok(NULL, "x"));
	assert_false(crypto_password_ok("", "x"));
	assert_false(crypto_password_ok("not a hash", "x"));
}

static void totp_of_rfc_6238(void **state)
{
	(void)state;
	/* Appendix B, SHA-1, secret "12345678901234567890", the last six of eight digits */
	static const char secret[] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
	int64_t step = -1;

	assert_true(crypto_totp_ok(secret, "287082", INT64_C(59000000), &step));
	assert_int_equal(step, 1);
	assert_true(crypto_totp_ok(secret, "081804", INT64_C(1111111109) * 1000000, &step));
	assert_int_equal(step, 1111111109 / 30);
	/* one step later it still counts, as the step it belongs to; two steps later no more */
	assert_true(crypto_totp_ok(secret, "287082", INT64_C(89000000), &step));
	assert_int_equal(step, 1);
	assert_false(crypto_totp_ok(secret, "287082", INT64_C(119000000), &step));
	assert_false(crypto_totp_ok(secret, "28708", INT64_C(59000000), &step));
	assert_false(crypto_totp_ok(secret, "28708a", INT64_C(59000000), &step));
	assert_false(crypto_totp_ok("1", "287082", INT64_C(59000000), &step));
}

static void a_new_totp_secret_is_base32(void **state)
{
	(void)state;
	char a[40];
	int64_t step;

	crypto_totp_new(a);
	assert_int_equal(strlen(a), 32);
	assert_int_equal(strspn(a, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), 32);
	(void)crypto_totp_ok(a, "000000", 0, &step);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_of_the_standards_example),
		cmocka_unit_test(a_token_fills_its_room),
		cmocka_unit_test(a_code_survives_how_people_type),
		cmocka_unit_test(a_mistyped_code_is_noticed),
		cmocka_unit_test(passwords),
		cmocka_unit_test(totp_of_rfc_6238),
		cmocka_unit_test(a_new_totp_secret_is_base32),
	};

	if (crypto_start(NULL) < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
