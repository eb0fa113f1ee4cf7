/* SPDX-License-Identifier: Apache-2.0 */
/* From rows to what pages show. Private to this feature. */
#ifndef HUB_INTEL_INTEL_VIEW_H
#define HUB_INTEL_INTEL_VIEW_H

#include "hub/intel/intel_pages.h"

/* "TLP:AMBER"; in the arena. */
const char *intel_view_tlp(struct call *c, const char *tlp);
/* The own list and the built-in one have names that are texts. */
const char *intel_view_name(struct call *c, const char *name, const char *way);
const char *intel_view_kind_key(enum indicator_kind k);
size_t intel_view_kinds(const int64_t *counts, struct intel_kind_count *out);
void intel_view_feed(struct call *c, const struct intel_feed *f, const struct intel_score *scores,
		     size_t n_scores, struct intel_feed_item *out);
struct intel_listed_item *intel_view_listed(struct call *c, const struct intel_listed *l, size_t n);
struct intel_hit_item *intel_view_hits(struct call *c, const struct intel_hit_row *h, size_t n);
struct intel_verdict_item *intel_view_verdicts(struct call *c, const struct intel_verdict *v,
					       size_t n);
size_t intel_view_tlps(struct call *c, const char *chosen, struct intel_option out[5]);

#endif
