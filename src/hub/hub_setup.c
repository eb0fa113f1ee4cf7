/* SPDX-License-Identifier: Apache-2.0 */
/* Setting a hub up: state folder, certificates, database, the consortium and its first
 * administrator. The configuration file is written last: while it is missing, --init may be run
 * again. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/accounts/accounts_people.h"
#include "hub/hub_core.h"
#include "net/pki.h"

enum {
	CA_DAYS = 20 * 365,
	SERVER_DAYS = 398,
	RENEW_DAYS = 45, /* left: a new certificate is made at the next start */
	PEM_MAX = 64 * 1024,
	NAMES_MAX = 8,
};

static int pem_write(const struct hub *h, const char *name, const char *pem, struct err *e)
{
	SCOPED_MEM char *path = hub_state_path(h, name);

	return file_write(path, 0600, pem, strlen(pem), e);
}

static int pem_read(const struct hub *h, const char *name, struct buf *out, struct err *e)
{
	SCOPED_MEM char *path = hub_state_path(h, name);

	return file_read(path, PEM_MAX, out, e);
}

/* The host of "https://host:8443/x" or "host:8444", without brackets. */
static void host_of(const char *url, char out[128])
{
	const char *scheme = strstr(url, "://");
	const char *p = scheme ? scheme + 3 : url;
	const char *end = *p == '[' ? strchr(p, ']') : NULL;
	size_t n;

	if (end) {
		p++;
		n = (size_t)(end - p);
	} else {
		n = strcspn(p, ":/");
	}
	str_copy(out, 128, (struct str){ p, n });
}

static int server_cert_new(const struct hub *h, const char *ca_key, const char *ca_cert,
			   struct err *e)
{
	char url_host[128], sensor_host[128];
	const char *names[NAMES_MAX + 1] = { "localhost", "127.0.0.1", "::1" };
	size_t n = 3;
	SCOPED_MEM char *key = NULL;
	SCOPED_MEM char *cert = NULL;
	int r;

	host_of(h->conf.public_url, url_host);
	host_of(h->conf.public_sensor_host, sensor_host);
	if (url_host[0] && strcmp(url_host, "127.0.0.1") != 0 && strcmp(url_host, "localhost") != 0)
		names[n++] = url_host;
	if (sensor_host[0] && strcmp(sensor_host, url_host) != 0 &&
	    strcmp(sensor_host, "127.0.0.1") != 0)
		names[n++] = sensor_host;
	struct pki_issue issue = { .ca_key_pem = ca_key,
				   .ca_cert_pem = ca_cert,
				   .now_us = clock_utc_us(h->clock),
				   .valid_us = SERVER_DAYS * US_PER_DAY,
				   .common_name = url_host[0] ? url_host : "localhost",
				   .dns_names = names };
	if ((r = pki_key_new(&key, e)) < 0 || (r = pki_issue_server(&issue, key, &cert, e)) < 0 ||
	    (r = pem_write(h, HUB_SERVER_KEY, key, e)) < 0)
		return r;
	return pem_write(h, HUB_SERVER_CERT, cert, e);
}

int hub_certificates_renew(const struct hub *h, struct err *e)
{
	SCOPED_BUF struct buf cert = { 0 };
	SCOPED_BUF struct buf ca_cert = { 0 };
	SCOPED_BUF struct buf ca_key = { 0 };
	int64_t expires;
	int r;

	if ((r = pem_read(h, HUB_SERVER_CERT, &cert, e)) < 0 ||
	    (r = pki_cert_expires(cert.p, &expires, e)) < 0)
		return r;
	if (expires - clock_utc_us(h->clock) > RENEW_DAYS * US_PER_DAY)
		return 0;
	if ((r = pem_read(h, HUB_CA_CERT, &ca_cert, e)) < 0 ||
	    (r = pem_read(h, HUB_CA_KEY, &ca_key, e)) < 0)
		return r;
	return server_cert_new(h, ca_key.p, ca_cert.p, e);
}

static int certificates_new(const struct hub *h, struct err *e)
{
	SCOPED_MEM char *key = NULL;
	SCOPED_MEM char *cert = NULL;
	char name[200];
	int r;

	snprintf(name, sizeof(name), "otasuke %s", h->conf.region);
	if ((r = pki_ca_new(name, clock_utc_us(h->clock), CA_DAYS * US_PER_DAY, &key, &cert, e)) <
		    0 ||
	    (r = pem_write(h, HUB_CA_KEY, key, e)) < 0 ||
	    (r = pem_write(h, HUB_CA_CERT, cert, e)) < 0 || (r = hub_item_key_make(h, e)) < 0)
		return r;
	return server_cert_new(h, key, cert, e);
}

