/* SPDX-License-Identifier: Apache-2.0 */
/* When people are told by mail that a report is due: thresholds (data/duty_warnings.tsv) on the
 * calendar. Pure: no database, no mail. */
#ifndef HUB_DUTIES_DUTY_WARNING_H
#define HUB_DUTIES_DUTY_WARNING_H

#include <stddef.h>
#include <stdint.h>

struct duty_warning {
	const char *id; /* texts "duty.mail.when.ID" */
	int rank;       /* a higher one is more urgent */
	const char *unit;
	int value, hour;
};
extern const struct duty_warning duty_warning_table[];
extern const size_t duty_warning_table_n;

struct duty_span {                         /* of a clock */
	int64_t known_us, warn_us, due_us; /* DUE_US 0 = promptly */
};
/* When W is told; 0 = never for such a clock. */
int64_t duty_warning_at(const struct duty_warning *w, const struct duty_span *s);
/* The most urgent of those that are to be told at NOW_US and rank above RANK; NULL. What it skips
 * is not told any more. */
const struct duty_warning *duty_warning_due(const struct duty_span *s, int64_t rank,
					    int64_t now_us);
/* When there is something to tell again, of what ranks above RANK; INT64_MAX = never. */
int64_t duty_warning_next(const struct duty_span *s, int64_t rank);

#endif
