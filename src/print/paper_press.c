/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of a document on Pango and Cairo: set once to count the pages, then once more to draw them
 * with their numbers. A block is up to eight columns of lines side by side, and goes on overleaf
 * where it does not fit. */
#include <errno.h>
#include <string.h>

#include <pango/pangocairo.h>
#include <cairo-pdf.h>

#include "base/clock.h"
#include "base/mem.h"
#include "print/paper_priv.h"

/* A4 in points (ISO 216). */
#define PAGE_W    595.28
#define PAGE_H    841.89
#define MARGIN_X  51.0
#define MARGIN_Y  51.0
#define FOOT_Y    (PAGE_H - 36.0)
#define BOTTOM    (PAGE_H - 62.0)
#define CUT_ROOM  34.0
#define LINE_W    (PAGE_W - 2 * MARGIN_X)
#define CELL_PAD  4.0
#define SPLIT_MIN 90.0 /* what is lower moves to the next page as a whole */
#define FONT      "BIZ UDPGothic, Noto Sans CJK JP"

static const struct look {
	double size, before, after, indent;
	bool bold, box;
} looks[] = {
	[PAPER_TITLE] = { 18, 0, 8, 0, true, false },
	[PAPER_HEADING] = { 12.5, 14, 4, 0, true, false },
	[PAPER_TEXT] = { 10, 0, 5, 0, false, false },
	[PAPER_SMALL] = { 8.5, 0, 4, 0, false, false },
	[PAPER_ITEM] = { 10, 0, 4, 14, false, false },
	[PAPER_FACT] = { 10, 0, 0, 0, false, true },
	[PAPER_HEAD_ROW] = { 8.5, 4, 0, 0, true, true },
	[PAPER_ROW] = { 8.5, 0, 0, 0, false, true },
};

struct press {
	const struct paper *paper;
	PangoFontMap *fonts;
	PangoContext *pango;
	cairo_surface_t *surface;
	cairo_t *cr; /* NULL while pages are only counted */
	double y;
	int page, total;
	bool full; /* the last page that there may be is full */
};

/* One column of a block while it is set. */
struct column {
	PangoLayout *layout;
	GSList *next; /* line, borrowed */
	double x, width;
};

