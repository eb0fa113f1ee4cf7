/* SPDX-License-Identifier: Apache-2.0 */
/* A hub for tests of the uplink and of enrolment: real TLS and real frames, no store. */
#ifndef SENSOR_TEST_HUB_STUB_H
#define SENSOR_TEST_HUB_STUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"
#include "sensor/identity.h"

enum { STUB_RECORDS_MAX = 20000 };

struct hub_stub {
	struct loop *loop;
	struct tls_server *server;
	struct tls_conn *conn; /* the latest one */
	char *ca_key, *ca_cert, *key, *cert;
	uint8_t item_public[32], item_secret[64];
	uint16_t port;
	char *sensor_key, *sensor_cert;

	/* What it does. */
	uint64_t acknowledged;  /* said in the greeting, moved by batches */
	const char *refuse;     /* code; answers a batch (a greeting for "revoked") with it */
	int64_t refuse_ms;      /* what it asks the sensor to wait */
	size_t silent_after;    /* takes so many batches and then answers no more; 0 = never */
	const char *enrol_code; /* the one that is good */
	const uint8_t *blob;    /* answers every question for a blob with parts of this */
	size_t blob_n;
	size_t blob_cut;  /* hangs up after so many parts; 0 = never */
	size_t file_cut;  /* hangs up after so many parts of a file; 0 = never */
	const char *code; /* its answer to files; NULL = takes them */
	bool blob_spoil;  /* turns a byte of the last part */

	/* What it saw. */
	size_t connections, batches, refused, item_acks, blob_asks;
	uint64_t blob_sent; /* bytes */
	uint8_t *file;      /* that was brought */
	size_t file_n, file_parts;
	uint64_t file_came;             /* bytes, with what came twice */
	uint64_t first_of_connection;   /* sequence, 0 = none yet */
	uint8_t seen[STUB_RECORDS_MAX]; /* how often each sequence came */
	bool out_of_order;
};

struct hub_stub *hub_stub_new(struct loop *l);
void hub_stub_free(struct hub_stub *h);
void hub_stub_up(struct hub_stub *h);                  /* listens, on the same port as before */
void hub_stub_down(struct hub_stub *h);                /* hangs up on everybody */
struct identity hub_stub_identity(struct hub_stub *h); /* borrowed texts: never identity_done */
void hub_stub_item(struct hub_stub *h, uint64_t sequence);
/* One that names BLOB (its hash, SIZE bytes). */
void hub_stub_item_blob(struct hub_stub *h, uint64_t sequence, const uint8_t hash[32], size_t size);
/* The printed line of enrolment; OUT 512 bytes. */
void hub_stub_address(const struct hub_stub *h, const char *code, char *out);

#endif
