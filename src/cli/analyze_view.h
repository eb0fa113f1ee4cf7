/* SPDX-License-Identifier: Apache-2.0 */
/* What a reader of an analysis wants to know, in the reader's language and ready to print: which
 * devices are suspicious and why, since when, and what to do. Texts of packets are cleaned of what
 * would mislead a terminal or a page (control characters, marks that turn the direction of
 * writing), but not escaped. */
#ifndef CLI_ANALYZE_VIEW_H
#define CLI_ANALYZE_VIEW_H

#include "base/arena.h"
#include "cli/analyze.h"
#include "cli/analyze_reason.h"
#include "cli/analyze_results.h"

enum {
	VIEW_LINES_MAX = 12,     /* of a card's part */
	VIEW_SUSPECTS_MAX = 200, /* devices told at length */
	VIEW_DEVICES_MAX = 1000, /* rows of the table of devices */
	VIEW_FINDINGS_MAX = 40,  /* of one device */
	VIEW_CURVE_MAX = 120,    /* points of the score over time */
};

struct view_clue {
	enum severity severity; /* as heavy as a finding of that severity */
	int points;
	unsigned times;   /* weak ones of the same kind and reason stand together */
	const char *kind; /* in words */
	const char *first, *last;
	int64_t first_us, last_us;
	const char *places; /* names and peers */
	struct reason reason;
};

struct view_pair {
	const char *label, *value;
};

struct view_finding {
	enum severity severity;
	const char *severity_key, *light;
	const char *device; /* its name */
	const char *kind, *first, *last, *places;
	int percent; /* sure */
	const struct reason *reasons;
	size_t n_reasons;
	const struct view_pair *evidence;
	size_t n_evidence;
};

struct view_device {
	const char *name; /* the one to call it by */
	const char *mac, *addresses, *vendor;
	const char *how; /* it was recognised */
	const char *first, *last;
	int64_t first_us;
	enum severity severity; /* the gravest of its findings */
	const char *severity_key, *light;
	int score, peak; /* at the end, and at most */
	const char *peak_at;
	double curve[VIEW_CURVE_MAX]; /* evenly over the capture; only when it has clues */
	const struct view_clue *clues;
	size_t n_clues;
	const struct view_finding *findings;
	size_t n_findings, findings_beyond;
	/* The card of its gravest finding. */
	const char *title, *what, *serious;
	const char *do_now[VIEW_LINES_MAX], *do_not[VIEW_LINES_MAX];
	size_t n_do_now, n_do_not;
};

struct view {
	const char *file;
	const char *first, *last, *span, *zone;
	int zone_min;
	int64_t first_us, last_us;
	bool many_days;
	const struct analyze_summary *summary;
	struct view_device *suspects; /* gravest first: low and above, or with clues */
	size_t n_suspects, n_grave;   /* GRAVE: medium and above */
	struct view_device *devices;  /* all of them, by name */
	size_t n_devices;
	struct view_finding *others; /* findings of information only */
	size_t n_others;
	/* What is not in the report: of suspects, devices, findings; 0 = all are. */
	uint64_t suspects_beyond, devices_beyond, findings_beyond;
};

/* Sorts what is in R. */
void analyze_view(const struct cli *c, struct arena *a, struct analyze_results *r,
		  const struct analyze_summary *s, struct view *out);

/* Was anything dropped, by the report or by the pipeline? */
static inline bool view_left_out(const struct view *v)
{
	const struct probe_stats *s = &v->summary->stats;

	return v->suspects_beyond || v->devices_beyond || v->findings_beyond || s->flows_dropped ||
	       s->states_dropped;
}

/* "2026-11-20 14:05:11", without the day when the capture is of one. */
const char *view_time(const struct view *v, struct arena *a, int64_t us);
const char *view_severity_key(enum severity s);
const char *view_light(enum severity s); /* "red", "amber", "grey": class of the style sheet */
/* TEXT without what misleads. */
const char *view_clean(struct arena *a, const char *text);
/* KEY with its values filled in. */
const char *view_text(const struct cli *c, struct arena *a, const char *key,
		      const char *const *args, size_t n);

#endif
