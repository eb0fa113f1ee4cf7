/* SPDX-License-Identifier: Apache-2.0 */
/* Importing member lists: dry run, errors per row, twice changes nothing, round trip, CP932. */
#include <errno.h>
#include <iconv.h>

#include "hub/members/members_import.h"
#include "hub/members/test_members_db.h"

static const char list[] =
	"会社名,フリガナ,会員番号,都道府県,市区町村,電話,業種,従業員数,担当者名,担当者電話,"
	"担当者メール,"
	"担当者連絡時間,メモ\r\n"
	"株式会社みなと製作所,ミナトセイサクショ,M-001,岩手県,盛岡市,019-600-0000,E,25名,佐藤 健,"
	"090-0000-0001,sato@minato.example,平日 9:00-18:00,x\r\n"
	"さくら食品,サクラショクヒン,M-002,岩手,花巻市,０１９−６００−０００２,製造業,\"1,200\",,,,,"
	"\r\n"
	"\r\n"
	"電話の違う店,,M-003,宮城県,,12345,I,,,,,,\r\n"
	",,M-004,青森県,,,,,,,,,\r\n"
	"県の違う店,,M-005,東京国,,,,,,,,,\r\n"
	"担当の届かない店,,M-006,2,,,,,鈴木,,,,\r\n";

static struct import_report import(struct db *db, const struct user *u, struct str file,
				   bool dry_run, struct arena *a)
{
	struct import_report rep = { 0 };
	struct err e;

	if (members_import(db, u, &(struct import_file){ file.p, file.n }, dry_run, a, &rep, &e) <
	    0)
		fail_msg("%s", e.text);
	return rep;
}

static void errors_name_row_and_column(struct db *db, void *arg)
{
	struct user u = test_user(test_org(db, ORG_CONSORTIUM, "北の協議会"), ROLE_DESK);
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct import_report rep = import(db, &u, STR(list), true, a);

	(void)arg;
	assert_int_equal(rep.n_rows, 6);
	assert_int_equal(rep.n_new, 2);
	assert_int_equal(rep.n_error, 4);
	assert_string_equal(rep.charset, "UTF-8");
	assert_string_equal(rep.unknown, "メモ");
	assert_int_equal(rep.rows[2].line, 5);
	assert_string_equal(rep.rows[2].column, "電話");
	assert_non_null(strstr(rep.rows[2].text, "12345"));
	assert_string_equal(rep.rows[3].column, "会社名");
	assert_string_equal(rep.rows[4].column, "都道府県");
	assert_int_equal(rep.rows[5].state, IMPORT_ERROR);
	/* it was a dry run */
	assert_int_equal(test_count(db, "@global SELECT count(*) FROM company"), 0);
	assert_int_equal(test_count(db, "@global SELECT count(*) FROM contact"), 0);
}

static void twice_changes_nothing(struct db *db, void *arg)
{
	struct user u = test_user(test_org(db, ORG_CONSORTIUM, "北の協議会"), ROLE_DESK);
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct import_report rep = import(db, &u, STR(list), false, a);

	(void)arg;
	assert_int_equal(rep.n_new, 2);
	assert_true(rep.rows[0].company_id > 0);
	rep = import(db, &u, STR(list), false, a);
	assert_int_equal(rep.n_new, 0);
	assert_int_equal(rep.n_changed, 0);
	assert_int_equal(rep.n_same, 2);
	assert_int_equal(test_count(db, "@global SELECT count(*) FROM company"), 2);
	assert_int_equal(test_count(db, "@global SELECT count(*) FROM contact"), 1);
	assert_int_equal(
		test_count(db, "@global SELECT count(*) FROM company WHERE employees = 1200"), 1);

	rep = import(db, &u,
		     STR("member_number,name,prefecture,contact_name,contact_phone\n"
			 "M-001,株式会社みなと製作所,Iwate,佐藤　健,090-0000-0009\n"),
		     false, a);
	assert_int_equal(rep.n_changed, 1);
	assert_int_equal(test_count(db, "@global SELECT count(*) FROM contact"), 1);
	assert_int_equal(test_count(db, "@global SELECT count(*) FROM contact WHERE"
					" phone = '+819000000009' AND mail <> ''"),
			 1); /* what the file does not say stays */
}

