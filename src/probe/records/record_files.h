/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files of records through the pipeline, several at once in the order of their times. */
#ifndef PROBE_RECORDS_RECORD_FILES_H
#define PROBE_RECORDS_RECORD_FILES_H

#include "base/err.h"
#include "probe/probe.h"
#include "probe/records/record_reader.h"

enum { RECORD_FILES_MAX = 64 };

/* Does the file begin like records, and not like a capture? False too when it cannot be read. */
bool record_file_is(const char *path);

/* Reads PATHS to their ends. TELL hears the first lines that were not understood, and a sum. */
int record_files_run(struct probe *p, struct record_reader *r, const char *const *paths, size_t n,
		     void (*tell)(void *arg, const char *text), void *arg, struct err *e);

#endif
