/* SPDX-License-Identifier: Apache-2.0 */
/* Zeek's records into the common form. Which log a record is from is said by its "_path", else seen
 * by the fields that only that log has. Tab-separated logs: zeek_tsv.c. */
#include "probe/records/zeek.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "probe/detect/log_on.h"
#include "probe/records/foreign_call.h"

#define SOURCE "Zeek"

struct log {
	const char *path, *mark; /* a field of this log and of none before it in the list */
	enum foreign_kind kind;
	bool (*read)(const struct fields *f, struct foreign *out); /* false: nothing for us */
};

struct note {
	const char *name; /* a final * stands for the rest */
	double weight;
	bool compromise;
};

static const struct note notes[] = {
	{ "TeamCymruMalwareHashRegistry::Match", 80, true },
	{ "Intel::Notice", 60, true },
	{ "Heartbleed::SSL_Heartbeat_Attack_Success", 80, true },
	{ "Heartbleed::*", 40, false },
	{ "ATTACK::Lateral_Movement*", 60, false },
	{ "ATTACK::*", 40, false },
	{ "SSH::Password_Guessing", 40, false },
	{ "FTP::Bruteforcing", 40, false },
	{ "SSH::Interesting_Hostname_Login", 20, false },
	{ "HTTP::SQL_Injection_*", 30, false },
	{ "Signatures::*", 40, false },
	{ "Scan::*", 25, false },
	{ "Traceroute::Detected", 8, false },
	{ "Weird::*", 0, false }, /* faults of packets, order, lists of others */
	{ "SSL::*", 0, false },
	{ "Software::*", 0, false },
	{ "SMTP::*", 0, false },
	{ "PacketFilter::*", 0, false },
	{ "CaptureLoss::*", 0, false },
	{ "Stats::*", 0, false },
	{ "*", 15, false },
};

static bool pattern_fits(const char *pattern, const char *name)
{
	size_t n = strlen(pattern);

	if (n > 0 && pattern[n - 1] == '*')
		return strncmp(pattern, name, n - 1) == 0;
	return strcmp(pattern, name) == 0;
}

static bool read_notice(const struct fields *f, struct foreign *out)
{
	const char *name = fields_get(f, "note");

	for (size_t i = 0; i < ARRAY_LEN(notes); i++) {
		if (!pattern_fits(notes[i].name, name))
			continue;
		out->weight = notes[i].weight;
		out->compromise = notes[i].compromise;
		break;
	}
	foreign_text(out->id, sizeof(out->id), name);
	foreign_text(out->what, sizeof(out->what),
		     fields_get(f, "msg")[0] ? fields_get(f, "msg") : name);
	if (addr_is_zero(&out->src))
		(void)foreign_addr(fields_get(f, "src"), &out->src, NULL); /* none is fine */
	if (addr_is_zero(&out->dst))
		(void)foreign_addr(fields_get(f, "dst"), &out->dst, NULL); /* none is fine */
	if (out->dport == 0)
		out->dport = (uint16_t)fields_number(f, "p");
	foreign_text(out->file, sizeof(out->file), fields_get(f, "file_desc"));
	return true;
}

static bool read_intel(const struct fields *f, struct foreign *out)
{
	char text[FOREIGN_WHAT_MAX];

	(void)snprintf(text, sizeof(text), "%.120s is on a list of threats", /* cut is fine */
		       fields_get(f, "seen.indicator"));
	out->weight = 60;
	out->compromise = true;
	foreign_text(out->what, sizeof(out->what), text);
	foreign_text(out->id, sizeof(out->id), fields_get(f, "seen.indicator"));
	foreign_text(out->class, sizeof(out->class), fields_get(f, "sources.0"));
	if (strcmp(fields_get(f, "seen.indicator_type"), "Intel::DOMAIN") == 0)
		foreign_name(fields_get(f, "seen.indicator"), out->name);
	return true;
}

static bool read_conn(const struct fields *f, struct foreign *out)
{
	static const char *const open_states[] = { "SF", "S1", "S2", "S3", "RSTO", "RSTR" };
	const char *state = fields_get(f, "conn_state");

	for (size_t i = 0; i < ARRAY_LEN(open_states); i++)
		out->opened = out->opened || strcmp(state, open_states[i]) == 0;
	out->bytes_out = (uint64_t)fields_number(f, "orig_ip_bytes");
	out->bytes_in = (uint64_t)fields_number(f, "resp_ip_bytes");
	return true;
}

static bool read_dns(const struct fields *f, struct foreign *out)
{
	foreign_name(fields_get(f, "query"), out->name);
	return out->name[0] != 0;
}

