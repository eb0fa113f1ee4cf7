/* SPDX-License-Identifier: Apache-2.0 */
/* Names of kinds and reasons, labels, bytes of values. How a value is read: indicator_set.c. */
#include "wire/indicator/indicator.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "base/mem.h"

enum { SHOWN_MAX = 80 };

/* Arguments for %.*s. */
#define SHOWN(v) (int)((v).n > SHOWN_MAX ? SHOWN_MAX : (v).n), (v).p

static const char *const kinds[INDICATOR_KINDS] = {
	"", "domain", "ip", "cidr", "url", "ja3", "cert", "file",
};

static const struct {
	const char *name;
	enum indicator_kind kind;
} types[] = {
	{ "domain", INDICATOR_DOMAIN },
	{ "hostname", INDICATOR_DOMAIN },
	{ "domain-name", INDICATOR_DOMAIN },
	{ "host", INDICATOR_DOMAIN },
	{ "fqdn", INDICATOR_DOMAIN },
	{ "hostname|port", INDICATOR_DOMAIN },
	{ "ip", INDICATOR_IP },
	{ "ipv4", INDICATOR_IP },
	{ "ipv6", INDICATOR_IP },
	{ "ipv4-addr", INDICATOR_IP },
	{ "ipv6-addr", INDICATOR_IP },
	{ "ip-dst", INDICATOR_IP },
	{ "ip-src", INDICATOR_IP },
	{ "ip-dst|port", INDICATOR_IP },
	{ "ip-src|port", INDICATOR_IP },
	{ "ip:port", INDICATOR_IP },
	{ "ip_address", INDICATOR_IP },
	{ "ip address", INDICATOR_IP },
	{ "address", INDICATOR_IP },
	{ "dst_ip", INDICATOR_IP },
	{ "cidr", INDICATOR_CIDR },
	{ "network", INDICATOR_CIDR },
	{ "subnet", INDICATOR_CIDR },
	{ "netblock", INDICATOR_CIDR },
	{ "url", INDICATOR_URL },
	{ "uri", INDICATOR_URL },
	{ "ja3", INDICATOR_JA3 },
	{ "ja3_md5", INDICATOR_JA3 },
	{ "ja3-fingerprint-md5", INDICATOR_JA3 },
	{ "cert", INDICATOR_CERT },
	{ "x509-fingerprint-sha1", INDICATOR_CERT },
	{ "x509-fingerprint-sha256", INDICATOR_CERT },
	{ "sha1_cert", INDICATOR_CERT },
	{ "file", INDICATOR_FILE },
	{ "md5", INDICATOR_FILE },
	{ "sha1", INDICATOR_FILE },
	{ "sha256", INDICATOR_FILE },
	{ "md5_hash", INDICATOR_FILE },
	{ "sha1_hash", INDICATOR_FILE },
	{ "sha256_hash", INDICATOR_FILE },
	{ "filehash-md5", INDICATOR_FILE },
	{ "filehash-sha1", INDICATOR_FILE },
	{ "filehash-sha256", INDICATOR_FILE },
};

static const struct {
	const char *name, *key;
} bads[INDICATOR_BADS] = {
	[INDICATOR_OK] = { "ok", "" },
	[INDICATOR_EMPTY] = { "empty", "indicator.bad.empty" },
	[INDICATOR_TOO_LONG] = { "too_long", "indicator.bad.too_long" },
	[INDICATOR_NOT_TEXT] = { "not_text", "indicator.bad.not_text" },
	[INDICATOR_NO_TYPE] = { "no_type", "indicator.bad.no_type" },
	[INDICATOR_NOT_DOMAIN] = { "not_domain", "indicator.bad.not_domain" },
	[INDICATOR_NOT_ADDRESS] = { "not_address", "indicator.bad.not_address" },
	[INDICATOR_NOT_NETWORK] = { "not_network", "indicator.bad.not_network" },
	[INDICATOR_NOT_URL] = { "not_url", "indicator.bad.not_url" },
	[INDICATOR_NOT_HASH] = { "not_hash", "indicator.bad.not_hash" },
	[INDICATOR_TOO_WIDE] = { "too_wide", "indicator.bad.too_wide" },
	[INDICATOR_NOBODY] = { "nobody", "indicator.bad.nobody" },
	[INDICATOR_NOT_UNDERSTOOD] = { "not_understood", "indicator.bad.not_understood" },
	[INDICATOR_NOT_FOR_ALARMS] = { "not_for_alarms", "indicator.bad.not_for_alarms" },
	[INDICATOR_EXPIRED] = { "expired", "indicator.bad.expired" },
	[INDICATOR_REVOKED] = { "revoked", "indicator.bad.revoked" },
	[INDICATOR_BROKEN] = { "broken", "indicator.bad.broken" },
	[INDICATOR_FULL] = { "full", "indicator.bad.full" },
};

const char *indicator_kind_name(enum indicator_kind kind)
{
	return (unsigned)kind < INDICATOR_KINDS ? kinds[kind] : "";
}

