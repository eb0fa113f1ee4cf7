/* SPDX-License-Identifier: Apache-2.0 */
/* What a person at the box asks first. */
#ifndef SENSOR_SENSOR_STATUS_H
#define SENSOR_SENSOR_STATUS_H

/* otasuke-sensor status [--config FILE]: is it enrolled, connected, inline; 0 = all is well. */
int status_command(int argc, char **argv);
/* otasuke-sensor --check [--config FILE]: would it start like this? */
int check_command(int argc, char **argv);

#endif