static bool read_ssl(const struct fields *f, struct foreign *out)
{
	foreign_name(fields_get(f, "server_name"), out->name);
	foreign_hex(fields_get(f, "ja3"), out->ja3, sizeof(out->ja3));
	const char *subject = fields_get(f, "subject");
	out->cert_unnamed =
		(subject[0] && strcmp(subject, fields_get(f, "issuer")) == 0) ||
		strncmp(fields_get(f, "validation_status"), "self signed certificate", 23) == 0 ||
		strncmp(fields_get(f, "validation_status"), "self-signed certificate", 23) == 0;
	out->tls_old = foreign_tls_old(fields_get(f, "version"));
	foreign_cert(out, fields_get(f, "cert_chain_fps.0"));
	out->opened = strcmp(fields_get(f, "established"), "false") != 0 &&
		      strcmp(fields_get(f, "established"), "F") != 0;
	return true;
}

static bool read_http(const struct fields *f, struct foreign *out)
{
	foreign_name(fields_get(f, "host"), out->name);
	foreign_url(out, fields_get(f, "host"), fields_get(f, "uri"));
	out->opened = true;
	return true;
}

static bool is_false(const char *text)
{
	return strcmp(text, "false") == 0 || strcmp(text, "F") == 0;
}

static bool read_kerberos(const struct fields *f, struct foreign *out)
{
	out->service = SERVICE_KERBEROS;
	out->refused = log_on_kerberos_refused(fields_get(f, "error_msg"));
	return true;
}

static bool read_ntlm(const struct fields *f, struct foreign *out)
{
	out->service = SERVICE_SMB;
	out->refused = is_false(fields_get(f, "success"));
	return true;
}

/* "auth_success" is a guess by the size of what came, and left out when Zeek has none. */
static bool read_ssh(const struct fields *f, struct foreign *out)
{
	int64_t n = fields_number(f, "auth_attempts");

	out->service = SERVICE_SSH;
	out->refused = !is_false(fields_get(f, "auth_success")) ? 0 : n > 1 ? (uint64_t)n : 1;
	return true;
}

static bool read_ftp(const struct fields *f, struct foreign *out)
{
	out->service = SERVICE_FTP;
	out->refused = fields_number(f, "reply_code") == 530 &&
		       strcmp(fields_get(f, "command"), "PASS") == 0;
	return true;
}

static bool read_tree(const struct fields *f, struct foreign *out)
{
	foreign_lower(out->tree, sizeof(out->tree), fields_get(f, "path"));
	return true;
}

static bool read_smb_file(const struct fields *f, struct foreign *out)
{
	foreign_lower(out->tree, sizeof(out->tree), fields_get(f, "path"));
	foreign_lower(out->file, sizeof(out->file), fields_get(f, "name"));
	return true;
}

static bool read_rpc(const struct fields *f, struct foreign *out)
{
	return foreign_call_named(out, fields_get(f, "endpoint"), fields_get(f, "operation"));
}

/* Most weird things are faults of packets. These say that something else is spoken than the port
 * promises, or that names are not made for resolvers: weak clues. */
static bool read_weird(const struct fields *f, struct foreign *out)
{
	static const struct {
		const char *name;
		double weight;
	} telling[] = {
		{ "bad_HTTP_request", 4 },
		{ "bad_HTTP_reply", 4 },
		{ "unknown_HTTP_method", 3 },
		{ "HTTP_bad_chunk_size", 2 },
		{ "DNS_truncated_len_lt_hdr_len", 3 },
		{ "DNS_label_too_long", 4 },
		{ "DNS_label_len_gt_pkt", 3 },
		{ "dns_unmatched_msg_quantity", 3 },
		{ "pop3_server_sending_client_commands", 4 },
		{ "irc_invalid_line", 4 },
		{ "SYN_with_data", 2 },
		{ "ssl_early_application_data", 2 },
	};
	char text[FOREIGN_WHAT_MAX];
	const char *name = fields_get(f, "name");

	for (size_t i = 0; i < ARRAY_LEN(telling); i++) {
		if (strcmp(telling[i].name, name) == 0)
			out->weight = telling[i].weight;
	}
	(void)snprintf(text, sizeof(text), "weird %.80s", name); /* cut is fine */
	foreign_text(out->what, sizeof(out->what), text);
	foreign_text(out->id, sizeof(out->id), name);
	return out->weight > 0;
}

/* A certificate, which the server showed: the client is the device, as with a file. */
static void read_certificate(const struct fields *f, struct foreign *out)
{
	foreign_cert(out, fields_get(f, "sha1"));
	foreign_cert(out, fields_get(f, "sha256"));
	out->opened = true;
}

