/* SPDX-License-Identifier: Apache-2.0 */
/* From rows to what a page shows. */
#ifndef HUB_WATCH_WATCH_VIEW_H
#define HUB_WATCH_WATCH_VIEW_H

#include "hub/watch/watch_pages.h"

void watch_view_item(struct call *c, const struct watch_alert *a, struct alert_item *out);
struct alert_item *watch_view_items(struct call *c, const struct watch_alert *a, size_t n);
/* One line each; *N_OUT of them. */
const char *const *watch_view_lines(struct arena *a, const char *text, size_t *n_out);
const char *watch_view_light_key(enum severity s);
const char *watch_view_state_key(const char *state);
/* The alert, its card, evidence, notices and time line. -ENOENT. */
int watch_view_alert(struct call *c, int64_t id, struct alert_page *out);

/* The page of one alert (watch_web.c). */
int watch_view_page(struct call *c, int status, struct alert_page *p);

#endif
