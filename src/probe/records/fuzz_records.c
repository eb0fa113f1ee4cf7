/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: lines of other programs, of every format, in chunks of odd sizes. */
#include "probe/records/record_lines.h"
#include "probe/records/record_reader.h"

enum { CHUNK = 611 };

static const struct str any = { "name=x\ndevice=src|srcip|host.ip\npeer=dst\nwhat=msg|cef.name\n"
				"severity=severity|cef.severity\npoints.*=50\ntime=time|rt\n",
				115 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record_reader *r = record_reader_new(540);
	struct record_stream stream = { 0 };
	struct record_lines lines;
	struct foreign out;
	struct str line;
	struct mapping *m = NULL;
	struct err e = { 0 };

	if (mapping_parse("any", any, &m, &e) == 0)
		(void)record_reader_map(r, m, &e); /* there is room */
	record_lines_init(&lines);
	for (size_t at = 0; at < size; at += CHUNK) {
		record_lines_add(&lines, data + at, size - at < CHUNK ? size - at : CHUNK);
		while (record_lines_next(&lines, &line))
			(void)record_reader_line(r, &stream, line, 0, &out, &e);
	}
	if (record_lines_rest(&lines, &line))
		(void)record_reader_line(r, &stream, line, 0, &out, &e);
	record_lines_done(&lines);
	record_reader_free(r);
	return 0;
}
