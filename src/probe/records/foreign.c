/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of other programs into addresses, names and times. */
#include "probe/records/foreign.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "probe/dissect/dissect.h"

enum { TIME_IN_MAX = 48, MAC_DIGITS = 12 };

void foreign_init(struct foreign *r, enum foreign_kind kind, const char *source)
{
	memset(r, 0, sizeof(*r));
	r->kind = kind;
	foreign_text(r->source, sizeof(r->source), source);
}

void foreign_text(char *out, size_t out_size, const char *text)
{
	(void)str_copy(out, out_size, str_trim(str_of(text))); /* cut is fine */
}

static bool port_read(struct str s, uint16_t *out)
{
	int64_t v = 0;

	if (str_i64(s, 0, 65535, &v) < 0)
		return false;
	*out = (uint16_t)v;
	return true;
}

bool foreign_addr(const char *text, struct addr *out, uint16_t *port_out)
{
	struct str s = str_trim(str_of(text));
	uint16_t port = 0;
	struct addr a;

	if (addr_parse(s, &a) == 0) {
		*out = a;
		return true;
	}
	const char *colon = s.n ? memrchr(s.p, ':', s.n) : NULL;
	if (!colon || !port_read((struct str){ colon + 1, (size_t)(s.p + s.n - colon - 1) }, &port))
		return false;
	struct str host = { s.p, (size_t)(colon - s.p) };
	if (host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		host = (struct str){ host.p + 1, host.n - 2 };
	if (addr_parse(host, &a) < 0)
		return false;
	*out = a;
	if (port_out)
		*port_out = port;
	return true;
}

bool foreign_mac(const char *text, struct mac *out)
{
	char digits[MAC_DIGITS + 1];
	size_t n = 0, got = 0;

	for (; *text; text++) {
		if (strchr(":-. ", *text))
			continue;
		if (!isxdigit((unsigned char)*text) || n == MAC_DIGITS)
			return false;
		digits[n++] = *text;
	}
	return n == MAC_DIGITS &&
	       str_hex((struct str){ digits, n }, out->b, sizeof(out->b), &got) == 0 && got == 6;
}

uint8_t foreign_proto(const char *text)
{
	static const struct {
		const char *name;
		uint8_t proto;
	} known[] = {
		{ "tcp", PROTO_TCP },       { "udp", PROTO_UDP },
		{ "icmp", PROTO_ICMP },     { "ipv6-icmp", PROTO_ICMPV6 },
		{ "icmpv6", PROTO_ICMPV6 }, { "icmp6", PROTO_ICMPV6 },
	};
	int64_t v = 0;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (str_eq_nocase(str_of(known[i].name), str_of(text)))
			return known[i].proto;
	}
	return str_i64(str_of(text), 0, 255, &v) == 0 ? (uint8_t)v : 0;
}

void foreign_name(const char *text, char out[DNS_NAME_MAX])
{
	struct str s = str_trim(str_of(text));
	struct addr a;

	out[0] = 0;
	const char *colon = s.n ? memchr(s.p, ':', s.n) : NULL;
	if (colon)
		s.n = (size_t)(colon - s.p);
	while (s.n > 0 && s.p[s.n - 1] == '.')
		s.n--;
	if (s.n == 0 || s.n >= DNS_NAME_MAX || addr_parse(s, &a) == 0)
		return;
	for (size_t i = 0; i < s.n; i++)
		out[i] = (char)tolower((unsigned char)s.p[i]);
	out[s.n] = 0;
}

void foreign_hex(const char *text, char *out, size_t out_size)
{
	size_t n = strlen(text);

	out[0] = 0;
	if (n != out_size - 1)
		return;
	for (size_t i = 0; i < n; i++) {
		if (!isxdigit((unsigned char)text[i]))
			return;
	}
	for (size_t i = 0; i <= n; i++)
		out[i] = (char)tolower((unsigned char)text[i]);
}

