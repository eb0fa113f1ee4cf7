/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files that make a view of an analysis. */
#ifndef CLI_ANALYZE_WORDS_H
#define CLI_ANALYZE_WORDS_H

#include "cli/analyze_view.h"

const char *view_span(const struct cli *c, struct arena *a, int64_t us); /* "3 hours 20 min" */
/* What a detector finds, in a few words. */
const char *view_kind(const struct cli *c, struct arena *a, const char *detector);
const char *view_how(const struct cli *c, struct arena *a, const struct analyze_device *d);
/* Fills the card of D from that of DETECTOR; SUBJECT: whom the device talked to. */
void view_card(const struct cli *c, struct arena *a, const char *detector, const char *subject,
	       struct view_device *d);

#endif
