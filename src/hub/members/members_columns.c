/* SPDX-License-Identifier: Apache-2.0 */
/* The columns of a member list: one table, used for reading, writing and explaining. */
#include "hub/members/members_columns.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/members/members_check.h"
#include "hub/members/members_data.h"

enum { FOLDED_MAX = 512 };

#define ROW_ARGS                                                                                   \
	struct members_row *row, int contact, const char *cell, struct arena *a, struct err *e
#define GET_ARGS const struct members_row *row, int contact, enum lang lang, struct arena *a

/* Plain texts: a setter and a getter for one member of the company or of a contact. */
#define COMPANY_TEXT(member)                                                                       \
	static int set_##member(ROW_ARGS)                                                          \
	{                                                                                          \
		(void)contact;                                                                     \
		row->company.member = arena_strdup(a, cell);                                       \
		return members_check_text(cell, false, e);                                         \
	}                                                                                          \
	static const char *get_##member(GET_ARGS)                                                  \
	{                                                                                          \
		(void)contact;                                                                     \
		(void)lang;                                                                        \
		(void)a;                                                                           \
		return row->company.member;                                                        \
	}
#define CONTACT_TEXT(member)                                                                       \
	static int set_contact_##member(ROW_ARGS)                                                  \
	{                                                                                          \
		row->contact[contact].member = arena_strdup(a, cell);                              \
		return members_check_text(cell, false, e);                                         \
	}                                                                                          \
	static const char *get_contact_##member(GET_ARGS)                                          \
	{                                                                                          \
		(void)lang;                                                                        \
		(void)a;                                                                           \
		return row->contact[contact].member;                                               \
	}
COMPANY_TEXT(name)
COMPANY_TEXT(kana)
COMPANY_TEXT(external_id)
COMPANY_TEXT(municipality)
COMPANY_TEXT(address)
CONTACT_TEXT(name)
CONTACT_TEXT(kana)
CONTACT_TEXT(role)

static const char *shown_phone(const char *e164, struct arena *a)
{
	char out[32];

	if (!e164)
		return NULL;
	members_phone_format(e164, out);
	return arena_strdup(a, out);
}

static int set_phone(ROW_ARGS)
{
	char out[20];
	int r = members_check_phone(cell, out, e);

	(void)contact;
	if (r == 0)
		row->company.phone = arena_strdup(a, out);
	return r;
}

static const char *get_phone(GET_ARGS)
{
	(void)contact;
	(void)lang;
	return shown_phone(row->company.phone, a);
}

static int set_contact_phone(ROW_ARGS)
{
	char out[20];
	int r = members_check_phone(cell, out, e);

	if (r == 0)
		row->contact[contact].phone = arena_strdup(a, out);
	return r;
}

static const char *get_contact_phone(GET_ARGS)
{
	(void)lang;
	return shown_phone(row->contact[contact].phone, a);
}

static int set_contact_mail(ROW_ARGS)
{
	row->contact[contact].mail = arena_strdup(a, cell);
	return members_check_mail(cell, e);
}

static const char *get_contact_mail(GET_ARGS)
{
	(void)lang;
	(void)a;
	return row->contact[contact].mail;
}

static int set_contact_channel(ROW_ARGS)
{
	char f[FOLDED_MAX];

	(void)a;
	members_fold(cell, f, sizeof(f));
	if (strcmp(f, "mail") == 0 || strcmp(f, "メール") == 0)
		row->contact[contact].channel = "mail";
	else if (strcmp(f, "phone") == 0 || strcmp(f, "電話") == 0)
		row->contact[contact].channel = "phone";
	else
		return err_set(e, -EINVAL, "\"%s\" is no channel: write mail or phone", cell);
	return 0;
}

static const char *get_contact_channel(GET_ARGS)
{
	const char *c = row->contact[contact].channel;

	(void)a;
	if (!c || lang == LANG_EN)
		return c;
	return strcmp(c, "mail") == 0 ? "メール" : "電話";
}

