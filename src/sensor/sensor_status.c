/* SPDX-License-Identifier: Apache-2.0 */
/* Reads files only: what the roles say of themselves. */
#include "sensor/sensor_status.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "sensor/enforcer/journal.h"
#include "sensor/identity.h"
#include "sensor/sensor_conf.h"

#define CONFIG_FILE        "/etc/otasuke/sensor.conf"
#define ENFORCER_SILENT_US (2 * US_PER_MIN)

enum { STATUS_MAX = 4096 };

static const char *config_path(int argc, char **argv)
{
	if (argc == 2)
		return CONFIG_FILE;
	return argc == 4 && strcmp(argv[2], "--config") == 0 ? argv[3] : NULL;
}

static int conf_read(int argc, char **argv, struct sensor_conf *out)
{
	const char *path = config_path(argc, argv);
	struct err e = { 0 };

	if (!path)
		return -1;
	if (sensor_conf_load(path, out, &e) < 0) {
		fprintf(stderr, "%s\n", e.text);
		return 1;
	}
	return 0;
}

/* Whether traffic goes through this box, in one line. */
static bool inline_show(const struct sensor_conf *c, bool running)
{
	struct enforcer_status s = { 0 };
	char dir[SENSOR_PATH_MAX];
	struct err e = { 0 };

	if (!c->enforcer_enabled) {
		printf("inline: no, this box only listens (enforcer.enabled = no)\n");
		return true;
	}
	if (sensor_bridge_check(c, &e) < 0) {
		printf("inline: no: %s\n", e.text);
		return false;
	}
	sensor_path(c->state, SENSOR_ENFORCER, dir);
	enforcer_status_load(dir, ENFORCER_SILENT_US, &s);
	if (running && !s.able) {
		printf("inline: no: %s\n", s.text);
		return false;
	}
	printf("inline: yes, through %s", c->enforcer_bridge);
	if (running)
		printf("; isolated devices: %" PRIu32 ", blocked destinations: %" PRIu32,
		       s.isolated, s.blocked);
	printf("\n");
	return true;
}

static bool uplink_show(const struct sensor_conf *c)
{
	struct identity id = { 0 };
	SCOPED_BUF struct buf b = { 0 };
	char path[SENSOR_PATH_MAX];
	struct err e = { 0 };

	if (identity_load(c->state, &id, &e) < 0) {
		printf("hub: %s\n", e.text);
		return false;
	}
	printf("hub: sensor %s of %s, %s:%d\n", id.sensor, id.company, id.hub_host, id.hub_port);
	identity_done(&id);
	sensor_path(c->state, SENSOR_STATUS, path);
	bool trouble = file_exists(path) && file_read(path, STATUS_MAX, &b, NULL) >= 0 && b.n > 0;
	if (trouble)
		printf("hub: %s\n", b.p);
	return !trouble;
}

int status_command(int argc, char **argv)
{
	struct sensor_conf c = { 0 };
	int r = conf_read(argc, argv, &c);

	if (r != 0)
		return r;
	printf("watches: %s\n", c.replay[0]      ? c.replay
				: c.interface[0] ? c.interface
						 : "records of other programs only");
	bool good = uplink_show(&c);
	good = inline_show(&c, true) && good;
	sensor_conf_done(&c);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

int check_command(int argc, char **argv)
{
	struct sensor_conf c = { 0 };
	int r = conf_read(argc, argv, &c);

	if (r != 0)
		return r;
	printf("configuration: good\n");
	bool good = inline_show(&c, false);
	sensor_conf_done(&c);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
