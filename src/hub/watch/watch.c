/* SPDX-License-Identifier: Apache-2.0 */
/* What may be done with an alert, and by whom. SQL: watch_store.c. HTTP: watch_web.c. */
#include "hub/watch/watch.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "hub/accounts/accounts.h"
#include "hub/watch/watch_store.h"

enum { WHY_MAX_CHARS = 500 };

int watch_may_work(const struct user *u, struct err *e)
{
	if (!user_is(u, WATCH_WORKERS))
		return err_set(e, -EDENIED, "your role may read alerts but not change them");
	return 0;
}

static int audit(struct txn *t, const struct user *u, const char *action,
		 const struct watch_alert *a, struct err *e)
{
	return accounts_audit(t, u, action, "alert", a->id, a->company_id, NULL, e);
}

int watch_alert_get(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
		    struct watch_alert *out, struct err *e)
{
	return watch_store_get(t, s, id, a, out, e);
}

int watch_alerts_of_case(struct txn *t, const struct scope *s, int64_t case_id, struct arena *a,
			 struct watch_alert **out, size_t *n_out, struct err *e)
{
	const struct alert_filter f = { .case_id = case_id, .state = "", .limit = 200 };
	return watch_store_list(t, s, &f, a, out, n_out, e);
}

/* Loads the alert for a change by U. */
static int load(struct txn *t, const struct user *u, int64_t id, struct arena *a,
		struct watch_alert *out, struct err *e)
{
	int r = watch_store_get(t, &u->scope, id, a, out, e);

	return r < 0 ? r : watch_may_work(u, e);
}

int watch_alert_accept(struct txn *t, const struct user *u, int64_t id, int64_t now_us,
		       struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct watch_alert alert;
	int r = load(t, u, id, a, &alert, e);

	if (r < 0)
		return r;
	if (strcmp(alert.state, ALERT_ACCEPTED) == 0 && alert.accepted_by == u->person_id)
		return 0;
	if ((r = watch_store_accept(t, &u->scope, id, u->person_id, now_us, e)) < 0)
		return r;
	if (r == 0)
		return err_set(e, -ECONFLICT,
			       "the alert was taken or ended by somebody else already");
	return audit(t, u, "alert.accept", &alert, e);
}

int watch_alert_close(struct txn *t, const struct user *u, int64_t id, const char *why,
		      int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct watch_alert alert;
	size_t chars = utf8_count(why, strlen(why));
	int r = load(t, u, id, a, &alert, e);

	if (r < 0)
		return r;
	if (chars == 0 || chars > WHY_MAX_CHARS)
		return err_set(e, -EINVAL, "say in 1 to %d characters what you found out",
			       WHY_MAX_CHARS);
	if ((r = watch_store_end(t, &u->scope, id, u->person_id, why, now_us, e)) < 0)
		return r;
	if (r == 0)
		return err_set(e, -ECONFLICT, "the alert has ended already or belongs to a case");
	return audit(t, u, "alert.close", &alert, e);
}

int watch_alert_promote(struct txn *t, const struct user *u, int64_t alert_id, int64_t case_id,
			int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct watch_alert alert;
	int r = load(t, u, alert_id, a, &alert, e);

	if (r < 0)
		return r;
	r = watch_store_promote(t, &u->scope, alert_id, case_id, u->person_id, now_us, e);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(e, -ECONFLICT, "the alert has ended already or belongs to a case");
	return audit(t, u, "alert.promote", &alert, e);
}

int watch_case_closed(struct txn *t, const struct user *u, int64_t case_id, int64_t now_us,
		      struct err *e)
{
	return watch_store_end_case(t, &u->scope, case_id, u->person_id, now_us, e);
}

const char *watch_severity_light(enum severity s)
{
	if (s >= SEVERITY_HIGH)
		return "red";
	return s >= SEVERITY_LOW ? "amber" : "green";
}

int watch_alerts_of_company(struct txn *t, const struct scope *s, int64_t company_id, int64_t limit,
			    struct arena *a, struct watch_alert **out, size_t *n_out, struct err *e)
{
	const struct alert_filter f = { .company_id = company_id, .state = "", .limit = limit };

	return watch_store_list(t, s, &f, a, out, n_out, e);
}

int watch_open(struct txn *t, const struct scope *s, int64_t company_id, int min_severity,
	       int64_t *out, struct err *e)
{
	const struct alert_filter f = { .company_id = company_id, .min_severity = min_severity };

	return watch_store_count(t, s, &f, out, e);
}
