/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of values: how lists write them, and what they become. */
#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/test.h"
#include "wire/indicator/indicator.h"

struct wanted {
	enum indicator_kind kind;
	const char *text;
	const char *value; /* NULL: none, for the reason */
	enum indicator_kind becomes;
	enum indicator_bad bad;
};

static const struct wanted values[] = {
	{ INDICATOR_DOMAIN, "Bad.Example.", "bad.example", INDICATOR_DOMAIN, 0 },
	{ INDICATOR_DOMAIN, " *.bad.example\r", "bad.example", INDICATOR_DOMAIN, 0 },
	{ INDICATOR_DOMAIN, ".bad.example", "bad.example", INDICATOR_DOMAIN, 0 },
	{ INDICATOR_DOMAIN, "bad[.]example:8443", "bad.example", INDICATOR_DOMAIN, 0 },
	{ INDICATOR_DOMAIN, "bad(dot)example", "bad.example", INDICATOR_DOMAIN, 0 },
	{ INDICATOR_DOMAIN, "hxxps://bad[.]example/", "bad.example", INDICATOR_DOMAIN, 0 },
	{ INDICATOR_DOMAIN, "悪い.example", "xn--n8j107l.example", INDICATOR_DOMAIN, 0 },
	{ INDICATOR_DOMAIN,
	  "B\xc3\xbc"
	  "cher.example",
	  "xn--bcher-kva.example", INDICATOR_DOMAIN, 0 },
	{ INDICATOR_DOMAIN, "_dmarc.bad.example", "_dmarc.bad.example", INDICATOR_DOMAIN, 0 },
	{ INDICATOR_DOMAIN, "", NULL, 0, INDICATOR_EMPTY },
	{ INDICATOR_DOMAIN, "localhost", NULL, 0, INDICATOR_TOO_WIDE },
	{ INDICATOR_DOMAIN, "co.jp", NULL, 0, INDICATOR_TOO_WIDE },
	{ INDICATOR_DOMAIN, "a..b", NULL, 0, INDICATOR_NOT_DOMAIN },
	{ INDICATOR_DOMAIN, "192.0.2.1", NULL, 0, INDICATOR_NOT_DOMAIN },
	{ INDICATOR_DOMAIN, "bad.example/path", NULL, 0, INDICATOR_NOT_DOMAIN },
	{ INDICATOR_DOMAIN, "two words.example", NULL, 0, INDICATOR_NOT_DOMAIN },
	{ INDICATOR_DOMAIN, "bad\x01.example", NULL, 0, INDICATOR_NOT_TEXT },
	{ INDICATOR_DOMAIN, "bad\xff.example", NULL, 0, INDICATOR_NOT_TEXT },
	{ INDICATOR_IP, "203.0.113.66", "203.0.113.66", INDICATOR_IP, 0 },
	{ INDICATOR_IP, "203[.]0[.]113[.]66:443", "203.0.113.66", INDICATOR_IP, 0 },
	{ INDICATOR_IP, "203.0.113.66|443", "203.0.113.66", INDICATOR_IP, 0 },
	{ INDICATOR_IP, "2001:DB8:0::66", "2001:db8::66", INDICATOR_IP, 0 },
	{ INDICATOR_IP, "[2001:db8::66]:443", "2001:db8::66", INDICATOR_IP, 0 },
	{ INDICATOR_IP, "::ffff:203.0.113.66", "203.0.113.66", INDICATOR_IP, 0 },
	{ INDICATOR_IP, "198.51.100.7/25", "198.51.100.0/25", INDICATOR_CIDR, 0 },
	{ INDICATOR_CIDR, "198.51.100.7/32", "198.51.100.7", INDICATOR_IP, 0 },
	{ INDICATOR_CIDR, "2001:db8::1/33", "2001:db8::/33", INDICATOR_CIDR, 0 },
	{ INDICATOR_CIDR, "::ffff:198.51.100.0/121", "198.51.100.0/25", INDICATOR_CIDR, 0 },
	{ INDICATOR_IP, "203.0.113.999", NULL, 0, INDICATOR_NOT_ADDRESS },
	{ INDICATOR_CIDR, "198.51.100.0/33", NULL, 0, INDICATOR_NOT_NETWORK },
	{ INDICATOR_CIDR, "0.0.0.0/0", NULL, 0, INDICATOR_TOO_WIDE },
	{ INDICATOR_CIDR, "2001::/15", NULL, 0, INDICATOR_TOO_WIDE },
	{ INDICATOR_IP, "127.0.0.1", NULL, 0, INDICATOR_NOBODY },
	{ INDICATOR_IP, "0.0.0.0", NULL, 0, INDICATOR_NOBODY },
	{ INDICATOR_IP, "::1", NULL, 0, INDICATOR_NOBODY },
	{ INDICATOR_IP, "224.0.0.1", NULL, 0, INDICATOR_NOBODY },
	{ INDICATOR_URL, "hxxp://Bad[.]Example:8080/A/b%7e?x=%2f#top", "bad.example/A/b~?x=%2F",
	  INDICATOR_URL, 0 },
	{ INDICATOR_URL, "https://user:pw@bad.example", "bad.example/", INDICATOR_URL, 0 },
	{ INDICATOR_URL, "http://203.0.113.66:81/x.bin", "203.0.113.66/x.bin", INDICATOR_URL, 0 },
	{ INDICATOR_URL, "http://[2001:db8::66]/x", "2001:db8::66/x", INDICATOR_URL, 0 },
	{ INDICATOR_URL, "http://bad.example?x=1", "bad.example/?x=1", INDICATOR_URL, 0 },
	{ INDICATOR_URL, "http://bad.example/a b", "bad.example/a%20b", INDICATOR_URL, 0 },
	{ INDICATOR_URL, "http:///x", NULL, 0, INDICATOR_NOT_URL },
	{ INDICATOR_URL, "/gate.php", NULL, 0, INDICATOR_NOT_URL },
	{ INDICATOR_JA3, "51C64C77e60f3980eea90869b68c58a8", "51c64c77e60f3980eea90869b68c58a8",
	  INDICATOR_JA3, 0 },
	{ INDICATOR_JA3, "123", NULL, 0, INDICATOR_NOT_HASH },
	{ INDICATOR_CERT, "00:11:22:33:44:55:66:77:88:99:AA:bb:cc:dd:ee:ff:00:11:22:33",
	  "00112233445566778899aabbccddeeff00112233", INDICATOR_CERT, 0 },
	{ INDICATOR_CERT, "51c64c77e60f3980eea90869b68c58a8", NULL, 0, INDICATOR_NOT_HASH },
	{ INDICATOR_FILE, "51c64c77e60f3980eea90869b68c58a8", "51c64c77e60f3980eea90869b68c58a8",
	  INDICATOR_FILE, 0 },
	{ INDICATOR_FILE, "51c64c77e60f3980eea90869b68c58a8ff", NULL, 0, INDICATOR_NOT_HASH },
	{ 0, "x", NULL, 0, INDICATOR_NO_TYPE },
};

