/* SPDX-License-Identifier: Apache-2.0 */
/* The process that reads packets and other programs' records: capture -> pipeline -> spool. It sees
 * no key, and no socket but those that it reads from. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/proc.h"
#include "base/str.h"
#include "net/crypto.h"
#include "probe/probe.h"
#include "probe/records/eve_out.h"
#include "probe/records/record_intake.h"
#include "sensor/probe_report.h"
#include "sensor/roles.h"
#include "sensor/sensor_conf.h"

enum {
	STEP_WAIT_MS = 50,  /* for live packets */
	IDLE_WAIT_MS = 100, /* when there is nothing to read */
	RECORD_STEPS = 8,   /* before packets have their turn again */
};

struct probe_role {
	struct sensor_conf conf;
	struct spool *spool;
	struct probe_report report;
	struct probe *probe;
	struct probe_orders *orders;
	struct record_intake *records; /* NULL = none are configured */
	struct eve_out *eve;           /* NULL = not configured */
	sigset_t signals;
	int64_t start_ns; /* monotonic: of the replay */
	bool reading, failed;
};

/* Waits at most MS; true when the process shall end. */
static bool told_to_stop(struct probe_role *r, int64_t ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	return sigtimedwait(&r->signals, NULL, &t) > 0;
}

/* Reads the capture once, without results, to learn when it starts and ends. */
static int replay_measure(const struct probe_config *config, const char *path, int64_t *first_out,
			  int64_t *last_out, struct err *e)
{
	struct probe_sink nobody = { 0 };
	struct probe_config bare = *config;
	struct probe *p = NULL;
	struct probe_stats s;
	char none[] = "";

	bare.indicators = none;
	int got = probe_new(&bare, &nobody, &p, e);
	if (got >= 0)
		got = probe_open_file(p, path, e);
	while (got >= 0 && (got = probe_step(p, 0, e)) > 0) {
		/* only the clock of the last packet counts */
	}
	if (p)
		probe_stats_get(p, &s);
	probe_free(p);
	if (got < 0)
		return got;
	*first_out = s.first_us;
	*last_out = s.last_us;
	return 0;
}

/* Moves the capture so that its last packet comes now, or when the replay will reach it. */
static int replay_shift(struct probe_role *r, struct err *e)
{
	int64_t first_us = 0, last_us = 0;

	if (!r->conf.replay_shift[0])
		return 0;
	int got = replay_measure(&r->conf.probe, r->conf.replay, &first_us, &last_us, e);
	if (got < 0)
		return got;
	int64_t end_us = clock_utc_us(&clock_real);
	if (r->conf.replay_speed > 0)
		end_us += (last_us - first_us) / r->conf.replay_speed;
	r->conf.probe.shift_us = end_us - last_us;
	return 0;
}

/* Packets, not only what other programs tell. */
static bool watches(const struct probe_role *r)
{
	return r->conf.replay[0] || r->conf.interface[0];
}

static int capture_open(struct probe_role *r, struct err *e)
{
	char usual[SENSOR_PATH_MAX], places[SENSOR_PATH_MAX];
	struct probe_sink sink = probe_report_sink(&r->report);
	int got = 0;

	if (r->conf.replay[0])
		got = replay_shift(r, e);
	r->conf.probe.resident =
		r->conf.replay_shift[0] != 0; /* it stands for a sensor that stays */
	if (!r->conf.replay[0]) {             /* a capture file is no past of this network */
		sensor_path(r->conf.state, SENSOR_BASELINE, usual);
		r->conf.probe.baseline = usual; /* copied */
	}
	if (got >= 0 && r->conf.eve.write[0])
		got = eve_out_open(&r->conf.eve, &clock_real, sink.problem, sink.arg, &r->eve, e);
	if (r->eve)
		sink = eve_out_sink(r->eve, &sink);
	if (got >= 0)
		got = probe_new(&r->conf.probe, &sink, &r->probe, e);
	r->conf.probe.baseline = NULL;
	if (got < 0)
		return got;
	r->start_ns = clock_mono_ns(&clock_real);
	sensor_path(r->conf.state, SENSOR_RECORDS, places);
	r->conf.records.places = places;        /* copied */
	if (record_conf_used(&r->conf.records)) /* before the first foreign byte is read */
		got = record_intake_open(&r->conf.records, &clock_real, sink.problem, sink.arg,
					 &r->records, e);
	r->conf.records.places = NULL;
	if (got < 0 || !watches(r))
		return got;
	return r->conf.replay[0] ? probe_open_file(r->probe, r->conf.replay, e)
				 : probe_open_live(r->probe, r->conf.interface, e);
}

/* How long until the capture's clock has caught up with the replay. */
static int64_t replay_ahead_ms(const struct probe_role *r)
{
	struct probe_stats s;

	if (!r->conf.replay[0] || r->conf.replay_speed == 0)
		return 0;
	probe_stats_get(r->probe, &s);
	int64_t due_ns = (s.last_us - s.first_us) / r->conf.replay_speed * 1000;
	return (due_ns - (clock_mono_ns(&clock_real) - r->start_ns)) / 1000000;
}

static void capture_end(struct probe_role *r)
{
	r->reading = false;
	probe_finish(r->probe);
	spool_run(r->spool);
	probe_report_beat(&r->report, r->probe, true);
}