enum indicator_kind indicator_kind_of(struct str type)
{
	type = str_trim(type);
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (str_eq_nocase(type, str_of(types[i].name)))
			return types[i].kind;
	}
	return 0;
}

const char *indicator_bad_name(enum indicator_bad why)
{
	return (unsigned)why < INDICATOR_BADS ? bads[why].name : "";
}

const char *indicator_bad_key(enum indicator_bad why)
{
	return (unsigned)why < INDICATOR_BADS ? bads[why].key : "";
}

int indicator_bad_err(struct err *e, enum indicator_bad why, struct str v)
{
	switch (why) {
	case INDICATOR_EMPTY:
		return err_set(e, -EFORMAT, "the value is empty");
	case INDICATOR_TOO_LONG:
		return err_set(e, -EFORMAT, "\"%.*s\" is longer than %d bytes", SHOWN(v),
			       INDICATOR_VALUE_MAX - 1);
	case INDICATOR_NOT_TEXT:
		return err_set(e, -EFORMAT, "the line is not text in UTF-8");
	case INDICATOR_NO_TYPE:
		return err_set(e, -EFORMAT, "\"%.*s\" is no type of indicator", SHOWN(v));
	case INDICATOR_NOT_DOMAIN:
		return err_set(e, -EFORMAT, "\"%.*s\" is not a domain", SHOWN(v));
	case INDICATOR_NOT_ADDRESS:
		return err_set(e, -EFORMAT, "\"%.*s\" is not an address", SHOWN(v));
	case INDICATOR_NOT_NETWORK:
		return err_set(e, -EFORMAT, "\"%.*s\" is not a network", SHOWN(v));
	case INDICATOR_NOT_URL:
		return err_set(e, -EFORMAT, "\"%.*s\" is not a URL", SHOWN(v));
	case INDICATOR_NOT_HASH:
		return err_set(e, -EFORMAT, "\"%.*s\" is not a fingerprint of its type", SHOWN(v));
	case INDICATOR_TOO_WIDE:
		return err_set(e, -EFORMAT, "\"%.*s\" would match half the world", SHOWN(v));
	case INDICATOR_NOBODY:
		return err_set(e, -EFORMAT, "\"%.*s\" is the address of nobody", SHOWN(v));
	case INDICATOR_NOT_UNDERSTOOD:
		return err_set(e, -EFORMAT, "\"%.*s\" is a rule that is not read", SHOWN(v));
	case INDICATOR_NOT_FOR_ALARMS:
		return err_set(e, -EFORMAT, "\"%.*s\" is marked as background only", SHOWN(v));
	case INDICATOR_EXPIRED:
		return err_set(e, -EFORMAT, "\"%.*s\" has expired", SHOWN(v));
	case INDICATOR_REVOKED:
		return err_set(e, -EFORMAT, "\"%.*s\" was revoked", SHOWN(v));
	case INDICATOR_FULL:
		return err_set(e, -ELIMIT, "the list holds %d indicators at most", INDICATORS_MAX);
	case INDICATOR_OK:
	case INDICATOR_BROKEN:
	case INDICATOR_BADS:
		break;
	}
	return err_set(e, -EFORMAT, "\"%.*s\" does not follow its format", SHOWN(v));
}

void indicator_label(struct indicator *out, struct str text)
{
	text = str_trim(text);
	(void)str_copy(out->label, sizeof(out->label), text); /* cut is fine */
	size_t n = strlen(out->label);
	bool utf8 = utf8_valid(out->label, n);
	for (size_t i = 0; i < n; i++) {
		uint8_t c = (uint8_t)out->label[i];
		if (c < 32 || c == 127)
			out->label[i] = ' ';
		else if (c > 127 && !utf8)
			out->label[i] = '?';
	}
}

bool indicator_net(const struct indicator *i, uint8_t addr[16], uint8_t *bits)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	char text[64];
	struct str rest = { i->value, i->n }, host;
	int64_t most = 32, n;

	if ((i->kind != INDICATOR_IP && i->kind != INDICATOR_CIDR) || i->n >= sizeof(text) ||
	    !str_cut(&rest, '/', &host) || !str_copy(text, sizeof(text), host))
		return false;
	if (inet_pton(AF_INET, text, addr + 12) == 1)
		memcpy(addr, mapped, sizeof(mapped));
	else if (inet_pton(AF_INET6, text, addr) == 1)
		most = 128;
	else
		return false;
	n = most;
	if (rest.n > 0 && str_i64(rest, 0, most, &n) < 0)
		return false;
	*bits = (uint8_t)(n + 128 - most);
	return true;
}

bool indicator_hash(const struct indicator *i, uint8_t out[32], size_t *n_out)
{
	return (i->kind == INDICATOR_JA3 || i->kind == INDICATOR_CERT ||
		i->kind == INDICATOR_FILE) &&
	       str_hex((struct str){ i->value, i->n }, out, 32, n_out) == 0;
}
