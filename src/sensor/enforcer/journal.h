/* SPDX-License-Identifier: Apache-2.0 */
/* What the enforcer has to report, and how it is: two text files in its folder, its own to write.
 * The probe reads them and tells the hub, because it alone writes the spool. */
#ifndef SENSOR_ENFORCER_JOURNAL_H
#define SENSOR_ENFORCER_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "wire/order.h"

enum { JOURNAL_MAX = 500, JOURNAL_DIR_MAX = 4000 };

/* Numbers of reports of one item: an accepted order is 1, what it came to, and how that ended. */
enum { REPORT_FIRST = 1, REPORT_LAST = 1000000, REPORT_AFTER = 1000001 };

struct journal_entry {
	int64_t at; /* rising; UTC microseconds or a little more */
	int64_t order;
	uint64_t item;
	uint32_t number;
	enum order_state state;
	int64_t until_us;
	char reason[ORDER_REASON_MAX], text[ORDER_TEXT_MAX];
};

struct journal {
	struct journal_entry list[JOURNAL_MAX]; /* oldest first */
	size_t n;
};

/* An absent file is an empty journal; lines that cannot be read are left out. */
int journal_load(const char *dir, struct journal *out, struct err *e);
/* The oldest gives way. X's AT is made to rise. */
void journal_add(struct journal *j, struct journal_entry *x);
int journal_store(const char *dir, const struct journal *j, struct err *e);

struct enforcer_status {
	bool able;
	char text[ORDER_TEXT_MAX]; /* why not */
	uint32_t isolated, blocked;
};
int enforcer_status_store(const char *dir, const struct enforcer_status *s, struct err *e);
/* As it was told last; one that is older than MAX_AGE_US is of a process that lives no more, and
 * says so.
 */
void enforcer_status_load(const char *dir, int64_t max_age_us, struct enforcer_status *out);

#endif
