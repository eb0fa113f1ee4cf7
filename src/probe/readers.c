/* SPDX-License-Identifier: Apache-2.0 */
/* Which reader a packet's ports call for. */
#include "probe/readers.h"

#include <stdlib.h>

#include "base/mem.h"
#include "probe/dissect/ssdp.h"
#include "probe/readers_http.h"
#include "probe/readers_smb.h"
#include "probe/traffic.h"

enum {
	PORT_DNS = 53,
	PORT_DHCP_SERVER = 67,
	PORT_DHCP_CLIENT = 68,
	PORT_NBNS = 137,
	PORT_NETBIOS = 139,
	PORT_SMB = 445,
	PORT_DHCP6_CLIENT = 546,
	PORT_DHCP6_SERVER = 547,
	PORT_SSDP = 1900,
	PORT_MDNS = 5353,
	PORT_LLMNR = 5355,
};

struct readers {
	struct detect_env *env;
	struct smb_reader *smb;
	struct http_reader *http;
	struct dns_message dns; /* large: not on the stack of each packet */
};

struct readers *readers_new(struct detect_env *env)
{
	struct readers *r = mem_new(sizeof(*r));

	r->env = env;
	r->smb = smb_reader_new(env);
	r->http = http_reader_new(env);
	return r;
}

void readers_free(struct readers *r)
{
	if (!r)
		return;
	smb_reader_free(r->smb);
	http_reader_free(r->http);
	free(r);
}

void readers_flow_owner(const struct inventory *v, struct flow *f)
{
	const struct addr *a[2] = { &f->key.src, &f->key.dst };

	for (int i = 0; i < 2; i++) {
		if (f->device[i] != DEVICE_NONE && !inventory_speaks_for(v, f->device[i], a[i]))
			f->device[i] = inventory_owner(v, a[i]);
	}
}

static void on_dns(struct readers *r, const struct flow *f, int dir, const struct dissected *d,
		   struct rd body)
{
	if (dns_parse(body.p, body.n, false, &r->dns) < 0 && r->dns.name[0] == 0)
		return;
	names_learn(r->env->names, &r->dns, d->ts_us);
	/* The one who asks: the query's sender, the answer's receiver. */
	traffic_dns(r->env->inventory, f->device[r->dns.response ? !dir : dir], r->dns.response,
		    r->dns.rcode == DNS_RCODE_NXDOMAIN);
	detect_dns(r->env->detect, d, &r->dns);
}

/* Not the flow's: before they have addresses, all clients of DHCP share one flow. */
static uint32_t sender(struct readers *r, const struct dissected *d)
{
	return inventory_sender(r->env->inventory, d);
}

static void on_mdns(struct readers *r, const struct dissected *d)
{
	struct rd body = d->payload;

	if (dns_parse(body.p, body.n, true, &r->dns) < 0 && r->dns.n_answers == 0)
		return;
	inventory_mdns(r->env->inventory, sender(r, d), &r->dns);
}

static void on_dhcp(struct readers *r, const struct dissected *d)
{
	struct dhcp_message m;

	if (dhcp_parse(d->payload.p, d->payload.n, &m) < 0)
		return;
	inventory_dhcp(r->env->inventory, &m, sender(r, d), d->ts_us);
	detect_dhcp(r->env->detect, d, &m);
}

static void on_dhcp6(struct readers *r, const struct dissected *d)
{
	struct dhcp6_message m;

	if (dhcp6_parse(d->payload.p, d->payload.n, &m) < 0)
		return;
	inventory_dhcp6(r->env->inventory, &m, sender(r, d));
	detect_dhcp6(r->env->detect, d, &m);
}

static void on_nbns(struct readers *r, const struct dissected *d)
{
	char name[16] = "";

	if (nbns_name(d->payload.p, d->payload.n, name))
		inventory_hostname(r->env->inventory, sender(r, d), name, false);
}

