/* SPDX-License-Identifier: Apache-2.0 */
/* The cells of a member list, one kind after the other: read with what people write in
 * spreadsheets, written as they like to read it. */
#include "hub/members/members_cells.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/fold.h"
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
	fold_text(cell, f, sizeof(f));
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

	fold_text(p->name, name, sizeof(name));
	fold_text(p->name_en, en, sizeof(en));
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
	fold_text(cell, f, sizeof(f));
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
	fold_text(cell, f, sizeof(f));
	for (size_t i = 0; i < members_industry_table_n; i++) {
		const struct industry *x = &members_industry_table[i];

		fold_text(x->name, name, sizeof(name));
		fold_text(x->name_en, en, sizeof(en));
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

	fold_text(cell, f, sizeof(f));
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

const struct members_cell members_cells_name = { set_name, get_name };
const struct members_cell members_cells_kana = { set_kana, get_kana };
const struct members_cell members_cells_corporate_number = { set_corporate_number,
							     get_corporate_number };
const struct members_cell members_cells_external_id = { set_external_id, get_external_id };
const struct members_cell members_cells_prefecture = { set_prefecture, get_prefecture };
const struct members_cell members_cells_municipality = { set_municipality, get_municipality };
const struct members_cell members_cells_postal_code = { set_postal_code, get_postal_code };
const struct members_cell members_cells_address = { set_address, get_address };
const struct members_cell members_cells_phone = { set_phone, get_phone };
const struct members_cell members_cells_industry = { set_industry, get_industry };
const struct members_cell members_cells_employees = { set_employees, get_employees };
const struct members_cell members_cells_devices = { set_devices, get_devices };
const struct members_cell members_cells_contact_name = { set_contact_name, get_contact_name };
const struct members_cell members_cells_contact_kana = { set_contact_kana, get_contact_kana };
const struct members_cell members_cells_contact_role = { set_contact_role, get_contact_role };
const struct members_cell members_cells_contact_phone = { set_contact_phone, get_contact_phone };
const struct members_cell members_cells_contact_mail = { set_contact_mail, get_contact_mail };
const struct members_cell members_cells_contact_channel = { set_contact_channel,
							    get_contact_channel };
const struct members_cell members_cells_contact_hours = { set_contact_hours, get_contact_hours };
