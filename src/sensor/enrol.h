/* SPDX-License-Identifier: Apache-2.0 */
/* Enrolment: a one-time code and a fresh key become an identity. */
#ifndef SENSOR_ENROL_H
#define SENSOR_ENROL_H

#include "base/err.h"
#include "sensor/identity.h"

/* Connects to the hub that ADDRESS names and stores the identity in STATE_DIR; what the hub
 * answered is in OUT (identity_done). When the hub says no, its words are in E and STATE_DIR is as
 * before: -EDENIED; other codes when it could not be asked. */
int enrol_run(const char *address, const char *state_dir, struct identity *out, struct err *e);

/* otasuke-sensor enrol ADDRESS --state DIR */
int enrol_command(int argc, char **argv);

#endif
