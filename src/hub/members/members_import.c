/* SPDX-License-Identifier: Apache-2.0 */
/* Importing and exporting member lists. Columns: members_columns.c. */
#include "hub/members/members_import.h"

#include <errno.h>
#include <string.h>

#include "base/fold.h"
#include "hub/members/members_agreement_store.h"
#include "hub/members/members_check.h"
#include "hub/members/members_columns.h"
#include "hub/members/members_rules.h"
#include "hub/members/members_store.h"

enum { FOLDED_MAX = 512, EXPORT_PAGE = 200 };

struct import {
	struct txn *t;
	const struct user *user;
	struct csv *csv;
	const struct members_column *columns[CSV_COLUMNS_MAX];
	const char *headings[CSV_COLUMNS_MAX];
	struct arena *arena;
	struct import_report *report;
};

static const char *or_else(const char *v, const char *other)
{
	return v ? v : other;
}

static const char *text_or_empty(const char *v)
{
	return or_else(v, "");
}

/* What the file says over what is stored; cells that are empty leave it. */
static void overlay(const struct company *file, struct company *c)
{
	c->name = or_else(file->name, c->name);
	c->kana = or_else(file->kana, c->kana);
	c->corporate_number = or_else(file->corporate_number, c->corporate_number);
	c->external_id = or_else(file->external_id, c->external_id);
	c->prefecture = file->prefecture ? file->prefecture : c->prefecture;
	c->municipality = or_else(file->municipality, c->municipality);
	c->postal_code = or_else(file->postal_code, c->postal_code);
	c->address = or_else(file->address, c->address);
	c->phone = or_else(file->phone, c->phone);
	c->industry = or_else(file->industry, c->industry);
	c->employees = file->employees >= 0 ? file->employees : c->employees;
	c->devices = file->devices >= 0 ? file->devices : c->devices;
}

static bool same_company(const struct company *a, const struct company *b)
{
	return strcmp(a->name, b->name) == 0 && strcmp(a->kana, b->kana) == 0 &&
	       strcmp(a->corporate_number, b->corporate_number) == 0 &&
	       strcmp(a->external_id, b->external_id) == 0 && a->prefecture == b->prefecture &&
	       strcmp(a->municipality, b->municipality) == 0 &&
	       strcmp(a->postal_code, b->postal_code) == 0 && strcmp(a->address, b->address) == 0 &&
	       strcmp(a->phone, b->phone) == 0 && strcmp(a->industry, b->industry) == 0 &&
	       a->employees == b->employees && a->devices == b->devices;
}

static struct company empty_company(void)
{
	return (struct company){ .name = "",
				 .kana = "",
				 .corporate_number = "",
				 .external_id = "",
				 .municipality = "",
				 .postal_code = "",
				 .address = "",
				 .phone = "",
				 .industry = "",
				 .note = "" };
}

static bool same_contact(const struct contact *a, const struct contact *b)
{
	return strcmp(a->name, b->name) == 0 && strcmp(a->kana, b->kana) == 0 &&
	       strcmp(a->role, b->role) == 0 && strcmp(a->phone, b->phone) == 0 &&
	       strcmp(a->mail, b->mail) == 0 && strcmp(a->channel, b->channel) == 0 &&
	       strcmp(a->hours, b->hours) == 0;
}

static bool says_anything(const struct contact *k)
{
	return k->name || k->kana || k->role || k->phone || k->mail || k->channel || k->hours;
}

/* The contact of the same name, to be changed; or an empty one. */
static struct contact known_contact(const struct contact *list, size_t n, const char *name)
{
	char wanted[FOLDED_MAX], f[FOLDED_MAX];

	fold_text(name, wanted, sizeof(wanted));
	for (size_t i = 0; i < n; i++) {
		fold_text(list[i].name, f, sizeof(f));
		if (strcmp(f, wanted) == 0)
			return list[i];
	}
	return (struct contact){ .name = "",
				 .kana = "",
				 .role = "",
				 .phone = "",
				 .mail = "",
				 .channel = "",
				 .hours = "" };
}

/* 1 when it changed something, 0, or negative. */
static int import_contact(struct import *im, int64_t company_id, const struct contact *file,
			  struct err *e)
{
	struct contact *list;
	size_t n;
	int64_t id;
	int r;

