/* SPDX-License-Identifier: Apache-2.0 */
/* EVE records into the common form. What an alert weighs: eve_class_table.c. */
#include "probe/records/eve.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "probe/detect/log_on.h"
#include "probe/records/foreign_call.h"

enum { INTERFACES_MAX = 4 };

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
	foreign_cert(out, fields_get(f, "tls.fingerprint"));
	const char *subject = fields_get(f, "tls.subject"), *version = fields_get(f, "tls.version");
	out->cert_unnamed = subject[0] && strcmp(subject, fields_get(f, "tls.issuerdn")) == 0;
	out->tls_old = foreign_tls_old(version);
	out->opened = true;
}

static void read_http(const struct fields *f, struct foreign *out)
{
	foreign_name(fields_get(f, "http.hostname"), out->name);
	foreign_url(out, fields_get(f, "http.hostname"), fields_get(f, "http.url"));
	out->opened = true;
}

/* Most anomalies are faults of packets, which say nothing of a device. These say that something
 * else is spoken than the port promises: weak clues. */
static void read_anomaly(const struct fields *f, struct foreign *out)
{
	static const struct {
		const char *event;
		double weight;
	} telling[] = {
		{ "APPLAYER_MISMATCH_PROTOCOL_BOTH_DIRECTIONS", 6 },
		{ "APPLAYER_WRONG_DIRECTION_FIRST_DATA", 4 },
		{ "APPLAYER_NO_TLS_AFTER_STARTTLS", 6 },
		{ "INVALID_RECORD_TYPE", 4 },
	};
	char text[FOREIGN_WHAT_MAX];
	const char *event = fields_get(f, "anomaly.event");

	for (size_t i = 0; i < ARRAY_LEN(telling); i++) {
		if (strcmp(telling[i].event, event) == 0)
			out->weight = telling[i].weight;
	}
	(void)snprintf(text, sizeof(text), "anomaly %.80s", event); /* cut is fine */
	foreign_text(out->what, sizeof(out->what), text);
	foreign_text(out->id, sizeof(out->id), event);
	foreign_text(out->class, sizeof(out->class), fields_get(f, "anomaly.type"));
}

static void read_rpc(const struct fields *f, const char *in, struct foreign *out)
{
	char name[64];

	for (int i = 0; i < INTERFACES_MAX; i++) {
		(void)snprintf(name, sizeof(name), "%s.interfaces.%d.ack_result", in, i); /* fits */
		if (strcmp(fields_get(f, name), "0") != 0)
			continue; /* refused, or not there */
		(void)snprintf(name, sizeof(name), "%s.interfaces.%d.uuid", in, i); /* fits */
		foreign_bind(out, fields_get(f, name));
	}
	(void)snprintf(name, sizeof(name), "%s.opnum", in); /* fits */
	if (fields_has(f, name))
		foreign_operation(out, (int)fields_number(f, name));
}

static void read_smb(const struct fields *f, struct foreign *out)
{
	static const char *const refusals[] = { "STATUS_LOGON_FAILURE", "STATUS_NO_SUCH_USER",
						"STATUS_WRONG_PASSWORD",
						"STATUS_ACCOUNT_LOCKED_OUT" };
	const char *status = fields_get(f, "smb.status");

	for (size_t i = 0; i < ARRAY_LEN(refusals); i++)
		out->refused += strcmp(status, refusals[i]) == 0;
	if (out->refused) {
		out->kind = FOREIGN_LOG_ON;
		out->service = SERVICE_SMB;
		return;
	}
	if (strcmp(status, "STATUS_SUCCESS") != 0)
		return; /* nothing came of it */
	foreign_lower(out->tree, sizeof(out->tree), fields_get(f, "smb.share"));
	foreign_lower(out->file, sizeof(out->file), fields_get(f, "smb.filename"));
	read_rpc(f, "smb.dcerpc", out);
}

static void read_dcerpc(const struct fields *f, struct foreign *out)
{
	read_rpc(f, "dcerpc", out);
}

static void read_krb5(const struct fields *f, struct foreign *out)
{
	out->service = SERVICE_KERBEROS;
	out->refused = log_on_kerberos_refused(fields_get(f, "krb5.error_code"));
}

static void read_ftp(const struct fields *f, struct foreign *out)
{
	out->service = SERVICE_FTP;
	out->refused = strcmp(fields_get(f, "ftp.command"), "PASS") == 0 &&
		       strcmp(fields_get(f, "ftp.completion_code.0"), "530") == 0;
}

static void read_file(const struct fields *f, struct foreign *out)
{
	foreign_name(fields_get(f, "http.hostname"), out->name);
	foreign_url(out, fields_get(f, "http.hostname"), fields_get(f, "http.url"));
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
	{ "alert", FOREIGN_ALARM, read_alert },     { "dns", FOREIGN_DNS, read_dns },
	{ "tls", FOREIGN_TLS, read_tls },           { "http", FOREIGN_HTTP, read_http },
	{ "fileinfo", FOREIGN_FILE, read_file },    { "flow", FOREIGN_FLOW, read_flow },
	{ "anomaly", FOREIGN_ALARM, read_anomaly }, { "smb", FOREIGN_WORK, read_smb },
	{ "dcerpc", FOREIGN_WORK, read_dcerpc },    { "krb5", FOREIGN_LOG_ON, read_krb5 },
	{ "ftp", FOREIGN_LOG_ON, read_ftp },        { "stats", FOREIGN_LOST, read_stats },
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
		foreign_text(out->community_id, sizeof(out->community_id),
			     fields_get(f, "community_id"));
		t->read(f, out);
		if (t->read == read_anomaly && out->weight <= 0)
			return 0; /* a fault of packets */
		return foreign_of_use(out);
	}
	return 0; /* ssh, snmp ...: nothing that we would add */
}
