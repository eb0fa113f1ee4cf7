/* SPDX-License-Identifier: Apache-2.0 */
/* Lines as "Eve JSON Format" of Suricata's user guide describes them. Where they go: eve_file.c. */
#include "probe/records/eve_out.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/map.h"
#include "base/mem.h"
#include "probe/dissect/dissect.h"
#include "probe/dissect/dns.h"
#include "probe/flow/flow.h"
#include "probe/records/community_id.h"
#include "probe/records/eve_out_priv.h"
#include "probe/records/foreign.h"
#include "probe/records/own_flows.h"

enum {
	SID_FIRST = 1900000, /* rules from 1,000,000 to 1,999,999 are everybody's own */
	SID_SPAN = 99991,
	WHEN_MAX = TIME_TEXT_MAX + 8,
	PATH_MAX_BYTES = 4000,
};

const struct conf_row eve_conf_rows[] = {
	{ "eve.write", CONF_TEXT, 0, PATH_MAX_BYTES, "", offsetof(struct eve_conf, write),
	  "file to write EVE records to, or unix:PATH of a socket; empty = none" },
	{ "eve.rotate", CONF_SIZE_BYTES, 0, INT64_C(1) << 40, "64M",
	  offsetof(struct eve_conf, rotate_bytes),
	  "size at which the file is set aside; 0 = never" },
	{ "eve.keep", CONF_INT, 0, 99, "4", offsetof(struct eve_conf, keep),
	  "files that are kept beside it" },
	{ "eve.flows", CONF_BOOL, 0, 1, "yes", offsetof(struct eve_conf, flows),
	  "write flow, dns, tls and http records too, not only alerts" },
};
const size_t eve_conf_rows_count = ARRAY_LEN(eve_conf_rows);

uint32_t eve_signature_id(const char *detector)
{
	static const uint8_t fixed[16] = "signature";

	return SID_FIRST + (uint32_t)(siphash13(fixed, detector, strlen(detector)) % SID_SPAN);
}

/* 2026-11-23T17:00:00.000000+0000 */
static char *when(int64_t us, char out[WHEN_MAX])
{
	char text[TIME_TEXT_MAX];

	(void)time_format(us, text, sizeof(text));
	text[strcspn(text, "Z")] = 0;
	(void)snprintf(out, WHEN_MAX, "%s+0000", text); /* fits */
	return out;
}

static struct jsonw begin(struct eve_out *o, int64_t at_us, const char *type)
{
	struct jsonw w = jsonw_of(&o->b);
	char text[WHEN_MAX];

	jsonw_object(&w, NULL);
	jsonw_text(&w, "timestamp", when(at_us, text));
	jsonw_text(&w, "event_type", type);
	return w;
}

static void end(struct eve_out *o, struct jsonw *w)
{
	jsonw_end_object(w);
	eve_file_line(o);
}

static void list(struct jsonw *w, const char *key, const char *const *texts, size_t n)
{
	if (n == 0)
		return;
	jsonw_array(w, key);
	for (size_t i = 0; i < n; i++)
		jsonw_text(w, NULL, texts[i]);
	jsonw_end_array(w);
}

static void one(struct jsonw *w, const char *key, const char *text)
{
	list(w, key, &text, 1);
}

static void metadata(struct jsonw *w, const struct finding *f)
{
	static const char *const grave[] = { "Informational", "Minor", "Minor", "Major",
					     "Critical" };
	char text[32];

	jsonw_object(w, "metadata");
	one(w, "signature_severity", grave[f->severity]);
	one(w, "confidence",
	    f->confidence >= 0.8   ? "High"
	    : f->confidence >= 0.5 ? "Medium"
				   : "Low");
	one(w, "otasuke_detector", f->detector);
	one(w, "otasuke_severity", severity_name(f->severity));
	(void)snprintf(text, sizeof(text), "%.2f", f->confidence);
	one(w, "otasuke_confidence", text);
	one(w, "otasuke_story", f->story);
	list(w, "otasuke_peer", f->peers, f->n_peers);
	list(w, "otasuke_name", f->names, f->n_names);
	list(w, "otasuke_reason", f->reasons, f->n_reasons);
	if (f->device.mac[0])
		one(w, "otasuke_mac", f->device.mac);
	jsonw_end_object(w);
}

