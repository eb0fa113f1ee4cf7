/* SPDX-License-Identifier: Apache-2.0 */
/* What the rules of cases share: who may, what a text or a time may be, and telling the story. */
#include "hub/cases/cases_rules.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "hub/accounts/accounts.h"
#include "hub/cases/cases_found.h"
#include "hub/search/search.h"

enum {
	PAPER_DAYS = 3660,   /* how long ago a paper sheet may be from: ten years of old lists */
	CLOCK_SLACK_MIN = 5, /* a wrist watch that is ahead */
};

bool cases_rules_one_of(const char *s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(s, list[i]) == 0)
			return true;
	return false;
}

int cases_rules_may(const struct user *u, struct err *e)
{
	if (!user_is(u, CASES_WORKERS))
		return err_set(e, -EDENIED, "your role may read cases but not change them");
	return 0;
}

int cases_rules_text(const char *s, size_t min, size_t max, struct err *e)
{
	size_t n = utf8_count(s, strlen(s));

	if (n < min)
		return err_set(e, -EINVAL, "something has to be written here");
	if (n > max)
		return err_set(e, -EINVAL, "the text has %zu characters, %zu are allowed", n, max);
	return 0;
}

int cases_rules_time(int64_t us, int64_t now_us, struct err *e)
{
	if (us > now_us + CLOCK_SLACK_MIN * US_PER_MIN)
		return err_set(e, -EINVAL, "this time has not come yet");
	if (us < now_us - PAPER_DAYS * US_PER_DAY)
		return err_set(e, -EINVAL, "this time is more than %d days ago", PAPER_DAYS);
	return 0;
}

int cases_rules_number(struct txn *t, struct hub *h, int64_t opened_us, char out[CASE_NUMBER_MAX],
		       struct err *e)
{
	struct civil day = time_civil(opened_us, (int)h->conf.zone_min);
	int64_t serial;
	int r = cases_store_serial(t, &scope_system, h->conf.region, day.year, &serial, e);

	if (r < 0)
		return r;
	(void)snprintf(out, CASE_NUMBER_MAX, "%.8s-%04d-%06" PRId64, h->conf.region, day.year,
		       serial);
	return 0;
}

int cases_rules_tell(struct txn *t, const struct user *u, const char *action,
		     const struct entry_row *said, int64_t now_us, struct err *e)
{
	struct entry_row row = *said;

	row.now_us = now_us;
	if (!row.happened_us)
		row.happened_us = now_us;
	if (!row.person_id)
		row.person_id = u->person_id;
	int r = cases_store_entry(t, &u->scope, &row, e);
	if (r < 0)
		return r;
	if ((r = search_mark(t, row.roles ? CASES_FOUND_INSIDE : CASES_FOUND, row.c->id, now_us,
			     e)) < 0)
		return r;
	return accounts_audit(t, u, action, "incident", row.c->id, row.c->company_id, NULL, e);
}
