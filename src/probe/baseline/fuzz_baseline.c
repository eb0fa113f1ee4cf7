/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: the file of the baseline. The checksum is made right, so that what lies behind it is
 * reached; what was taken must come out as a file that is taken again. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "probe/baseline/baseline.h"
#include "wire/crc32c.h"

enum { CRC_MAX = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct baseline_conf c = { .learning_us = 1000000 };
	struct baseline *b = baseline_new(&c);
	struct err e = { 0 };
	SCOPED_BUF struct buf file;
	SCOPED_BUF struct buf again;

	buf_init(&file, 0);
	buf_init(&again, 0);
	buf_add(&file, data, size);
	buf_be32(&file, crc32c(0, data, size));
	if (baseline_decode(b, file.p, file.n, &e) == 0) {
		struct device d = { .has_mac = true, .vendor = "" };
		baseline_encode(b, &again);
		if (again.n > file.n || baseline_decode(b, again.p, again.n, &e) < 0)
			abort();
		baseline_advance(b, INT64_C(1700000000000000));
		(void)baseline_newcomer(b, &d);
		(void)baseline_odd_hour(b, &d);
		baseline_call(b, &d, 1);
		baseline_sent(b, &d, 1);
	}
	(void)baseline_decode(b, data, size, &e);
	baseline_free(b);
	return 0;
}
