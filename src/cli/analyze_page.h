/* SPDX-License-Identifier: Apache-2.0 */
/* The report of analyses as one HTML page that needs nothing else: what the templates show. */
#ifndef CLI_ANALYZE_PAGE_H
#define CLI_ANALYZE_PAGE_H

#include "base/buf.h"
#include "base/err.h"
#include "cli/analyze_view.h"
#include "net/tmpl.h"

enum {
	PAGE_LANES_MAX = 30, /* of the time line */
	PAGE_TICKS_MAX = 16,
};

struct page_mark {
	const char *x, *y; /* "43.2%", "14" */
	const char *light, *shape, *label;
};

struct page_lane {
	const struct view_device *d;
	size_t number;
	const char *curve, *level; /* path; height of the score that makes a finding */
	const struct page_mark *marks;
	size_t n_marks;
};

struct page_tick {
	const char *x, *anchor, *label;
	bool odd; /* left out on a narrow screen */
};

struct report_capture { /* one file */
	const struct view *v;
	const struct page_lane *lanes;
	size_t n_lanes, lanes_beyond;
	const struct page_tick *ticks;
	size_t n_ticks;
	int scale; /* the score at the top of a lane */
};

struct report_device {
	const struct view_device *d;
	size_t number;
};

struct report_page {
	const char *lang, *title, *version, *made;
	struct html style; /* the style sheet, as an element */
	struct html captures;
};

struct page;

struct page *page_new(const struct cli *c);
void page_free(struct page *p);
void page_add(struct page *p, const struct view *v); /* after the others; V may go then */
int page_write(struct page *p, const char *path, struct err *e);

#endif
