/* SPDX-License-Identifier: Apache-2.0 */
/* Who this sensor is: what enrolment has given it, one folder that is replaced as a whole. */
#ifndef SENSOR_IDENTITY_H
#define SENSOR_IDENTITY_H

#include <stdint.h>

#include "base/err.h"

struct identity {
	char *key_pem, *cert_pem, *ca_pem;
	char sensor[64];   /* the hub's name for it */
	char company[256]; /* for people */
	char hub_host[256];
	uint16_t hub_port;
};

/* -ENOENT when the sensor is not enrolled. */
int identity_load(const char *state_dir, struct identity *out, struct err *e);
/* All of it or nothing; an earlier identity is replaced. */
int identity_set(const char *state_dir, const struct identity *id, struct err *e);
void identity_done(struct identity *id);

#endif
