/* SPDX-License-Identifier: Apache-2.0 */
/* Puts findings, clues and devices together. The words: analyze_words.c. */
#include "cli/analyze_view.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "cli/analyze_words.h"

enum { PLACES_SHOWN = 4, WEAK_BELOW = 10 };

struct maker {
	const struct cli *c;
	struct arena *a;
	struct view *v;
	struct thresholds thresholds;
};

static void places_add(struct maker *m, struct buf *b, const char *text)
{
	if (b->n)
		buf_adds(b, cli_text(m->c, "cli.analyze.comma"));
	buf_adds(b, view_clean(m->a, text));
}

/* Names first: they say more. */
static const char *places_of(struct maker *m, const struct texts *names, const struct texts *peers)
{
	const struct texts *lists[] = { names, peers };
	SCOPED_BUF struct buf b;
	size_t shown = 0;

	buf_init(&b, 0);
	for (size_t k = 0; k < 2; k++) {
		const char *p = lists[k]->p;
		for (size_t i = 0; i < lists[k]->n; i++, p += strlen(p) + 1) {
			if (shown < PLACES_SHOWN)
				places_add(m, &b, p);
			shown++;
		}
	}
	if (shown > PLACES_SHOWN)
		buf_printf(&b, " +%zu", shown - PLACES_SHOWN);
	return arena_strndup(m->a, b.p ? b.p : "", b.n);
}

static const char *clue_places(struct maker *m, const struct clue *k)
{
	SCOPED_BUF struct buf b;

	buf_init(&b, 0);
	if (k->name[0])
		places_add(m, &b, k->name);
	for (size_t i = 0; i < k->n_peers; i++)
		places_add(m, &b, k->peer[i]);
	return arena_strndup(m->a, b.p ? b.p : "", b.n);
}

static enum severity severity_of_points(const struct thresholds *t, double points)
{
	if (points >= CLUE_CERTAIN)
		return SEVERITY_CRITICAL;
	if (points >= t->story.high)
		return SEVERITY_HIGH;
	if (points >= t->story.medium)
		return SEVERITY_MEDIUM;
	return points >= t->story.low ? SEVERITY_LOW : SEVERITY_INFO;
}

static int earlier(const void *a, const void *b)
{
	const struct view_clue *x = a, *y = b;

	if (x->first_us != y->first_us)
		return x->first_us < y->first_us ? -1 : 1;
	return y->points - x->points;
}

/* Weak ones that say the same of other places become one. */
static size_t clues_join(struct maker *m, struct view_clue *list, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		size_t k = 0;
		while (k < kept &&
		       (list[i].points >= WEAK_BELOW || strcmp(list[k].kind, list[i].kind) != 0 ||
			strcmp(list[k].reason.text, list[i].reason.text) != 0))
			k++;
		if (k == kept) {
			list[kept++] = list[i];
			continue;
		}
		list[k].times++;
		if (list[i].last_us > list[k].last_us) {
			list[k].last_us = list[i].last_us;
			list[k].last = list[i].last;
		}
	}
	for (size_t k = 0; k < kept; k++) {
		if (list[k].times > 1)
			list[k].places =
				arena_printf(m->a, "%s +%u", list[k].places, list[k].times - 1);
	}
	return kept;
}

static void clues_make(struct maker *m, const struct analyze_device *d, struct view_device *out)
{
	struct view_clue *list = arena_array(m->a, d->n_clues ? d->n_clues : 1, sizeof(*list));

	for (size_t i = 0; i < d->n_clues; i++) {
		const struct clue *k = &d->clue[i];
		list[i] = (struct view_clue){
			.severity = severity_of_points(&m->thresholds, k->weight),
			.points = (int)lround(k->weight),
			.times = 1,
			.kind = view_kind(m->c, m->a, k->kind),
			.first = view_time(m->v, m->a, k->first_us),
			.last = view_time(m->v, m->a, k->last_us),
			.first_us = k->first_us,
			.last_us = k->last_us,
			.places = clue_places(m, k),
			.reason = reason_say(m->c, m->a, view_clean(m->a, k->reason)),
		};
	}
	qsort(list, d->n_clues, sizeof(*list), earlier);
	out->clues = list;
	out->n_clues = clues_join(m, list, d->n_clues);
}

/* The score as it stood over the capture, evenly; and its peak, at the beginning of a clue. */
static void curve_make(struct maker *m, const struct analyze_device *d, struct view_device *out)
{
	int64_t span = m->v->last_us - m->v->first_us, peak_us = 0;
	double peak = 0;

	for (size_t i = 0; i < VIEW_CURVE_MAX; i++) {
		int64_t at = m->v->first_us + span * (int64_t)i / (VIEW_CURVE_MAX - 1);
		out->curve[i] = story_score_at(&m->thresholds, d->clue, d->n_clues, at);
	}
	for (size_t i = 0; i < d->n_clues; i++) {
		double s = story_score_at(&m->thresholds, d->clue, d->n_clues, d->clue[i].first_us);
		if (s > peak) {
			peak = s;
			peak_us = d->clue[i].first_us;
		}
	}
	out->peak = (int)lround(peak);
	out->peak_at = view_time(m->v, m->a, peak_us);
	out->score = (int)lround(out->curve[VIEW_CURVE_MAX - 1]);
}

