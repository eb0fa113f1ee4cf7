/* SPDX-License-Identifier: Apache-2.0 */
/* From rows to what the pages of evidence show, and to JSON. */
#ifndef HUB_EVIDENCE_EVIDENCE_VIEW_H
#define HUB_EVIDENCE_EVIDENCE_VIEW_H

#include "hub/evidence/evidence_pages.h"

struct evidence_line evidence_view_item(struct call *c, const struct evidence_item *i);
struct evidence_measure_line evidence_view_measure(struct call *c,
						   const struct evidence_measure *m);
/* PREFIX ends in a dot: the key of each value's text begins with it. */
struct evidence_option *evidence_view_options(struct call *c, const char *prefix,
					      const char *const *values, size_t n,
					      const char *chosen);
/* Everything of the case that the first part of the path names. */
int evidence_view_page(struct call *c, struct evidence_page *p);
/* The item NO of that case, with its chain. */
int evidence_view_one(struct call *c, struct evidence_item_page *p);
int evidence_view_json(struct call *c, const struct evidence_page *p);
int evidence_view_one_json(struct call *c, const struct evidence_item_page *p);

#endif
