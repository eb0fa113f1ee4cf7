/* SPDX-License-Identifier: Apache-2.0 */
/* The processes that otasuke-sensor is made of. */
#ifndef SENSOR_ROLES_H
#define SENSOR_ROLES_H

enum {
	EXIT_CONFIG = 78,     /* EX_CONFIG of sysexits.h: starting again would not help */
	EXIT_NOT_NEEDED = 79, /* this box is not set up for that process */
};

/* Each runs until it is told to stop; the result is the exit code of the process. */
int parent_run(const char *conf_path);        /* starts and watches the others, parses nothing */
int role_probe_run(const char *conf_path);    /* packets into the spool; sees no key */
int role_uplink_run(const char *conf_path);   /* spool to the hub; sees no packet */
int role_enforcer_run(const char *conf_path); /* holds back what is ordered; inline boxes only */

/* otasuke-sensor run --config FILE [--role probe|uplink|enforcer] */
int run_command(int argc, char **argv);

#endif
