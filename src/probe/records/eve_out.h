/* SPDX-License-Identifier: Apache-2.0 */
/* What the pipeline finds and sees, written as Suricata writes it: one JSON object a line into a
 * file or to a unix socket, for programs that read EVE. */
#ifndef PROBE_RECORDS_EVE_OUT_H
#define PROBE_RECORDS_EVE_OUT_H

#include "base/clock.h"
#include "base/conf.h"
#include "base/err.h"
#include "probe/probe.h"

/* Filled by conf_add(eve_conf_rows). */
struct eve_conf {
	char *write;          /* eve.write: path of a file, or "unix:" and that of a socket */
	int64_t rotate_bytes; /* eve.rotate: 0 = never */
	int64_t keep;         /* eve.keep: rotated files beside it */
	bool flows;           /* eve.flows: flow, dns, tls and http records too */
	bool fresh;           /* no row: what the file held goes */
};

extern const struct conf_row eve_conf_rows[];
extern const size_t eve_conf_rows_count;

struct eve_out;

/* A file must be writable; a socket that nobody listens on is tried again. */
int eve_out_open(const struct eve_conf *c, const struct clock *clock,
		 void (*tell)(void *arg, const char *text), void *arg, struct eve_out **out,
		 struct err *e);
void eve_out_close(struct eve_out *o);
/* INNER, with everything written on its way. INNER is copied. */
struct probe_sink eve_out_sink(struct eve_out *o, const struct probe_sink *inner);
/* Writes what is gathered; now and then, and it is full. */
void eve_out_flush(struct eve_out *o);
uint64_t eve_out_dropped(const struct eve_out *o); /* lines that could not be written */

/* The number of a detector's alerts: gid 1, within the range for local rules. */
uint32_t eve_signature_id(const char *detector);

#endif
