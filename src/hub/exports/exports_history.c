/* SPDX-License-Identifier: Apache-2.0 */
/* Importing past cases: each row is opened, worked on and closed by the same rules as a sheet of
 * paper that is typed in. Columns: exports_history_row.c. */
#include "hub/exports/exports_history.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/cases/cases.h"
#include "hub/exports/exports_store.h"
#include "hub/exports/exports_uuid.h"
#include "hub/members/members.h"

#define SYSTEM "history"

struct import {
	struct hub *hub;
	struct txn *t;
	const struct user *user;
	struct csv *csv;
	struct history_reader reader;
	enum history_column match[CSV_COLUMNS_MAX];
	struct arena *arena;
	struct history_report *report;
};

const char *exports_history_state(enum history_state s)
{
	static const char *const names[] = { "new", "same", "error" };

	return names[s];
}

/* --- one case --- */

static const char *text(const struct import *im, const char *key)
{
	return text_get(im->hub->text, im->user->lang, key);
}

/* Its number in the old list; without one, what it says. */
static const char *ref_of(const struct import *im, const struct history_row *x)
{
	SCOPED_BUF struct buf b = { 0 };
	char uuid[UUID_TEXT];

	if (x->text[HISTORY_REF][0])
		return x->text[HISTORY_REF];
	for (size_t i = 0; i < HISTORY_COLUMNS; i++)
		buf_printf(&b, "%s\x1f", x->text[i]);
	return arena_printf(im->arena, "content:%s", uuid_of(uuid_otasuke, b.p, b.n, uuid));
}

static int company(struct import *im, const struct history_row *x, int64_t *out, struct err *e)
{
	struct company c;
	int r = members_find(im->t, &im->user->scope, x->text[HISTORY_COMPANY], im->arena, &c, e);

	if (r == -ENOENT)
		return err_set(e, -EINVAL,
			       "there is no company \"%.80s\": give its member number, corporate "
			       "number or full name, or register it first",
			       x->text[HISTORY_COMPANY]);
	if (r >= 0)
		*out = c.id;
	return r;
}

static int act(struct import *im, const char *number, const struct history_row *x,
	       const char *channel, int64_t minutes, int64_t cost_yen, struct err *e)
{
	const struct case_action_new n = { .channel = channel,
					   .body = text(im, "export.history.action"),
					   .started_us = x->opened_us,
					   .minutes = minutes,
					   .cost_yen = cost_yen };

	return cases_act(im->t, im->user, number, &n, im->reader.now_us, e);
}

/* The file knows one cost for all; it stands with the dearest kind of work. */
static int actions(struct import *im, const char *number, const struct history_row *x,
		   struct err *e)
{
	const struct {
		const char *channel;
		int64_t minutes;
	} list[] = { { CASE_VISIT, x->visit },
		     { CASE_REMOTE, x->remote },
		     { CASE_PHONE, x->phone } };
	int64_t cost = x->cost_yen;
	int r = 0;

	for (size_t i = 0; i < ARRAY_LEN(list) && r >= 0; i++) {
		if (list[i].minutes == 0)
			continue;
		r = act(im, number, x, list[i].channel, list[i].minutes, cost, e);
		cost = 0;
	}
	return r >= 0 && cost > 0 ? act(im, number, x, CASE_PHONE, 0, cost, e) : r;
}

static int close_it(struct import *im, const char *number, const struct history_row *x,
		    struct err *e)
{
	const char *none = text(im, "export.history.not_recorded");
	const struct case_end end = {
		.cause = x->text[HISTORY_CAUSE][0] ? x->text[HISTORY_CAUSE] : none,
		.lesson = x->text[HISTORY_LESSON][0] ? x->text[HISTORY_LESSON] : none,
		.closed_us = x->closed_us,
	};

	return cases_close(im->t, im->user, number, &end, im->reader.now_us, e);
}

