/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a mapping file, and records that it is tried on. */
#include "base/mem.h"
#include "probe/records/pairs.h"
#include "probe/records/record_reader.h"

static const char *const lines[] = {
	"<185>date=2026-11-23 time=16:30:00 type=\"utm\" severity=\"7\" srcip=192.0.2.20 a=b",
	"CEF:0|a|b|1|2|c|5|src=192.0.2.1 dst=203.0.113.1 act=blocked",
	"{\"a\":{\"b\":\"c\"},\"severity\":3}",
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record_reader *r = record_reader_new(540);
	struct record_stream stream = { 0 };
	struct mapping *m = NULL;
	struct foreign out;
	struct err e = { 0 };

	if (size <= MAPPING_FILE_MAX &&
	    mapping_parse("fuzz", (struct str){ (const char *)data, size }, &m, &e) == 0 &&
	    record_reader_map(r, m, &e) == 0) {
		for (size_t i = 0; i < ARRAY_LEN(lines); i++)
			(void)record_reader_line(r, &stream, str_of(lines[i]), 0, &out, &e);
	}
	record_reader_free(r);
	return 0;
}