static void capture_fail(struct probe_role *r, const struct err *e)
{
	log_error("%s", e->text);
	(void)str_copy(r->report.failed, sizeof(r->report.failed), str_of(e->text)); /* same size */
	r->failed = true;
}

/* What the hub has sent meanwhile; it is told at once what became of it. */
static void items_step(struct probe_role *r)
{
	char problem[ERR_TEXT_MAX];

	if (!r->report.items)
		return;
	if (probe_items_run(r->report.items, problem))
		probe_report_beat(&r->report, r->probe, true);
	if (problem[0])
		probe_report_problem(&r->report, problem);
}

static void read_step(struct probe_role *r)
{
	struct err e = { 0 };
	int got = probe_step(r->probe, STEP_WAIT_MS, &e);

	if (got > 0)
		return;
	if (got < 0)
		capture_fail(r, &e);
	else
		log_info("the capture %s has ended", r->conf.replay);
	capture_end(r);
}

static void records_step(struct probe_role *r)
{
	if (!r->records)
		return;
	if (!r->reading)
		probe_idle(r->probe, clock_utc_us(&clock_real));
	for (int i = 0; i < RECORD_STEPS && record_intake_step(r->records, r->probe); i++)
		;
	record_intake_counts(r->records, &r->report.records);
}

static void role_loop(struct probe_role *r)
{
	int64_t wait_ms = 0;

	while (!told_to_stop(r, wait_ms < IDLE_WAIT_MS ? wait_ms : IDLE_WAIT_MS)) {
		items_step(r);
		probe_orders_run(r->orders);
		if (r->reading && wait_ms < IDLE_WAIT_MS)
			read_step(r);
		records_step(r);
		eve_out_flush(r->eve);
		spool_run(r->spool);
		probe_report_beat(&r->report, r->probe, false);
		if (!r->reading && (r->failed || r->conf.replay_exit))
			return;
		wait_ms = r->reading ? replay_ahead_ms(r) : IDLE_WAIT_MS;
		if (wait_ms < 0)
			wait_ms = 0;
	}
	if (r->reading || r->records)
		capture_end(r);
}

static int role_start(struct probe_role *r, struct err *e)
{
	char dir[SENSOR_PATH_MAX];
	struct spool_conf conf = { .dir = dir,
				   .quota_bytes = r->conf.spool_quota_bytes,
				   .clock = &clock_real };

	sensor_path(r->conf.state, SENSOR_SPOOL, dir);
	int got = spool_open(&conf, &r->spool, e);
	if (got < 0)
		return got;
	probe_report_init(&r->report, r->spool, r->conf.state, &clock_real, r->conf.heartbeat_ms);
	r->report.replay = r->conf.replay[0] ? r->conf.replay : NULL;
	r->report.records_only = !watches(r);
	r->report.inline_box = r->conf.enforcer_enabled;
	return 0;
}

static void orders_open(struct probe_role *r)
{
	struct probe_orders_conf c = {
		.conf = &r->conf, .clock = &clock_real, .probe = r->probe, .spool = r->spool
	};

	r->orders = probe_orders_new(&c);
}

static void role_run(struct probe_role *r)
{
	struct err e = { 0 };

	if (capture_open(r, &e) < 0) {
		capture_fail(r, &e);
		probe_report_beat(&r->report, NULL, true);
		return;
	}
	orders_open(r);
	struct probe_items_conf items = { .state_dir = r->conf.state,
					  .clock = &clock_real,
					  .probe = r->probe,
					  .orders = r->orders,
					  .inline_box = r->conf.enforcer_enabled };
	if (probe_items_open(&items, &r->report.items, &e) < 0) {
		log_error("%s", e.text); /* it watches without; a person has to look */
		probe_report_problem(&r->report, e.text);
	}
	r->reading = watches(r);
	log_info("watching %s", r->conf.replay[0]      ? r->conf.replay
				: r->conf.interface[0] ? r->conf.interface
						       : "records of other programs only");
	role_loop(r);
}

static int role_begin(struct probe_role *r, struct err *e)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM); /* the parent's end is ours */
	sigemptyset(&r->signals);
	sigaddset(&r->signals, SIGTERM);
	sigaddset(&r->signals, SIGINT);
	if (sigprocmask(SIG_BLOCK, &r->signals, NULL) < 0)
		return err_set(e, -errno, "cannot block signals: %s", err_text(-errno));
	return proc_no_new_privs(e);
}

int role_probe_run(const char *conf_path)
{
	struct probe_role r = { 0 };
	struct err e = { 0 };

	log_open("otasuke-sensor[probe]", LOG_LEVEL_INFO);
	if (role_begin(&r, &e) < 0) {
		log_error("%s", e.text);
		return EXIT_FAILURE;
	}
	if (sensor_conf_load(conf_path, &r.conf, &e) < 0) {
		log_error("%s", e.text);
		return EXIT_CONFIG;
	}
	if (crypto_start(&e) < 0 || role_start(&r, &e) < 0) {
		log_error("%s", e.text);
		sensor_conf_done(&r.conf);
		return EXIT_FAILURE;
	}
	role_run(&r);
	record_intake_close(r.records);
	probe_items_close(r.report.items);
	probe_orders_free(r.orders);
	probe_free(r.probe);
	eve_out_close(r.eve);
	spool_close(r.spool);
	probe_report_done(&r.report);
	sensor_conf_done(&r.conf);
	return r.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
