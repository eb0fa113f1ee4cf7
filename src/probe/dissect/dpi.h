/* SPDX-License-Identifier: Apache-2.0 */
/* What the first packets of a flow say about its application: name, protocol, TLS fingerprint.
 * The only door to libndpi. */
#ifndef PROBE_DISSECT_DPI_H
#define PROBE_DISSECT_DPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/rd.h"

enum {
	DPI_PACKETS_MAX = 16, /* of one flow; then it is taken as it is */
	DPI_NAME_MAX = 80,
	DPI_JA3_MAX = 33,
	DPI_SHA1_BYTES = 20,
};

struct dpi;
struct dpi_flow;

struct dpi_facts {
	bool tls;
	bool http;
	bool tls_old;      /* TLS 1.1 or older was agreed on */
	bool cert_unnamed; /* the server's certificate vouches for itself, or for no name at all */
	char name[DPI_NAME_MAX]; /* SNI or Host, lower case, without port; "" = none */
	char ja3[DPI_JA3_MAX];   /* of the client, 32 hex digits or "" */
	bool has_cert;           /* the server's certificate was seen: */
	uint8_t cert_sha1[DPI_SHA1_BYTES];
};

struct dpi *dpi_new(struct err *e);
void dpi_free(struct dpi *d);

struct dpi_flow *dpi_flow_new(struct dpi *d);
void dpi_flow_free(struct dpi_flow *f);
/* An IP packet, and the bytes behind TCP in it where they may be a greeting that is read here, else
 * none; true = nothing more is to be learned. */
bool dpi_packet(struct dpi *d, struct dpi_flow *f, struct rd packet, struct rd stream,
		int64_t ts_us);
/* What is known, guessing where the packets did not suffice. */
void dpi_conclude(struct dpi *d, struct dpi_flow *f, struct dpi_facts *out);

#endif
