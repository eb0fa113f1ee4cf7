/* SPDX-License-Identifier: Apache-2.0 */
/* The printed line otasuke://host:port/?code=...&ca=<sha256 of the CA's public key, hex>. */
#ifndef SENSOR_ENROL_URL_H
#define SENSOR_ENROL_URL_H

#include <stdint.h>

#include "base/err.h"

struct enrol_url {
	char host[256];
	uint16_t port;
	char code[64];
	uint8_t ca_spki_sha256[32];
};

/* -EINVAL; the message says which part is missing or wrong. */
int enrol_url_parse(const char *text, struct enrol_url *out, struct err *e);

#endif
