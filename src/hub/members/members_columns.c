/* SPDX-License-Identifier: Apache-2.0 */
/* The columns of a member list: one table, used for reading, writing and explaining. What a cell
 * may hold: members_cells.c. */
#include "hub/members/members_columns.h"

#include <errno.h>
#include <string.h>

#include "base/fold.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/members/members_cells.h"

enum { FOLDED_MAX = 512 };

/* clang-format off */
#define CONTACT_COLUMN(i, en, ja, key, heading, alias, cell)                                       \
	{ "contact" en "_" key, "担当者" ja heading, { alias }, false, &members_cells_contact_##cell, i }
#define CONTACT_COLUMNS(i, en, ja)                                                                 \
	CONTACT_COLUMN(i, en, ja, "name", "名", "担当者" ja, name),                                \
	CONTACT_COLUMN(i, en, ja, "kana", "フリガナ", "担当者" ja "よみ", kana),                   \
	CONTACT_COLUMN(i, en, ja, "role", "役割", "担当者" ja "役職", role),                       \
	CONTACT_COLUMN(i, en, ja, "phone", "電話", "担当者" ja "電話番号", phone),                 \
	CONTACT_COLUMN(i, en, ja, "mail", "メール", "担当者" ja "メールアドレス", mail),           \
	CONTACT_COLUMN(i, en, ja, "channel", "連絡方法", NULL, channel),                           \
	CONTACT_COLUMN(i, en, ja, "hours", "連絡時間", NULL, hours)
/* clang-format on */

static const struct members_column columns[] = {
	{ "name", "会社名", { "名称", "企業名", "company" }, true, &members_cells_name, -1 },
	{ "kana",
	  "フリガナ",
	  { "よみ", "読み", "会社名フリガナ" },
	  false,
	  &members_cells_kana,
	  -1 },
	{ "corporate_number", "法人番号", { NULL }, false, &members_cells_corporate_number, -1 },
	{ "external_id",
	  "会員番号",
	  { "外部ID", "member_number" },
	  false,
	  &members_cells_external_id,
	  -1 },
	{ "prefecture", "都道府県", { "県" }, true, &members_cells_prefecture, -1 },
	{ "municipality", "市区町村", { "市町村" }, false, &members_cells_municipality, -1 },
	{ "postal_code", "郵便番号", { NULL }, false, &members_cells_postal_code, -1 },
	{ "address", "住所", { "所在地" }, false, &members_cells_address, -1 },
	{ "phone", "電話番号", { "電話", "代表電話" }, false, &members_cells_phone, -1 },
	{ "industry", "業種", { NULL }, false, &members_cells_industry, -1 },
	{ "employees", "従業員数", { "従業員" }, false, &members_cells_employees, -1 },
	{ "devices", "端末数", { "台数", "機器数" }, false, &members_cells_devices, -1 },
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
	fold_text(name, f, sizeof(f));
	return strcmp(f, folded) == 0;
}

static const struct members_column *find(const char *heading)
{
	char f[FOLDED_MAX];

	fold_text(heading, f, sizeof(f));
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
		int r = cell.n == 0 ? 0
				    : c->cell->set(out, c->contact,
						   arena_strndup(a, cell.p, cell.n), a, e);
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
		const char *v = columns[i].cell->get(row, columns[i].contact, lang, a);

		csv_cell(b, v ? v : "", i == 0);
	}
	csv_end(b);
}