static int case_make(struct import *im, const struct history_row *x, struct import_key *k,
		     const char **number, struct err *e)
{
	const struct case_new n = {
		.company_id = k->company_id,
		.kind = x->kind,
		.title = x->text[HISTORY_TITLE],
		.source = "paper",
		.severity = 2,
		.words = x->text[HISTORY_WORDS],
		.contact_name = "",
		.contact_phone = "",
		.happened_us = x->happened_us ? x->happened_us : x->opened_us,
		.opened_us = x->opened_us,
	};
	int r = cases_open(im->t, im->hub, im->user, &n, im->reader.now_us, &k->incident_id, e);

	if (r >= 0)
		r = cases_store_number(im->t, &im->user->scope, k->incident_id, im->arena, number,
				       e);
	if (r >= 0)
		r = actions(im, *number, x, e);
	if (r >= 0 && x->closed_us)
		r = close_it(im, *number, x, e);
	return r < 0 ? r : exports_store_key_add(im->t, &im->user->scope, k, e);
}

/* What a person can mend is found before the first row is written; from there on nothing may fail
 * or everything does. */
static int store(struct import *im, const struct history_row *x, struct history_result *row,
		 enum history_column *bad, bool *fatal, struct err *e)
{
	struct import_key k = { .system = SYSTEM,
				.source = "",
				.source_ref = ref_of(im, x),
				.person_id = im->user->person_id,
				.at_us = im->reader.now_us };
	int r = company(im, x, &k.company_id, e);

	*bad = HISTORY_COMPANY;
	if (r < 0)
		return r;
	*fatal = true;
	*bad = HISTORY_COLUMNS;
	r = exports_store_key_find(im->t, &im->user->scope, &k, &k.incident_id, e);
	row->state = r > 0 ? HISTORY_SAME : HISTORY_NEW;
	if (r > 0)
		return cases_store_number(im->t, &im->user->scope, k.incident_id, im->arena,
					  &row->number, e);
	return r < 0 ? r : case_make(im, x, &k, &row->number, e);
}

/* --- the file --- */

static bool is_blank(const struct csv_row *cells)
{
	for (size_t i = 0; i < cells->n; i++)
		if (str_trim((struct str){ cells->cell[i], cells->len[i] }).n > 0)
			return false;
	return true;
}

static const char *const *copy_cells(const struct import *im, const struct csv_row *cells)
{
	const char **copy = arena_array(im->arena, cells->n + 1, sizeof(*copy));

	for (size_t i = 0; i < cells->n; i++)
		copy[i] = arena_strndup(im->arena, cells->cell[i], cells->len[i]);
	return copy;
}

static const char *heading_of(const struct import *im, enum history_column bad)
{
	for (size_t i = 0; bad != HISTORY_COLUMNS && i < im->report->n_headings; i++)
		if (im->match[i] == bad)
			return im->report->headings[i];
	return bad == HISTORY_COLUMNS ? "" : history_headings[bad].ja;
}

static int one_row(struct import *im, int read, const struct csv_row *cells, struct err *e)
{
	struct history_report *rep = im->report;
	enum history_column bad = HISTORY_COLUMNS;
	struct history_row x = { 0 };
	bool fatal = false;
	int r = read;

	if (rep->n_rows >= HISTORY_ROWS_MAX)
		return err_set(e, -EINVAL, "the file has more than %d rows: cut it in parts",
			       HISTORY_ROWS_MAX);
	rep->rows = arena_grow(im->arena, rep->rows, rep->n_rows, sizeof(*rep->rows));
	struct history_result *row = &rep->rows[rep->n_rows];
	*row = (struct history_result){
		.line = cells->line, .title = "", .number = "", .column = "", .text = ""
	};
	if (r >= 0)
		r = history_read(&im->reader, cells, im->match, &x, &bad, e);
	if (x.text[HISTORY_TITLE])
		row->title = x.text[HISTORY_TITLE];
	if (r >= 0)
		r = store(im, &x, row, &bad, &fatal, e);
	if (r < 0 && (fatal || (r != -EINVAL && r != -EFORMAT && r != -ELIMIT)))
		return err_context(e, "line %ld", cells->line);
	if (r < 0) {
		row->state = HISTORY_ERROR;
		row->column = heading_of(im, bad);
		row->text = arena_strdup(im->arena, e->text);
		row->cells = read < 0 ? NULL : copy_cells(im, cells);
		row->n_cells = read < 0 ? 0 : cells->n;
	}
	(*(int64_t *const[]){ &rep->n_new, &rep->n_same, &rep->n_error }[row->state])++;
	rep->n_rows++;
	return 0;
}

