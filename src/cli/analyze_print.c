/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the last telling of each story and prints it as a table or as JSON lines. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/jsonw.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/analyze.h"

enum { STORIES_MAX = 20000 };

/* Texts one after the other, each with its NUL. */
struct texts {
	char *p;
	size_t n; /* of texts */
};

struct row {
	enum severity severity;
	double confidence;
	int64_t first_us, last_us;
	char *detector, *device, *mac, *hostname;
	struct texts peers, names, reasons;
};

struct analyze_results {
	struct map *by_story;
	struct row **row;
	size_t n, cap;
	uint64_t beyond; /* stories over the limit */
};

struct analyze_results *analyze_results_new(void)
{
	struct analyze_results *r = mem_new(sizeof(*r));

	r->by_story = map_new(STORIES_MAX);
	return r;
}

static void row_clear(struct row *w)
{
	free(w->detector);
	free(w->device);
	free(w->mac);
	free(w->hostname);
	free(w->peers.p);
	free(w->names.p);
	free(w->reasons.p);
	*w = (struct row){ 0 };
}

void analyze_results_free(struct analyze_results *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->n; i++) {
		row_clear(r->row[i]);
		free(r->row[i]);
	}
	free(r->row);
	map_free(r->by_story);
	free(r);
}

static struct texts texts_copy(const char *const *list, size_t n)
{
	SCOPED_BUF struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < n; i++)
		buf_add(&b, list[i], strlen(list[i]) + 1);
	return (struct texts){ .p = buf_take(&b), .n = n };
}

static struct row *row_of(struct analyze_results *r, const char *story)
{
	struct row *w = map_find(r->by_story, story, strlen(story));

	if (w)
		return w;
	w = mem_new(sizeof(*w));
	if (map_set(r->by_story, story, strlen(story), w) < 0) {
		r->beyond++;
		free(w);
		return NULL;
	}
	if (r->n == r->cap) {
		r->cap = r->cap ? r->cap * 2 : 16;
		r->row = mem_resize(r->row, r->cap, sizeof(struct row *));
	}
	return r->row[r->n++] = w;
}

void analyze_results_add(struct analyze_results *r, const struct finding *f)
{
	struct row *w = row_of(r, f->story);

	if (!w)
		return;
	row_clear(w);
	*w = (struct row){
		.severity = f->severity,
		.confidence = f->confidence,
		.first_us = f->first_us,
		.last_us = f->last_us,
		.detector = mem_strdup(f->detector),
		.device = mem_strdup(f->device.n_addresses ? f->device.addresses[0] : ""),
		.mac = mem_strdup(f->device.mac),
		.hostname = mem_strdup(f->device.hostname),
		.peers = texts_copy(f->peers, f->n_peers),
		.names = texts_copy(f->names, f->n_names),
		.reasons = texts_copy(f->reasons, f->n_reasons),
	};
}

static void json_texts(struct jsonw *w, const char *key, const struct texts *t)
{
	const char *p = t->p;

	jsonw_array(w, key);
	for (size_t i = 0; i < t->n; i++, p += strlen(p) + 1)
		jsonw_text(w, NULL, p);
	jsonw_end_array(w);
}

static void out(struct buf *b)
{
	buf_addc(b, '\n');
	(void)fwrite(b->p, 1, b->n, stdout); /* checked by the flush at the end */
	buf_clear(b);
}

static void json_row(struct buf *b, const char *file, const struct row *r)
{
	struct jsonw w = jsonw_of(b);

	jsonw_object(&w, NULL);
	jsonw_text(&w, "type", "finding");
	jsonw_text(&w, "file", file);
	jsonw_text(&w, "detector", r->detector);
	jsonw_text(&w, "severity", severity_name(r->severity));
	jsonw_double(&w, "confidence", r->confidence);
	jsonw_text(&w, "device", r->device);
	jsonw_text(&w, "device_mac", r->mac);
	json_texts(&w, "peers", &r->peers);
	json_texts(&w, "names", &r->names);
	jsonw_time(&w, "first", r->first_us);
	jsonw_time(&w, "last", r->last_us);
	json_texts(&w, "reasons", &r->reasons);
	jsonw_end_object(&w);
	out(b);
}

void analyze_print_jsonl(const struct analyze_results *r, const struct analyze_summary *s)
{
	SCOPED_BUF struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < r->n; i++)
		json_row(&b, s->file, r->row[i]);
	struct jsonw w = jsonw_of(&b);
	jsonw_object(&w, NULL);
	jsonw_text(&w, "type", "summary");
	jsonw_text(&w, "file", s->file);
	jsonw_int(&w, "packets", (int64_t)s->stats.packets);
	jsonw_int(&w, "bytes", (int64_t)s->stats.bytes);
	jsonw_int(&w, "flows", (int64_t)s->stats.flows);
	jsonw_int(&w, "devices", (int64_t)s->stats.devices);
	jsonw_double(&w, "seconds", s->seconds);
	jsonw_int(&w, "peak_rss", s->peak_rss);
	jsonw_end_object(&w);
	out(&b);
}

