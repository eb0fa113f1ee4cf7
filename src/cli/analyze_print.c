/* SPDX-License-Identifier: Apache-2.0 */
/* Results of an analysis as JSON lines, for programs: the fields of a line only ever grow in
 * number with an option. And the list of thresholds. */
#include <stdio.h>
#include <string.h>

#include "base/jsonw.h"
#include "cli/analyze.h"
#include "cli/analyze_results.h"

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

static void json_finding(struct buf *b, const char *file, const struct analyze_finding *r)
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

static void json_clue(struct jsonw *w, const struct clue *k)
{
	jsonw_object(w, NULL);
	jsonw_text(w, "kind", k->kind);
	jsonw_double(w, "points", k->weight);
	jsonw_time(w, "first", k->first_us);
	jsonw_time(w, "last", k->last_us);
	jsonw_text(w, "reason", k->reason);
	jsonw_array(w, "peers");
	for (size_t i = 0; i < k->n_peers; i++)
		jsonw_text(w, NULL, k->peer[i]);
	jsonw_end_array(w);
	jsonw_text(w, "name", k->name);
	jsonw_end_object(w);
}

static void json_story(struct buf *b, const struct analyze_summary *s,
		       const struct analyze_device *d)
{
	struct jsonw w = jsonw_of(b);

	jsonw_object(&w, NULL);
	jsonw_text(&w, "type", "story");
	jsonw_text(&w, "file", s->file);
	jsonw_text(&w, "device", d->addresses.n ? d->addresses.p : "");
	jsonw_text(&w, "device_mac", d->mac);
	jsonw_text(&w, "hostname", d->hostname);
	jsonw_text(&w, "vendor", d->vendor);
	jsonw_double(&w, "score",
		     story_score_at(s->thresholds, d->clue, d->n_clues, s->stats.last_us));
	jsonw_array(&w, "clues");
	for (size_t i = 0; i < d->n_clues; i++)
		json_clue(&w, &d->clue[i]);
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	out(b);
}

void analyze_print_jsonl(const struct analyze_results *r, const struct analyze_summary *s,
			 bool stories)
{
	SCOPED_BUF struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < r->n_findings; i++)
		json_finding(&b, s->file, r->finding[i]);
	for (size_t i = 0; stories && i < r->n_devices; i++) {
		if (r->device[i]->n_clues > 0)
			json_story(&b, s, r->device[i]);
	}
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

void analyze_print_thresholds(const struct thresholds *t)
{
	for (size_t i = 0; i < thresholds_count; i++) {
		const struct threshold *row = &thresholds_table[i];
		(void)printf("%s\t%.15g\t%s\t%.15g\t%.15g\t%s\n", row->name,
			     thresholds_value(t, row), row->unit, row->lowest, row->highest,
			     row->reason); /* checked by the flush at the end */
	}
}