static void ends_of_finding(struct jsonw *w, const struct finding *f)
{
	char text[ADDR_TEXT_MAX];
	struct addr a;
	uint16_t port = 0;

	if (f->device.n_addresses > 0)
		jsonw_text(w, "src_ip", f->device.addresses[0]);
	if (f->n_peers == 0 || !foreign_addr(f->peers[0], &a, &port))
		return;
	jsonw_text(w, "dest_ip", addr_format(&a, text));
	if (port)
		jsonw_int(w, "dest_port", port);
}

static void on_finding(void *arg, const struct finding *f)
{
	static const int priority[] = { 4, 3, 2, 1, 1 };
	struct eve_out *o = arg;
	char name[64];

	struct jsonw w = begin(o, f->last_us, "alert");
	ends_of_finding(&w, f);
	jsonw_object(&w, "alert");
	jsonw_text(&w, "action", "allowed");
	jsonw_int(&w, "gid", 1);
	jsonw_int(&w, "signature_id", eve_signature_id(f->detector));
	jsonw_int(&w, "rev", 1);
	(void)snprintf(name, sizeof(name), "OTASUKE %s", f->detector);
	jsonw_text(&w, "signature", name);
	jsonw_text(&w, "category",
		   f->severity == SEVERITY_INFO ? "Misc activity" : "Potentially Bad Traffic");
	jsonw_int(&w, "severity", priority[f->severity]);
	metadata(&w, f);
	jsonw_end_object(&w);
	end(o, &w);
	if (o->inner.finding)
		o->inner.finding(o->inner.arg, f);
}

static const char *proto_name(uint8_t proto)
{
	switch (proto) {
	case PROTO_TCP:
		return "TCP";
	case PROTO_UDP:
		return "UDP";
	case PROTO_ICMP:
		return "ICMP";
	case PROTO_ICMPV6:
		return "IPv6-ICMP";
	default:
		return NULL;
	}
}

static void tuple(struct jsonw *w, const struct flow_key *k)
{
	char text[ADDR_TEXT_MAX], id[COMMUNITY_ID_MAX];
	bool ports = k->proto == PROTO_TCP || k->proto == PROTO_UDP;

	jsonw_int(w, "flow_id", (int64_t)(own_flows_hash(k) >> 13)); /* exact in a double */
	jsonw_text(w, "src_ip", addr_format(&k->src, text));
	if (ports)
		jsonw_int(w, "src_port", k->sport);
	jsonw_text(w, "dest_ip", addr_format(&k->dst, text));
	if (ports)
		jsonw_int(w, "dest_port", k->dport);
	if (proto_name(k->proto))
		jsonw_text(w, "proto", proto_name(k->proto));
	community_id(k, id);
	if (id[0])
		jsonw_text(w, "community_id", id);
}

static void write_flow(struct eve_out *o, const struct flow *f)
{
	char text[WHEN_MAX];
	struct jsonw w = begin(o, f->last_us, "flow");

	tuple(&w, &f->key);
	if (f->tls || f->http)
		jsonw_text(&w, "app_proto", f->tls ? "tls" : "http");
	jsonw_object(&w, "flow");
	jsonw_int(&w, "pkts_toserver", f->side[0].packets);
	jsonw_int(&w, "pkts_toclient", f->side[1].packets);
	jsonw_int(&w, "bytes_toserver", (int64_t)f->side[0].bytes);
	jsonw_int(&w, "bytes_toclient", (int64_t)f->side[1].bytes);
	jsonw_text(&w, "start", when(f->first_us, text));
	jsonw_text(&w, "end", when(f->last_us, text));
	jsonw_int(&w, "age", (f->last_us - f->first_us) / US_PER_SEC);
	jsonw_text(&w, "state",
		   f->state == FLOW_CLOSED ? "closed"
		   : f->state == FLOW_OPEN ? "established"
					   : "new");
	jsonw_text(&w, "reason", "timeout");
	jsonw_end_object(&w);
	end(o, &w);
}

/* TLS: what the client said; HTTP: the host. */
static void write_facts(struct eve_out *o, const struct flow *f)
{
	const char *type = f->tls ? "tls" : "http";
	struct jsonw w = begin(o, f->last_us, type);

	tuple(&w, &f->key);
	jsonw_object(&w, type);
	if (flow_name(f)[0])
		jsonw_text(&w, f->tls ? "sni" : "hostname", flow_name(f));
	if (f->tls && flow_ja3(f)[0]) {
		jsonw_object(&w, "ja3");
		jsonw_text(&w, "hash", flow_ja3(f));
		jsonw_end_object(&w);
	}
	jsonw_end_object(&w);
	end(o, &w);
}

