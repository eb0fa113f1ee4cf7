/* SPDX-License-Identifier: Apache-2.0 */
/* The devices on this side of the network: one a MAC address, or an address where there are no
 * MACs. Bounded. */
#ifndef PROBE_INVENTORY_INVENTORY_H
#define PROBE_INVENTORY_INVENTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probe/dissect/dhcp.h"
#include "probe/dissect/dissect.h"
#include "probe/dissect/dns.h"
#include "probe/flow/flow.h"
#include "probe/inventory/home.h"
#include "wire/finding.h"

enum {
	DEVICE_NAME_MAX = 64,
	DEVICE_TTLS_MAX = 6,
	PEER_BITS = 1024, /* of the estimate of distinct peers */
};

struct device_traffic { /* of the running interval */
	uint64_t bytes_in, bytes_out, packets, flows, flows_failed, dns_queries, dns_nxdomain;
	uint64_t peers[PEER_BITS / 64];
};

struct device {
	struct mac mac;
	bool has_mac;
	bool gateway;
	bool changed;  /* since the last summary */
	bool joined;   /* announced itself as a newcomer (DHCP, ARP probe, DAD) */
	bool returned; /* looks like a known device under a new random MAC: WAS */
	bool by_mdns;  /* it announced its name: no two on a link have the same */
	bool told;     /* new_device has spoken of it */
	uint8_t n_addr, n_ttl;
	uint64_t outside;   /* filter of source addresses that are not its own */
	uint8_t names_seen; /* distinct host names it gave by DHCP */
	struct addr addr[DEVICE_ADDRESSES_MAX];
	uint8_t ttl[DEVICE_TTLS_MAX]; /* of its TCP SYNs */
	int64_t first_us, last_us, joined_us;
	const char *vendor;
	char hostname[DEVICE_NAME_MAX];
	char *fingerprint, *class, *fingerprint6; /* NULL = unknown */
	uint64_t uuid; /* hash of what it calls itself by SSDP, 0 = unknown */
	uint32_t was;  /* position of the known device, where RETURNED */
	struct device_traffic traffic;
};

struct inventory;

struct inventory *inventory_new(size_t devices_max, const struct home *home);
void inventory_free(struct inventory *v);
struct home *inventory_home(struct inventory *v);

/* Finds or makes the device that sent D; DEVICE_NONE when it lies outside or the limit is reached.
 */
uint32_t inventory_sender(struct inventory *v, const struct dissected *d);
/* The device that D goes to, when it is known. */
uint32_t inventory_receiver(struct inventory *v, const struct dissected *d);
/* Whose address A is; DEVICE_NONE = nobody's here. */
uint32_t inventory_owner(const struct inventory *v, const struct addr *a);
/* Does A lie on this side? Unknown counts as inside unless it came through a gateway. */
bool inventory_inside(const struct inventory *v, const struct addr *a, uint32_t device);

/* Does device I speak for A itself, or pass it on for others? */
bool inventory_speaks_for(const struct inventory *v, uint32_t i, const struct addr *a);

/* What own readers learned; DEVICE is the sender. */
void inventory_neighbour(struct inventory *v, const struct dissected *d);
void inventory_dhcp(struct inventory *v, const struct dhcp_message *m, uint32_t device,
		    int64_t now_us);
void inventory_dhcp6(struct inventory *v, const struct dhcp6_message *m, uint32_t device);
void inventory_hostname(struct inventory *v, uint32_t device, const char *name, bool sure);
void inventory_mdns(struct inventory *v, uint32_t device, const struct dns_message *m);
void inventory_ssdp(struct inventory *v, uint32_t device, const char *uuid);
void inventory_syn_ttl(struct inventory *v, uint32_t device, uint8_t ttl);

/* D returned, but the device that it was taken for speaks still: they are two. */
bool inventory_both_here(struct inventory *v, const struct device *d);

size_t inventory_count(const struct inventory *v); /* devices are 0 .. count-1 */
struct device *inventory_device(struct inventory *v, uint32_t i);
uint64_t inventory_dropped(const struct inventory *v);

/* For a finding or a summary; TEXTS holds the address texts and must live as long as OUT. */
struct device_texts {
	char mac[MAC_TEXT_MAX];
	char addr[DEVICE_ADDRESSES_MAX][ADDR_TEXT_MAX];
	const char *list[DEVICE_ADDRESSES_MAX];
};
void inventory_describe(const struct device *d, const struct addr *show, struct device_texts *texts,
			struct device_info *out);

#endif
