/* SPDX-License-Identifier: Apache-2.0 */
/* The report of an analysis as text for a terminal: device by device, the gravest first. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cli/analyze_view.h"

enum { CURVE_COLUMNS = 40 };

struct writer {
	const struct cli *c;
	struct arena *a;
	struct buf b;
};

static void flush(struct writer *w)
{
	(void)fwrite(w->b.p, 1, w->b.n, stdout); /* checked by the flush at the end */
	buf_clear(&w->b);
}

static const char *count(struct writer *w, uint64_t n)
{
	return arena_printf(w->a, "%" PRIu64, n);
}

/* A line of the catalogue, INDENT in. */
static void line(struct writer *w, int indent, const char *key, const char *const *args, size_t n)
{
	buf_printf(&w->b, "%*s", indent, "");
	cli_add(w->c, &w->b, key, args, n);
	buf_addc(&w->b, '\n');
}

static void list(struct writer *w, const char *key, const char *const *lines, size_t n)
{
	if (n == 0)
		return;
	line(w, 2, key, NULL, 0);
	for (size_t i = 0; i < n; i++)
		buf_printf(&w->b, "    %zu. %s\n", i + 1, lines[i]);
}

/* The score over the capture as one line of blocks. */
static void curve(struct writer *w, const struct view *v, const struct view_device *d)
{
	static const char *const block[] = { " ",      "\u2581", "\u2582", "\u2583", "\u2584",
					     "\u2585", "\u2586", "\u2587", "\u2588" };
	double most = d->peak > 100 ? d->peak : 100;
	SCOPED_BUF struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < CURVE_COLUMNS; i++) {
		double s = d->curve[i * (VIEW_CURVE_MAX - 1) / (CURVE_COLUMNS - 1)];
		size_t k = (size_t)(s / most * 8 + 0.5);
		buf_adds(&b, block[s > 0 && k == 0 ? 1 : k < ARRAY_LEN(block) ? k : 8]);
	}
	const char *args[] = { v->first, b.p, v->last, arena_printf(w->a, "%d", d->peak),
			       d->peak_at };
	line(w, 2, "cli.analyze.text.curve", args, ARRAY_LEN(args));
}

static void clues(struct writer *w, const struct view_device *d)
{
	line(w, 2, "cli.analyze.text.clues", NULL, 0);
	for (size_t i = 0; i < d->n_clues; i++) {
		const struct view_clue *k = &d->clues[i];
		bool once = strcmp(k->first, k->last) == 0;
		buf_printf(&w->b, "    %s%s%s  ", k->first, once ? "" : " - ", once ? "" : k->last);
		const char *args[] = { arena_printf(w->a, "%3d", k->points), k->kind };
		cli_add(w->c, &w->b, "cli.analyze.text.points", args, ARRAY_LEN(args));
		buf_printf(&w->b, "%s%s\n      %s\n", k->places[0] ? "  " : "", k->places,
			   k->reason.text);
	}
}

/* OTHER: of a device of which nothing worse is known; told in short. */
static void finding(struct writer *w, int indent, const struct view_finding *f, bool other)
{
	buf_printf(&w->b, "%*s%s [%s] %s", indent, "", f->first, cli_text(w->c, f->severity_key),
		   f->kind);
	if (other)
		buf_printf(&w->b, "  %s", f->device);
	buf_printf(&w->b, "%s%s\n", f->places[0] ? "  " : "", f->places);
	for (size_t i = 0; i < (other ? 0 : f->n_reasons); i++)
		buf_printf(&w->b, "%*s- %s\n", indent + 2, "", f->reasons[i].text);
}

static void who(struct writer *w, const struct view_device *d)
{
	const char *parts[] = { d->addresses, d->mac, d->vendor };

	buf_adds(&w->b, "  ");
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (parts[i][0])
			buf_printf(&w->b, "%s  ", parts[i]);
	}
	const char *args[] = { d->how };
	cli_add(w->c, &w->b, "cli.analyze.text.how", args, 1);
	buf_addc(&w->b, '\n');
}

static void suspect(struct writer *w, const struct view *v, const struct view_device *d)
{
	buf_printf(&w->b, "\n[%s] %s\n", cli_text(w->c, d->severity_key), d->name);
	who(w, d);
	if (d->title[0])
		buf_printf(&w->b, "  %s\n", d->title);
	if (d->severity >= SEVERITY_LOW) {
		list(w, "cli.analyze.do_now", d->do_now, d->n_do_now);
		list(w, "cli.analyze.do_not", d->do_not, d->n_do_not);
	}
	if (d->n_clues > 0) {
		curve(w, v, d);
		clues(w, d);
	}
	if (d->n_findings > 0)
		line(w, 2, "cli.analyze.text.findings", NULL, 0);
	for (size_t i = 0; i < d->n_findings; i++)
		finding(w, 4, &d->findings[i], false);
	flush(w);
}

static void summary(struct writer *w, const struct view *v)
{
	const struct analyze_summary *s = v->summary;
	const char *head[] = { v->file,
			       count(w, s->stats.packets),
			       arena_printf(w->a, "%.1f", (double)s->stats.bytes / 1e6),
			       count(w, s->stats.flows),
			       count(w, s->stats.devices),
			       arena_printf(w->a, "%.2f", s->seconds),
			       arena_printf(w->a, "%.1f", (double)s->peak_rss / 1e6) };
	const char *span[] = { v->first,
			       v->last,
			       v->span,
			       v->zone,
			       count(w, s->stats.records_bad),
			       count(w, s->stats.packets_bad) };

	line(w, 0, "cli.analyze.summary", head, ARRAY_LEN(head));
	if (s->stats.packets > 0)
		line(w, 0, "cli.analyze.text.span", span, ARRAY_LEN(span));
	const char *told[] = { count(w, s->stats.records), count(w, s->stats.records_elsewhere) };
	if (s->stats.records > 0)
		line(w, 0, "cli.analyze.text.records", told, ARRAY_LEN(told));
}

static void left_out(struct writer *w, const struct view *v)
{
	const char *args[] = { count(w, v->suspects_beyond), count(w, v->devices_beyond),
			       count(w, v->findings_beyond),
			       count(w, v->summary->stats.flows_dropped),
			       count(w, v->summary->stats.states_dropped) };

	if (view_left_out(v))
		line(w, 0, "cli.analyze.left_out", args, ARRAY_LEN(args));
}

void analyze_print_text(const struct cli *c, const struct view *v)
{
	struct writer w = { .c = c, .a = arena_new(0) };

	buf_init(&w.b, 0);
	summary(&w, v);
	const char *grave[] = { count(&w, v->n_grave) };
	line(&w, 0,
	     v->n_grave      ? "cli.analyze.verdict.grave"
	     : v->n_suspects ? "cli.analyze.verdict.weak"
			     : "cli.analyze.nothing",
	     grave, 1);
	flush(&w);
	for (size_t i = 0; i < v->n_suspects; i++)
		suspect(&w, v, &v->suspects[i]);
	if (v->n_others > 0) {
		buf_addc(&w.b, '\n');
		line(&w, 0, "cli.analyze.others", NULL, 0);
	}
	for (size_t i = 0; i < v->n_others; i++)
		finding(&w, 2, &v->others[i], true);
	left_out(&w, v);
	flush(&w);
	buf_done(&w.b);
	arena_free(w.a);
}
