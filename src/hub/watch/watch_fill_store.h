/* SPDX-License-Identifier: Apache-2.0 */
/* SQL for generated regions: whole tables at once. */
#ifndef HUB_WATCH_WATCH_FILL_STORE_H
#define HUB_WATCH_WATCH_FILL_STORE_H

#include "base/arena.h"
#include "store/db.h"

struct fill_alert_row {
	int64_t id, company_id, opened_us;
	int severity;
};
/* The next LIMIT alerts that are new, in order of id, of companies from FROM_COMPANY on. */
struct fill_alert_page {
	int64_t after_id, from_company;
	size_t limit;
};
int watch_fill_store_alerts(struct txn *t, const struct scope *s, const struct fill_alert_page *p,
			    struct arena *a, struct fill_alert_row **out, size_t *n_out,
			    struct err *e);
/* Notices that became due before BEFORE_US were read, or the call was made by PERSON_ID; later
 * mails are sent. */
struct fill_notices {
	int64_t from_company, before_us, person_id;
};
int watch_fill_store_notices(struct txn *t, const struct scope *s, const struct fill_notices *n,
			     struct err *e);
/* Traffic of one hour or day for every third device; SHAPE scales it, STEP makes each differ. */
struct fill_traffic {
	int64_t from_company, start_us, shape, step;
	bool day;
};
int watch_fill_store_traffic(struct txn *t, const struct scope *s, const struct fill_traffic *x,
			     struct err *e);

#endif