static void values_become_their_normal_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		const struct wanted *w = &values[i];
		struct indicator out = { 0 };
		enum indicator_bad bad = indicator_set(&out, w->kind, str_of(w->text));
		if (bad != w->bad || (w->value && strcmp(out.value, w->value) != 0))
			fail_msg("%s: %s, \"%s\"", w->text, indicator_bad_name(bad), out.value);
		assert_int_equal(out.kind, w->becomes);
		assert_int_equal(out.n, strlen(out.value));
	}
}

static void the_normal_form_stays_itself(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		struct indicator out = { 0 };
		if (!values[i].value)
			continue;
		assert_int_equal(indicator_set(&out, values[i].becomes, str_of(values[i].value)),
				 INDICATOR_OK);
		assert_string_equal(out.value, values[i].value);
	}
}

static void kinds_are_guessed(void **state)
{
	(void)state;
	static const struct wanted guesses[] = {
		{ 0, "bad.example", "bad.example", INDICATOR_DOMAIN, 0 },
		{ 0, "bad.example:8080", "bad.example", INDICATOR_DOMAIN, 0 },
		{ 0, "203.0.113.66:8080", "203.0.113.66", INDICATOR_IP, 0 },
		{ 0, "198.51.100.0/25", "198.51.100.0/25", INDICATOR_CIDR, 0 },
		{ 0, "2001:db8::66", "2001:db8::66", INDICATOR_IP, 0 },
		{ 0, "203.0.113.66/x.bin", "203.0.113.66/x.bin", INDICATOR_URL, 0 },
		{ 0, "hxxp://bad[.]example/", "bad.example/", INDICATOR_URL, 0 },
		{ 0, "bad.example/gate.php", "bad.example/gate.php", INDICATOR_URL, 0 },
		{ 0, "da39a3ee5e6b4b0d3255bfef95601890afd80709",
		  "da39a3ee5e6b4b0d3255bfef95601890afd80709", INDICATOR_FILE, 0 },
	};
	for (size_t i = 0; i < ARRAY_LEN(guesses); i++) {
		struct indicator out = { 0 };
		assert_int_equal(indicator_guess(&out, str_of(guesses[i].text)), INDICATOR_OK);
		assert_string_equal(out.value, guesses[i].value);
		assert_int_equal(out.kind, guesses[i].becomes);
	}
}

