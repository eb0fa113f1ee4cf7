/* SPDX-License-Identifier: Apache-2.0 */
/* What the program says about itself. */
#ifndef SENSOR_SENSOR_INFO_H
#define SENSOR_SENSOR_INFO_H

int version_command(int argc, char **argv);
int show_config_command(int argc, char **argv);

#endif
