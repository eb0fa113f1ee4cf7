/* SPDX-License-Identifier: Apache-2.0 */
/* The pieces that reports are made of. */
#include "hub/exports/exports_write.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "hub/hub_text.h"

const char *write_text(const struct writer *w, const char *key)
{
	return text_get(w->job->ask->hub->text, w->job->ask->lang, key);
}

const char *write_filled(const struct writer *w, const char *key, const char *const *args, size_t n)
{
	SCOPED_BUF struct buf b = { 0 };

	hub_text_fill(w->job->ask->hub->text, w->job->ask->lang, key, args, n, &b);
	return arena_strdup(w->a, b.p ? b.p : "");
}

const char *write_grouped(const struct writer *w, int64_t v)
{
	char digits[24], out[32];
	size_t n, k = 0;

	(void)snprintf(digits, sizeof(digits), "%" PRId64, v < 0 ? 0 : v);
	n = strlen(digits);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			out[k++] = ',';
		out[k++] = digits[i];
	}
	out[k] = '\0';
	return arena_strdup(w->a, out);
}

const char *write_counted(const struct writer *w, const char *key, int64_t v)
{
	const char *const args[] = { write_grouped(w, v) };

	return write_filled(w, key, args, 1);
}

const char *write_when(const struct writer *w, int64_t us)
{
	const struct civil t = time_civil(us, (int)w->job->ask->hub->conf.zone_min);

	if (!us)
		return "";
	return arena_printf(w->a, "%04d-%02d-%02d %02d:%02d", t.year, t.month, t.day, t.hour,
			    t.minute);
}

const char *write_both(const struct writer *w, const char *a, const char *b)
{
	return a[0] && b[0] ? arena_printf(w->a, "%s\n%s", a, b) : a[0] ? a : b;
}

void write_part(struct writer *w, const char *key)
{
	struct export_doc *d = w->doc;

	d->parts = arena_grow(w->a, d->parts, d->n_parts, sizeof(*d->parts));
	w->part = &d->parts[d->n_parts++];
	*w->part = (struct export_part){ .heading = write_text(w, key) };
}

void write_fact(struct writer *w, const char *key, const char *value)
{
	struct export_part *p = w->part;

	if (!value || !value[0])
		return;
	p->facts = arena_grow(w->a, p->facts, p->n_facts, sizeof(*p->facts));
	p->facts[p->n_facts++] = (struct export_fact){ write_text(w, key), value };
}

void write_say(struct writer *w, const char *value)
{
	struct export_part *p = w->part;

	if (!value || !value[0])
		return;
	p->texts = arena_grow(w->a, p->texts, p->n_texts, sizeof(*p->texts));
	p->texts[p->n_texts++] = value;
}

void write_item(struct writer *w, const char *value)
{
	struct export_part *p = w->part;

	if (!value || !value[0])
		return;
	p->items = arena_grow(w->a, p->items, p->n_items, sizeof(*p->items));
	p->items[p->n_items++] = value;
}

void write_columns(struct writer *w, const struct write_column *columns, size_t n)
{
	struct export_part *p = w->part;

	for (size_t i = 0; i < n; i++) {
		p->column[i] = write_text(w, columns[i].key);
		p->width[i] = columns[i].width;
		p->right[i] = columns[i].right;
	}
	p->n_columns = n;
}

void write_row(struct writer *w, const struct export_row *r)
{
	struct export_part *p = w->part;

	p->rows = arena_grow(w->a, p->rows, p->n_rows, sizeof(*p->rows));
	p->rows[p->n_rows++] = *r;
}
