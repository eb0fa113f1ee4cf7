/* SPDX-License-Identifier: Apache-2.0 */
/* A report as a PDF and as an HTML file that stands alone. */
#include <string.h>

#include "base/mem.h"
#include "hub/exports/exports_gate.h"
#include "hub/exports/exports_report.h"
#include "hub/exports/export_report_css.h"
#include "hub/exports_tmpl.h"
#include "print/paper.h"

enum { PDF_BYTES_MAX = 32 * 1024 * 1024 };

static void table(struct paper *p, const struct export_part *part)
{
	struct paper_column columns[REPORT_COLUMNS_MAX];

	if (part->n_rows == 0)
		return;
	for (size_t i = 0; i < part->n_columns; i++)
		columns[i] =
			(struct paper_column){ part->column[i], part->width[i], part->right[i] };
	paper_table(p, columns, part->n_columns);
	for (size_t i = 0; i < part->n_rows; i++)
		paper_row(p, part->rows[i].cell);
}

static void part_put(struct paper *p, const struct export_part *part)
{
	paper_heading(p, part->heading);
	for (size_t i = 0; i < part->n_texts; i++)
		paper_text(p, part->texts[i]);
	for (size_t i = 0; i < part->n_items; i++)
		paper_item(p, part->items[i]);
	for (size_t i = 0; i < part->n_facts; i++)
		paper_fact(p, part->facts[i].label, part->facts[i].value);
	table(p, part);
}

int exports_report_pdf(const struct export_job *j, struct buf *out, struct err *e)
{
	const struct text *text = j->ask->hub->text;
	struct paper_done done;
	struct export_doc doc;

	exports_report_make(j, &doc);
	SCOPED_PAPER struct paper *p = paper_new(&(struct paper_conf){
		.title = arena_printf(j->ask->arena, "%s %s", doc.title, j->cases[0].c.number),
		.author = doc.from,
		.lang = doc.lang,
		.foot = doc.foot,
		.page_of = text_get(text, j->ask->lang, "export.page_of"),
		.cut = text_get(text, j->ask->lang, "export.cut"),
		.made_us = j->now_us,
	});
	int r = exports_gate_enter(j->ask->hub, e);

	if (r < 0)
		return r;
	paper_title(p, doc.title);
	paper_text(p, doc.sub);
	paper_small(p, doc.made);
	for (size_t i = 0; i < doc.n_parts; i++)
		part_put(p, &doc.parts[i]);
	buf_init(out, PDF_BYTES_MAX);
	r = paper_pdf(p, out, &done, e);
	exports_gate_leave(j->ask->hub);
	return r;
}

int exports_report_html(const struct export_job *j, struct buf *out, struct err *e)
{
	struct export_doc doc;
	struct tmpl t = {
		.out = out,
		.text = j->ask->hub->text,
		.lang = j->ask->lang,
		.now_us = j->now_us,
		.zone_min = (int)j->ask->hub->conf.zone_min,
		.csrf = "",
	};

	(void)e;
	exports_report_make(j, &doc);
	const char *style = arena_printf(j->ask->arena, "<style>\n%s</style>", export_report_css);
	doc.style = (struct html){ style, strlen(style) };
	tmpl_export_report(&t, &doc);
	return 0;
}