/* The receiver is the device; older versions name hosts, newer ones the connection. */
static bool read_files(const struct fields *f, struct foreign *out)
{
	struct addr a;

	if (foreign_addr(fields_get(f, "rx_hosts.0"), &a, NULL))
		out->src = a;
	if (foreign_addr(fields_get(f, "tx_hosts.0"), &a, NULL))
		out->dst = a;
	if (str_starts(str_of(fields_get(f, "mime_type")), STR("application/x-x509-"))) {
		read_certificate(f, out);
		return out->cert_sha1[0] || out->cert_sha256[0];
	}
	foreign_hex(fields_get(f, "md5"), out->md5, sizeof(out->md5));
	foreign_hex(fields_get(f, "sha1"), out->sha1, sizeof(out->sha1));
	foreign_hex(fields_get(f, "sha256"), out->sha256, sizeof(out->sha256));
	foreign_text(out->file, sizeof(out->file), fields_get(f, "filename"));
	out->opened = true;
	return out->md5[0] || out->sha1[0] || out->sha256[0];
}

static bool read_loss(const struct fields *f, struct foreign *out)
{
	out->lost = (uint64_t)fields_number(f, "gaps");
	return true;
}

static bool read_nothing(const struct fields *f, struct foreign *out)
{
	(void)f;
	(void)out;
	return false;
}

static const struct log logs[] = {
	{ "notice", "note", FOREIGN_ALARM, read_notice },
	{ "intel", "seen.indicator", FOREIGN_ALARM, read_intel },
	{ "conn", "conn_state", FOREIGN_FLOW, read_conn },
	{ "dns", "qclass", FOREIGN_DNS, read_dns },
	{ "dns", "rcode", FOREIGN_DNS, read_dns },
	{ "dns", "rejected", FOREIGN_DNS, read_dns },
	{ "ssl", "cipher", FOREIGN_TLS, read_ssl },
	{ "ssl", "ssl_history", FOREIGN_TLS, read_ssl },
	{ "ssl", "server_name", FOREIGN_TLS, read_ssl },
	{ "ssl", "resumed", FOREIGN_TLS, read_ssl },
	{ "http", "trans_depth", FOREIGN_HTTP, read_http },
	{ "smb_files", "action", FOREIGN_WORK, read_smb_file }, /* before files: may have an fuid */
	{ "smb_mapping", "share_type", FOREIGN_WORK, read_tree },
	{ "dce_rpc", "endpoint", FOREIGN_WORK, read_rpc },
	{ "kerberos", "request_type", FOREIGN_LOG_ON, read_kerberos },
	{ "ntlm", "server_nb_computer_name", FOREIGN_LOG_ON, read_ntlm },
	{ "ntlm", "domainname", FOREIGN_LOG_ON, read_ntlm },
	{ "ssh", "auth_attempts", FOREIGN_LOG_ON, read_ssh },
	{ "ftp", "reply_code", FOREIGN_LOG_ON, read_ftp },
	{ "weird", "notice", FOREIGN_ALARM, read_weird },
	{ "files", "fuid", FOREIGN_FILE, read_files },
	{ "capture_loss", "percent_lost", FOREIGN_LOST, read_loss },
};

/* Every log has "ts"; nearly every one the connection's id, its address or the host's. */
bool zeek_is(const struct fields *f)
{
	return fields_has(f, "ts") && (fields_has(f, "uid") || fields_has(f, "_path") ||
				       fields_has(f, "fuid") || fields_has(f, "note") ||
				       fields_has(f, "percent_lost") || fields_has(f, "id.orig_h"));
}

static const struct log *log_of(const struct fields *f)
{
	static const struct log other = { "", "", FOREIGN_FLOW, read_nothing };
	const char *path = fields_get(f, "_path");

	for (size_t i = 0; i < ARRAY_LEN(logs); i++) {
		if (path[0] ? strcmp(logs[i].path, path) == 0 : fields_has(f, logs[i].mark))
			return &logs[i];
	}
	return &other;
}

int zeek_read(const struct fields *f, struct foreign *out, struct err *e)
{
	const struct log *l = log_of(f);

	foreign_init(out, l->kind, SOURCE);
	if (foreign_time(fields_get(f, "ts"), 0, &out->at_us) < 0)
		return err_set(e, -EFORMAT, "the Zeek record has no readable \"ts\"");
	(void)foreign_addr(fields_get(f, "id.orig_h"), &out->src, NULL); /* none is fine */
	(void)foreign_addr(fields_get(f, "id.resp_h"), &out->dst, NULL); /* none is fine */
	out->sport = (uint16_t)fields_number(f, "id.orig_p");
	out->dport = (uint16_t)fields_number(f, "id.resp_p");
	out->proto = foreign_proto(fields_get(f, "proto"));
	if (out->proto == 0 &&
	    (l->kind == FOREIGN_TLS || l->kind == FOREIGN_HTTP || l->kind == FOREIGN_WORK))
		out->proto = 6; /* these logs do not say */
	foreign_text(out->community_id, sizeof(out->community_id), fields_get(f, "community_id"));
	return l->read(f, out) && foreign_of_use(out);
}