	if (!file->name)
		return err_set(e, -EINVAL, "a contact needs a name");
	r = members_agreement_store_contacts(im->t, &im->user->scope, company_id, im->arena, &list,
					     &n, e);
	if (r < 0)
		return r;
	struct contact was = known_contact(list, n, file->name), k = was;
	k.company_id = company_id;
	k.name = file->name;
	k.kana = or_else(file->kana, was.kana);
	k.role = or_else(file->role, was.role);
	k.phone = or_else(file->phone, was.phone);
	k.mail = or_else(file->mail, was.mail);
	k.hours = or_else(file->hours, was.hours);
	k.channel = or_else(file->channel, *was.channel ? was.channel : *k.mail ? "mail" : "phone");
	if (was.id != 0 && same_contact(&was, &k))
		return 0;
	r = members_contact_set_in(im->t, im->user, &k, &id, e);
	return r < 0 ? r : 1;
}

static int import_company(struct import *im, const struct company *file, struct import_row *row,
			  struct err *e)
{
	struct company was = empty_company(), c;
	int64_t id;
	int r;

	overlay(file, &was); /* its key */
	if ((r = members_store_same(im->t, &im->user->scope, &was, &id, e)) < 0)
		return r;
	row->state = id == 0 ? IMPORT_NEW : IMPORT_SAME;
	if (id == 0) {
		c = empty_company();
		overlay(file, &c);
		return members_register_in(im->t, im->user, &c, &row->company_id, e);
	}
	row->company_id = id;
	if ((r = members_store_get(im->t, &im->user->scope, id, im->arena, &was, e)) < 0)
		return r;
	c = was;
	overlay(file, &c);
	if (same_company(&was, &c))
		return 0;
	row->state = IMPORT_CHANGED;
	return members_edit_in(im->t, im->user, &c, e);
}

/* Checks everything that may be wrong with a row before anything of it is stored. */
static int check_contacts(const struct members_row *m, struct err *e)
{
	for (int i = 0; i < ROW_CONTACTS; i++) {
		const struct contact *k = &m->contact[i];

		if (says_anything(k) && !k->name)
			return err_set(e, -EINVAL, "a contact needs a name");
		if (says_anything(k) && !k->phone && !k->mail)
			return err_set(
				e, -EINVAL,
				"%s needs a telephone number or a mail address to be reached",
				k->name);
	}
	return 0;
}

static int import_row(struct import *im, const struct members_row *m, struct import_row *row,
		      struct err *e)
{
	int r;

	if ((r = check_contacts(m, e)) < 0 || (r = import_company(im, &m->company, row, e)) < 0)
		return r;
	for (int i = 0; i < ROW_CONTACTS; i++) {
		if (!says_anything(&m->contact[i]))
			continue;
		if ((r = import_contact(im, row->company_id, &m->contact[i], e)) < 0)
			return r;
		if (r > 0 && row->state == IMPORT_SAME)
			row->state = IMPORT_CHANGED;
	}
	return 0;
}

static const char *heading_of(const struct import *im, const struct members_column *bad)
{
	for (size_t i = 0; bad && i < CSV_COLUMNS_MAX; i++)
		if (im->columns[i] == bad)
			return im->headings[i];
	return "";
}

static void mark_error(struct import *im, struct import_row *row, const struct members_column *bad,
		       const struct err *e)
{
	row->state = IMPORT_ERROR;
	row->company_id = 0;
	row->column = heading_of(im, bad);
	row->text = arena_strdup(im->arena, e->text);
}

/* What a person can mend in the file; anything else ends the import. */
static bool is_row_error(int r)
{
	return r == -EINVAL || r == -EEXIST || r == -ELIMIT || r == -EFORMAT || r == -ECONFLICT;
}

static void count(struct import_report *rep, enum import_state s)
{
	int64_t *const counter[] = { &rep->n_new, &rep->n_changed, &rep->n_same, &rep->n_error };

	(*counter[s])++;
}

static bool is_blank(const struct csv_row *cells)
{
	for (size_t i = 0; i < cells->n; i++)
		if (str_trim((struct str){ cells->cell[i], cells->len[i] }).n > 0)
			return false;
	return true;
}

