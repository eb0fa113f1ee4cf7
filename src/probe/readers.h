/* SPDX-License-Identifier: Apache-2.0 */
/* Brings packets to our own readers (DNS, DHCP, mDNS, NetBIOS) and what these read to those who
 * learn from it. */
#ifndef PROBE_READERS_H
#define PROBE_READERS_H

#include "probe/detect/detect.h"

struct readers;

struct readers *readers_new(struct detect_env *env);
void readers_free(struct readers *r);
/* Would readers_packet do anything with D? Without memory: another thread asks it for each packet,
 * and what nobody wants never reaches the judge. */
bool readers_want(const struct flow *f, const struct dissected *d);
void readers_packet(struct readers *r, const struct flow *f, int dir, const struct dissected *d);
/* F is over: what was read of it is told. */
void readers_flow_end(struct readers *r, const struct flow *f);

/* What a gateway passes on belongs to nobody's account here. */
void readers_flow_owner(const struct inventory *v, struct flow *f);

#endif
