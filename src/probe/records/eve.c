/* SPDX-License-Identifier: Apache-2.0 */
/* EVE records into the common form. What an alert weighs: eve_class_table.c. */
#include "probe/records/eve.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"

#define SOURCE "Suricata"

struct type {
	const char *name;
	enum foreign_kind kind;
	void (*read)(const struct fields *f, struct foreign *out);
};

static void read_alert(const struct fields *f, struct foreign *out)
{
	static const char *const techniques[] = { "alert.metadata.mitre_technique_id.0",
						  "alert.metadata.mitre_tactic_id.0", NULL };
	static const char *const names[] = { "tls.sni",
					     "http.hostname",
					     "dns.query.0.rrname",
					     "dns.queries.0.rrname",
					     "dns.rrname",
					     NULL };
	const char *sure = fields_get(f, "alert.metadata.confidence.0");

	out->weight = eve_weight(f, &out->compromise);
	out->confidence = strcmp(sure, "High") == 0     ? 0.9
			  : strcmp(sure, "Medium") == 0 ? 0.7
			  : strcmp(sure, "Low") == 0    ? 0.4
							: 0;
	out->blocked = strcmp(fields_get(f, "alert.action"), "blocked") == 0;
	foreign_text(out->what, sizeof(out->what), fields_get(f, "alert.signature"));
	foreign_text(out->id, sizeof(out->id), fields_get(f, "alert.signature_id"));
	foreign_text(out->class, sizeof(out->class), fields_get(f, "alert.category"));
	foreign_text(out->technique, sizeof(out->technique), fields_first(f, techniques));
	foreign_name(fields_first(f, names), out->name);
	/* A rule with "target" says who attacks whom; who is taken is the target. */
	struct addr who;
	const char *which = out->compromise ? "alert.target.ip" : "alert.source.ip";
	if (foreign_addr(fields_get(f, which), &who, NULL))
		out->suspect = addr_eq(&who, &out->dst) ? SUSPECT_DST : SUSPECT_SRC;
}

static void read_dns(const struct fields *f, struct foreign *out)
{
	/* Version 3 of the format keeps a list, 1 and 2 one name. */
	static const char *const names[] = { "dns.queries.0.rrname", "dns.query.0.rrname",
					     "dns.rrname", NULL };

	foreign_name(fields_first(f, names), out->name);
}

static void read_tls(const struct fields *f, struct foreign *out)
{
	foreign_name(fields_get(f, "tls.sni"), out->name);
	foreign_hex(fields_get(f, "tls.ja3.hash"), out->ja3, sizeof(out->ja3));
	out->opened = true;
}

static void read_http(const struct fields *f, struct foreign *out)
{
	foreign_name(fields_get(f, "http.hostname"), out->name);
	out->opened = true;
}

static void read_file(const struct fields *f, struct foreign *out)
{
	foreign_name(fields_get(f, "http.hostname"), out->name);
	foreign_hex(fields_get(f, "fileinfo.md5"), out->md5, sizeof(out->md5));
	foreign_hex(fields_get(f, "fileinfo.sha1"), out->sha1, sizeof(out->sha1));
	foreign_hex(fields_get(f, "fileinfo.sha256"), out->sha256, sizeof(out->sha256));
	foreign_text(out->file, sizeof(out->file), fields_get(f, "fileinfo.filename"));
	out->opened = true;
}

static void read_flow(const struct fields *f, struct foreign *out)
{
	const char *state = fields_get(f, "flow.state");
	int64_t began_us;

	out->bytes_out = (uint64_t)fields_number(f, "flow.bytes_toserver");
	out->bytes_in = (uint64_t)fields_number(f, "flow.bytes_toclient");
	out->packets = (uint64_t)fields_number(f, "flow.pkts_toclient");
	out->opened = out->packets > 0 && strcmp(state, "new") != 0;
	if (foreign_time(fields_get(f, "flow.start"), 0, &began_us) == 0)
		out->at_us = began_us;
}

static void read_stats(const struct fields *f, struct foreign *out)
{
	out->lost = (uint64_t)fields_number(f, "stats.capture.kernel_drops");
}

static const struct type types[] = {
	{ "alert", FOREIGN_ALARM, read_alert },  { "dns", FOREIGN_DNS, read_dns },
	{ "tls", FOREIGN_TLS, read_tls },        { "http", FOREIGN_HTTP, read_http },
	{ "fileinfo", FOREIGN_FILE, read_file }, { "flow", FOREIGN_FLOW, read_flow },
	{ "stats", FOREIGN_LOST, read_stats },
};

bool eve_is(const struct fields *f)
{
	return fields_has(f, "event_type") && fields_has(f, "timestamp");
}

/* Client and server: the packet of an alert may have gone either way, a file and an answer come
 * from the server. "direction" and "flow.src_ip" say it since version 6 and 7. */
static bool from_server(const struct fields *f, const struct foreign *r)
{
	struct addr began;
	uint16_t port = 0;

	if (foreign_addr(fields_get(f, "flow.src_ip"), &began, &port))
		return !addr_eq(&began, &r->src);
	if (fields_has(f, "direction") && r->kind == FOREIGN_ALARM)
		return strcmp(fields_get(f, "direction"), "to_client") == 0;
	if (r->kind == FOREIGN_DNS)
		return r->sport == 53;
	return r->kind == FOREIGN_FILE && (r->sport == 80 || r->sport < r->dport);
}

static void turn(struct foreign *r)
{
	struct addr a = r->src;
	uint16_t port = r->sport;

	r->src = r->dst;
	r->sport = r->dport;
	r->dst = a;
	r->dport = port;
}

static int read_ends(const struct fields *f, struct foreign *out, struct err *e)
{
	if (!foreign_addr(fields_get(f, "src_ip"), &out->src, NULL) ||
	    !foreign_addr(fields_get(f, "dest_ip"), &out->dst, NULL))
		return err_set(e, -EFORMAT, "the EVE record names no src_ip or dest_ip");
	out->sport = (uint16_t)fields_number(f, "src_port");
	out->dport = (uint16_t)fields_number(f, "dest_port");
	out->proto = foreign_proto(fields_get(f, "proto"));
	if (from_server(f, out))
		turn(out);
	return 0;
}

int eve_read(const struct fields *f, struct foreign *out, struct err *e)
{
	const char *name = fields_get(f, "event_type");

	if (fields_has(f, "alert.metadata.otasuke_detector.0"))
		return 0; /* written by a sensor of ours */
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		const struct type *t = &types[i];
		if (strcmp(t->name, name) != 0)
			continue;
		foreign_init(out, t->kind, SOURCE);
		if (foreign_time(fields_get(f, "timestamp"), 0, &out->at_us) < 0)
			return err_set(e, -EFORMAT, "the EVE record has no readable timestamp");
		int r = t->kind == FOREIGN_LOST ? 0 : read_ends(f, out, e);
		if (r < 0)
			return r;
		t->read(f, out);
		return 1;
	}
	return 0; /* anomaly, ssh, smb ...: nothing that we would add */
}
