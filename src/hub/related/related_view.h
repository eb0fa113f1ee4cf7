/* SPDX-License-Identifier: Apache-2.0 */
/* From rows to what the pages show, and how this feature shows itself on pages of others. */
#ifndef HUB_RELATED_RELATED_VIEW_H
#define HUB_RELATED_RELATED_VIEW_H

#include "hub/related/related_pages.h"

int related_view_side(struct call *c, struct txn *t, const struct incident *i,
		      struct related_side *out);
struct who_item *related_view_who(struct call *c, const struct who_row *w, size_t n);
int related_view_calls(struct call *c, struct txn *t, const struct incident *i,
		       struct who_panel *out);
int related_view_similar(struct call *c, struct txn *t, const struct incident *i,
			 struct similar_panel *out);
struct option *related_view_severities(struct call *c, int chosen, size_t *n_out);
struct option *related_view_kinds(struct call *c, const char *chosen, size_t *n_out);
struct option *related_view_ties(struct call *c, size_t *n_out);

int related_panel_side(struct call *c, const char *slot, int64_t case_id, struct buf *out);
int related_panel_who(struct call *c, const char *slot, int64_t case_id, struct buf *out);
int related_panel_similar(struct call *c, const char *slot, int64_t case_id, struct buf *out);
int related_panel_alert(struct call *c, const char *slot, int64_t alert_id, struct buf *out);
int related_panel_home(struct call *c, const char *slot, int64_t subject, struct buf *out);
int related_panel_bulk(struct call *c, const char *slot, int64_t subject, struct buf *out);
int related_panel_bulk_alerts(struct call *c, const char *slot, int64_t subject, struct buf *out);

/* Work on many at once (related_bulk_web.c). */
int related_bulk_web_cases(struct call *c);
int related_bulk_web_alerts(struct call *c);

#endif
