/* SPDX-License-Identifier: Apache-2.0 */
/* Learns from /proc, and from the kernel over netlink. */
#include "sensor/enforcer/protect.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <inttypes.h>
#include <netpacket/packet.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/str.h"

enum { PROC_MAX = 1024 * 1024, V4_BITS = 96, PATH_BYTES = 512 };

static int add(struct protect *p, const char *mac, const char *address, enum protect_what what)
{
	struct order o = { 0 };
	struct order_network n = { 0 };

	if (mac[0] && (order_mac_set(&o, mac, NULL) < 0 || strcmp(o.mac, "00:00:00:00:00:00") == 0))
		return -EINVAL;
	if (address[0] && order_network_set(&n, address, NULL) < 0)
		return -EINVAL;
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->list[i].mac, o.mac) == 0 &&
		    memcmp(&p->list[i].address, &n, sizeof(n)) == 0)
			return 0;
	if (p->n == PROTECT_MAX)
		return 0;
	memcpy(p->list[p->n].mac, o.mac, sizeof(o.mac));
	p->list[p->n].address = n;
	p->list[p->n].what = what;
	p->n++;
	return 1;
}

static void read_file(const struct protect *p, const char *path, struct buf *out)
{
	char whole[PATH_BYTES];

	buf_clear(out);
	(void)snprintf(whole, sizeof(whole), "%s%s", p->root ? p->root : "", path); /* cut: none */
	(void)file_read(whole, PROC_MAX, out, NULL); /* absent: nothing is learnt */
}

/* Not from /sys, which may show another network than this process lives in. */
static void learn_interfaces(struct protect *p)
{
	struct ifaddrs *list = NULL;

	if (p->root || getifaddrs(&list) < 0)
		return; /* it is asked again soon */
	for (const struct ifaddrs *i = list; i; i = i->ifa_next) {
		const struct sockaddr_ll *a = (const struct sockaddr_ll *)(const void *)i->ifa_addr;
		char mac[ORDER_MAC_MAX];

		if (!a || a->sll_family != AF_PACKET || a->sll_halen != 6)
			continue;
		(void)snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", a->sll_addr[0],
			       a->sll_addr[1], a->sll_addr[2], a->sll_addr[3], a->sll_addr[4],
			       a->sll_addr[5]);     /* fits */
		(void)add(p, mac, "", PROTECT_BOX); /* lo has none */
	}
	freeifaddrs(list);
}

/* The addresses of this box: "32 host LOCAL" follows "|-- address" in fib_trie. */
static void learn_addresses(struct protect *p)
{
	SCOPED_BUF struct buf b = { 0 };
	char address[INET6_ADDRSTRLEN] = "";
	struct str rest, line;

	read_file(p, "/proc/net/fib_trie", &b);
	for (rest = (struct str){ b.p, b.n }; b.n > 0 && str_cut(&rest, '\n', &line);) {
		struct str t = str_trim(line);

		if (str_starts(t, STR("|-- ")))
			(void)str_copy(address, sizeof(address), (struct str){ t.p + 4, t.n - 4 });
		else if (str_eq(t, STR("/32 host LOCAL")))
			(void)add(p, "", address, PROTECT_BOX);
	}
	read_file(p, "/proc/net/if_inet6", &b);
	for (rest = (struct str){ b.p, b.n }; b.n > 0 && str_cut(&rest, '\n', &line);) {
		struct in6_addr a;
		size_t n = 0;

		if (line.n > 32 &&
		    str_hex((struct str){ line.p, 32 }, a.s6_addr, sizeof(a.s6_addr), &n) >= 0 &&
		    inet_ntop(AF_INET6, &a, address, sizeof(address)))
			(void)add(p, "", address, PROTECT_BOX);
	}
}

static void learn_neighbour(struct protect *p, const char *address)
{
	char ip[64], mac[64];
	SCOPED_BUF struct buf b = { 0 };
	struct str rest, line;

	read_file(p, "/proc/net/arp", &b);
	for (rest = (struct str){ b.p, b.n }; b.n > 0 && str_cut(&rest, '\n', &line);) {
		char copy[256];

		if (str_copy(copy, sizeof(copy), line) &&
		    sscanf(copy, "%63s %*s %*s %63s", ip, mac) == 2 && strcmp(ip, address) == 0 &&
		    add(p, mac, "", PROTECT_GATEWAY) >= 0)
			p->gateway_known = true;
	}
}

static void learn_gateways(struct protect *p)
{
	SCOPED_BUF struct buf b = { 0 };
	struct str rest, line;

	read_file(p, "/proc/net/route", &b);
	for (rest = (struct str){ b.p, b.n }; b.n > 0 && str_cut(&rest, '\n', &line);) {
		char copy[256], address[INET_ADDRSTRLEN];
		uint32_t to, via;

		if (!str_copy(copy, sizeof(copy), line) ||
		    sscanf(copy, "%*s %" SCNx32 " %" SCNx32, &to, &via) != 2 || to != 0 || via == 0)
			continue;
		if (inet_ntop(AF_INET, &via, address, sizeof(address))) { /* as it lies in memory */
			(void)add(p, "", address, PROTECT_GATEWAY);
			learn_neighbour(p, address);
		}
	}
}

int protect_learn(struct protect *p, const char *named, struct err *e)
{
	struct str rest = str_of(named), word;

	while (str_cut(&rest, ',', &word)) {
		char text[ORDER_NETWORK_MAX];
		struct str t = str_trim(word);
		bool fits = str_copy(text, sizeof(text), t);

		if (t.n == 0)
			continue;
		if (!fits ||
		    (add(p, text, "", PROTECT_NAMED) < 0 && add(p, "", text, PROTECT_NAMED) < 0))
			return err_set(e, -EINVAL,
				       "\"enforcer.protect\": %.60s is no MAC address, address or "
				       "network",
				       text);
		p->gateway_known = true; /* whoever names what matters need not be asked again */
	}
	learn_interfaces(p);
	learn_addresses(p);
	learn_gateways(p);
	return 0;
}

static bool covers(const struct order_network *wide, const struct order_network *one)
{
	if (!wide->set || !one->set)
		return false;
	unsigned bits = wide->bits < one->bits ? wide->bits : one->bits; /* either way round */
	for (unsigned i = 0; i < bits; i++)
		if (((wide->address[i / 8] ^ one->address[i / 8]) & (0x80U >> i % 8)) != 0)
			return false;
	return true;
}

static int say_no(enum protect_what what, struct err *e)
{
	if (what == PROTECT_BOX)
		return err_set(e, -EPERM, "it would hold back this box");
	if (what == PROTECT_GATEWAY)
		return err_set(e, -EPERM, "it would hold back the gateway");
	return err_set(e, -EPERM, "\"enforcer.protect\" names it");
}

int protect_check(const struct protect *p, const struct order *o, struct err *e)
{
	for (size_t i = 0; i < p->n; i++) {
		bool hit = o->type == ORDER_ISOLATE
				   ? p->list[i].mac[0] && strcmp(p->list[i].mac, o->mac) == 0
				   : covers(&o->network, &p->list[i].address);
		if (hit)
			return say_no(p->list[i].what, e);
	}
	if (o->type == ORDER_ISOLATE && !p->gateway_known)
		return err_set(e, -EPERM,
			       "the gateway of this network is not known: name it in "
			       "\"enforcer.protect\"");
	return 0;
}
