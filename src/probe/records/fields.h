/* SPDX-License-Identifier: Apache-2.0 */
/* One record of another program as a flat list of names and texts, whatever it was written in.
 *
 * Nested JSON gets dotted names ("alert.metadata.mitre_tactic_id.0"). Texts are cleaned: valid
 * UTF-8 without control characters, cut at FIELD_VALUE_MAX. */
#ifndef PROBE_RECORDS_FIELDS_H
#define PROBE_RECORDS_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum {
	RECORD_LINE_MAX = 64 * 1024,
	FIELDS_MAX = 512,
	FIELDS_TEXT_MAX = 128 * 1024,
	FIELD_NAME_MAX = 160,
	FIELD_VALUE_MAX = 2048, /* with NUL */
	JSON_DEPTH_MAX = 16,
};

struct field {
	const char *name, *value;
	size_t name_len;
};

struct fields {
	size_t n, used;
	uint64_t cut; /* fields that found no room, ever */
	struct field field[FIELDS_MAX];
	char text[FIELDS_TEXT_MAX];
};

void fields_clear(struct fields *f);
/* Of two fields with one name the first counts. */
void fields_add(struct fields *f, struct str name, struct str value);
const char *fields_find(const struct fields *f, const char *name); /* NULL when absent */
const char *fields_get(const struct fields *f, const char *name);  /* "" when absent */
/* The first of the names that has a text; the list ends with NULL. */
const char *fields_first(const struct fields *f, const char *const *names);
bool fields_has(const struct fields *f, const char *name);
int64_t fields_number(const struct fields *f, const char *name); /* 0 when it is none */

/* Adds the members of one JSON object. -EFORMAT (no object, damaged), -ELIMIT (too long or deep).
 */
int fields_json(struct fields *f, struct str line, struct err *e);

#endif
