/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration as rows beside their owner: `key = value` lines, # comments. */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum conf_type { CONF_TEXT, CONF_INT, CONF_BOOL, CONF_DURATION_MS, CONF_SIZE_BYTES };

struct conf_row {
	const char *key; /* dotted, lower case: "watch.unread_call_after" */
	enum conf_type type;
	int64_t min, max;    /* for numbers; for text MAX is its longest length */
	const char *initial; /* as it would be written in the file */
	size_t offset; /* into the owner's struct: char * (owned by conf) for text, int64_t or bool
			  else */
	const char *help; /* one line, English, for --show-config and the manual */
};

struct conf;

struct conf *conf_new(void);
void conf_free(struct conf *c); /* frees text values */

/* Registers rows whose values go into TARGET, and sets the initial values. */
int conf_add(struct conf *c, const struct conf_row *rows, size_t n, void *target, struct err *e);

/* Errors name file and line: unknown key (with the nearest known one), bad value, out of range. */
int conf_load(struct conf *c, const char *path, struct err *e);
/* The same for text in memory; NAME stands for the file in messages. */
int conf_parse(struct conf *c, const char *name, struct str text, struct err *e);
int conf_set(struct conf *c, const char *key, const char *value, struct err *e);

/* Every row with its help and present value, as a file that conf_load would take. */
void conf_render(const struct conf *c, struct buf *out);

/* Durations: 250ms 10s 5m 2h 14d. Sizes: 512 64k 16M 2G. */
int conf_parse_duration(const char *text, int64_t *ms_out);
int conf_parse_size(const char *text, int64_t *bytes_out);

#endif
