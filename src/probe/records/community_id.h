/* SPDX-License-Identifier: Apache-2.0 */
/* The name of a connection that all who saw it give it: "Community ID", version 1, seed 0
 * (github.com/corelight/community-id-spec). */
#ifndef PROBE_RECORDS_COMMUNITY_ID_H
#define PROBE_RECORDS_COMMUNITY_ID_H

#include "probe/flow/flow.h"
#include "probe/records/foreign.h"

/* "" for protocols that we do not name so (ICMP: its kinds stand where ports do). */
void community_id(const struct flow_key *k, char out[COMMUNITY_ID_MAX]);

#endif
