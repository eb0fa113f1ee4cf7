/* SPDX-License-Identifier: Apache-2.0 */
/* The doors of a hub: console over TLS and on loopback, the administrator's unix socket; then it
 * runs until it is told to stop. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "hub/hub_core.h"

enum { PEM_MAX = 64 * 1024, CONSOLE_CONNECTIONS = 2000, ADMIN_CONNECTIONS = 16 };

struct hub_doors {
	struct hub *hub;
	struct hub_jobs *jobs;
	struct http_server *https, *http, *admin;
	struct hub_door console_door, admin_door;
	bool features;
	size_t n_opened; /* features whose own doors are open */
	char *socket_path;
};

static int https_open(struct hub_doors *d, struct err *e)
{
	const struct hub_conf *conf = &d->hub->conf;
	struct http_conf c = { .threads = (int)conf->http_threads,
			       .connections_max = CONSOLE_CONNECTIONS,
			       .handler = hub_handle,
			       .refused = hub_refused,
			       .upload = hub_upload,
			       .arg = &d->console_door };
	char host[64];
	int r;

	if (!conf->https_address[0])
		return 0;
	SCOPED_MEM char *cert_path = hub_state_path(d->hub, HUB_SERVER_CERT);
	SCOPED_MEM char *key_path = hub_state_path(d->hub, HUB_SERVER_KEY);
	SCOPED_BUF struct buf cert = { 0 };
	SCOPED_BUF struct buf key = { 0 };
	if ((r = hub_address_parse(conf->https_address, host, &c.port, e)) < 0 ||
	    (r = file_read(cert_path, PEM_MAX, &cert, e)) < 0 ||
	    (r = file_read(key_path, PEM_MAX, &key, e)) < 0)
		return r;
	c.address = host;
	c.cert_pem = cert.p;
	c.key_pem = key.p;
	r = http_server_start(&c, &d->https, e);
	return r < 0 ? err_context(e, "https on %s", conf->https_address) : 0;
}

static int http_open(struct hub_doors *d, struct err *e)
{
	const struct hub_conf *conf = &d->hub->conf;
	struct http_conf c = { .threads = (int)conf->http_threads,
			       .connections_max = CONSOLE_CONNECTIONS,
			       .handler = hub_handle,
			       .refused = hub_refused,
			       .upload = hub_upload,
			       .arg = &d->console_door };
	char host[64];
	int r;

	if (!conf->http_address[0])
		return 0;
	if ((r = hub_address_parse(conf->http_address, host, &c.port, e)) < 0)
		return r;
	c.address = host;
	r = http_server_start(&c, &d->http, e);
	return r < 0 ? err_context(e, "http on %s", conf->http_address) : 0;
}

/* A listening unix socket that only its owner can reach: the folder is 0700, and so is the mask. */
static int socket_listen(const char *path, int *fd_out, struct err *e)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	SCOPED_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return err_set(e, -errno, "socket: %s", strerror(errno));
	if (strlen(path) >= sizeof(a.sun_path))
		return err_set(e, -ENAMETOOLONG,
			       "the path of the state folder is too long for a socket: %s", path);
	memcpy(a.sun_path, path, strlen(path) + 1);
	unlink(path);
	mode_t before = umask(0177);
	int r = bind(fd, (const struct sockaddr *)&a, sizeof(a));
	int bind_errno = errno;
	umask(before);
	if (r < 0)
		return err_set(e, -bind_errno, "%s: %s", path, strerror(bind_errno));
	if (listen(fd, ADMIN_CONNECTIONS) < 0)
		return err_set(e, -errno, "%s: %s", path, strerror(errno));
	*fd_out = fd;
	fd = -1;
	return 0;
}

static int admin_open(struct hub_doors *d, struct err *e)
{
	struct http_conf c = { .threads = 1,
			       .connections_max = ADMIN_CONNECTIONS,
			       .body_max = (size_t)64 * 1024 * 1024,
			       .handler = hub_handle,
			       .refused = hub_refused,
			       .upload = hub_upload,
			       .arg = &d->admin_door };
	int r;

	if (!d->hub->conf.state_dir[0])
		return 0;
	d->socket_path = hub_state_path(d->hub, HUB_SOCKET);
	if ((r = socket_listen(d->socket_path, &c.listen_fd, e)) < 0)
		return r;
	return http_server_start(&c, &d->admin, e);
}

static int features_open(struct hub_doors *d, struct err *e)
{
	const struct hub_feature *const *f = d->hub->features;

	for (; f[d->n_opened]; d->n_opened++) {
		int r = f[d->n_opened]->open ? f[d->n_opened]->open(d->hub, e) : 0;

		if (r < 0)
			return r;
	}
	return 0;
}

static void features_close(struct hub_doors *d)
{
	while (d->n_opened > 0) {
		const struct hub_feature *f = d->hub->features[--d->n_opened];

		if (f->close)
			f->close(d->hub);
	}
}

int doors_open(struct hub *h, struct hub_doors **out, struct err *e)
{
	struct hub_doors *d = mem_new(sizeof(*d));
	int r;

	*d = (struct hub_doors){ .hub = h,
				 .console_door = { h, false },
				 .admin_door = { h, true } };
	if ((r = hub_features_start(h, e)) < 0)
		goto fail;
	d->features = true;
	if ((r = live_start(h, e)) < 0 || (r = jobs_start(h, &d->jobs, e)) < 0 ||
	    (r = features_open(d, e)) < 0 || (r = admin_open(d, e)) < 0 ||
	    (r = https_open(d, e)) < 0 || (r = http_open(d, e)) < 0)
		goto fail;
	*out = d;
	return 0;
fail:
	doors_close(d);
	return r;
}

uint16_t doors_http_port(const struct hub_doors *d)
{
	return d->http ? http_server_port(d->http) : 0;
}

void doors_close(struct hub_doors *d)
{
	if (!d)
		return;
	http_server_stop(d->http);
	http_server_stop(d->https);
	http_server_stop(d->admin);
	if (d->socket_path)
		unlink(d->socket_path);
	jobs_stop(d->jobs);
	features_close(d);
	if (d->features)
		hub_features_stop(d->hub);
	mem_cleanup(&d->socket_path);
	mem_cleanup(&d);
}

/* Blocked in every thread that comes later, taken by sigwait alone. */
static void signals_block(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

int hub_run(const struct hub_open_options *o, struct err *e)
{
	struct hub_doors *d = NULL;
	struct hub *h = NULL;
	sigset_t set;
	int applied = 0, signo = 0, r;

	signals_block(&set);
	if ((r = hub_open(o, &h, e)) < 0)
		return r;
	if ((r = hub_migrate(h, &applied, e)) < 0 || (r = hub_certificates_renew(h, e)) < 0 ||
	    (r = hub_item_key_make(h, e)) < 0 || (r = doors_open(h, &d, e)) < 0) {
		hub_close(h);
		return r;
	}
	if (applied > 0)
		log_info("%d steps of migration done", applied);
	log_info("ready: https %s, http %s, sensors %s", h->conf.https_address,
		 h->conf.http_address, h->conf.sensor_address);
	do {
		sigwait(&set, &signo);
	} while (signo == SIGHUP);
	log_info("stopping");
	doors_close(d);
	hub_close(h);
	return 0;
}
