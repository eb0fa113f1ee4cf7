/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the sensor's own keys; the pipeline's keys (probe.*) come from probe.h. */
#include "sensor/sensor_conf.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "probe/detect/thresholds.h"

#define MIB (INT64_C(1) << 20)

static const struct conf_row sensor_conf_rows[] = {
	{ "state", CONF_TEXT, 0, 1024, "/var/lib/otasuke-sensor",
	  offsetof(struct sensor_conf, state), "folder of key, spool and inbox" },
	{ "interface", CONF_TEXT, 0, 15, "", offsetof(struct sensor_conf, interface),
	  "network interface to watch" },
	{ "replay", CONF_TEXT, 0, 4095, "", offsetof(struct sensor_conf, replay),
	  "capture file to read instead of an interface" },
	{ "replay_speed", CONF_INT, 0, 1000000, "0", offsetof(struct sensor_conf, replay_speed),
	  "1 = as it happened, N = N times as fast, 0 = as fast as possible" },
	{ "replay_shift", CONF_TEXT, 0, 16, "", offsetof(struct sensor_conf, replay_shift),
	  "now = move the capture's clock so that it ends when the replay ends" },
	{ "replay_exit", CONF_BOOL, 0, 1, "no", offsetof(struct sensor_conf, replay_exit),
	  "end with the capture instead of staying up" },
	{ "hub", CONF_TEXT, 0, 300, "", offsetof(struct sensor_conf, hub),
	  "host:port of the hub; empty = as enrolled" },
	{ "spool_quota", CONF_SIZE_BYTES, MIB, INT64_C(1) << 40, "512M",
	  offsetof(struct sensor_conf, spool_quota_bytes),
	  "what may wait on disk for the hub; beyond it the least important is dropped" },
	{ "heartbeat", CONF_DURATION_MS, 100, 3600000, "1m",
	  offsetof(struct sensor_conf, heartbeat_ms), "time between two signs of life" },
	{ "retry_max", CONF_DURATION_MS, 10, 3600000, "60s",
	  offsetof(struct sensor_conf, retry_max_ms),
	  "longest wait before the hub is tried again" },
	{ "revoked_retry", CONF_DURATION_MS, 10, 86400000, "10m",
	  offsetof(struct sensor_conf, revoked_retry_ms),
	  "wait after the hub said that this sensor is revoked" },
	{ "enforcer.enabled", CONF_BOOL, 0, 1, "no", offsetof(struct sensor_conf, enforcer_enabled),
	  "traffic goes through this box: devices and destinations can be held back by order" },
	{ "enforcer.bridge", CONF_TEXT, 0, 15, "br0", offsetof(struct sensor_conf, enforcer_bridge),
	  "the bridge that traffic goes through; \"interface\" is one of its ports" },
	{ "enforcer.protect", CONF_TEXT, 0, 2000, "",
	  offsetof(struct sensor_conf, enforcer_protect),
	  "never held back: MACs, addresses, networks, commas between; gateway and box never are" },
	{ "orders.capture", CONF_BOOL, 0, 1, "yes", offsetof(struct sensor_conf, orders_capture),
	  "packets of a device may be recorded by order, with the company's consent" },
	{ "orders.capture_max", CONF_SIZE_BYTES, 4096, 32 * MIB, "32M",
	  offsetof(struct sensor_conf, orders_capture_max_bytes), "such a recording has at most" },
	{ "orders.capture_time", CONF_DURATION_MS, 1000, 600000, "10m",
	  offsetof(struct sensor_conf, orders_capture_max_ms), "such a recording lasts at most" },
};

void sensor_path(const char *state_dir, const char *name, char *out)
{
	(void)snprintf(out, SENSOR_PATH_MAX, "%s/%s", state_dir, name); /* cut ones do not open */
}

int sensor_host_port(const char *text, char *host_out, size_t host_size, uint16_t *port_out)
{
	const char *colon = strrchr(text, ':');
	int64_t port = 0;

	if (!colon || str_i64(str_of(colon + 1), 1, 65535, &port) < 0)
		return -EINVAL;
	struct str host = { .p = text, .n = (size_t)(colon - text) };
	if (host.n >= 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		host = (struct str){ .p = host.p + 1, .n = host.n - 2 };
	else if (memchr(host.p, ':', host.n))
		return -EINVAL;
	if (host.n == 0 || host.n >= host_size)
		return -EINVAL;
	(void)str_copy(host_out, host_size, host); /* fits */
	*port_out = (uint16_t)port;
	return 0;
}

static int rows_add(struct sensor_conf *c, struct err *e)
{
	int r = conf_add(c->rows, sensor_conf_rows, ARRAY_LEN(sensor_conf_rows), c, e);

	if (r >= 0)
		r = conf_add(c->rows, probe_conf_rows, probe_conf_rows_count, &c->probe, e);
	if (r >= 0)
		r = conf_add(c->rows, record_conf_rows, record_conf_rows_count, &c->records, e);
	if (r >= 0)
		r = conf_add(c->rows, eve_conf_rows, eve_conf_rows_count, &c->eve, e);
	return r;
}

static int sensor_conf_check(const struct sensor_conf *c, struct err *e)
{
	char host[256];
	uint16_t port = 0;
	struct thresholds t;

	thresholds_init(&t);
	int r = thresholds_change(&t, c->probe.thresholds, e);
	if (r < 0)
		return r;
	if (c->state[0] == '\0')
		return err_set(e, -EINVAL, "\"state\" names no folder");
	if (c->interface[0] && c->replay[0])
		return err_set(e, -EINVAL, "choose one of \"interface\" and \"replay\"");
	if (!c->interface[0] && !c->replay[0] && !record_conf_used(&c->records))
		return err_set(e, -EINVAL,
			       "none of \"interface\", \"replay\" and \"records.*\" is set");
	if (c->replay_shift[0] && strcmp(c->replay_shift, "now") != 0)
		return err_set(e, -EINVAL, "\"replay_shift\" is \"now\" or empty, not \"%s\"",
			       c->replay_shift);
	if (c->hub[0] && sensor_host_port(c->hub, host, sizeof(host), &port) < 0)
		return err_set(e, -EINVAL, "\"hub\" is host:port, not \"%s\"", c->hub);
	return 0;
}

int sensor_conf_load(const char *path, struct sensor_conf *out, struct err *e)
{
	struct sensor_conf *c = out;
	*c = (struct sensor_conf){ .rows = conf_new() };
	int r = rows_add(c, e);

	if (r >= 0)
		r = conf_load(c->rows, path, e);
	if (r >= 0 && (r = sensor_conf_check(c, e)) < 0)
		(void)err_context(e, "%s", path);
	if (r < 0)
		sensor_conf_done(c);
	return r;
}

void sensor_conf_done(struct sensor_conf *c)
{
	conf_free(c->rows);
	*c = (struct sensor_conf){ 0 };
}

int sensor_conf_show(struct buf *out, struct err *e)
{
	struct sensor_conf c = { .rows = conf_new() };
	int r = rows_add(&c, e);

	if (r >= 0)
		conf_render(c.rows, out);
	sensor_conf_done(&c);
	return r;
}
