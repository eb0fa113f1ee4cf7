/* SPDX-License-Identifier: Apache-2.0 */
/* Telephone numbers and folding: pure functions of members. */
#include "base/fold.h"
#include "base/mem.h"
#include "base/test.h"
#include "hub/members/members.h"

static void what_people_write_becomes_e164(void **state)
{
	static const struct {
		const char *typed, *e164;
	} rows[] = {
		{ "019-600-0000", "+81196000000" },
		{ "０１９（６００）００００", "+81196000000" },
		{ "019ー600ー0000", "+81196000000" },
		{ "(03) 0000 1234", "+81300001234" },
		{ "090-0000-1234", "+819000001234" },
		{ "050.0000.1234", "+815000001234" },
		{ "0120-000-000", "+81120000000" },
		{ "0800-000-0000", "+818000000000" },
		{ "06-0000-0000", "+81600000000" },
		{ "+81 19 600 0000", "+81196000000" },
		{ "+81 (0)19-600-0000", "+81196000000" },
		{ "＋81-90-0000-0000", "+819000000000" },
		{ "010 1 202 555 0100", "+12025550100" },
		{ "+44 20 7946 0000", "+442079460000" },
	};
	char out[20];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_true(members_phone_parse(rows[i].typed, out));
		assert_string_equal(out, rows[i].e164);
	}
}

static void what_is_no_number_is_refused(void **state)
{
	static const char *const rows[] = {
		"",
		"110",
		"196000000",
		"019-600-000",
		"090-000-0000",
		"019-600-00001",
		"00000000000",
		"abc",
		"019-600-0000 内線3",
		"+",
		"+81",
		"+0123456789",
		"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
	};
	char out[20] = "untouched";

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_false(members_phone_parse(rows[i], out));
	assert_string_equal(out, "untouched");
}

static void numbers_read_as_in_japan(void **state)
{
	static const struct {
		const char *e164, *shown;
	} rows[] = {
		{ "+81196000000", "019-600-0000" },
		{ "+81300001234", "03-0000-1234" },
		{ "+819000001234", "090-0000-1234" },
		{ "+81120000000", "0120-000-000" },
		{ "+818000000000", "0800-000-0000" },
		{ "+442079460000", "+442079460000" },
		{ "", "" },
		{ "+8", "+8" },
	};
	char out[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		members_phone_format(rows[i].e164, out);
		assert_string_equal(out, rows[i].shown);
	}
}

static void spellings_of_one_name_fold_alike(void **state)
{
	static const struct {
		const char *typed, *folded;
	} rows[] = {
		{ "みなと　製作所", "ミナト製作所" },
		{ "ﾐﾅﾄ", "ミナト" },
		{ "ｶﾞｷﾞｸﾞ ﾊﾟﾋﾟ", "ガギグパピ" },
		{ "ＡＢＣ・Works １２", "abcworks12" },
		{ "ｳﾞｧ", "ヴァ" },
		{ "ﾞ", "\xe3\x82\x99" },
		{ "\xff\xc3", "" },
	};
	char out[64];

	(void)state;
	for (size_t i = 0; i + 1 < ARRAY_LEN(rows); i++) {
		fold_text(rows[i].typed, out, sizeof(out));
		assert_string_equal(out, rows[i].folded);
	}
	fold_text(rows[ARRAY_LEN(rows) - 1].typed, out, sizeof(out)); /* not UTF-8: no crash */
	char small[8];
	fold_text("みなと製作所", small, sizeof(small)); /* cut at a character's border */
	assert_string_equal(small, "ミナ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_people_write_becomes_e164),
		cmocka_unit_test(what_is_no_number_is_refused),
		cmocka_unit_test(numbers_read_as_in_japan),
		cmocka_unit_test(spellings_of_one_name_fold_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
