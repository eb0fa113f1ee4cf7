/* SPDX-License-Identifier: Apache-2.0 */
/* The envelope of a syslog message: RFC 5424, RFC 3164, and what devices send instead of it. */
#ifndef PROBE_RECORDS_SYSLOG_LINE_H
#define PROBE_RECORDS_SYSLOG_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "probe/records/fields.h"

struct syslog_line {
	int severity; /* 0 emergency .. 7 debug */
	int facility;
	bool has_time;
	int64_t at_us;
	struct str host, app, id; /* empty when absent */
	struct str data;          /* RFC 5424 structured data, with its brackets */
	struct str text;          /* the message itself */
};

/* False: the line has no "<priority>". OFFSET_MIN: the zone of times without one; NOW_US tells the
 * year, which RFC 3164 leaves out. */
bool syslog_line_read(struct str line, int offset_min, int64_t now_us, struct syslog_line *out);
/* As "syslog.host", "syslog.app", "syslog.id", "syslog.severity", "syslog.text", "sd.ELEMENT.NAME".
 */
void syslog_line_fields(const struct syslog_line *s, struct fields *f);

#endif