static int set_contact_hours(ROW_ARGS)
{
	row->contact[contact].hours = arena_strdup(a, cell);
	return members_hours_check(cell, e);
}

static const char *get_contact_hours(GET_ARGS)
{
	(void)lang;
	(void)a;
	return row->contact[contact].hours;
}

static int set_postal_code(ROW_ARGS)
{
	char out[8];
	int r = members_check_postal(cell, out, e);

	(void)contact;
	if (r == 0)
		row->company.postal_code = arena_strdup(a, out);
	return r;
}

static const char *get_postal_code(GET_ARGS)
{
	const char *p = row->company.postal_code;

	(void)contact;
	(void)lang;
	return p && strlen(p) == 7 ? arena_printf(a, "%.3s-%s", p, p + 3) : p;
}

static int set_corporate_number(ROW_ARGS)
{
	char out[14];
	int r = members_check_corporate(cell, out, e);

	(void)contact;
	if (r == 0)
		row->company.corporate_number = arena_strdup(a, out);
	return r;
}

static const char *get_corporate_number(GET_ARGS)
{
	(void)contact;
	(void)lang;
	(void)a;
	return row->company.corporate_number;
}

static bool names_prefecture(const struct prefecture *p, const char *folded)
{
	char name[64], en[32], code[16];

	members_fold(p->name, name, sizeof(name));
	members_fold(p->name_en, en, sizeof(en));
	snprintf(code, sizeof(code), "%02d", p->code);
	return strcmp(folded, name) == 0 || strcmp(folded, en) == 0 || strcmp(folded, code) == 0 ||
	       (folded[0] != '0' && strcmp(folded, code + (p->code < 10)) == 0) ||
	       (strlen(folded) >= 6 && strlen(name) == strlen(folded) + 3 &&
		strncmp(name, folded, strlen(folded)) == 0); /* 岩手 for 岩手県 */
}

static int set_prefecture(ROW_ARGS)
{
	char f[FOLDED_MAX];

	(void)contact;
	(void)a;
	members_fold(cell, f, sizeof(f));
	for (size_t i = 0; i < members_prefecture_table_n; i++) {
		if (!names_prefecture(&members_prefecture_table[i], f))
			continue;
		row->company.prefecture = members_prefecture_table[i].code;
		return 0;
	}
	return err_set(e, -EINVAL, "\"%s\" is no prefecture: write its name or its code", cell);
}

static const char *get_prefecture(GET_ARGS)
{
	(void)contact;
	(void)a;
	return members_prefecture_name(row->company.prefecture, lang);
}

static int set_industry(ROW_ARGS)
{
	char f[FOLDED_MAX], name[FOLDED_MAX], en[FOLDED_MAX];

	(void)contact;
	(void)a;
	members_fold(cell, f, sizeof(f));
	for (size_t i = 0; i < members_industry_table_n; i++) {
		const struct industry *x = &members_industry_table[i];

		members_fold(x->name, name, sizeof(name));
		members_fold(x->name_en, en, sizeof(en));
		bool letter = f[1] == '\0' && f[0] == x->letter[0] + ('a' - 'A');
		if (!letter && strcmp(f, name) != 0 && strcmp(f, en) != 0)
			continue;
		row->company.industry = x->letter;
		return 0;
	}
	return err_set(e, -EINVAL, "\"%s\" is no industry: write a letter from A to T", cell);
}

static const char *get_industry(GET_ARGS)
{
	(void)contact;
	(void)a;
	return row->company.industry ? members_industry_name(row->company.industry, lang) : NULL;
}

