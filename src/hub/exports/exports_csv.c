/* SPDX-License-Identifier: Apache-2.0 */
/* Tables for spreadsheets: cases, what was done, indicators. Formulas are made harmless by the
 * writer (base/csv.h); the file begins with a BOM, without which Excel takes it for CP932. */
#include <inttypes.h>

#include "base/csv.h"
#include "base/mem.h"
#include "hub/exports/exports_job.h"

static void head(const struct export_job *j, struct buf *out, const char *const *keys, size_t n)
{
	buf_adds(out, "\xEF\xBB\xBF");
	for (size_t i = 0; i < n; i++)
		csv_cell(out, text_get(j->ask->hub->text, j->ask->lang, keys[i]), i == 0);
	csv_end(out);
}

static const char *number(const struct export_job *j, int64_t v)
{
	return arena_printf(j->ask->arena, "%" PRId64, v);
}

/* As people in the region read a time, and as spreadsheets take it: 2026-11-23 10:00:00. */
static const char *when(const struct export_job *j, int64_t us)
{
	const struct civil t = time_civil(us, (int)j->ask->hub->conf.zone_min);

	if (!us)
		return "";
	return arena_printf(j->ask->arena, "%04d-%02d-%02d %02d:%02d:%02d", t.year, t.month, t.day,
			    t.hour, t.minute, t.second);
}

int exports_csv_cases(const struct export_job *j, struct buf *out, struct err *e)
{
	static const char *const keys[] = {
		"case.csv.number", "case.col.company", "case.prefecture",     "case.kind",
		"case.col.title",  "case.state",       "export.csv.happened", "case.csv.opened",
		"case.csv.closed", "case.minutes",     "case.cost",           "case.csv.phone",
		"case.csv.remote", "case.csv.visit",   "case.close.cause",    "case.close.lesson",
	};

	(void)e;
	head(j, out, keys, ARRAY_LEN(keys));
	for (size_t i = 0; i < j->n; i++) {
		const struct export_case *c = &j->cases[i];
		const char *const cells[] = {
			c->c.number,
			c->c.company_name,
			c->prefecture,
			c->kind_text,
			c->title,
			c->state_text,
			when(j, c->c.happened_us),
			when(j, c->c.opened_us),
			when(j, c->c.closed_us),
			number(j, c->c.minutes),
			number(j, c->c.cost_yen),
			number(j, c->c.n_phone),
			number(j, c->c.n_remote),
			number(j, c->c.n_visit),
			c->c.cause,
			c->c.lesson,
		};
		csv_line(out, cells, ARRAY_LEN(cells));
	}
	return 0;
}

int exports_csv_actions(const struct export_job *j, struct buf *out, struct err *e)
{
	static const char *const keys[] = {
		"case.csv.number",     "case.col.company", "export.csv.when",
		"export.csv.recorded", "export.csv.how",   "export.csv.who",
		"export.csv.what",     "case.minutes",     "case.cost",
	};

	(void)e;
	head(j, out, keys, ARRAY_LEN(keys));
	for (size_t i = 0; i < j->n; i++) {
		const struct export_case *c = &j->cases[i];
		for (size_t k = 0; k < c->n_lines; k++) {
			const struct export_line *l = &c->lines[k];
			if (l->minutes < 0)
				continue;
			const char *const cells[] = {
				c->c.number,
				c->c.company_name,
				when(j, l->happened_us),
				when(j, l->recorded_us),
				l->text,
				l->who,
				l->body,
				number(j, l->minutes),
				number(j, l->cost_yen),
			};
			csv_line(out, cells, ARRAY_LEN(cells));
		}
	}
	return 0;
}

int exports_csv_indicators(const struct export_job *j, struct buf *out, struct err *e)
{
	static const char *const keys[] = {
		"case.csv.number",        "case.indicator.type", "case.indicator.value",
		"export.csv.normal_type", "export.csv.tlp",      "export.csv.happened",
		"case.indicator.note",
	};

	(void)e;
	head(j, out, keys, ARRAY_LEN(keys));
	for (size_t i = 0; i < j->n; i++) {
		const struct export_case *c = &j->cases[i];
		for (size_t k = 0; k < c->n_indicators; k++) {
			const struct export_indicator *n = &c->indicators[k];
			const char *const cells[] = {
				c->c.number,
				n->type_text,
				n->value,
				indicator_kind_name(n->kind),
				exports_tlp_name(n->tlp),
				when(j, c->c.happened_us),
				n->note,
			};
			csv_line(out, cells, ARRAY_LEN(cells));
		}
	}
	return 0;
}
