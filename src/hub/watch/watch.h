/* SPDX-License-Identifier: Apache-2.0 */
/* Watch: alerts in plain words, their mutes and how the company was told. What other features need
 * of them, and the rules of an alert. SQL: watch_store.c. Pages: watch_web.c. */
#ifndef HUB_WATCH_WATCH_H
#define HUB_WATCH_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hub/hub.h"
#include "wire/finding.h"

extern const struct hub_feature watch_feature;

enum { /* of alerts: who changes and who reads them */
       WATCH_WORKERS = ROLES_CASEWORK | ROLE_ADMIN,
       WATCH_READERS = WATCH_WORKERS | ROLE_INSURER | ROLE_SPECIALIST | ROLE_COMPANY,
};
int watch_may_work(const struct user *u, struct err *e); /* 0, or -EDENIED */

/* States as stored: an alert is open while it is new, accepted or muted. */
#define ALERT_NEW      "new"
#define ALERT_ACCEPTED "accepted"
#define ALERT_MUTED    "muted"
#define ALERT_CASE     "case"
#define ALERT_CLOSED   "closed"

/* Texts live in the arena; none is NULL. */
struct watch_alert {
	int64_t id, company_id, sensor_id;
	const char *company_name;
	int prefecture; /* of the company, JIS X 0401 */
	const char *detector, *story, *state;
	const char *device_mac, *device_address;
	const char *device_name; /* given name, host name, or what the sensor knew when it opened */
	enum severity severity;
	int64_t confidence; /* thousandths */
	int64_t findings, things;
	int64_t first_us, last_us, opened_us, changed_us;
	const char *peers, *names; /* one a line */
	const void *body;          /* the newest Finding, packed */
	size_t body_n;
	int64_t mute_id, case_id;
	int64_t accepted_by, accepted_us;
	const char *accepted_name;
	int64_t ended_us;
	const char *ended_why;
};

/* -ENOENT when there is none or it is not S's to see. */
int watch_alert_get(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
		    struct watch_alert *out, struct err *e);
int watch_alerts_of_case(struct txn *t, const struct scope *s, int64_t case_id, struct arena *a,
			 struct watch_alert **out, size_t *n_out, struct err *e);

/* The newest LIMIT of a company, ended ones too; and how many are open, of MIN_SEVERITY and more.
 */
int watch_alerts_of_company(struct txn *t, const struct scope *s, int64_t company_id, int64_t limit,
			    struct arena *a, struct watch_alert **out, size_t *n_out,
			    struct err *e);
int watch_open(struct txn *t, const struct scope *s, int64_t company_id, int min_severity,
	       int64_t *out, struct err *e);

/* Ties an open alert to a case (the case feature writes the case). -ECONFLICT when it ended or has
 * one already. */
int watch_alert_promote(struct txn *t, const struct user *u, int64_t alert_id, int64_t case_id,
			int64_t now_us, struct err *e);
/* The case is closed: its alerts end with it, and the same story may open a new one. */
int watch_case_closed(struct txn *t, const struct user *u, int64_t case_id, int64_t now_us,
		      struct err *e);

/* Somebody takes it. Taking what is one's own already is fine; -ECONFLICT when another has it. */
int watch_alert_accept(struct txn *t, const struct user *u, int64_t id, int64_t now_us,
		       struct err *e);
/* Ends it without a case; WHY is what the person found out (1..500 characters). */
int watch_alert_close(struct txn *t, const struct user *u, int64_t id, const char *why,
		      int64_t now_us, struct err *e);

/* --- the card: what happened, how serious, what to do, what not to do --- */

enum { CARD_LINES_MAX = 8 };

struct watch_card {
	const char *title, *what, *how_serious;
	const char *do_now[CARD_LINES_MAX];
	size_t n_do_now;
	const char *do_not[CARD_LINES_MAX];
	size_t n_do_not;
};

/* Everything in A. An unknown detector gets the card "other". */
void watch_card(const struct text *text, enum lang lang, const struct watch_alert *alert,
		struct arena *a, struct watch_card *out);

/* The text of KEY with {0}, {1}, ... filled from ARGS, plain (not escaped). */
const char *watch_text(const struct text *text, enum lang lang, const char *key,
		       const char *const *args, size_t n_args, struct arena *a);

/* "red" "amber" "green" "grey": how a severity looks. */
const char *watch_severity_light(enum severity s);

#endif
