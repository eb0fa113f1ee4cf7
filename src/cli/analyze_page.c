/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the page: sections of captures one after the other, then the frame around them. The time
 * line: analyze_chart.c. */
#include "cli/analyze_page.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "cli/analyze_chart.h"
#include "cli_report_style.h"
#include "cli_tmpl.h"

struct page {
	const struct cli *c;
	struct buf captures;
};

struct page *page_new(const struct cli *c)
{
	struct page *p = mem_new(sizeof(*p));

	p->c = c;
	buf_init(&p->captures, 0);
	return p;
}

void page_free(struct page *p)
{
	if (!p)
		return;
	buf_done(&p->captures);
	free(p);
}

static struct tmpl painter(const struct cli *c, struct buf *out, int zone_min)
{
	return (struct tmpl){ .out = out,
			      .text = c->text,
			      .lang = c->lang,
			      .now_us = clock_utc_us(&clock_real),
			      .zone_min = zone_min };
}

void page_add(struct page *p, const struct view *v)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct report_capture m = { .v = v };
	struct tmpl t = painter(p->c, &p->captures, v->zone_min);

	chart_make(p->c, a, v, &m);
	tmpl_report_capture(&t, &m);
}

int page_write(struct page *p, const char *path, struct err *e)
{
	SCOPED_BUF struct buf out;
	char made[TIME_TEXT_MAX];

	buf_init(&out, 0);
	struct tmpl t = painter(p->c, &out, 0);
	struct report_page m = {
		.lang = lang_tag(p->c->lang),
		.title = cli_text(p->c, "cli.report.title"),
		.made = time_format(t.now_us, made, sizeof(made)),
		.style = { cli_report_style, cli_report_style_size },
		.captures = { p->captures.p ? p->captures.p : "", p->captures.n },
	};
	made[16] = '\0'; /* to the minute */
	made[10] = ' ';
	tmpl_report_page(&t, &m);
	if (out.over || p->captures.over)
		return err_set(e, -ELIMIT, "the page would be larger than %d bytes",
			       BUF_MAX_DEFAULT);
	return file_write(path, 0644, out.p, out.n, e);
}
