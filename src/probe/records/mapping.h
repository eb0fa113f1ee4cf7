/* SPDX-License-Identifier: Apache-2.0 */
/* A mapping says what the fields of some product's records mean. It is a text file of
 * `key = value` rows; doc/records.md describes it, doc/mappings has examples. */
#ifndef PROBE_RECORDS_MAPPING_H
#define PROBE_RECORDS_MAPPING_H

#include "base/err.h"
#include "probe/records/foreign.h"

enum {
	MAPPING_FILE_MAX = 64 * 1024,
	MAPPING_WHEN_MAX = 16,
	MAPPING_POINTS_MAX = 32,
	MAPPINGS_MAX = 32,
};

enum record_format { FORMAT_ANY, FORMAT_PAIRS, FORMAT_CEF, FORMAT_LEEF, FORMAT_JSON, FORMAT_TEXT };

struct mapping;

/* Errors name file and line. NAME stands for the file in messages. */
int mapping_parse(const char *name, struct str text, struct mapping **out, struct err *e);
int mapping_load(const char *path, struct mapping **out, struct err *e);
void mapping_free(struct mapping *m);

const char *mapping_name(const struct mapping *m);
bool mapping_fits(const struct mapping *m, enum record_format format, const struct fields *f);
/* 1 = OUT is filled, 0 = it weighs nothing. AT_US: when the record names no time itself. */
int mapping_apply(const struct mapping *m, const struct fields *f, int offset_min, int64_t at_us,
		  struct foreign *out);

#endif
