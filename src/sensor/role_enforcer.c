/* SPDX-License-Identifier: Apache-2.0 */
/* The process that can hold traffic back: it reads signed orders from the inbox and writes the sets
 * of one nftables table. It sees no packet, no key and no network; when it ends, what it held back
 * stays so until its time. */
#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/proc.h"
#include "base/sandbox.h"
#include "base/str.h"
#include "net/crypto.h"
#include "sensor/enforcer/enforcer.h"
#include "sensor/enforcer/nft.h"
#include "sensor/roles.h"
#include "sensor/sensor_conf.h"

enum { LOOK_MS = 100 };

struct enforcer_role {
	struct sensor_conf conf;
	struct nft nft;
	struct enforcer *enforcer;
	sigset_t signals;
};

static int write_sets(void *arg, const struct holds *h, int64_t now_us, struct err *e)
{
	struct enforcer_role *r = arg;

	return nft_write(&r->nft, h, now_us, e);
}

static bool told_to_stop(const struct enforcer_role *r)
{
	struct timespec t = { .tv_nsec = LOOK_MS * 1000000L };

	return sigtimedwait(&r->signals, NULL, &t) > 0;
}

/* The last that it does with all its rights: the rules, and the socket. */
static int role_prepare(struct enforcer_role *r, struct err *e)
{
	int got = sensor_bridge_check(&r->conf, e);

	if (got >= 0)
		got = nft_set_up(e);
	if (got >= 0)
		got = nft_open(&r->nft, e);
	if (got >= 0)
		got = proc_no_new_privs(e);
	if (got >= 0)
		got = sandbox_caps_keep(1ULL << CAP_NET_ADMIN, e);
	return got < 0 ? got : sandbox_netlink_only(e);
}

static int role_run(struct enforcer_role *r, struct err *e)
{
	struct enforcer_conf c = { .state_dir = r->conf.state,
				   .clock = &clock_real,
				   .protect_named = r->conf.enforcer_protect,
				   .write = write_sets,
				   .arg = r };
	int got = role_prepare(r, e);

	if (got >= 0)
		got = enforcer_open(&c, &r->enforcer, e);
	if (got >= 0)
		log_info("traffic goes through %s, and can be held back", r->conf.enforcer_bridge);
	while (got >= 0 && !told_to_stop(r))
		got = enforcer_run(r->enforcer, e);
	return got;
}

/* So that the hub and the people at the box hear why it cannot. */
static void failure_tell(const struct enforcer_role *r, const struct err *why)
{
	struct enforcer_status s = { 0 };
	char dir[SENSOR_PATH_MAX];
	struct err e = { 0 };

	sensor_path(r->conf.state, SENSOR_ENFORCER, dir);
	(void)str_copy(s.text, sizeof(s.text), str_of(why->text)); /* cut is fine */
	if (dir_make(dir, 0755, &e) < 0 || enforcer_status_store(dir, &s, &e) < 0)
		log_error("%s", e.text);
}

int role_enforcer_run(const char *conf_path)
{
	struct enforcer_role r = { .nft = { .fd = -1, .sequence = 1 } };
	struct err e = { 0 };

	log_open("otasuke-sensor[enforcer]", LOG_LEVEL_INFO);
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM); /* the parent's end is ours */
	sigemptyset(&r.signals);
	sigaddset(&r.signals, SIGTERM);
	sigaddset(&r.signals, SIGINT);
	(void)sigprocmask(SIG_BLOCK, &r.signals, NULL); /* cannot fail with these */
	if (sensor_conf_load(conf_path, &r.conf, &e) < 0) {
		log_error("%s", e.text);
		return EXIT_CONFIG;
	}
	if (!r.conf.enforcer_enabled) {
		sensor_conf_done(&r.conf);
		return EXIT_NOT_NEEDED;
	}
	int got = proc_limit_core(&e);
	if (got >= 0)
		got = crypto_start(&e);
	if (got >= 0)
		got = role_run(&r, &e);
	if (got < 0) {
		log_error("%s", e.text);
		failure_tell(&r, &e);
	}
	enforcer_close(r.enforcer);
	nft_close(&r.nft);
	sensor_conf_done(&r.conf);
	return got < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
