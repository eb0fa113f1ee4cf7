/* SPDX-License-Identifier: Apache-2.0 */
/* One packet in one line: who spoke to whom, how, and about what. */
#include "cli/packet_line.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "probe/dissect/dhcp.h"
#include "probe/dissect/dns.h"
#include "probe/dissect/http_head.h"
#include "probe/dissect/tls_hello.h"

enum {
	PORT_DNS = 53,
	PORT_DHCP_SERVER = 67,
	PORT_DHCP_CLIENT = 68,
	PORT_NETBIOS = 137,
	PORT_MDNS = 5353,
	PORT_LLMNR = 5355,
};

/* Adds to WHAT; what does not fit is left out. */
static void add(struct packet_line *l, const char *s, size_t n)
{
	size_t at = strlen(l->what);

	for (size_t i = 0; i < n && at + 1 < sizeof(l->what); i++)
		l->what[at++] = (char)(s[i] >= ' ' && s[i] < 0x7f ? s[i] : '?');
	l->what[at] = '\0';
}

static void adds(struct packet_line *l, const char *s)
{
	add(l, s, strlen(s));
}

static bool either(const struct dissected *d, uint16_t port)
{
	return d->sport == port || d->dport == port;
}

static const char *dns_type(uint16_t type)
{
	static const struct {
		uint16_t type;
		const char *name;
	} names[] = { { DNS_A, "A" },     { DNS_AAAA, "AAAA" }, { DNS_CNAME, "CNAME" },
		      { DNS_PTR, "PTR" }, { DNS_TXT, "TXT" },   { DNS_SRV, "SRV" },
		      { 15, "MX" },       { 2, "NS" },          { 65, "HTTPS" } };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].type == type)
			return names[i].name;
	return "";
}

static bool dns_line(const struct dissected *d, struct rd body, const char *protocol,
		     struct packet_line *l)
{
	struct dns_message m;
	char addr[ADDR_TEXT_MAX];

	if (dns_parse(body.p, body.n, false, &m) < 0 && !m.name[0])
		return false;
	(void)d;
	l->protocol = protocol;
	adds(l, m.name);
	adds(l, " ");
	adds(l, dns_type(m.type));
	if (m.response && m.rcode == DNS_RCODE_NXDOMAIN)
		adds(l, " NXDOMAIN");
	for (size_t i = 0; m.response && i < m.n_answers; i++) {
		if (m.answer[i].type != DNS_A && m.answer[i].type != DNS_AAAA)
			continue;
		adds(l, " ");
		adds(l, addr_format(&m.answer[i].addr, addr));
	}
	return true;
}

static bool dhcp_line(const struct dissected *d, struct packet_line *l)
{
	struct dhcp_message m;

	if (dhcp_parse(d->payload.p, d->payload.n, &m) < 0)
		return false;
	l->protocol = "DHCP";
	adds(l, m.hostname);
	return true;
}

static bool http_line(const struct dissected *d, struct packet_line *l)
{
	struct http_message m;
	char status[8];

	if (!http_starts(d->payload) || http_parse(d->payload, &m) < 0)
		return false;
	l->protocol = "HTTP";
	if (m.response) {
		(void)snprintf(status, sizeof(status), "%u ", m.status);
		adds(l, status);
		struct str type = http_type(&m);
		add(l, type.p, type.n);
		return true;
	}
	add(l, m.method.p, m.method.n);
	adds(l, " ");
	add(l, m.host.p, m.host.n);
	add(l, m.target.p, m.target.n);
	return true;
}

static bool tls_line(const struct dissected *d, struct packet_line *l)
{
	char name[TLS_NAME_MAX];

	if (!tls_hello_parse(d->payload, name))
		return false;
	l->protocol = "TLS";
	adds(l, name);
	return true;
}

static void tcp_line(const struct dissected *d, struct packet_line *l)
{
	static const struct {
		uint8_t flag;
		const char *name;
	} flags[] = { { TCP_SYN, "SYN" }, { TCP_FIN, "FIN" }, { TCP_RST, "RST" } };
	struct rd body = d->payload;

	l->protocol = "TCP";
	if (body.n && (http_line(d, l) || tls_line(d, l)))
		return;
	if (either(d, PORT_DNS) && body.n > 2) {
		rd_skip(&body, 2); /* RFC 7766, 8 */
		if (dns_line(d, body, "DNS", l))
			return;
	}
	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		if (!(d->tcp_flags & flags[i].flag))
			continue;
		adds(l, l->what[0] ? " " : "");
		adds(l, flags[i].name);
	}
}

static void udp_line(const struct dissected *d, struct packet_line *l)
{
	l->protocol = "UDP";
	if (either(d, PORT_DNS) && dns_line(d, d->payload, "DNS", l))
		return;
	if (either(d, PORT_MDNS) && dns_line(d, d->payload, "mDNS", l))
		return;
	if (either(d, PORT_LLMNR) && dns_line(d, d->payload, "LLMNR", l))
		return;
	if (either(d, PORT_DHCP_SERVER) || either(d, PORT_DHCP_CLIENT))
		(void)dhcp_line(d, l); /* else it is some UDP */
	if (either(d, 443))
		l->protocol = "QUIC";
	if (either(d, PORT_NETBIOS))
		l->protocol = "NetBIOS";
}

static void arp_line(const struct dissected *d, struct packet_line *l)
{
	char addr[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];

	l->protocol = "ARP";
	(void)mac_format(&d->src_mac, l->from);
	(void)mac_format(&d->dst_mac, l->to);
	if (d->neighbour.op == NEIGHBOUR_NONE)
		return;
	adds(l, d->neighbour.op == NEIGHBOUR_ASK ? "who has " : "");
	adds(l, addr_format(d->neighbour.op == NEIGHBOUR_ASK ? &d->neighbour.target
							     : &d->neighbour.sender,
			    addr));
	if (d->neighbour.op == NEIGHBOUR_TELL) {
		adds(l, " is ");
		adds(l, mac_format(&d->neighbour.mac, mac));
	}
}

void packet_line_make(const struct dissected *d, struct packet_line *out)
{
	*out = (struct packet_line){ .protocol = "?" };
	if (d->kind == DISSECT_ARP) {
		arp_line(d, out);
		return;
	}
	if (d->kind != DISSECT_IP) {
		if (d->has_mac) {
			(void)mac_format(&d->src_mac, out->from);
			(void)mac_format(&d->dst_mac, out->to);
		}
		return;
	}
	bool ports = (d->proto == PROTO_TCP || d->proto == PROTO_UDP) && !d->fragment;
	(void)addr_port_format(&d->src, ports ? d->sport : 0, out->from);
	(void)addr_port_format(&d->dst, ports ? d->dport : 0, out->to);
	if (d->proto == PROTO_TCP)
		tcp_line(d, out);
	else if (d->proto == PROTO_UDP)
		udp_line(d, out);
	else
		out->protocol = d->proto == PROTO_ICMP     ? "ICMP"
				: d->proto == PROTO_ICMPV6 ? "ICMPv6"
							   : "IP";
}
