/* SPDX-License-Identifier: Apache-2.0 */
/* Learns from /proc and /sys, which need no socket. */
#include "sensor/enforcer/protect.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/str.h"

enum { PROC_MAX = 1024 * 1024, V4_BITS = 96, PATH_BYTES = 512 };

static int add(struct protect *p, const char *mac, const char *address, const char *what)
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

static void learn_interfaces(struct protect *p)
{
	char path[PATH_BYTES], mac[64];
	SCOPED_BUF struct buf b = { 0 };
	const struct dirent *entry;

	(void)snprintf(path, sizeof(path), "%s/sys/class/net", p->root ? p->root : "");
	DIR *d = opendir(path);
	while (d && (entry = readdir(d))) {
		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "/sys/class/net/%s/address", entry->d_name);
		read_file(p, path, &b);
		if (b.n > 0 && str_copy(mac, sizeof(mac), str_trim((struct str){ b.p, b.n })))
			(void)add(p, mac, "", "this box"); /* lo has none */
	}
	if (d)
		(void)closedir(d); /* read only */
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
			(void)add(p, "", address, "this box");
	}
	read_file(p, "/proc/net/if_inet6", &b);
	for (rest = (struct str){ b.p, b.n }; b.n > 0 && str_cut(&rest, '\n', &line);) {
		struct in6_addr a;
		size_t n = 0;

		if (line.n > 32 &&
		    str_hex((struct str){ line.p, 32 }, a.s6_addr, sizeof(a.s6_addr), &n) >= 0 &&
		    inet_ntop(AF_INET6, &a, address, sizeof(address)))
			(void)add(p, "", address, "this box");
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
		    add(p, mac, "", "the gateway") >= 0)
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
			(void)add(p, "", address, "the gateway");
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
		if (!fits || (add(p, text, "", "named in enforcer.protect") < 0 &&
			      add(p, "", text, "named in enforcer.protect") < 0))
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

int protect_check(const struct protect *p, const struct order *o, struct err *e)
{
	for (size_t i = 0; i < p->n; i++) {
		bool hit = o->type == ORDER_ISOLATE
				   ? p->list[i].mac[0] && strcmp(p->list[i].mac, o->mac) == 0
				   : covers(&o->network, &p->list[i].address);
		if (hit)
			return err_set(e, -EPERM, "it would hold back %s", p->list[i].what);
	}
	if (o->type == ORDER_ISOLATE && !p->gateway_known)
		return err_set(e, -EPERM,
			       "the gateway of this network is not known: name it in "
			       "\"enforcer.protect\"");
	return 0;
}