static PangoLayout *layout_new(struct press *s, const char *text, double size, bool bold)
{
	PangoLayout *l = pango_layout_new(s->pango);
	PangoFontDescription *d = pango_font_description_from_string(FONT);
	PangoAttrList *plain = pango_attr_list_new();

	pango_font_description_set_absolute_size(d, size * PANGO_SCALE);
	pango_font_description_set_weight(d, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_layout_set_font_description(l, d);
	pango_font_description_free(d);
	pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
	/* a hash or an address that is broken gets no letter that it has not */
	pango_attr_list_insert(plain, pango_attr_insert_hyphens_new(FALSE));
	pango_layout_set_attributes(l, plain);
	pango_attr_list_unref(plain);
	pango_layout_set_auto_dir(l, TRUE);
	pango_layout_set_text(l, text, -1);
	return l;
}

/* --- pages --- */

static void one_line(struct press *s, const char *text, double x, bool right)
{
	PangoLayout *l = layout_new(s, text, 8, false);
	int w, h;

	pango_layout_set_width(l, (int)(LINE_W * 0.75 * PANGO_SCALE));
	pango_layout_set_height(l, -1); /* one line */
	pango_layout_set_ellipsize(l, PANGO_ELLIPSIZE_END);
	pango_layout_get_size(l, &w, &h);
	cairo_move_to(s->cr, right ? x - (double)w / PANGO_SCALE : x, FOOT_Y);
	pango_cairo_show_layout(s->cr, l);
	g_object_unref(l);
}

static void foot(struct press *s)
{
	SCOPED_BUF struct buf b = { 0 };

	for (const char *p = s->paper->conf.page_of; *p; p++) {
		if (strncmp(p, "{0}", 3) == 0 || strncmp(p, "{1}", 3) == 0) {
			buf_printf(&b, "%d", p[1] == '0' ? s->page : s->total);
			p += 2;
		} else {
			buf_addc(&b, *p);
		}
	}
	cairo_set_source_rgb(s->cr, 0.35, 0.35, 0.35);
	cairo_set_line_width(s->cr, 0.5);
	cairo_move_to(s->cr, MARGIN_X, FOOT_Y - 5);
	cairo_rel_line_to(s->cr, LINE_W, 0);
	cairo_stroke(s->cr);
	one_line(s, s->paper->conf.foot, MARGIN_X, false);
	one_line(s, b.p ? b.p : "", MARGIN_X + LINE_W, true);
	cairo_set_source_rgb(s->cr, 0.1, 0.1, 0.1);
}

static void page_end(struct press *s)
{
	if (!s->cr)
		return;
	foot(s);
	cairo_show_page(s->cr);
}

/* False when there is no further page. */
static bool page_next(struct press *s)
{
	if (s->page >= s->paper->conf.pages_max) {
		s->full = true;
		return false;
	}
	if (s->page > 0)
		page_end(s);
	s->page++;
	s->y = MARGIN_Y;
	if (s->cr)
		cairo_set_source_rgb(s->cr, 0.1, 0.1, 0.1);
	return true;
}

static double room(const struct press *s)
{
	return BOTTOM - s->y - (s->page == s->paper->conf.pages_max ? CUT_ROOM : 0);
}

/* --- blocks --- */

static double line_height(PangoLayoutLine *line, double *up_out)
{
	PangoRectangle r;

	pango_layout_line_get_extents(line, NULL, &r);
	*up_out = -(double)r.y / PANGO_SCALE;
	return (double)r.height / PANGO_SCALE * 1.18;
}

static double columns_open(struct press *s, const struct paper_block *b, struct column *c)
{
	const struct look *look = &looks[b->style];
	double x = MARGIN_X + look->indent, highest = 0;

	for (size_t i = 0; i < b->n; i++) {
		double pad = look->box ? CELL_PAD : 0;
		double w = b->table ? LINE_W * b->table->width[i] / b->table->total
				    : LINE_W - look->indent,
		       h = 0, up;
		bool bold = look->bold || (b->style == PAPER_FACT && i == 0);

		c[i].layout = layout_new(s, b->cell[i], look->size, bold);
		c[i].x = x + pad;
		c[i].width = w - 2 * pad;
		pango_layout_set_width(c[i].layout, (int)(c[i].width * PANGO_SCALE));
		if (b->table && b->table->right[i])
			pango_layout_set_alignment(c[i].layout, PANGO_ALIGN_RIGHT);
		c[i].next = pango_layout_get_lines_readonly(c[i].layout);
		for (GSList *l = c[i].next; l; l = l->next)
			h += line_height(l->data, &up);
		highest = h > highest ? h : highest;
		x += w;
	}
	return highest;
}

static void line_draw(struct press *s, const struct column *c, PangoLayoutLine *line, double y)
{
	PangoRectangle r;
	double x = c->x;

	if (!s->cr)
		return;
	if (pango_layout_get_alignment(c->layout) == PANGO_ALIGN_RIGHT) {
		pango_layout_line_get_extents(line, NULL, &r);
		x += c->width - (double)r.width / PANGO_SCALE;
	}
	cairo_move_to(s->cr, x, y);
	pango_cairo_show_layout_line(s->cr, line);
}

/* Lines of a column until ROOM is used; the height that they took. */
static double column_flow(struct press *s, struct column *c, double space)
{
	double used = 0, up;

	for (; c->next; c->next = c->next->next) {
		double h = line_height(c->next->data, &up);
		if (used + h > space && used > 0)
			break;
		line_draw(s, c, c->next->data, s->y + used + up);
		used += h;
	}
	return used;
}

static void rule(struct press *s, double grey)
{
	if (!s->cr)
		return;
	cairo_set_source_rgb(s->cr, grey, grey, grey);
	cairo_set_line_width(s->cr, 0.5);
	cairo_move_to(s->cr, MARGIN_X, s->y);
	cairo_rel_line_to(s->cr, LINE_W, 0);
	cairo_stroke(s->cr);
	cairo_set_source_rgb(s->cr, 0.1, 0.1, 0.1);
}

static void shade(struct press *s, double height)
{
	if (!s->cr)
		return;
	cairo_set_source_rgb(s->cr, 0.93, 0.94, 0.96);
	cairo_rectangle(s->cr, MARGIN_X, s->y, LINE_W, height);
	cairo_fill(s->cr);
	cairo_set_source_rgb(s->cr, 0.1, 0.1, 0.1);
}

static void bullet(struct press *s)
{
	if (!s->cr)
		return;
	cairo_new_path(s->cr); /* from where the last text ended there is no line to it */
	cairo_arc(s->cr, MARGIN_X + 5, s->y + 6.5, 1.6, 0, 2 * G_PI);
	cairo_fill(s->cr);
}

static bool flow(struct press *s, const struct paper_block *b, struct column *c)
{
	const double pad = looks[b->style].box ? CELL_PAD : 0;
	bool more = true;

	while (more) {
		double used = 0;

		s->y += pad;
		more = false;
		for (size_t i = 0; i < b->n; i++) {
			double h = column_flow(s, &c[i], room(s) - pad);
			used = h > used ? h : used;
			more = more || c[i].next;
		}
		s->y += used + pad;
		if (more && !page_next(s))
			return false;
	}
	return true;
}

/* The headings of the table again, on a new page. */
static void head_again(struct press *s, const struct paper_table *t)
{
	const struct paper_block head = { PAPER_HEAD_ROW, t, t->heading, t->n };
	struct column c[PAPER_COLUMNS_MAX] = { 0 };
	double h = columns_open(s, &head, c);

	shade(s, h + 2 * CELL_PAD);
	(void)flow(s, &head, c); /* a fresh page has room for it */
	for (size_t i = 0; i < head.n; i++)
		g_object_unref(c[i].layout);
}

/* What must stand together with the first lines of a block. */
static double wanted(const struct paper_block *b, double height)
{
	if (b->style == PAPER_HEADING) /* a table's headings and its first row */
		return height + 100;
	if (b->style == PAPER_HEAD_ROW)
		return height + 50;
	return height < SPLIT_MIN ? height : SPLIT_MIN;
}

static void block_set(struct press *s, const struct paper_block *b)
{
	const struct look *look = &looks[b->style];
	struct column c[PAPER_COLUMNS_MAX] = { 0 };
	double h = columns_open(s, b, c);

	if (s->y > MARGIN_Y)
		s->y += look->before;
	if (wanted(b, h + (look->box ? 2 * CELL_PAD : 0)) > room(s) && page_next(s) &&
	    b->style == PAPER_ROW)
		head_again(s, b->table);
	if (!s->full) {
		if (b->style == PAPER_HEAD_ROW)
			shade(s, h + 2 * CELL_PAD);
		if (b->style == PAPER_ITEM)
			bullet(s);
		if (flow(s, b, c) && look->box)
			rule(s, 0.8);
		s->y += look->after;
	}
	for (size_t i = 0; i < b->n; i++)
		g_object_unref(c[i].layout);
}

static void cut_remark(struct press *s)
{
	PangoLayout *l;

	if (!s->cr)
		return;
	l = layout_new(s, s->paper->conf.cut, 9, true);
	pango_layout_set_width(l, (int)(LINE_W * PANGO_SCALE));
	cairo_move_to(s->cr, MARGIN_X, BOTTOM - CUT_ROOM + 6);
	pango_cairo_show_layout(s->cr, l);
	g_object_unref(l);
}

static void all_set(struct press *s)
{
	s->page = 0;
	s->full = false;
	(void)page_next(s);
	for (size_t i = 0; i < s->paper->n_blocks && !s->full; i++)
		block_set(s, &s->paper->blocks[i]);
	if (s->full || s->paper->over)
		cut_remark(s);
	page_end(s);
}

/* --- the file --- */

static cairo_status_t put(void *arg, const unsigned char *p, unsigned int n)
{
	struct buf *out = arg;

	buf_add(out, p, n);
	return out->over ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static void properties(cairo_surface_t *surface, const struct paper_conf *c)
{
	char made[TIME_TEXT_MAX];

	time_format(c->made_us / US_PER_SEC * US_PER_SEC, made, sizeof(made));
	memcpy(made + strlen("2026-11-23T16:30:00"), "Z", 2); /* Cairo takes no fractions */
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, c->title);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, c->author);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "otasuke");
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, made);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, made);
}

