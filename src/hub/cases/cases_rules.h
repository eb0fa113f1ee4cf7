/* SPDX-License-Identifier: Apache-2.0 */
/* What the rules of cases share; for cases.c and cases_work.c only. */
#ifndef HUB_CASES_CASES_RULES_H
#define HUB_CASES_CASES_RULES_H

#include "hub/cases/cases_store.h"

bool cases_rules_one_of(const char *s, const char *const *list, size_t n);
int cases_rules_may(const struct user *u, struct err *e); /* change cases: 0 or -EDENIED */
int cases_rules_text(const char *s, size_t min, size_t max, struct err *e); /* characters */
/* A time that people typed: not ahead of the clock, not absurdly old. */
int cases_rules_time(int64_t us, int64_t now_us, struct err *e);

/* The next number of the region and the year of OPENED_US. */
int cases_rules_number(struct txn *t, struct hub *h, int64_t opened_us, char out[CASE_NUMBER_MAX],
		       struct err *e);

/* Adds a line to the story and the audit row ACTION. What SAID leaves out: it happened now, and U
 * said it. */
int cases_rules_tell(struct txn *t, const struct user *u, const char *action,
		     const struct entry_row *said, int64_t now_us, struct err *e);

#endif
