/* SPDX-License-Identifier: Apache-2.0 */
/* Between the maker of lines (eve_out.c) and where they go (eve_file.c). */
#ifndef PROBE_RECORDS_EVE_OUT_PRIV_H
#define PROBE_RECORDS_EVE_OUT_PRIV_H

#include "base/buf.h"
#include "probe/records/eve_out.h"

enum { EVE_GATHER_BYTES = 64 * 1024, EVE_HELD_BYTES = 1024 * 1024, EVE_RETRY_MS = 5000 };

struct eve_out {
	struct eve_conf conf;
	char *path; /* without "unix:" */
	bool is_unix;
	const struct clock *clock;
	void (*tell)(void *arg, const char *text);
	void *arg;
	struct probe_sink inner;
	int fd;
	int64_t size_bytes, tried_ns;
	bool complained;
	uint64_t lines, dropped; /* gathered; lost */
	struct buf b;
};

int eve_file_open(struct eve_out *o, struct err *e);
void eve_file_close(struct eve_out *o);
/* A line was added to O->b. */
void eve_file_line(struct eve_out *o);

#endif
