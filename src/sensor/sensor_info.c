/* SPDX-License-Identifier: Apache-2.0 */
/* otasuke-sensor --version and --show-config. */
#include "sensor/sensor_info.h"

#include <stdio.h>

#include "sensor/sensor_conf.h"
#include "sensor/sensor_version.h"

int version_command(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return printf("otasuke-sensor %s\n", SENSOR_VERSION) < 0;
}

int show_config_command(int argc, char **argv)
{
	SCOPED_BUF struct buf b = { 0 };

	(void)argc;
	(void)argv;
	return sensor_conf_show(&b, NULL) < 0 || fputs(b.p, stdout) < 0;
}
