/* SPDX-License-Identifier: Apache-2.0 */
/* The hub's own rows of configuration, and where its files lie. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/hub_core.h"

#define ROW(key, type, min, max, initial, field, help)                                             \
	{                                                                                          \
		key, type, min, max, initial, offsetof(struct hub_conf, field), help               \
	}
#define TEXT(key, initial, field, help) ROW(key, CONF_TEXT, 0, 400, initial, field, help)

static const struct conf_row rows[] = {
	TEXT("hub.database", "", database,
	     "database URL; empty = SQLite in the state folder; postgresql://user@host/db"),
	TEXT("hub.https_address", "127.0.0.1:8443", https_address,
	     "where the console listens over TLS; empty = off"),
	TEXT("hub.http_address", "127.0.0.1:8080", http_address,
	     "where it listens without TLS: only loopback or behind a proxy; empty = off"),
	TEXT("hub.sensor_address", "0.0.0.0:8444", sensor_address,
	     "where sensors connect (mutual TLS); empty = off"),
	TEXT("hub.public_url", "", public_url,
	     "how people reach the console: links in mails; empty = as it listens"),
	TEXT("hub.public_sensor_host", "", public_sensor_host,
	     "how sensors reach this hub: printed with enrolment codes; empty = as it listens"),
	ROW("hub.region", CONF_TEXT, 1, 8, "IW", region, "letters that case numbers begin with"),
	TEXT("hub.region_name", "", region_name, "the region's name, as shown"),
	ROW("hub.zone_min", CONF_INT, -720, 840, "540", zone_min,
	    "minutes east of UTC in which times are shown"),
	ROW("hub.demo", CONF_BOOL, 0, 1, "false", demo,
	    "a demonstration: the second factor may be put off"),
	ROW("hub.http_threads", CONF_INT, 1, 64, "4", http_threads, "threads that answer pages"),
	TEXT("mail.url", "", smtp_url, "smtp://host:port or smtps://; empty = no mail is sent"),
	TEXT("mail.user", "", smtp_user, "name at the mail server"),
	TEXT("mail.password", "", smtp_password, "password at the mail server"),
	TEXT("mail.from", "", mail_from, "address that mails come from"),
	TEXT("mail.from_name", "", mail_from_name, "name that mails come from"),
};

int hub_conf_add(struct hub *h, struct err *e)
{
	int r = conf_add(h->conf_rows, rows, ARRAY_LEN(rows), &h->conf, e);

	for (size_t i = 0; h->features[i] && r >= 0; i++) {
		const struct hub_feature *f = h->features[i];
		if (f->n_conf)
			r = conf_add(h->conf_rows, f->conf, f->n_conf, f->conf_target, e);
	}
	return r;
}

static bool has_port(const char *host)
{
	const char *end = host[0] == '[' ? strchr(host, ']') : host;
	return end && strchr(end, ':');
}

/* The sensors' address: as given, with the port it listens on when none is; else as it listens,
 * where a wildcard is reached by loopback. */
static int sensor_host_complete(struct hub *h, struct err *e)
{
	const char *given = h->conf.public_sensor_host, *listen = h->conf.sensor_address;
	const char *port = strrchr(listen, ':');
	const char *host = given;
	SCOPED_BUF struct buf b = { 0 };

	if (!port || (given[0] && has_port(given)))
		return 0;
	if (!given[0] && (strncmp(listen, "0.0.0.0:", 8) == 0 || strncmp(listen, "[::]:", 5) == 0))
		host = "127.0.0.1";
	if (host[0])
		buf_printf(&b, "%s%s", host, port);
	else
		buf_adds(&b, listen);
	return conf_set(h->conf_rows, "hub.public_sensor_host", b.p, e);
}

/* Addresses that nobody gave follow from where the hub listens. */
int hub_conf_complete(struct hub *h, struct err *e)
{
	const char *https = h->conf.https_address;
	SCOPED_BUF struct buf b = { 0 };
	int r = 0;

	if (!h->conf.public_url[0]) {
		buf_printf(&b, "%s://%s", https[0] ? "https" : "http",
			   https[0] ? https : h->conf.http_address);
		r = conf_set(h->conf_rows, "hub.public_url", b.p, e);
	}
	return r < 0 ? r : sensor_host_complete(h, e);
}

int hub_conf_print(void)
{
	struct hub h = { .features = hub_features, .conf_rows = conf_new() };
	struct err e = { 0 };
	SCOPED_BUF struct buf b = { 0 };
	int r = hub_conf_add(&h, &e);

	if (r >= 0)
		conf_render(h.conf_rows, &b);
	conf_free(h.conf_rows);
	fwrite(b.p ? b.p : "", 1, b.n, stdout);
	return r < 0 ? r : 0;
}

char *hub_state_path(const struct hub *h, const char *name)
{
	size_t n = strlen(h->conf.state_dir) + strlen(name) + 2;
	char *path = mem_new(n);

	snprintf(path, n, "%s/%s", h->conf.state_dir, name);
	return path;
}

int hub_address_parse(const char *text, char host_out[64], uint16_t *port_out, struct err *e)
{
	const char *colon = strrchr(text, ':');
	struct str host = { text, colon ? (size_t)(colon - text) : 0 };
	int64_t port;

	if (!colon || str_i64(str_of(colon + 1), 0, 65535, &port) < 0)
		return err_set(e, -EINVAL, "%s is not an address with a port", text);
	if (host.n > 1 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		host = (struct str){ host.p + 1, host.n - 2 };
	if (host.n == 0 || host.n >= 64)
		return err_set(e, -EINVAL, "%s is not an address with a port", text);
	str_copy(host_out, 64, host);
	*port_out = (uint16_t)port;
	return 0;
}
