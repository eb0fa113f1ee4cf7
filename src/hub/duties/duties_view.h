/* SPDX-License-Identifier: Apache-2.0 */
/* From rows to what the pages of duties show. */
#ifndef HUB_DUTIES_DUTIES_VIEW_H
#define HUB_DUTIES_DUTIES_VIEW_H

#include "hub/duties/duties_pages.h"

struct duty_view duties_view_one(struct call *c, const struct case_duty *d);
/* A rule that nobody has a clock of yet. */
struct duty_view duties_view_rule(struct call *c, const struct duty_rule *r);
/* The whole page of the case {number}. -ENOENT. */
int duties_view_page(struct call *c, struct duty_page *p);
/* Items known or not applying, of nine. */
size_t duties_view_items(struct call *c, const struct duty_item *list, size_t n,
			 struct item_view *out, int64_t *known_out);

/* A form with what the case says; form "nine", "ransomware", "ddos", "ipa", "jpcert". -ENOENT. */
int duties_report(struct call *c, const char *form, struct duty_report *out);

void duties_json_duty(struct jsonw *w, const struct duty_view *v);
int duties_json_page(struct call *c, const struct duty_page *p);
int duties_json_report(struct call *c, const struct duty_report *p);

#endif
