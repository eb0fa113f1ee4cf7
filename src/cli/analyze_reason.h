/* SPDX-License-Identifier: Apache-2.0 */
/* Reasons in the reader's language. Detectors give them in English, with their numbers; here they
 * are held against the English patterns of the catalogue and said again from the other one. What
 * fits none stays as it is. */
#ifndef CLI_ANALYZE_REASON_H
#define CLI_ANALYZE_REASON_H

#include "base/arena.h"
#include "cli/cli.h"

extern const char *const analyze_reason_keys[];
extern const size_t analyze_reason_count;

struct reason {
	const char *text;
	const char *lang; /* of TEXT */
};

/* TEXT is cleaned of what misleads (analyze_view.h). */
struct reason reason_say(const struct cli *c, struct arena *a, const char *text);

#endif