static void press_open(struct press *s, const struct paper *p)
{
	cairo_font_options_t *o = cairo_font_options_create();

	cairo_font_options_set_hint_style(o, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(o, CAIRO_HINT_METRICS_OFF);
	s->paper = p;
	s->fonts = pango_cairo_font_map_new();
	pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(s->fonts), 72);
	s->pango = pango_font_map_create_context(s->fonts);
	pango_cairo_context_set_font_options(s->pango, o);
	pango_context_set_language(s->pango, pango_language_from_string(p->conf.lang));
	cairo_font_options_destroy(o);
}

static void press_close(struct press *s)
{
	g_object_unref(s->pango);
	g_object_unref(s->fonts);
}

int paper_pdf(const struct paper *p, struct buf *out, struct paper_done *done, struct err *e)
{
	struct press s = { 0 };
	cairo_status_t status;

	press_open(&s, p);
	all_set(&s);
	s.total = s.page;
	s.surface = cairo_pdf_surface_create_for_stream(put, out, PAGE_W, PAGE_H);
	properties(s.surface, &p->conf);
	s.cr = cairo_create(s.surface);
	all_set(&s);
	status = cairo_status(s.cr);
	cairo_destroy(s.cr);
	cairo_surface_finish(s.surface);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(s.surface);
	cairo_surface_destroy(s.surface);
	press_close(&s);
	*done = (struct paper_done){ s.total, s.full || p->over };
	if (out->over)
		return err_set(e, -ELIMIT, "the document is larger than %zu bytes",
			       out->max ? out->max : (size_t)BUF_MAX_DEFAULT);
	if (status != CAIRO_STATUS_SUCCESS)
		return err_set(e, -EIO, "the page could not be drawn: %s",
			       cairo_status_to_string(status));
	return 0;
}

bool paper_has_font(void)
{
	PangoFontMap *map = pango_cairo_font_map_new();
	PangoFontFamily **families = NULL;
	bool found = false;
	int n = 0;

	pango_font_map_list_families(map, &families, &n);
	for (int i = 0; i < n && !found; i++) {
		const char *name = pango_font_family_get_name(families[i]);
		found = name && (strcmp(name, "BIZ UDPGothic") == 0 ||
				 strcmp(name, "Noto Sans CJK JP") == 0);
	}
	g_free(families);
	g_object_unref(map);
	return found;
}