/* 25, ２５, 1,234, 25名, 25台 */
static int parse_count(const char *cell, int64_t *out, struct err *e)
{
	char f[FOLDED_MAX], digits[FOLDED_MAX];
	size_t n = 0;
	const char *p = f;

	members_fold(cell, f, sizeof(f));
	for (; (*p >= '0' && *p <= '9') || *p == ','; p++)
		if (*p != ',')
			digits[n++] = *p;
	bool unit = strcmp(p, "名") == 0 || strcmp(p, "人") == 0 || strcmp(p, "台") == 0;
	if ((*p && !unit) || str_i64((struct str){ digits, n }, 0, 1000000, out) < 0)
		return err_set(e, -EINVAL, "\"%s\" is no number from 0 to 1,000,000", cell);
	return 0;
}

static int set_employees(ROW_ARGS)
{
	(void)contact;
	(void)a;
	return parse_count(cell, &row->company.employees, e);
}

static const char *get_employees(GET_ARGS)
{
	(void)contact;
	(void)lang;
	return row->company.employees > 0 ? arena_printf(a, "%" PRId64, row->company.employees)
					  : NULL;
}

static int set_devices(ROW_ARGS)
{
	(void)contact;
	(void)a;
	return parse_count(cell, &row->company.devices, e);
}

static const char *get_devices(GET_ARGS)
{
	(void)contact;
	(void)lang;
	return row->company.devices > 0 ? arena_printf(a, "%" PRId64, row->company.devices) : NULL;
}

#define CONTACT_COLUMNS(i, en, ja)                                                                 \
	{ "contact" en "_name",                                                                    \
	  "担当者" ja "名",                                                                        \
	  { "担当者" ja },                                                                         \
	  false,                                                                                   \
	  set_contact_name,                                                                        \
	  get_contact_name,                                                                        \
	  i },                                                                                     \
		{ "contact" en "_kana",                                                            \
		  "担当者" ja "フリガナ",                                                          \
		  { "担当者" ja "よみ" },                                                          \
		  false,                                                                           \
		  set_contact_kana,                                                                \
		  get_contact_kana,                                                                \
		  i },                                                                             \
		{ "contact" en "_role",                                                            \
		  "担当者" ja "役割",                                                              \
		  { "担当者" ja "役職" },                                                          \
		  false,                                                                           \
		  set_contact_role,                                                                \
		  get_contact_role,                                                                \
		  i },                                                                             \
		{ "contact" en "_phone",                                                           \
		  "担当者" ja "電話",                                                              \
		  { "担当者" ja "電話番号" },                                                      \
		  false,                                                                           \
		  set_contact_phone,                                                               \
		  get_contact_phone,                                                               \
		  i },                                                                             \
		{ "contact" en "_mail",                                                            \
		  "担当者" ja "メール",                                                            \
		  { "担当者" ja "メールアドレス" },                                                \
		  false,                                                                           \
		  set_contact_mail,                                                                \
		  get_contact_mail,                                                                \
		  i },                                                                             \
		{ "contact" en "_channel", "担当者" ja "連絡方法", { NULL }, false,                \
		  set_contact_channel,     get_contact_channel,    i },                            \
	{                                                                                          \
		"contact" en "_hours", "担当者" ja "連絡時間", { NULL }, false, set_contact_hours, \
			get_contact_hours, i                                                       \
	}

static const struct members_column columns[] = {
	{ "name", "会社名", { "名称", "企業名", "company" }, true, set_name, get_name, -1 },
	{ "kana", "フリガナ", { "よみ", "読み", "会社名フリガナ" }, false, set_kana, get_kana, -1 },
	{ "corporate_number",
	  "法人番号",
	  { NULL },
	  false,
	  set_corporate_number,
	  get_corporate_number,
	  -1 },
	{ "external_id",
	  "会員番号",
	  { "外部ID", "member_number" },
	  false,
	  set_external_id,
	  get_external_id,
	  -1 },
	{ "prefecture", "都道府県", { "県" }, true, set_prefecture, get_prefecture, -1 },
	{ "municipality", "市区町村", { "市町村" }, false, set_municipality, get_municipality, -1 },
	{ "postal_code", "郵便番号", { NULL }, false, set_postal_code, get_postal_code, -1 },
	{ "address", "住所", { "所在地" }, false, set_address, get_address, -1 },
	{ "phone", "電話番号", { "電話", "代表電話" }, false, set_phone, get_phone, -1 },
	{ "industry", "業種", { NULL }, false, set_industry, get_industry, -1 },
	{ "employees", "従業員数", { "従業員" }, false, set_employees, get_employees, -1 },
	{ "devices", "端末数", { "台数", "機器数" }, false, set_devices, get_devices, -1 },
	CONTACT_COLUMNS(0, "", ""),
	CONTACT_COLUMNS(1, "2", "2"),
	CONTACT_COLUMNS(2, "3", "3"),
};