/* Columns on the screen: wide characters take two. */
static size_t columns(const char *s)
{
	size_t n = 0;

	for (; *s; s++) {
		if (((unsigned char)*s & 0xc0) != 0x80)
			n += (unsigned char)*s >= 0xe0 ? 2 : 1;
	}
	return n;
}

static void cell(struct buf *b, const char *text, size_t width)
{
	size_t n = columns(text);

	buf_adds(b, text);
	do
		buf_addc(b, ' ');
	while (++n <= width);
}

static void list(struct buf *b, const struct texts *t, size_t most)
{
	const char *p = t->p;

	for (size_t i = 0; i < t->n && i < most; i++, p += strlen(p) + 1)
		buf_printf(b, "%s%s", i ? ", " : "", p);
	if (t->n > most)
		buf_printf(b, ", +%zu", t->n - most);
}

static void table_row(const struct cli *c, struct buf *b, const struct row *r)
{
	char key[48], when[TIME_TEXT_MAX];
	const char *p = r->reasons.p;

	(void)snprintf(key, sizeof(key), "cli.analyze.severity.%s", severity_name(r->severity));
	cell(b, cli_text(c, key), 10);
	buf_printf(b, "%3.0f%% ", r->confidence * 100);
	cell(b, r->detector, 11);
	time_format(r->first_us, when, sizeof(when));
	when[19] = 0;
	cell(b, when, 20);
	cell(b, r->device[0] ? r->device : r->mac, 16);
	buf_adds(b, r->hostname);
	buf_adds(b, r->hostname[0] ? "  " : "");
	list(b, &r->names, 3);
	buf_adds(b, r->names.n ? "  " : "");
	list(b, &r->peers, 3);
	out(b);
	for (size_t i = 0; i < r->reasons.n; i++, p += strlen(p) + 1) {
		buf_printf(b, "%15s %s", "", p);
		out(b);
	}
}

static int worst_first(const void *a, const void *b)
{
	const struct row *x = *(struct row *const *)a, *y = *(struct row *const *)b;

	if (x->severity != y->severity)
		return x->severity < y->severity ? 1 : -1;
	return x->first_us < y->first_us ? -1 : x->first_us > y->first_us;
}

void analyze_print_table(const struct cli *c, const struct analyze_results *r,
			 const struct analyze_summary *s)
{
	static const char *const heads[] = { "cli.analyze.head.severity",
					     "cli.analyze.head.detector", "cli.analyze.head.first",
					     "cli.analyze.head.device", "cli.analyze.head.peer" };
	static const size_t widths[] = { 15, 11, 20, 16, 1 };
	char number[6][32];
	const char *args[] = { s->file,   number[0], number[1], number[2],
			       number[3], number[4], number[5] };
	SCOPED_BUF struct buf b;

	buf_init(&b, 0);
	(void)snprintf(number[0], 32, "%" PRIu64, s->stats.packets);
	(void)snprintf(number[1], 32, "%.1f", (double)s->stats.bytes / 1e6);
	(void)snprintf(number[2], 32, "%" PRIu64, s->stats.flows);
	(void)snprintf(number[3], 32, "%" PRIu64, s->stats.devices);
	(void)snprintf(number[4], 32, "%.2f", s->seconds);
	(void)snprintf(number[5], 32, "%.1f", (double)s->peak_rss / 1e6);
	cli_add(c, &b, "cli.analyze.summary", args, ARRAY_LEN(args));
	out(&b);
	if (r->n == 0) {
		buf_adds(&b, cli_text(c, "cli.analyze.nothing"));
		out(&b);
		return;
	}
	qsort(r->row, r->n, sizeof(struct row *), worst_first);
	for (size_t i = 0; i < ARRAY_LEN(heads); i++)
		cell(&b, cli_text(c, heads[i]), widths[i]);
	out(&b);
	for (size_t i = 0; i < r->n; i++)
		table_row(c, &b, r->row[i]);
}

void analyze_print_thresholds(const struct thresholds *t)
{
	for (size_t i = 0; i < thresholds_count; i++) {
		const struct threshold *row = &thresholds_table[i];
		(void)printf("%s\t%.15g\t%s\t%.15g\t%.15g\t%s\n", row->name,
			     thresholds_value(t, row), row->unit, row->lowest, row->highest,
			     row->reason); /* checked by the flush at the end */
	}
}