static void on_ssdp(struct readers *r, const struct dissected *d)
{
	struct ssdp_message m;

	if (ssdp_parse(d->payload, &m) == 0 && m.alive)
		inventory_ssdp(r->env->inventory, sender(r, d), m.uuid);
}

static void on_udp(struct readers *r, const struct flow *f, int dir, const struct dissected *d)
{
	switch (f->key.dport) {
	case PORT_DNS:
		on_dns(r, f, dir, d, d->payload);
		break;
	case PORT_DHCP_SERVER:
	case PORT_DHCP_CLIENT:
		on_dhcp(r, d);
		break;
	case PORT_NBNS:
		on_nbns(r, d);
		break;
	case PORT_DHCP6_CLIENT:
	case PORT_DHCP6_SERVER:
		on_dhcp6(r, d);
		break;
	case PORT_MDNS:
	case PORT_LLMNR:
		on_mdns(r, d);
		break;
	case PORT_SSDP:
		on_ssdp(r, d);
		break;
	default:
		break;
	}
}

/* DNS over TCP (RFC 1035, 4.2.2): only messages that begin a segment and are whole in it. */
static void on_tcp(struct readers *r, const struct flow *f, int dir, const struct dissected *d)
{
	struct rd body = d->payload;
	uint16_t len = rd_be16(&body), port = f->key.dport;
	struct http_message m;

	if (port == PORT_DNS) {
		if (!body.bad && len <= body.n)
			on_dns(r, f, dir, d, rd_sub(&body, len));
	} else if (port == PORT_SMB || port == PORT_NETBIOS) {
		smb_reader_packet(r->smb, f, dir, d);
	} else if (f->tls && f->concluded) {
		return; /* nothing in it can be read */
	} else if (dir == 1 && http_reader_body(r->http, f, d)) {
		return; /* what looks like a head in it is none */
	} else if (http_starts(d->payload) && http_parse(d->payload, &m) == 0) {
		detect_http(r->env->detect, f, &m);
		http_reader_head(r->http, f, d, &m);
	} else {
		detect_payload(r->env->detect, f, dir, d);
	}
}

void readers_packet(struct readers *r, const struct flow *f, int dir, const struct dissected *d)
{
	if (d->payload.n == 0) {
		if (d->proto == PROTO_TCP && (d->tcp_flags & TCP_FIN) && dir == 1)
			(void)http_reader_body(r->http, f, d); /* the end of a body, or of none */
		return;
	}
	if (d->proto == PROTO_UDP)
		on_udp(r, f, dir, d);
	else if (d->proto == PROTO_TCP)
		on_tcp(r, f, dir, d);
	else if (d->proto == PROTO_ICMP || d->proto == PROTO_ICMPV6)
		detect_icmp(r->env->detect, f, d);
}

void readers_flow_end(struct readers *r, const struct flow *f)
{
	http_reader_end(r->http, f);
}

static bool udp_port_read(uint16_t port)
{
	return port == PORT_DNS || port == PORT_DHCP_SERVER || port == PORT_DHCP_CLIENT ||
	       port == PORT_NBNS || port == PORT_DHCP6_CLIENT || port == PORT_DHCP6_SERVER ||
	       port == PORT_MDNS || port == PORT_LLMNR || port == PORT_SSDP;
}

bool readers_want(const struct flow *f, const struct dissected *d)
{
	uint16_t port = f->key.dport;
	bool own = port == PORT_DNS || port == PORT_SMB || port == PORT_NETBIOS;

	if (d->proto == PROTO_UDP)
		return d->payload.n > 0 && udp_port_read(port);
	if (d->proto == PROTO_TCP)
		return (d->payload.n > 0 || (d->tcp_flags & TCP_FIN)) &&
		       (own || !(f->tls && f->concluded));
	return d->payload.n > 0 && (d->proto == PROTO_ICMP || d->proto == PROTO_ICMPV6);
}