const struct members_column *members_columns(size_t *n_out)
{
	*n_out = ARRAY_LEN(columns);
	return columns;
}

static bool folds_to(const char *name, const char *folded)
{
	char f[FOLDED_MAX];

	if (!name)
		return false;
	members_fold(name, f, sizeof(f));
	return strcmp(f, folded) == 0;
}

static const struct members_column *find(const char *heading)
{
	char f[FOLDED_MAX];

	members_fold(heading, f, sizeof(f));
	for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
		const struct members_column *c = &columns[i];
		bool hit = folds_to(c->key, f) || folds_to(c->heading, f);

		for (size_t k = 0; k < ARRAY_LEN(c->aliases) && !hit; k++)
			hit = folds_to(c->aliases[k], f);
		if (hit)
			return c;
	}
	return NULL;
}

static bool holds(const struct members_column *const *list, size_t n,
		  const struct members_column *c)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == c)
			return true;
	return false;
}

int members_columns_match(const struct csv_row *headings,
			  const struct members_column *out[CSV_COLUMNS_MAX], struct err *e)
{
	for (size_t i = 0; i < headings->n; i++) {
		out[i] = find(headings->cell[i]);
		if (out[i] && holds(out, i, out[i]))
			return err_set(e, -EINVAL, "the column \"%s\" stands twice",
				       headings->cell[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		if (columns[i].required && !holds(out, headings->n, &columns[i]))
			return err_set(e, -EINVAL,
				       "the column \"%s\" is missing: the first row must name the"
				       " columns",
				       columns[i].heading);
	return 0;
}

int members_columns_read(const struct csv_row *cells,
			 const struct members_column *const match[CSV_COLUMNS_MAX],
			 struct members_row *out, const struct members_column **bad_out,
			 struct arena *a, struct err *e)
{
	*out = (struct members_row){ .company = { .employees = -1, .devices = -1 } };
	*bad_out = NULL;
	for (size_t i = 0; i < cells->n; i++) {
		const struct members_column *c = match[i];
		struct str cell = str_trim((struct str){ cells->cell[i], cells->len[i] });

		if (!c)
			continue;
		if (cell.n > 1 && cell.p[0] == '\'' && strchr("=+-@\t", cell.p[1])) {
			cell.p++; /* what csv_cell put before a formula */
			cell.n--;
		}
		*bad_out = c;
		if (cell.n == 0 && c->required)
			return err_set(e, -EINVAL, "this cell must not be empty");
		int r = cell.n == 0
				? 0
				: c->set(out, c->contact, arena_strndup(a, cell.p, cell.n), a, e);
		if (r < 0)
			return r;
	}
	*bad_out = NULL;
	return 0;
}

void members_columns_write_headings(struct buf *b, enum lang lang)
{
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		csv_cell(b, lang == LANG_JA ? columns[i].heading : columns[i].key, i == 0);
	csv_end(b);
}

void members_columns_write(struct buf *b, const struct members_row *row, enum lang lang)
{
	SCOPED_ARENA struct arena *a = arena_new(0);

	for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
		const char *v = columns[i].get(row, columns[i].contact, lang, a);

		csv_cell(b, v ? v : "", i == 0);
	}
	csv_end(b);
}
