/* SPDX-License-Identifier: Apache-2.0 */
/* The one thread that writes what sensors send: many batches of many connections in one
 * transaction, acknowledged after it is durable. Knows nothing of connections. */
#ifndef HUB_FLEET_FLEET_WRITER_H
#define HUB_FLEET_FLEET_WRITER_H

#include "hub/fleet/fleet_ingest.h"
#include "hub/fleet/fleet_rules.h"
#include "hub/fleet/fleet_upload.h"

enum {
	WRITER_JOBS_MAX = 512,      /* waiting, of all connections */
	WRITER_LANE_MAX = 16,       /* waiting, of one connection */
	WRITER_RECORDS_MAX = 40000, /* waiting; a record unpacked is about a KiB */
	GROUP_RECORDS_MAX = 20000,  /* in one transaction */
};

/* What a connection's batches have in common. An acknowledgement says "everything up to here", so
 * once a batch was refused, later ones are refused too until it comes again. Guarded by the
 * writer's lock. */
struct writer_lane {
	uint64_t refused_from; /* 0 = none */
	size_t waiting;
};

enum writer_kind { WRITER_BATCH, WRITER_ENROL, WRITER_ITEM_ACK, WRITER_UPLOAD };

struct writer_job {
	struct writer_job *next;
	enum writer_kind kind;
	struct writer_lane *lane;
	void *owner; /* the connection: the writer only carries it */
	/* WRITER_BATCH */
	int64_t sensor_id, company_id;
	Otasuke__Wire__Batch *batch; /* owned */
	/* WRITER_ITEM_ACK, with SENSOR_ID */
	uint64_t item;
	/* WRITER_UPLOAD, with SENSOR_ID */
	Otasuke__Wire__UploadPart *part; /* owned */
	/* WRITER_ENROL */
	Otasuke__Wire__Enrol *enrol; /* owned */
	/* the outcome */
	int result; /* 0 or negative with ERR */
	struct err err;
	struct ingest_result ingest;
	struct fleet_enrolled enrolled;
	struct upload_answer upload;
};
void writer_job_free(struct writer_job *j); /* NULL is fine */

struct fleet_writer;
struct writer_conf {
	struct hub *hub;
	const struct fleet_ca *ca;
	const struct fleet_consumers *consumers;
	/* On the writer's thread, with a list of finished jobs that is the callee's now. */
	void (*done)(void *arg, struct writer_job *list);
	void *arg;
};

int writer_start(const struct writer_conf *c, struct fleet_writer **out, struct err *e);
void writer_stop(struct fleet_writer *w); /* finishes what waits; NULL is fine */
/* 0 and J is the writer's; -EBUSY: the queue is full or the lane waits for an earlier batch, J is
 * still the caller's. */
int writer_push(struct fleet_writer *w, struct writer_job *j);

#endif
