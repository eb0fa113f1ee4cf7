/* SPDX-License-Identifier: Apache-2.0 */
/* The process around the uplink: holds the client key, opens no packet socket. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/proc.h"
#include "net/crypto.h"
#include "sensor/roles.h"
#include "sensor/sensor_conf.h"
#include "sensor/uplink.h"

enum { ENROLLED_LOOK_MS = 2000, DRAIN_MS = 3000 };

struct uplink_role {
	struct sensor_conf conf;
	struct loop *loop;
	struct identity id;
	struct uplink *uplink;
	char host[256];
	uint16_t port;
	struct loop_timer *look;
	bool told, failed;
};

static void role_end(void *arg)
{
	struct uplink_role *r = arg;

	loop_stop(r->loop);
}

static void on_signal(void *arg, int signo)
{
	struct uplink_role *r = arg;

	(void)signo; /* all mean the same */
	if (r->uplink)
		uplink_drain(r->uplink, DRAIN_MS, role_end, r);
	else
		role_end(r);
}

static void on_look(void *arg)
{
	struct uplink_role *r = arg;
	struct err e = { 0 };
	int got = identity_load(r->conf.state, &r->id, &e);

	if (got < 0) {
		if (!r->told)
			log_warn("%s; waiting for: otasuke-sensor enrol ADDRESS --state %s", e.text,
				 r->conf.state);
		r->told = true;
		return;
	}
	loop_timer_stop(r->look);
	r->look = NULL;
	struct uplink_conf conf = {
		.loop = r->loop,
		.state_dir = r->conf.state,
		.id = &r->id,
		.host = r->host[0] ? r->host : NULL,
		.port = r->port,
		.retry_max_ms = r->conf.retry_max_ms,
		.revoked_retry_ms = r->conf.revoked_retry_ms,
	};
	if (uplink_start(&conf, &r->uplink, &e) < 0) {
		log_error("%s", e.text);
		r->failed = true;
		role_end(r);
	}
}

static int role_start(struct uplink_role *r, struct err *e)
{
	int got = crypto_start(e);

	if (got >= 0 && r->conf.hub[0])
		got = sensor_host_port(r->conf.hub, r->host, sizeof(r->host), &r->port);
	if (got < 0)
		return got;
	r->loop = loop_new(e);
	if (!r->loop)
		return -ENOMEM;
	got = loop_signal(r->loop, SIGTERM, on_signal, r, e);
	if (got >= 0)
		got = loop_signal(r->loop, SIGINT, on_signal, r, e);
	if (got < 0)
		return got;
	r->look = loop_timer_start(r->loop, 1, ENROLLED_LOOK_MS, on_look, r);
	return loop_run(r->loop, e);
}

int role_uplink_run(const char *conf_path)
{
	struct uplink_role r = { 0 };
	struct err e = { 0 };

	log_open("otasuke-sensor[uplink]", LOG_LEVEL_INFO);
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM); /* the parent's end is ours */
	(void)signal(SIGPIPE, SIG_IGN);
	if (proc_limit_core(&e) < 0 || proc_no_new_privs(&e) < 0) {
		log_error("%s", e.text);
		return EXIT_FAILURE;
	}
	if (sensor_conf_load(conf_path, &r.conf, &e) < 0) {
		log_error("%s", e.text);
		return EXIT_CONFIG;
	}
	int got = role_start(&r, &e);
	if (got < 0)
		log_error("%s", e.text);
	uplink_stop(r.uplink);
	loop_timer_stop(r.look);
	loop_free(r.loop);
	identity_done(&r.id);
	sensor_conf_done(&r.conf);
	return got < 0 || r.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
