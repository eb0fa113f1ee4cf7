/* SPDX-License-Identifier: Apache-2.0 */
/* Does a domain look as if a program had drawn it? */
#ifndef PROBE_DETECT_RANDOM_NAME_H
#define PROBE_DETECT_RANDOM_NAME_H

#include <stdbool.h>

#include "base/str.h"
#include "probe/detect/thresholds.h"

/* The domain somebody registered: the last two labels, three under a short second level such as
 * co.jp. The whole of NAME when there are no more. */
struct str name_registered(struct str name);
/* Its first label reads like one that was drawn, not chosen. Weak evidence: it errs. */
bool name_is_random(struct str registered, const struct thresholds *t);

#endif
