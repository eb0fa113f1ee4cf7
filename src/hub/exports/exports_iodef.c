/* SPDX-License-Identifier: Apache-2.0 */
/* IODEF version 2 (RFC 7970): a document with one incident. Elements stand in the order of the
 * schema (section 8 of the RFC). */
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "hub/exports/exports_job.h"

struct iodef {
	const struct export_job *job;
	const struct export_case *c;
	struct buf *b;
};

/* Text of an element or of an attribute in double quotes; what XML 1.0 (2.2) has no room for
 * becomes U+FFFD. */
static void text(struct buf *b, const char *s)
{
	for (size_t n; *s; s += n) {
		const unsigned char ch = (unsigned char)*s;
		n = ch < 0x80 ? 1 : ch >= 0xf0 ? 4 : ch >= 0xe0 ? 3 : 2;
		if (strnlen(s, n) < n || !utf8_valid(s, n)) {
			n = 1;
			buf_adds(b, "\xef\xbf\xbd");
		} else if ((ch < 0x20 && ch != '\n' && ch != '\t') ||
			   strncmp(s, "\xef\xbf\xbe", 3) == 0 ||
			   strncmp(s, "\xef\xbf\xbf", 3) == 0) {
			buf_adds(b, "\xef\xbf\xbd");
		} else if (strchr("&<>\"'", ch)) {
			buf_printf(b, "&#%d;", ch);
		} else {
			buf_add(b, s, n);
		}
	}
}

static void element(struct iodef *d, const char *name, const char *value)
{
	buf_printf(d->b, "<%s>", name);
	text(d->b, value);
	buf_printf(d->b, "</%s>", name);
}

static void element_time(struct iodef *d, const char *name, int64_t us)
{
	char when[TIME_TEXT_MAX];

	if (us)
		element(d, name, time_format(us, when, sizeof(when)));
}

static void attribute(struct iodef *d, const char *name, const char *value)
{
	buf_printf(d->b, " %s=\"", name);
	text(d->b, value);
	buf_addc(d->b, '"');
}

/* 3.3.1: the marks of TLP 1, of which amber+strict is an amber. */
static const char *restriction(enum tlp tlp)
{
	static const char *const names[] = { "white", "green", "amber", "amber", "red" };

	return names[tlp];
}

static void contact(struct iodef *d, const char *role, const char *name)
{
	buf_printf(d->b, "<Contact role=\"%s\" type=\"organization\">", role);
	element(d, "ContactName", name);
	buf_adds(d->b, "</Contact>");
}

/* 3.12: which impact a kind of case has on systems. */
static const char *impact_of(const char *kind)
{
	static const struct {
		const char *kind, *impact;
	} map[] = {
		{ "ransomware", "availability-data" },
		{ "account_takeover", "takeover-account" },
		{ "phishing_entered", "breach-credential" },
		{ "web_defacement", "integrity-data" },
		{ "data_leak", "breach-privacy" },
		{ "denial_of_service", "availability-service" },
		{ "malware_suspected", "integrity-configuration" },
		{ "unauthorised_device", "policy" },
	};

	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if (strcmp(map[i].kind, kind) == 0)
			return map[i].impact;
	return "unknown";
}

/* 3.10: who saw it first. */
static void discovery(struct iodef *d)
{
	const bool watched = strcmp(d->c->c.source, "alert") == 0;

	buf_printf(d->b, "<Discovery source=\"%s\"/>",
		   watched ? "third-party-monitoring" : "internal-notification");
}

static void assessment(struct iodef *d)
{
	const struct incident *i = &d->c->c;
	const char *severity = i->severity >= 3 ? "high" : i->severity == 2 ? "medium" : "low";

	buf_adds(d->b, "<Assessment occurrence=\"actual\">");
	element(d, "IncidentCategory", d->c->kind_text);
	buf_printf(d->b, "<SystemImpact severity=\"%s\" type=\"%s\"/>", severity,
		   impact_of(i->kind));
	if (strcmp(i->kind, "bec_payment_fraud") == 0)
		buf_printf(d->b, "<BusinessImpact severity=\"%s\" type=\"theft-financial\"/>",
			   severity);
	if (i->minutes > 0)
		buf_printf(d->b,
			   "<TimeImpact metric=\"labor\" duration=\"minute\">%" PRId64
			   "</TimeImpact>",
			   i->minutes);
	if (i->cost_yen > 0)
		buf_printf(d->b, "<MonetaryImpact currency=\"JPY\">%" PRId64 "</MonetaryImpact>",
			   i->cost_yen);
	if (d->c->named && i->cause[0])
		element(d, "Cause", i->cause);
	buf_adds(d->b, "</Assessment>");
}