static void without_a_number_name_place_and_phone_are_the_key(struct db *db, void *arg)
{
	struct user u = test_user(test_org(db, ORG_CONSORTIUM, "北の協議会"), ROLE_DESK);
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct str file = STR("name,prefecture,phone\nやまびこ商店,3,019-600-0001\n"
			      "ヤマビコ商店,岩手県,０１９-600-0001\nやまびこ商店,4,019-600-0001\n");
	struct import_report rep = import(db, &u, file, false, a);

	(void)arg;
	assert_int_equal(rep.n_new, 2);
	assert_int_equal(rep.n_changed, 1); /* the second spells the name in another way */
	rep = import(db, &u, STR("name,prefecture,phone\nヤマビコ商店,3,+81196000001\n"), false, a);
	assert_int_equal(rep.n_same, 1);
}

static void to_cp932(const char *utf8, size_t n, struct buf *out)
{
	char converted[8192], *to = converted, *from = (char *)(uintptr_t)utf8;
	size_t left = n, room = sizeof(converted);
	iconv_t ic = iconv_open("CP932", "UTF-8");

	assert_true(iconv(ic, &from, &left, &to, &room) != (size_t)-1);
	iconv_close(ic);
	buf_add(out, converted, sizeof(converted) - room);
}

static void a_file_from_an_old_spreadsheet(struct db *db, void *arg)
{
	struct user u = test_user(test_org(db, ORG_CONSORTIUM, "北の協議会"), ROLE_DESK);
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_BUF struct buf cp932 = { 0 };
	struct str file = STR("会社名,都道府県,電話番号\r\nﾐﾅﾄ製作所①,岩手県,019-600-0000\r\n");

	(void)arg;
	to_cp932(file.p, file.n, &cp932);
	struct import_report rep = import(db, &u, (struct str){ cp932.p, cp932.n }, false, a);
	assert_string_equal(rep.charset, "CP932");
	assert_int_equal(rep.n_new, 1);
	rep = import(db, &u, file, false, a); /* the same in UTF-8 */
	assert_int_equal(rep.n_same, 1);
}

static void round_trip(struct db *db, void *arg)
{
	struct user u = test_user(test_org(db, ORG_CONSORTIUM, "北の協議会"), ROLE_DESK);
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct err e;

	(void)arg;
	import(db, &u, STR(list), false, a);
	for (int lang = 0; lang < LANG_COUNT; lang++) {
		SCOPED_BUF struct buf out = { 0 };

		assert_int_equal(members_import_export(db, &u, (enum lang)lang, &out, &e), 0);
		struct import_report rep = import(db, &u, (struct str){ out.p, out.n }, false, a);
		assert_int_equal(rep.n_same, 2);
		assert_int_equal(rep.n_rows, 2);
	}
}

static void a_stranger_is_never_touched(struct db *db, void *arg)
{
	struct user north = test_user(test_org(db, ORG_CONSORTIUM, "北の協議会"), ROLE_DESK);
	struct user south = test_user(test_org(db, ORG_CONSORTIUM, "南の協議会"), ROLE_DESK);
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_BUF struct buf out = { 0 };
	struct err e;

	(void)arg;
	import(db, &north, STR(list), false, a);
	struct import_report rep = import(db, &south, STR(list), false, a);
	assert_int_equal(rep.n_new, 0);
	assert_int_equal(rep.n_error, 6); /* the member numbers are taken, in words */
	assert_non_null(strstr(rep.rows[0].text, "M-001"));
	assert_int_equal(members_import_export(db, &south, LANG_JA, &out, &e), 0);
	assert_null(strstr(out.p, "みなと"));
}

static void a_file_that_is_no_list_is_refused(struct db *db, void *arg)
{
	static const char *const files[] = { "", "\n", "名前だけ\nx\n",
					     "name,name,prefecture\nx,x,3\n", "name\nx\n" };
	struct user u = test_user(test_org(db, ORG_CONSORTIUM, "北の協議会"), ROLE_DESK);
	struct user analyst = test_user(u.org_id, ROLE_ANALYST);
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct import_report rep;
	struct err e;

	(void)arg;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct import_file f = { files[i], strlen(files[i]) };

		assert_int_equal(members_import(db, &u, &f, false, a, &rep, &e), -EINVAL);
	}
	struct import_file f = { list, sizeof(list) - 1 };
	assert_int_equal(members_import(db, &analyst, &f, true, a, &rep, &e), -EPERM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(errors_name_row_and_column),
		ON_BOTH(twice_changes_nothing),
		ON_BOTH(without_a_number_name_place_and_phone_are_the_key),
		ON_BOTH(a_file_from_an_old_spreadsheet),
		ON_BOTH(round_trip),
		ON_BOTH(a_stranger_is_never_touched),
		ON_BOTH(a_file_that_is_no_list_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
