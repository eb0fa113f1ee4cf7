/* SPDX-License-Identifier: Apache-2.0 */
/* A mapping as mapping_parse.c makes it and mapping.c uses it. All texts lie in TEXT. */
#ifndef PROBE_RECORDS_MAPPING_PRIV_H
#define PROBE_RECORDS_MAPPING_PRIV_H

#include "probe/records/mapping.h"

enum mapping_field {
	MAP_DEVICE,
	MAP_DEVICE_PORT,
	MAP_MAC,
	MAP_HOST,
	MAP_PEER,
	MAP_PEER_PORT,
	MAP_PROTO,
	MAP_TIME,
	MAP_DATE, /* with MAP_CLOCK, where a record keeps them apart */
	MAP_CLOCK,
	MAP_SEVERITY,
	MAP_WHAT,
	MAP_ID,
	MAP_CLASS,
	MAP_TECHNIQUE,
	MAP_DOMAIN,
	MAP_URL,
	MAP_FILE,
	MAP_MD5,
	MAP_SHA1,
	MAP_SHA256,
	MAP_FIELDS,
};

enum mapping_test { TEST_IN, TEST_HAS, TEST_THERE };

struct mapping_when {
	enum mapping_test test;
	bool no; /* the opposite */
	const char *field;
	struct str values; /* separated by commas */
};

struct mapping_points {
	const char *value; /* "*" = any other; "7-10" = numbers from 7 to 10 */
	bool range;
	double low, high, points;
};

struct mapping {
	char *text;
	const char *name;
	enum record_format format;
	enum foreign_kind kind;
	struct str fields[MAP_FIELDS]; /* names, "a | b": the first that is there */
	size_t n_when, n_points;
	struct mapping_when when[MAPPING_WHEN_MAX];
	struct mapping_points points[MAPPING_POINTS_MAX];
	struct mapping_when blocked, compromise;
};

#endif