static void evidence_make(struct maker *m, const struct texts *from, struct view_finding *out)
{
	struct view_pair *list = arena_array(m->a, from->n / 2 + 1, sizeof(*list));
	const char *p = from->p;

	for (size_t i = 0; i < from->n / 2; i++) {
		const char *name = p, *value = p + strlen(p) + 1;
		const char *label =
			text_find(m->c->text, m->c->lang, arena_printf(m->a, "evidence.%s", name));
		p = value + strlen(value) + 1;
		if (value[0])
			list[out->n_evidence++] =
				(struct view_pair){ label ? label : view_clean(m->a, name),
						    view_clean(m->a, value) };
	}
	out->evidence = list;
}

static void finding_make(struct maker *m, const struct analyze_finding *f, struct view_finding *out)
{
	struct reason *reasons = arena_array(m->a, f->reasons.n + 1, sizeof(*reasons));
	const char *p = f->reasons.p;

	for (size_t i = 0; i < f->reasons.n; i++, p += strlen(p) + 1)
		reasons[i] = reason_say(m->c, m->a, view_clean(m->a, p));
	*out = (struct view_finding){
		.severity = f->severity,
		.severity_key = view_severity_key(f->severity),
		.light = view_light(f->severity),
		.kind = view_kind(m->c, m->a, f->detector),
		.first = view_time(m->v, m->a, f->first_us),
		.last = view_time(m->v, m->a, f->last_us),
		.places = places_of(m, &f->names, &f->peers),
		.percent = (int)lround(f->confidence * 100),
		.reasons = reasons,
		.n_reasons = f->reasons.n,
	};
	evidence_make(m, &f->evidence, out);
}

static void device_make(struct maker *m, const struct analyze_device *d, struct view_device *out)
{
	static const struct texts none = { 0 };

	*out = (struct view_device){
		.mac = d->mac,
		.addresses = places_of(m, &none, &d->addresses),
		.vendor = view_clean(m->a, d->vendor),
		.how = view_how(m->c, m->a, d),
		.first = view_time(m->v, m->a, d->first_us),
		.first_us = d->first_us,
		.last = view_time(m->v, m->a, d->last_us),
		.title = "",
	};
	const char *name = d->hostname[0] ? d->hostname : d->addresses.n ? d->addresses.p : d->mac;
	out->name = view_clean(m->a, name);
	clues_make(m, d, out);
	if (d->n_clues > 0)
		curve_make(m, d, out);
}

/* The story is told by its clues. */
static bool told_elsewhere(const struct view_device *d, const struct analyze_finding *f)
{
	return d->n_clues > 0 && strcmp(f->detector, "host_story") == 0;
}

/* F are the findings of one device, gravest first. */
static void findings_make(struct maker *m, struct analyze_finding *const *f, size_t n,
			  struct view_device *out)
{
	size_t most = n < VIEW_FINDINGS_MAX ? n : VIEW_FINDINGS_MAX;
	struct view_finding *list = arena_array(m->a, most + 1, sizeof(*list));

	for (size_t i = 0; i < n; i++) {
		if (told_elsewhere(out, f[i]))
			continue;
		if (out->n_findings == VIEW_FINDINGS_MAX) {
			out->findings_beyond++;
			continue;
		}
		finding_make(m, f[i], &list[out->n_findings]);
		list[out->n_findings++].device = out->name;
	}
	out->findings = list;
	m->v->findings_beyond += out->findings_beyond;
	out->severity = n ? f[0]->severity : SEVERITY_INFO;
	out->severity_key = view_severity_key(out->severity);
	out->light = view_light(out->severity);
	if (n == 0)
		return;
	const struct texts *about = f[0]->names.n ? &f[0]->names : &f[0]->peers;
	const char *subject = about->n ? view_clean(m->a, about->p) : "";
	if (about->n > 1)
		subject = arena_printf(m->a, "%s …", subject);
	view_card(m->c, m->a, f[0]->detector, subject, out);
}

/* By device, then gravest first, then oldest. The story last among equals: the others say more. */
static int by_device(const void *a, const void *b)
{
	const struct analyze_finding *x = *(struct analyze_finding *const *)a;
	const struct analyze_finding *y = *(struct analyze_finding *const *)b;
	int device = strcmp(x->key, y->key);

	if (device != 0)
		return device;
	if (x->severity != y->severity)
		return x->severity < y->severity ? 1 : -1;
	int story =
		(strcmp(x->detector, "host_story") == 0) - (strcmp(y->detector, "host_story") == 0);
	if (story != 0)
		return story;
	return x->first_us < y->first_us ? -1 : x->first_us > y->first_us;
}