/* --- devices --- */

static bool is_v6(const char *address)
{
	return strchr(address, ':') != NULL;
}

static void device(struct iodef *d, const struct case_device *x)
{
	buf_adds(d->b, "<Flow><System category=\"target\"><Node>");
	if (x->address[0]) {
		buf_printf(d->b, "<Address category=\"ipv%d-addr\">", is_v6(x->address) ? 6 : 4);
		text(d->b, x->address);
		buf_adds(d->b, "</Address>");
	}
	if (x->mac[0] || !x->address[0]) {
		buf_adds(d->b, x->mac[0] ? "<Address category=\"mac\">"
					 : "<Address category=\"ext-value\" "
					   "ext-category=\"name\">");
		text(d->b, x->mac[0] ? x->mac : x->name);
		buf_adds(d->b, "</Address>");
	}
	buf_adds(d->b, "</Node>");
	if (x->name[0])
		element(d, "Description", x->name);
	buf_adds(d->b, "</System></Flow>");
}

static void devices(struct iodef *d)
{
	if (d->c->n_devices == 0)
		return;
	buf_adds(d->b, "<EventData>");
	for (size_t i = 0; i < d->c->n_devices; i++)
		device(d, &d->c->devices[i].d);
	buf_adds(d->b, "</EventData>");
}

/* --- indicators --- */

/* Hexadecimal digits as base64 (xmldsig's DigestValue). */
static void digest(struct buf *b, const char *hex)
{
	static const char set[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint8_t raw[32];
	size_t n = 0;

	if (str_hex(str_of(hex), raw, sizeof(raw), &n) < 0)
		return;
	for (size_t i = 0; i < n; i += 3) {
		const size_t left = n - i;
		const uint32_t v = (uint32_t)raw[i] << 16 |
				   (left > 1 ? (uint32_t)raw[i + 1] << 8 : 0) |
				   (left > 2 ? raw[i + 2] : 0);
		buf_addc(b, set[v >> 18]);
		buf_addc(b, set[v >> 12 & 63]);
		buf_addc(b, left > 1 ? set[v >> 6 & 63] : '=');
		buf_addc(b, left > 2 ? set[v & 63] : '=');
	}
}

static const char *digest_method(const char *hash)
{
	return strcmp(hash, "MD5") == 0     ? "http://www.w3.org/2001/04/xmldsig-more#md5"
	       : strcmp(hash, "SHA-1") == 0 ? "http://www.w3.org/2000/09/xmldsig#sha1"
					    : "http://www.w3.org/2001/04/xmlenc#sha256";
}

static void observable(struct iodef *d, const struct export_indicator *i)
{
	if (i->hash) {
		buf_printf(d->b,
			   "<FileData><File><HashData scope=\"file-contents\"><Hash>"
			   "<ds:DigestMethod Algorithm=\"%s\"/><ds:DigestValue>",
			   digest_method(i->hash));
		digest(d->b, i->value);
		buf_adds(d->b, "</ds:DigestValue></Hash></HashData></File></FileData>");
		return;
	}
	if (i->kind == INDICATOR_DOMAIN) {
		buf_adds(d->b, "<DomainData system-status=\"unknown\" domain-status=\"unknown\">");
		element(d, "Name", i->value);
		buf_adds(d->b, "</DomainData>");
		return;
	}
	buf_printf(d->b, "<Address category=\"%s\">",
		   i->kind == INDICATOR_URL ? "site-uri"
		   : i->v6                  ? "ipv6-addr"
					    : "ipv4-addr");
	text(d->b, i->value);
	buf_adds(d->b, "</Address>");
}

static bool has_place(const struct export_indicator *i)
{
	return i->kind == INDICATOR_DOMAIN || i->kind == INDICATOR_IP || i->kind == INDICATOR_URL ||
	       (i->kind == INDICATOR_FILE && i->hash);
}

static void indicator(struct iodef *d, const struct export_indicator *i, size_t nth)
{
	buf_printf(d->b, "<Indicator restriction=\"%s\"><IndicatorID", restriction(i->tlp));
	attribute(d, "name", exports_host(d->job)); /* 3.4: a domain name */
	attribute(d, "version", "1");
	buf_addc(d->b, '>');
	text(d->b, d->c->c.number);
	buf_printf(d->b, "-%zu</IndicatorID>", nth + 1);
	element(d, "Description",
		arena_printf(d->job->ask->arena, "TLP:%s%s%s", exports_tlp_name(i->tlp),
			     i->note[0] ? " " : "", i->note));
	element_time(d, "StartTime", d->c->c.happened_us);
	buf_adds(d->b, "<Observable>");
	observable(d, i);
	buf_adds(d->b, "</Observable></Indicator>");
}

static void indicators(struct iodef *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->c->n_indicators; i++)
		n += has_place(&d->c->indicators[i]);
	if (n == 0)
		return;
	buf_adds(d->b, "<IndicatorData>");
	for (size_t i = 0; i < d->c->n_indicators; i++)
		if (has_place(&d->c->indicators[i]))
			indicator(d, &d->c->indicators[i], i);
	buf_adds(d->b, "</IndicatorData>");
}