static void a_bad_value_leaves_the_old_one(void **state)
{
	(void)state;
	struct indicator out = { 0 };
	char longest[1200];
	memset(longest, 'a', sizeof(longest));
	assert_int_equal(indicator_set(&out, INDICATOR_IP, STR("192.0.2.1")), INDICATOR_OK);
	assert_int_equal(indicator_set(&out, INDICATOR_IP, STR("nonsense")), INDICATOR_NOT_ADDRESS);
	assert_string_equal(out.value, "192.0.2.1");
	assert_int_equal(indicator_set(&out, INDICATOR_URL, (struct str){ longest, 1200 }),
			 INDICATOR_TOO_LONG);
}

static void requests_match_what_lists_write(void **state)
{
	(void)state;
	char out[INDICATOR_VALUE_MAX];
	assert_true(indicator_url(STR("BAD.example:80"), STR("/A?x=%2f"), out) > 0);
	assert_string_equal(out, "bad.example/A?x=%2F");
	assert_true(indicator_url(STR("bad.example"), STR("http://bad.example/A"), out) > 0);
	assert_string_equal(out, "bad.example/A");
	assert_int_equal(indicator_url(STR(""), STR("/"), out), 0);
	assert_int_equal(indicator_url(STR("nas"), STR("/"), out), 0);
}

static void addresses_and_hashes_have_bytes(void **state)
{
	(void)state;
	struct indicator i = { 0 };
	uint8_t b[32], bits = 0;
	size_t n = 0;
	assert_int_equal(indicator_set(&i, INDICATOR_CIDR, STR("198.51.100.0/25")), 0);
	assert_true(indicator_net(&i, b, &bits));
	assert_int_equal(bits, 121);
	assert_memory_equal(b, "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc6\x33\x64\0", 16);
	assert_int_equal(indicator_set(&i, INDICATOR_JA3, STR("51c64c77e60f3980eea90869b68c58a8")),
			 0);
	assert_false(indicator_net(&i, b, &bits));
	assert_true(indicator_hash(&i, b, &n));
	assert_int_equal(n, 16);
	assert_int_equal(b[0], 0x51);
}

static void each_reason_has_a_name_and_words(void **state)
{
	(void)state;
	for (int i = INDICATOR_EMPTY; i < INDICATOR_BADS; i++) {
		enum indicator_bad why = (enum indicator_bad)i;
		struct err e = { 0 };
		assert_true(indicator_bad_name(why)[0] != 0);
		assert_true(indicator_bad_key(why)[0] != 0);
		assert_true(indicator_bad_err(&e, why, STR("x")) < 0);
		assert_true(e.text[0] != 0);
	}
}

static void labels_are_clean_text(void **state)
{
	(void)state;
	struct indicator i = { 0 };
	indicator_label(&i, STR(" a\tbotnet \n"));
	assert_string_equal(i.label, "a botnet");
	indicator_label(&i, STR("\xff\xfe"));
	assert_string_equal(i.label, "??");
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(values_become_their_normal_form),
		cmocka_unit_test(the_normal_form_stays_itself),
		cmocka_unit_test(kinds_are_guessed),
		cmocka_unit_test(a_bad_value_leaves_the_old_one),
		cmocka_unit_test(requests_match_what_lists_write),
		cmocka_unit_test(addresses_and_hashes_have_bytes),
		cmocka_unit_test(each_reason_has_a_name_and_words),
		cmocka_unit_test(labels_are_clean_text),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}