void foreign_cert(struct foreign *r, const char *text)
{
	char hex[sizeof(r->cert_sha256)];
	size_t n = 0;

	for (; *text && n + 1 < sizeof(hex); text++) {
		if (*text != ':')
			hex[n++] = *text;
	}
	hex[n] = 0;
	if (*text)
		return;
	if (n == sizeof(r->cert_sha1) - 1)
		foreign_hex(hex, r->cert_sha1, sizeof(r->cert_sha1));
	else
		foreign_hex(hex, r->cert_sha256, sizeof(r->cert_sha256));
}

void foreign_url(struct foreign *r, const char *host, const char *target)
{
	static const struct str schemes[] = { { "http://", 7 }, { "https://", 8 } };
	struct str s = str_trim(str_of(target)), h = str_trim(str_of(host));

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (!str_starts(s, schemes[i]))
			continue;
		s = (struct str){ s.p + schemes[i].n, s.n - schemes[i].n };
		const char *path = s.n ? memchr(s.p, '/', s.n) : NULL;
		h = (struct str){ s.p, path ? (size_t)(path - s.p) : s.n };
		s = (struct str){ s.p + h.n, s.n - h.n };
	}
	r->url[0] = 0;
	r->url_host = 0;
	if (h.n == 0 || s.n == 0 || s.p[0] != '/' || h.n + s.n >= sizeof(r->url))
		return; /* half a URL would be another one */
	memcpy(r->url, h.p, h.n);
	memcpy(r->url + h.n, s.p, s.n);
	r->url[h.n + s.n] = 0;
	r->url_host = h.n;
}

bool foreign_tls_old(const char *version)
{
	char digits[4] = "";
	size_t n = 0;

	if (strncmp(version, "SSL", 3) == 0)
		return true;
	if (strncmp(version, "TLS", 3) != 0)
		return false;
	for (; *version && n + 1 < sizeof(digits); version++) {
		if (isdigit((unsigned char)*version))
			digits[n++] = *version;
	}
	return strcmp(digits, "1") == 0 || strcmp(digits, "10") == 0 || strcmp(digits, "11") == 0;
}

bool foreign_of_use(const struct foreign *r)
{
	if (r->kind == FOREIGN_LOG_ON)
		return r->refused > 0;
	if (r->kind == FOREIGN_WORK)
		return r->n_calls > 0 || r->tree[0] || r->file[0];
	return true;
}

void foreign_lower(char *out, size_t out_size, const char *text)
{
	foreign_text(out, out_size, text);
	for (; *out; out++)
		*out = (char)tolower((unsigned char)*out);
}

/* Seconds since 1970, also as milli-, micro- or nanoseconds. */
static int epoch_time(const char *text, int64_t *out_us)
{
	double v = 0;

	if (str_double(str_of(text), 0, 9e18, &v) < 0)
		return -EINVAL;
	double us = v > 1e17 ? v / 1e3 : v > 1e14 ? v : v > 1e11 ? v * 1e3 : v * 1e6;
	*out_us = (int64_t)llround(us);
	return 0;
}

int foreign_time(const char *text, int offset_min, int64_t *out_us)
{
	char in[TIME_IN_MAX], whole[TIME_IN_MAX + 8];
	int got_us = epoch_time(text, out_us);

	if (got_us == 0)
		return 0;
	if (!str_copy(in, sizeof(in), str_trim(str_of(text))) || strlen(in) < 19)
		return -EINVAL;
	size_t n = strlen(in);
	const char *zone = in + 19; /* behind the seconds */
	zone += strcspn(zone, "+-Zz");
	if (!*zone) {
		int abs_min = abs(offset_min);
		(void)snprintf(whole, sizeof(whole), "%s%c%02d:%02d", in,
			       offset_min < 0 ? '-' : '+', abs_min / 60 % 24, abs_min % 60);
	} else if (strlen(zone) == 5 && zone[3] != ':') { /* +0900 */
		(void)snprintf(whole, sizeof(whole), "%.*s:%s", (int)(n - 2), in, in + n - 2);
	} else {
		(void)snprintf(whole, sizeof(whole), "%s", in);
	}
	return time_parse(whole, out_us);
}
