/* SPDX-License-Identifier: Apache-2.0 */
/* From rows to what the pages of cases show. */
#ifndef HUB_CASES_CASES_VIEW_H
#define HUB_CASES_CASES_VIEW_H

#include "hub/cases/cases_pages.h"
#include "hub/cases/cases_store.h"

struct case_item *cases_view_items(struct call *c, const struct incident *i, size_t n);
const char *cases_view_light(const struct incident *i);
const char *cases_view_state_key(const char *state);

struct case_option *cases_view_kinds(struct call *c, const char *chosen, size_t *n_out);
struct case_option *cases_view_severities(struct call *c, int chosen, size_t *n_out);
struct case_option *cases_view_prefectures(struct call *c, int chosen, size_t *n_out);

/* Whether C stands under another number than the path said. */
bool cases_view_moved(const struct call *c, const struct incident *i);

struct case_was_line cases_view_was(struct call *c, const struct case_was *w);

/* The whole case {number} of the path. -ENOENT. */
int cases_view_case(struct call *c, struct case_page *out);

#endif
