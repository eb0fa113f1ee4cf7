/* SPDX-License-Identifier: Apache-2.0 */
/* Which connections our own eyes saw lately, so that what another program tells of them is not
 * counted a second time. Begins to remember with the first record. */
#ifndef PROBE_RECORDS_OWN_FLOWS_H
#define PROBE_RECORDS_OWN_FLOWS_H

#include "probe/flow/flow.h"
#include "probe/records/foreign.h"

struct own_flows;

/* Of a connection, the same whoever began; never 0. */
uint64_t own_flows_hash(const struct flow_key *k);

struct own_flows *own_flows_new(void);
void own_flows_free(struct own_flows *o);
void own_flows_note(struct own_flows *o, const struct flow *f); /* O may be NULL */
/* Did we see the connection that R is about, about when R says? */
bool own_flows_seen(const struct own_flows *o, const struct foreign *r);

#endif