static int graver(const void *a, const void *b)
{
	const struct view_device *x = a, *y = b;

	if (x->severity != y->severity)
		return x->severity < y->severity ? 1 : -1;
	if (x->peak != y->peak)
		return y->peak - x->peak;
	return strcmp(x->mac, y->mac);
}

static int by_first(const void *a, const void *b)
{
	const struct view_device *x = a, *y = b;

	return x->first_us < y->first_us ? -1 : x->first_us > y->first_us;
}

static void suspects_make(struct maker *m, struct analyze_results *r)
{
	struct view *v = m->v;
	struct view_device *all = arena_array(m->a, r->n_devices + 1, sizeof(*all));
	size_t at = 0;

	v->suspects = arena_array(m->a, r->n_devices + 1, sizeof(*v->suspects));
	v->others = arena_array(m->a, r->n_findings + 1, sizeof(*v->others));
	for (size_t i = 0; i < r->n_devices; i++) {
		struct view_device *d = &all[v->n_devices++];
		size_t n = 0;
		device_make(m, r->device[i], d);
		while (at < r->n_findings && strcmp(r->finding[at]->key, r->device[i]->key) < 0)
			at++; /* of devices beyond the limit: counted there */
		while (at + n < r->n_findings &&
		       strcmp(r->finding[at + n]->key, r->device[i]->key) == 0)
			n++;
		findings_make(m, r->finding + at, n, d);
		at += n;
		if (d->severity >= SEVERITY_LOW || d->n_clues > 0)
			v->suspects[v->n_suspects++] = *d;
		for (size_t k = 0;
		     d->severity == SEVERITY_INFO && d->n_clues == 0 && k < d->n_findings; k++)
			v->others[v->n_others++] = d->findings[k];
		v->n_grave += d->severity >= SEVERITY_MEDIUM;
	}
	v->devices = all;
}

static int by_key(const void *a, const void *b)
{
	const struct analyze_device *x = *(struct analyze_device *const *)a;
	const struct analyze_device *y = *(struct analyze_device *const *)b;

	return strcmp(x->key, y->key);
}

static void limit(size_t *n, size_t most, uint64_t *beyond)
{
	if (*n <= most)
		return;
	*beyond += *n - most;
	*n = most;
}

/* The machine's own zone: who reads the report lives in it. */
static int zone_of(int64_t us)
{
	time_t at = (time_t)(us / US_PER_SEC);
	struct tm t;

	return localtime_r(&at, &t) ? (int)(t.tm_gmtoff / 60) : 0;
}

static void frame_make(struct maker *m, const struct analyze_results *r,
		       const struct analyze_summary *s)
{
	struct view *v = m->v;

	v->file = view_clean(m->a, s->file);
	v->summary = s;
	v->first_us = s->stats.first_us;
	v->last_us = s->stats.last_us;
	for (size_t i = 0; v->first_us == 0 && i < r->n_findings; i++) /* records, no packets */
		v->first_us = r->finding[i]->first_us;
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct analyze_finding *f = r->finding[i];
		v->first_us = f->first_us < v->first_us ? f->first_us : v->first_us;
		v->last_us = f->last_us > v->last_us ? f->last_us : v->last_us;
	}
	if (v->last_us < v->first_us)
		v->last_us = v->first_us;
	v->zone_min = zone_of(v->first_us);
	int east = v->zone_min < 0 ? -v->zone_min : v->zone_min;
	v->zone = arena_printf(m->a, "UTC%c%02d:%02d", v->zone_min < 0 ? '-' : '+', east / 60,
			       east % 60);
	v->many_days = true;
	v->first = view_time(v, m->a, v->first_us);
	v->last = view_time(v, m->a, v->last_us);
	v->many_days = strncmp(v->first, v->last, strlen("2026-11-20")) != 0;
	v->span = view_span(m->c, m->a, v->last_us - v->first_us);
}

void analyze_view(const struct cli *c, struct arena *a, struct analyze_results *r,
		  const struct analyze_summary *s, struct view *out)
{
	struct maker m = { .c = c, .a = a, .v = out, .thresholds = *s->thresholds };

	*out = (struct view){ 0 };
	frame_make(&m, r, s);
	if (r->n_devices > 0) /* else there is no list */
		qsort(r->device, r->n_devices, sizeof(*r->device), by_key);
	if (r->n_findings > 0)
		qsort(r->finding, r->n_findings, sizeof(*r->finding), by_device);
	suspects_make(&m, r);
	qsort(out->suspects, out->n_suspects, sizeof(*out->suspects), graver);
	qsort(out->devices, out->n_devices, sizeof(*out->devices), by_first);
	out->findings_beyond += r->findings_beyond;
	out->devices_beyond += r->devices_beyond + s->stats.devices_dropped;
	limit(&out->n_suspects, VIEW_SUSPECTS_MAX, &out->suspects_beyond);
	limit(&out->n_devices, VIEW_DEVICES_MAX, &out->devices_beyond);
	limit(&out->n_others, VIEW_DEVICES_MAX, &out->findings_beyond);
}
