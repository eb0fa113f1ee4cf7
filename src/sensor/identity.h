/* SPDX-License-Identifier: Apache-2.0 */
/* Who this sensor is: what enrolment has given it, one folder that is replaced as a whole. */
#ifndef SENSOR_IDENTITY_H
#define SENSOR_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* By what the roles that act on items judge them; no secret in it. */
struct hub_trust {
	char sensor[64]; /* the hub's name for this sensor */
	uint8_t item_key[32];
};

struct identity {
	char *key_pem, *cert_pem, *ca_pem;
	char sensor[64];   /* the hub's name for it */
	char company[256]; /* for people */
	char hub_host[256];
	uint16_t hub_port;
	bool has_item_key; /* not when it was enrolled with a hub that signs nothing */
	uint8_t item_key[32];
};

/* -ENOENT when the sensor is not enrolled. */
int identity_load(const char *state_dir, struct identity *out, struct err *e);
/* All of it or nothing; an earlier identity is replaced. */
int identity_set(const char *state_dir, const struct identity *id, struct err *e);
/* What the probe may know of it: reads no key. -ENOENT: not enrolled, or the hub gave no item key.
 */
int identity_trust_load(const char *state_dir, struct hub_trust *out, struct err *e);
void identity_done(struct identity *id);

#endif
