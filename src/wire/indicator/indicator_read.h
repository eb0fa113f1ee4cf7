/* SPDX-License-Identifier: Apache-2.0 */
/* Readers of lists of indicators: bytes in, a call for each indicator and each line that is none.
 * They keep nothing, and one bad line or object never costs the next.
 *
 * JSON is walked in place, object by object (json_walk.h). */
#ifndef WIRE_INDICATOR_INDICATOR_READ_H
#define WIRE_INDICATOR_INDICATOR_READ_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "wire/indicator/indicator.h"
#include "wire/indicator/known_good.h"

enum { INDICATOR_FILE_MAX = 256 * 1024 * 1024 };

enum indicator_format {
	INDICATOR_FORMAT_NONE,  /* binary, JSON of another kind */
	INDICATOR_FORMAT_PLAIN, /* one value a line; what follows a blank, # or ; is a remark */
	INDICATOR_FORMAT_LIST,  /* type,value[,description] */
	INDICATOR_FORMAT_HOSTS, /* 0.0.0.0 bad.example */
	INDICATOR_FORMAT_CSV,   /* columns found by heading or content */
	INDICATOR_FORMAT_RPZ,   /* response policy zone */
	INDICATOR_FORMAT_MISP,  /* one event or several */
	INDICATOR_FORMAT_STIX,  /* bundle of STIX 2.0 or 2.1 */
	/* No lists of indicators, but known. */
	INDICATOR_FORMAT_WARNINGLIST,
	INDICATOR_FORMAT_MISP_MANIFEST,
	INDICATOR_FORMAT_MISP_HASHES,
	INDICATOR_FORMAT_BUNDLE,
	INDICATOR_FORMATS,
};

struct indicator_bad_line {
	long line;     /* from 1 */
	size_t offset; /* of its start; 0 where the format does not tell */
	enum indicator_bad why;
	struct str text; /* what was wrong */
};

struct indicator_reader {
	void *arg;
	void (*found)(void *arg, const struct indicator *i);
	void (*bad)(void *arg, const struct indicator_bad_line *b); /* NULL = nobody asks */
	int64_t now_us; /* what ended before is expired; 0 = nothing is */
};

/* From the content alone. */
enum indicator_format indicator_format_of(const void *p, size_t n);
/* "plain", "list", ...: stable, for storing; "" for NONE. */
const char *indicator_format_name(enum indicator_format f);
/* 0, or -EFORMAT when F is no list of indicators. */
int indicator_read(enum indicator_format f, const void *p, size_t n,
		   const struct indicator_reader *to, struct err *e);

/* A warninglist of MISP, or a plain list of good names, addresses and networks. GOOD is not made
 * ready. TO->found is not called. */
int known_good_read(const void *p, size_t n, struct known_good *good,
		    const struct indicator_reader *to, struct err *e);

/* The manifest of a MISP feed: each event and when it changed last. -EFORMAT when it is none. */
int misp_manifest_read(const void *p, size_t n,
		       void (*event)(void *arg, struct str uuid, int64_t changed_s), void *arg,
		       struct err *e);
/* hashes.csv of a MISP feed: MD5 of a value and the event that holds it. How many rows were bad. */
size_t misp_hashes_read(const void *p, size_t n,
			void (*row)(void *arg, const uint8_t md5[16], struct str uuid), void *arg);
/* 36 characters, so that it may become the name of a file. */
bool misp_uuid_valid(struct str uuid);

#endif
