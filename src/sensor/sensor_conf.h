/* SPDX-License-Identifier: Apache-2.0 */
/* The sensor's configuration file, the same for all its roles. */
#ifndef SENSOR_SENSOR_CONF_H
#define SENSOR_SENSOR_CONF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/err.h"
#include "probe/probe.h"
#include "probe/records/eve_out.h"
#include "probe/records/record_intake.h"

enum { SENSOR_PATH_MAX = 4096 };

struct sensor_conf {
	char *state; /* folder */
	char *interface, *replay;
	char *replay_shift; /* "" or "now" */
	int64_t replay_speed;
	bool replay_exit;
	char *hub; /* "" = as enrolled */
	int64_t spool_quota_bytes;
	int64_t heartbeat_ms;
	int64_t retry_max_ms, revoked_retry_ms;
	struct probe_config probe;
	struct record_conf records;
	struct eve_conf eve;
	bool enforcer_enabled;
	char *enforcer_bridge, *enforcer_protect;
	bool orders_capture;
	int64_t orders_capture_max_bytes, orders_capture_max_ms;
	struct conf *rows;
};

/* Errors name file and line. Release with sensor_conf_done. */
int sensor_conf_load(const char *path, struct sensor_conf *out, struct err *e);
void sensor_conf_done(struct sensor_conf *c);
/* Every key with its meaning and initial value, as a file that sensor_conf_load would take. */
int sensor_conf_show(struct buf *out, struct err *e);
/* sensor_bridge.c: whether the bridge that is named is there, and INTERFACE one of its ports: 0, or
 * why not. */
int sensor_bridge_check(const struct sensor_conf *c, struct err *e);

/* Places in the state folder; OUT needs SENSOR_PATH_MAX bytes. */
void sensor_path(const char *state_dir, const char *name, char *out);
#define SENSOR_SPOOL    "spool"    /* probe appends, uplink reads and removes */
#define SENSOR_INBOX    "inbox"    /* uplink lays down, probe reads */
#define SENSOR_BASELINE "baseline" /* the probe's alone: what is usual here */
#define SENSOR_RECORDS  "records"  /* the probe's alone: how far followed files were read */
#define SENSOR_ITEMS    "items"    /* probe keeps what it has applied, uplink reads it */
#define SENSOR_ENFORCER                                                                            \
	"enforcer"                 /* the enforcer's alone to write: what it holds back, reports   \
				    */
#define SENSOR_CAPTURES "captures" /* probe lays down what was ordered, uplink brings it */
#define SENSOR_IDENTITY "identity" /* key and certificates: the uplink's alone */
#define SENSOR_STATUS   "uplink.status" /* uplink writes what is wrong, probe reports it */

/* "host:port" or "[2001:db8::1]:port". -EINVAL. */
int sensor_host_port(const char *text, char *host_out, size_t host_size, uint16_t *port_out);

#endif
