/* SPDX-License-Identifier: Apache-2.0 */
/* What another program saw, in the form in which detectors know what we see. */
#ifndef PROBE_DETECT_HEARD_H
#define PROBE_DETECT_HEARD_H

#include "probe/detect/detect.h"
#include "probe/records/foreign.h"

/* The connection of R: its ends, whose they are, when. False: it has none, or our own eyes saw it
 * and read it themselves (UNREAD: they cannot). OUT has no facts and belongs to no table. */
bool heard_flow(const struct detect_env *env, const struct foreign *r, bool unread,
		struct flow *out);

#endif
