/* SPDX-License-Identifier: Apache-2.0 */
/* Foreign bytes into base/csv.h: every row ends, every cell is valid UTF-8. */
#include <stdint.h>
#include <assert.h>
#include <string.h>

#include "base/csv.h"
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct csv *c = NULL;
	struct csv_row row;
	int r;
	if (csv_open(data, size, &c, NULL) < 0)
		return 0;
	long line = 0;
	while ((r = csv_next(c, &row, NULL)) != 0) {
		for (size_t i = 0; r > 0 && i < row.n; i++) {
			assert(strlen(row.cell[i]) == row.len[i]);
			assert(utf8_valid(row.cell[i], row.len[i]));
		}
		if (r > 0) {
			assert(row.line > line && row.n >= 1);
			line = row.line;
		}
	}
	csv_close(c);
	return 0;
}
