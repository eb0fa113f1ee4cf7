/* SPDX-License-Identifier: Apache-2.0 */
/* A connection made of a record, so that one rule judges what we see and what others tell. */
#include "probe/detect/heard.h"

#include "probe/records/own_flows.h"

bool heard_flow(const struct detect_env *env, const struct foreign *r, bool unread,
		struct flow *out)
{
	if (addr_is_zero(&r->src) || addr_is_zero(&r->dst) ||
	    (!unread && own_flows_seen(env->own_flows, r)))
		return false;
	*out = (struct flow){
		.key = { r->src, r->dst, r->sport, r->dport, r->proto },
		.first_us = r->at_us,
		.last_us = r->at_us,
		.device = { inventory_owner(env->inventory, &r->src),
			    inventory_owner(env->inventory, &r->dst) },
	};
	return true;
}