/* --- the story --- */

static const char *action_of(const char *kind)
{
	if (strcmp(kind, "remote") == 0 || strcmp(kind, "visit") == 0)
		return "remediate-other";
	if (strcmp(kind, "phone") == 0 || strcmp(kind, "mail") == 0)
		return "contact-target-site";
	return strcmp(kind, "packet") == 0 || strcmp(kind, "alert") == 0 ? "status-new-info"
									 : "other";
}

static void history(struct iodef *d)
{
	if (d->c->n_lines == 0)
		return;
	buf_adds(d->b, "<History>");
	for (size_t i = 0; i < d->c->n_lines; i++) {
		const struct export_line *l = &d->c->lines[i];
		const char *action = action_of(l->kind);
		buf_printf(d->b, "<HistoryItem action=\"%s\">", action);
		element_time(d, "DateTime", l->happened_us);
		element(d, "Description", l->text);
		if (l->body[0])
			element(d, "Description", l->body);
		buf_adds(d->b, "</HistoryItem>");
	}
	buf_adds(d->b, "</History>");
}

static const char *status(const char *state)
{
	return strcmp(state, CASE_CLOSED) == 0 ? "resolved" : "in-progress";
}

static void incident(struct iodef *d)
{
	const struct incident *i = &d->c->c;

	buf_printf(d->b, "<Incident purpose=\"reporting\" status=\"%s\" restriction=\"%s\">",
		   status(i->state), restriction(d->c->tlp));
	buf_adds(d->b, "<IncidentID");
	attribute(d, "name", exports_host(d->job));
	buf_addc(d->b, '>');
	text(d->b, i->number);
	buf_adds(d->b, "</IncidentID>");
	element_time(d, "DetectTime", i->opened_us);
	element_time(d, "StartTime", i->happened_us);
	element_time(d, "EndTime", i->closed_us);
	element_time(d, "ReportTime", i->recorded_us);
	element_time(d, "GenerationTime", d->job->now_us);
	element(d, "Description", d->c->title);
	discovery(d);
	assessment(d);
	contact(d, "creator", exports_from(d->job));
	if (d->c->named)
		contact(d, "victim", d->c->company.name);
	devices(d);
	indicators(d);
	history(d);
	buf_adds(d->b, "</Incident>");
}

int exports_iodef(const struct export_job *j, struct buf *out, struct err *e)
{
	struct iodef d = { .job = j, .c = &j->cases[0], .b = out };

	(void)e;
	buf_printf(out,
		   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		   "<IODEF-Document version=\"2.00\" xml:lang=\"%s\""
		   " xmlns=\"urn:ietf:params:xml:ns:iodef-2.0\""
		   " xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">",
		   lang_tag(j->ask->lang));
	incident(&d);
	buf_adds(out, "</IODEF-Document>\n");
	return 0;
}
