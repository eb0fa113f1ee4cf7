/* SPDX-License-Identifier: Apache-2.0 */
/* People type or scan this line, so each message says what to look at. */
#include "sensor/enrol_url.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "sensor/sensor_conf.h"

static int query_parse(struct str query, struct enrol_url *u, struct err *e)
{
	struct str pair, key;
	size_t ca_n = 0;
	bool has_ca = false;

	while (str_cut(&query, '&', &pair)) {
		if (!str_cut(&pair, '=', &key))
			continue;
		if (str_eq(key, STR("code"))) {
			if (!str_copy(u->code, sizeof(u->code), pair))
				return err_set(e, -EINVAL, "the code in the address is too long");
		} else if (str_eq(key, STR("ca"))) {
			has_ca = str_hex(pair, u->ca_spki_sha256, sizeof(u->ca_spki_sha256),
					 &ca_n) >= 0 &&
				 ca_n == sizeof(u->ca_spki_sha256);
		}
	}
	if (u->code[0] == '\0')
		return err_set(e, -EINVAL, "the address has no code (\"code=...\")");
	if (!has_ca)
		return err_set(
			e, -EINVAL,
			"the address has no complete key of the hub (\"ca=\" and 64 digits)");
	return 0;
}

int enrol_url_parse(const char *text, struct enrol_url *out, struct err *e)
{
	static const char scheme[] = "otasuke://";
	struct enrol_url u = { 0 };
	char authority[300];
	struct str rest = str_trim(str_of(text));

	if (!str_starts(rest, STR("otasuke://")))
		return err_set(e, -EINVAL, "the address does not start with %s", scheme);
	rest = (struct str){ .p = rest.p + sizeof(scheme) - 1, .n = rest.n - sizeof(scheme) + 1 };
	size_t n = 0;
	while (n < rest.n && rest.p[n] != '/' && rest.p[n] != '?')
		n++;
	if (!str_copy(authority, sizeof(authority), (struct str){ .p = rest.p, .n = n }) ||
	    sensor_host_port(authority, u.host, sizeof(u.host), &u.port) < 0)
		return err_set(e, -EINVAL, "the address names no host and port");
	while (n < rest.n && (rest.p[n] == '/' || rest.p[n] == '?'))
		n++;
	int r = query_parse((struct str){ .p = rest.p + n, .n = rest.n - n }, &u, e);
	if (r >= 0)
		*out = u;
	return r;
}