static void conf_line(struct buf *b, const char *key, const char *value)
{
	if (value)
		buf_printf(b, "%s = %s\n", key, value);
}

static int conf_compose(const struct hub_setup *s, struct buf *b, struct err *e)
{
	buf_adds(b, "# Configuration of this hub. Every key: otasuke-hub --show-config\n");
	conf_line(b, "hub.region", s->region);
	conf_line(b, "hub.region_name", s->region_name);
	conf_line(b, "hub.demo", s->demo ? "true" : NULL);
	for (size_t i = 0; s->conf_lines && s->conf_lines[i]; i++) {
		const char *eq = strchr(s->conf_lines[i], '=');
		if (!eq || strchr(s->conf_lines[i], '\n'))
			return err_set(e, -EINVAL, "--set takes KEY=VALUE, not %s",
				       s->conf_lines[i]);
		buf_printf(b, "%.*s = %s\n", (int)(eq - s->conf_lines[i]), s->conf_lines[i],
			   eq + 1);
	}
	return 0;
}

static int consortium_add(struct hub *h, const struct user *by, int64_t *id_out, struct err *e)
{
	struct accounts_org o = { .kind = ORG_CONSORTIUM };
	const char *name = text_get(h->text, LANG_JA, "hub.init.consortium");
	int r;

	snprintf(o.name, sizeof(o.name), "%.100s%.150s", h->conf.region_name, name);
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	if (!t)
		return e ? e->code : -EIO;
	if ((r = accounts_org_add(t, by, &o, id_out, e)) < 0)
		return r;
	return txn_commit(&t, e);
}

static int first_admin(struct hub *h, const struct hub_setup *s, char once[ONCE_TEXT],
		       struct err *e)
{
	struct user by = accounts_system_user(clock_utc_us(h->clock));
	struct accounts_person p = { .lang = LANG_JA, .roles = ROLE_ADMIN | ROLE_DESK };
	int64_t id;
	int r;

	str_copy(p.login, sizeof(p.login), str_of(s->admin_login ? s->admin_login : "admin"));
	str_copy(p.name, sizeof(p.name),
		 str_of(s->admin_name ? s->admin_name
				      : text_get(h->text, LANG_JA, "hub.init.admin")));
	if ((r = consortium_add(h, &by, &p.org_id, e)) < 0)
		return r;
	return accounts_person_add(h, &by, &p, once, &id, e);
}

/* Everything but the configuration's final place. */
static int state_fill(struct hub *h, const struct hub_setup *s, struct err *e)
{
	char once[ONCE_TEXT];
	int r;

	if ((r = certificates_new(h, e)) < 0 || (r = hub_migrate(h, NULL, e)) < 0 ||
	    (r = first_admin(h, s, once, e)) < 0)
		return r;
	printf("state: %s\nurl: %s\nlogin: %s\npassword: %s\n", h->conf.state_dir,
	       h->conf.public_url, s->admin_login ? s->admin_login : "admin", once);
	return 0;
}

int hub_init(const struct hub_setup *s, struct err *e)
{
	struct hub where = { .conf.state_dir = (char *)(uintptr_t)s->state_dir };
	SCOPED_MEM char *conf = hub_state_path(&where, HUB_CONF_FILE);
	SCOPED_MEM char *draft = hub_state_path(&where, HUB_CONF_FILE ".new");
	SCOPED_MEM char *database = hub_state_path(&where, HUB_DB_FILE);
	SCOPED_BUF struct buf text = { 0 };
	struct hub *h = NULL;
	int r;

	if (file_exists(conf))
		return err_set(e, -EEXIST, "%s is set up already", s->state_dir);
	if ((r = conf_compose(s, &text, e)) < 0 || (r = dir_make(s->state_dir, 0700, e)) < 0 ||
	    (r = file_remove(database, e)) < 0 ||
	    (r = file_write(draft, 0600, text.p, text.n, e)) < 0)
		return r;
	r = hub_open(&(struct hub_open_options){ .state_dir = s->state_dir, .conf_file = draft },
		     &h, e);
	if (r >= 0)
		r = state_fill(h, s, e);
	hub_close(h);
	if (r >= 0 && rename(draft, conf) < 0)
		r = err_set(e, -errno, "%s: %s", conf, strerror(errno));
	if (r < 0)
		(void)unlink(draft);
	return r;
}
