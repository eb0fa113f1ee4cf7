/* SPDX-License-Identifier: Apache-2.0 */
/* Records as they come: files that are followed, sockets of this machine, syslog from the network.
 *
 *   record_intake_open -> record_intake_step again and again -> record_intake_close
 *
 * Nothing here waits. What is too much, from strangers or not understood is counted and told. */
#ifndef PROBE_RECORDS_RECORD_INTAKE_H
#define PROBE_RECORDS_RECORD_INTAKE_H

#include "base/clock.h"
#include "base/conf.h"
#include "base/err.h"
#include "probe/probe.h"
#include "probe/records/record_reader.h"

/* Filled by conf_add(record_conf_rows). Lists are separated by commas; "" = none. */
struct record_conf {
	char *files;       /* records.files */
	char *unix_stream; /* records.unix */
	char *unix_dgram;  /* records.unix_dgram */
	char *udp, *tcp;   /* records.udp, records.tcp: address:port */
	char *allow;       /* records.allow: who may send over the network */
	char *mappings;    /* records.mappings */
	char *zone;        /* records.zone: of times that name none */
	int64_t rate;      /* records.rate: lines a second from one sender */
	/* Not a row: the file that keeps how far the files were read; NULL = it is not kept. */
	const char *places;
};

extern const struct conf_row record_conf_rows[];
extern const size_t record_conf_rows_count;
/* Does it name any source? */
bool record_conf_used(const struct record_conf *c);

struct record_counts {
	uint64_t lines;   /* that were looked at */
	uint64_t records; /* that were of use */
	uint64_t unknown; /* not understood, too long ones too */
	uint64_t dropped; /* over the rate, or lost before we could read them */
	uint64_t refused; /* from senders that are not allowed */
};

struct record_intake;

/* Opens all sockets at once; a file may come later. TELL hears what a person should know. */
int record_intake_open(const struct record_conf *c, const struct clock *clock,
		       void (*tell)(void *arg, const char *text), void *arg,
		       struct record_intake **out, struct err *e);
void record_intake_close(struct record_intake *i);
/* Hands what has come to P, a bounded amount of it. True: there may be more at once. */
bool record_intake_step(struct record_intake *i, struct probe *p);
void record_intake_counts(const struct record_intake *i, struct record_counts *out);
/* The port that records.udp or records.tcp got, for tests; 0 = none. */
uint16_t record_intake_port(const struct record_intake *i, bool tcp);

#endif
