/* SPDX-License-Identifier: Apache-2.0 */
/* The services by their domains, as their makers publish them. */
#include "probe/detect/known_services.h"

#include <stddef.h>

#include "base/mem.h"

static const char *const address_tellers[] = {
	"ipify.org",
	"icanhazip.com",
	"ifconfig.me",
	"ipinfo.io",
	"ip-api.com",
	"ipecho.net",
	"checkip.dyndns.org",
	"myexternalip.com",
	"wtfismyip.com",
	"checkip.amazonaws.com",
	"whatismyipaddress.com",
	"ident.me",
};

/* Dynamic DNS, the large ones of the world and those of Japan. */
static const char *const movers[] = {
	"3utilities.com", "bounceme.net", "bf1.jp",        "ddns.net",       "ddnsking.com",
	"ddo.jp",         "dip.jp",       "dnsalias.com",  "dnsdojo.com",    "duckdns.org",
	"dyndns.org",     "dynu.net",     "freeddns.org",  "gotdns.ch",      "homeip.net",
	"hopto.org",      "iobb.net",     "kozow.com",     "mooo.com",       "mydns.jp",
	"myddns.me",      "myftp.biz",    "myftp.org",     "myvnc.com",      "no-ip.biz",
	"no-ip.info",     "no-ip.org",    "onthewifi.com", "redirectme.net", "servebeer.com",
	"serveblog.net",  "serveftp.com", "servegame.com", "servehttp.com",  "sytes.net",
	"theworkpc.com",  "viewdns.net",  "webhop.me",     "ydns.eu",        "zapto.org",
};

static bool below(struct str name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct str s = str_of(list[i]);
		if (str_ends(name, s) && (name.n == s.n || name.p[name.n - s.n - 1] == '.'))
			return true;
	}
	return false;
}

bool service_tells_address(struct str name)
{
	return below(name, address_tellers, ARRAY_LEN(address_tellers));
}

bool service_moves(struct str name)
{
	return below(name, movers, ARRAY_LEN(movers));
}