static int headings(struct import *im, struct err *e)
{
	SCOPED_BUF struct buf unknown = { 0 };
	struct csv_row first;
	int r = csv_next(im->csv, &first, e);

	if (r <= 0)
		return r < 0 ? r : err_set(e, -EINVAL, "the file is empty");
	if ((r = history_match(&first, im->match, e)) < 0)
		return r;
	im->report->headings = copy_cells(im, &first);
	im->report->n_headings = first.n;
	for (size_t i = 0; i < first.n; i++)
		if (im->match[i] == HISTORY_COLUMNS)
			buf_printf(&unknown, "%s%s", unknown.n ? ", " : "",
				   im->report->headings[i]);
	im->report->unknown = unknown.p ? arena_strdup(im->arena, unknown.p) : "";
	return 0;
}

static int all_rows(struct import *im, struct err *e)
{
	struct csv_row cells = { 0 };
	int r = headings(im, e), read;

	while (r >= 0 && (read = csv_next(im->csv, &cells, e)) != 0)
		if (read < 0 || !is_blank(&cells))
			r = one_row(im, read, &cells, e);
	return r;
}

static int run(struct import *im, bool dry_run, struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(im->hub->db, TXN_WRITE, e);
	int r;

	if (!t)
		return e->code;
	im->t = t;
	r = all_rows(im, e);
	if (r < 0 || !dry_run)
		return r < 0 ? r : txn_commit(&t, e);
	for (size_t i = 0; i < im->report->n_rows; i++)
		if (im->report->rows[i].state == HISTORY_NEW)
			im->report->rows[i].number = ""; /* it has none yet */
	return 0;
}

int exports_history(struct hub *h, const struct user *u, const struct history_file *file,
		    bool dry_run, struct arena *a, struct history_report *out, struct err *e)
{
	struct history_report report = { .dry_run = dry_run, .unknown = "" };
	struct import im = { .hub = h, .user = u, .arena = a, .report = &report };
	int r;

	if (!user_is(u, CASES_WORKERS))
		return err_set(e, -EDENIED, "your role does not allow this");
	if (file->n > HISTORY_BYTES_MAX)
		return err_set(e, -ELIMIT, "the file is larger than %d bytes", HISTORY_BYTES_MAX);
	im.reader = (struct history_reader){ .text = h->text,
					     .zone_min = (int)h->conf.zone_min,
					     .now_us = clock_utc_us(h->clock),
					     .arena = a };
	im.reader.kinds = cases_kinds(&im.reader.n_kinds);
	if ((r = csv_open(file->p, file->n, &im.csv, e)) < 0)
		return r;
	report.charset = arena_strdup(a, csv_charset(im.csv));
	r = run(&im, dry_run, e);
	csv_close(im.csv);
	if (r >= 0)
		*out = report;
	return r;
}

void exports_history_refused_csv(const struct history_report *r, const struct text *text_of,
				 enum lang lang, struct buf *out)
{
	buf_adds(out, "\xEF\xBB\xBF");
	for (size_t i = 0; i < r->n_headings; i++)
		csv_cell(out, r->headings[i], i == 0);
	csv_cell(out, text_get(text_of, lang, "export.history.line"), r->n_headings == 0);
	csv_cell(out, text_get(text_of, lang, "export.history.column"), false);
	csv_cell(out, text_get(text_of, lang, "export.history.what"), false);
	csv_end(out);
	for (size_t i = 0; i < r->n_rows; i++) {
		const struct history_result *row = &r->rows[i];
		char line[24];
		if (row->state != HISTORY_ERROR)
			continue;
		for (size_t k = 0; k < r->n_headings; k++)
			csv_cell(out, k < row->n_cells ? row->cells[k] : "", k == 0);
		(void)snprintf(line, sizeof(line), "%ld", row->line);
		csv_cell(out, line, r->n_headings == 0);
		csv_cell(out, row->column, false);
		csv_cell(out, row->text, false);
		csv_end(out);
	}
}
