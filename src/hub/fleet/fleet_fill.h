/* SPDX-License-Identifier: Apache-2.0 */
/* The sensors of a generated region and what they told. Private to this feature. */
#ifndef HUB_FLEET_FLEET_FILL_H
#define HUB_FLEET_FLEET_FILL_H

#include "hub/hub_fill.h"
#include "wire/otasuke.pb-c.h"

int fleet_fill(struct hub *h, struct hub_fill *f, struct err *e);

/* The Nth device of a company, always the same. LIST gets its one address. */
struct fill_device {
	Otasuke__Wire__Device d;
	char mac[18], address[16], hostname[40];
	char *addresses[1];
};
void fleet_fill_device(const struct hub_fill *f, size_t company, size_t n, struct fill_device *out);

/* A finding about device DEV, the Nth of its company. Texts of OUT live in it and in words. */
struct fill_finding {
	Otasuke__Wire__Finding f;
	Otasuke__Wire__Evidence evidence[3], *evidence_list[3];
	char story[160], peer[64], name[64], reason[160];
	char *peers[1], *names[1], *reasons[1];
};
void fleet_fill_finding(struct hub_fill *f, const struct fill_device *dev, size_t n,
			struct fill_finding *out);

#endif
