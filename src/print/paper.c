/* SPDX-License-Identifier: Apache-2.0 */
/* A document as its caller says it: blocks in order, with texts that are safe to set. How they come
 * onto pages: paper_press.c. */
#include "print/paper.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "print/paper_priv.h"

static const struct paper_table fact_table = { .n = 2, .width = { 3, 10 }, .total = 13 };

/* Length of the UTF-8 sequence at P, 0 when it is none. */
static size_t sequence(const unsigned char *p, size_t n)
{
	size_t want = *p < 0x80 ? 1 : *p >= 0xf0 ? 4 : *p >= 0xe0 ? 3 : *p >= 0xc2 ? 2 : 0;

	return want && want <= n && utf8_valid((const char *)p, want) ? want : 0;
}

/* Signs that turn the direction of what follows, and line separators that are no new line. */
static bool is_hidden(const unsigned char *p, size_t n)
{
	if (n != 3 || p[0] != 0xe2)
		return false;
	return (p[1] == 0x80 && p[2] >= 0xa8 && p[2] <= 0xae) ||
	       (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9);
}

static const char *clean(struct arena *a, const char *s)
{
	SCOPED_BUF struct buf b = { 0 };
	const unsigned char *p = (const unsigned char *)s;
	size_t left = strlen(s), n;

	for (; left > 0 && b.n < PAPER_TEXT_MAX; p += n, left -= n) {
		n = sequence(p, left);
		if (n == 0) {
			buf_adds(&b, "\xef\xbf\xbd");
			n = 1;
		} else if (*p == '\r' || is_hidden(p, n)) {
			continue;
		} else if ((*p < 0x20 && *p != '\n') || *p == 0x7f) {
			buf_addc(&b, ' ');
		} else {
			buf_add(&b, p, n);
		}
	}
	return arena_strndup(a, b.p ? b.p : "", b.n);
}

static const char *keep(struct arena *a, const char *s)
{
	return clean(a, s ? s : "");
}

struct paper *paper_new(const struct paper_conf *c)
{
	struct paper *p = mem_new(sizeof(*p));

	p->arena = arena_new(0);
	p->conf = (struct paper_conf){
		.title = keep(p->arena, c->title),
		.author = keep(p->arena, c->author),
		.lang = arena_strdup(p->arena, c->lang),
		.foot = keep(p->arena, c->foot),
		.page_of = keep(p->arena, c->page_of),
		.cut = keep(p->arena, c->cut),
		.made_us = c->made_us,
		.pages_max = c->pages_max > 0 ? c->pages_max : PAPER_PAGES_MAX,
	};
	return p;
}

void paper_free(struct paper *p)
{
	if (!p)
		return;
	arena_free(p->arena);
	mem_cleanup(&p);
}

void paper_cleanup(struct paper **p)
{
	paper_free(*p);
}

static void add(struct paper *p, enum paper_style style, const struct paper_table *table,
		const char *const *cells, size_t n)
{
	if (p->n_blocks >= PAPER_BLOCKS_MAX) {
		p->over = true;
		return;
	}
	const char **copy = arena_array(p->arena, n, sizeof(*copy));
	for (size_t i = 0; i < n; i++)
		copy[i] = keep(p->arena, cells[i]);
	p->blocks = arena_grow(p->arena, p->blocks, p->n_blocks, sizeof(*p->blocks));
	p->blocks[p->n_blocks++] = (struct paper_block){ style, table, copy, n };
}

static void add_text(struct paper *p, enum paper_style style, const char *text)
{
	if (text && text[0])
		add(p, style, NULL, &text, 1);
}

void paper_title(struct paper *p, const char *text)
{
	add_text(p, PAPER_TITLE, text);
}

void paper_heading(struct paper *p, const char *text)
{
	add_text(p, PAPER_HEADING, text);
}

void paper_text(struct paper *p, const char *text)
{
	add_text(p, PAPER_TEXT, text);
}

void paper_small(struct paper *p, const char *text)
{
	add_text(p, PAPER_SMALL, text);
}

void paper_item(struct paper *p, const char *text)
{
	add_text(p, PAPER_ITEM, text);
}

void paper_fact(struct paper *p, const char *label, const char *value)
{
	const char *const cells[] = { label, value };

	if (value && value[0])
		add(p, PAPER_FACT, &fact_table, cells, 2);
}

void paper_table(struct paper *p, const struct paper_column *columns, size_t n)
{
	struct paper_table *t = arena_alloc(p->arena, sizeof(*t));

	t->n = n < PAPER_COLUMNS_MAX ? n : PAPER_COLUMNS_MAX;
	for (size_t i = 0; i < t->n; i++) {
		t->heading[i] = keep(p->arena, columns[i].heading);
		t->width[i] = columns[i].width;
		t->total += columns[i].width;
		t->right[i] = columns[i].right;
	}
	p->table = t;
	add(p, PAPER_HEAD_ROW, t, t->heading, t->n);
}

void paper_row(struct paper *p, const char *const *cells)
{
	if (p->table)
		add(p, PAPER_ROW, p->table, cells, p->table->n);
}