static int one_row(struct import *im, int read, const struct csv_row *cells, struct err *e)
{
	struct import_report *rep = im->report;
	struct members_row m = { 0 };
	const struct members_column *bad = NULL;
	int r = read;

	if (rep->n_rows >= IMPORT_ROWS_MAX)
		return err_set(e, -EINVAL, "the file has more than %d rows: cut it in parts",
			       IMPORT_ROWS_MAX);
	rep->rows = arena_grow(im->arena, rep->rows, rep->n_rows, sizeof(*rep->rows));
	struct import_row *row = &rep->rows[rep->n_rows];
	*row = (struct import_row){ .line = cells->line, .name = "", .column = "", .text = "" };
	if (r >= 0)
		r = members_columns_read(cells, im->columns, &m, &bad, im->arena, e);
	row->name = text_or_empty(m.company.name);
	if (r >= 0)
		r = import_row(im, &m, row, e);
	if (r < 0 && !is_row_error(r))
		return r;
	if (r < 0)
		mark_error(im, row, bad, e);
	count(rep, row->state);
	rep->n_rows++;
	return 0;
}

static int all_rows(struct import *im, struct err *e)
{
	struct csv_row cells = { 0 };
	int r, read;

	while ((read = csv_next(im->csv, &cells, e)) != 0) {
		if (read > 0 && is_blank(&cells))
			continue;
		if ((r = one_row(im, read, &cells, e)) < 0)
			return r;
	}
	return 0;
}

static int headings(struct import *im, struct err *e)
{
	SCOPED_BUF struct buf unknown = { 0 };
	struct csv_row first;
	int r = csv_next(im->csv, &first, e);

	if (r < 0)
		return r;
	if (r == 0)
		return err_set(e, -EINVAL, "the file is empty");
	if ((r = members_columns_match(&first, im->columns, e)) < 0)
		return r;
	for (size_t i = 0; i < first.n; i++) {
		im->headings[i] = arena_strndup(im->arena, first.cell[i], first.len[i]);
		if (im->columns[i])
			continue;
		buf_printf(&unknown, "%s%s", unknown.n ? ", " : "", im->headings[i]);
	}
	im->report->unknown = unknown.p ? arena_strdup(im->arena, unknown.p) : "";
	return 0;
}

static void forget_new_ids(struct import_report *rep)
{
	for (size_t i = 0; i < rep->n_rows; i++)
		if (rep->rows[i].state == IMPORT_NEW)
			rep->rows[i].company_id = 0;
}

static int run(struct db *db, struct import *im, struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, e);
	int r;

	if (!t)
		return e->code;
	im->t = t;
	if ((r = headings(im, e)) < 0 || (r = all_rows(im, e)) < 0)
		return r;
	if (!im->report->dry_run)
		return txn_commit(&t, e);
	forget_new_ids(im->report);
	return 0;
}

int members_import(struct db *db, const struct user *u, const struct import_file *file,
		   bool dry_run, struct arena *a, struct import_report *out, struct err *e)
{
	struct import_report report = { .dry_run = dry_run };
	struct import im = { .user = u, .arena = a, .report = &report };
	int r;

	if ((r = members_check_editor(u, e)) < 0)
		return r;
	if (file->n > IMPORT_BYTES_MAX)
		return err_set(e, -ELIMIT, "the file is larger than %d bytes", IMPORT_BYTES_MAX);
	if ((r = csv_open(file->p, file->n, &im.csv, e)) < 0)
		return r;
	report.charset = arena_strdup(a, csv_charset(im.csv));
	r = run(db, &im, e);
	csv_close(im.csv);
	if (r >= 0)
		*out = report;
	return r;
}

static int export_company(struct txn *t, const struct user *u, const struct company *c,
			  enum lang lang, struct buf *out, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct members_row row = { .company = *c };
	struct contact *list;
	size_t n;
	int r = members_contacts(t, &u->scope, c->id, a, &list, &n, e);

	for (size_t i = 0; r >= 0 && i < n && i < ROW_CONTACTS; i++)
		row.contact[i] = list[i];
	if (r >= 0)
		members_columns_write(out, &row, lang);
	return r;
}

int members_import_export(struct db *db, const struct user *u, enum lang lang, struct buf *out,
			  struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_READ, e);
	struct members_filter f = {
		.search = "", .industry = "", .now_us = u->scope.now_us, .limit = EXPORT_PAGE
	};
	struct company *list;
	size_t n = EXPORT_PAGE;
	int r = 0;

	if (!t)
		return e->code;
	members_columns_write_headings(out, lang);
	for (; n == EXPORT_PAGE && r >= 0; f.offset += n) {
		arena_reset(a);
		r = members_store_list(t, &u->scope, &f, a, &list, &n, e);
		for (size_t i = 0; r >= 0 && i < n; i++)
			r = export_company(t, u, &list[i], lang, out, e);
	}
	return r;
}

const char *members_import_state_name(enum import_state s)
{
	static const char *const names[] = { "new", "changed", "same", "error" };

	return names[s];
}
