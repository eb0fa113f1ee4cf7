/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers of the pages about single lists, entries and verdicts; their rows stand in intel_web.c.
 * Private to this feature. */
#ifndef HUB_INTEL_INTEL_WEB_H
#define HUB_INTEL_INTEL_WEB_H

#include "hub/intel/intel_rules.h"

/* intel_feed_web.c */
int intel_feed_web_show(struct call *c);
int intel_feed_web_new(struct call *c);
int intel_feed_web_add(struct call *c);
int intel_feed_web_edit(struct call *c);
int intel_feed_web_save(struct call *c);
int intel_feed_web_empty(struct call *c);
int intel_feed_web_remove(struct call *c);
int intel_feed_web_fetch(struct call *c);
/* Shows a feed with what was wrong with an upload. */
int intel_feed_web_wrong(struct call *c, int64_t id, const char *error);

/* intel_import_web.c */
int intel_import_web_check(struct call *c);
int intel_import_web_confirm(struct call *c);

/* intel_find_web.c */
int intel_find_web_find(struct call *c);
int intel_find_web_one(struct call *c);
int intel_find_web_own_form(struct call *c);
int intel_find_web_own_add(struct call *c);
int intel_find_web_own_remove(struct call *c);
int intel_find_web_held(struct call *c);
int intel_find_web_verdict_end(struct call *c);

/* intel_json.c */
struct intel_page;
struct intel_feed_page;
struct intel_report;
int intel_json_page(struct call *c, const struct intel_page *p);
int intel_json_feed(struct call *c, const struct intel_feed_page *p);
int intel_json_report(struct call *c, const struct intel_report *r);

#endif