static void on_flow(void *arg, const struct flow *f, int ev)
{
	struct eve_out *o = arg;

	if (o->conf.flows && ev == FLOW_EVENT_END)
		write_flow(o, f);
	else if (o->conf.flows && ev == FLOW_EVENT_FACTS && f->facts && (f->tls || f->http))
		write_facts(o, f);
}

static void rrtype(struct jsonw *w, uint16_t type)
{
	static const struct {
		uint16_t type;
		const char *name;
	} known[] = {
		{ DNS_A, "A" },     { 2, "NS" },     { DNS_CNAME, "CNAME" }, { 6, "SOA" },
		{ DNS_PTR, "PTR" }, { 15, "MX" },    { DNS_TXT, "TXT" },     { DNS_AAAA, "AAAA" },
		{ DNS_SRV, "SRV" }, { 65, "HTTPS" },
	};
	char text[16];

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (known[i].type == type) {
			jsonw_text(w, "rrtype", known[i].name);
			return;
		}
	}
	(void)snprintf(text, sizeof(text), "TYPE%u", type); /* RFC 3597 */
	jsonw_text(w, "rrtype", text);
}

static void on_dns(void *arg, const struct dissected *d, const struct dns_message *m)
{
	static const char *const rcodes[] = { "NOERROR",  "FORMERR", "SERVFAIL",
					      "NXDOMAIN", "NOTIMP",  "REFUSED" };
	struct eve_out *o = arg;
	struct flow_key k = { d->src, d->dst, d->sport, d->dport, d->proto };

	if (!o->conf.flows || !m->name[0])
		return;
	struct jsonw w = begin(o, d->ts_us, "dns");
	tuple(&w, &k);
	jsonw_object(&w, "dns");
	jsonw_int(&w, "version", 2);
	jsonw_text(&w, "type", m->response ? "answer" : "query");
	jsonw_int(&w, "id", m->id);
	if (m->response && m->rcode < ARRAY_LEN(rcodes))
		jsonw_text(&w, "rcode", rcodes[m->rcode]);
	jsonw_text(&w, "rrname", m->name);
	rrtype(&w, m->type);
	jsonw_end_object(&w);
	end(o, &w);
}

static void on_summary(void *arg, const struct interval *s)
{
	struct eve_out *o = arg;

	if (o->inner.summary)
		o->inner.summary(o->inner.arg, s);
}

static void on_problem(void *arg, const char *text)
{
	struct eve_out *o = arg;

	if (o->inner.problem)
		o->inner.problem(o->inner.arg, text);
}

struct probe_sink eve_out_sink(struct eve_out *o, const struct probe_sink *inner)
{
	o->inner = *inner;
	return (struct probe_sink){ .arg = o,
				    .finding = on_finding,
				    .summary = on_summary,
				    .problem = on_problem,
				    .flow = on_flow,
				    .dns = on_dns };
}

int eve_out_open(const struct eve_conf *c, const struct clock *clock,
		 void (*tell)(void *arg, const char *text), void *arg, struct eve_out **out,
		 struct err *e)
{
	struct eve_out *o = mem_new(sizeof(*o));
	struct str path = str_of(c->write);

	o->conf = *c;
	o->conf.write = NULL;
	o->clock = clock;
	o->tell = tell;
	o->arg = arg;
	o->is_unix = str_starts(path, STR("unix:"));
	o->path = mem_strdup(c->write + (o->is_unix ? 5 : 0));
	buf_init(&o->b, EVE_HELD_BYTES);
	int r = path.n > PATH_MAX_BYTES ? err_set(e, -EINVAL, "\"eve.write\" is too long")
					: eve_file_open(o, e);
	if (r < 0) {
		eve_out_close(o);
		return r;
	}
	*out = o;
	return 0;
}

void eve_out_close(struct eve_out *o)
{
	if (!o)
		return;
	if (o->fd >= 0)
		eve_out_flush(o);
	eve_file_close(o);
	buf_done(&o->b);
	free(o->path);
	free(o);
}

uint64_t eve_out_dropped(const struct eve_out *o)
{
	return o->dropped;
}
