/* SPDX-License-Identifier: Apache-2.0 */
/* Every SQL statement on the tables of cases.sql. */
#ifndef HUB_CASES_CASES_STORE_H
#define HUB_CASES_CASES_STORE_H

#include "hub/cases/cases.h"

int cases_store_serial(struct txn *t, const struct scope *s, const char *region, int64_t year,
		       int64_t *out, struct err *e);
struct incident_row {
	const struct case_new *n;
	const char *number;
	int prefecture;
	int64_t person_id, now_us;
	bool nobodys; /* it waits for somebody to take it; else it is PERSON_ID's */
};
int cases_store_add(struct txn *t, const struct scope *s, const struct incident_row *r,
		    int64_t *id_out, struct err *e);
int cases_store_get(struct txn *t, const struct scope *s, const char *number, struct arena *a,
		    struct incident *out, struct err *e);
int cases_store_get_id(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
		       struct incident *out, struct err *e);

struct entry_row {
	const struct incident *c;
	const char *kind, *body, *text_key, *text_arg;
	int64_t happened_us, now_us, person_id, ref_id;
	unsigned roles;
};
int cases_store_entry(struct txn *t, const struct scope *s, const struct entry_row *r,
		      struct err *e);

struct action_row {
	const struct incident *c;
	const struct case_action_new *n;
	int64_t person_id, recorded_by, now_us;
};
int cases_store_action(struct txn *t, const struct scope *s, const struct action_row *r,
		       int64_t *id_out, struct err *e);

/* One more in state TO and one less in FROM (NULL: it is new). */
int cases_store_tally(struct txn *t, const struct scope *s, int64_t company_id, const char *from,
		      const char *to, struct err *e);
/* cases_store_count for a filter of company and state only. */
int cases_store_tallied(struct txn *t, const struct scope *s, const struct case_filter *f,
			int64_t *out, struct err *e);
int cases_store_owner(struct txn *t, const struct scope *s, int64_t id, int64_t owner_id,
		      int64_t now_us, struct err *e);
int cases_store_kind(struct txn *t, const struct scope *s, int64_t id, const char *kind,
		     int64_t now_us, struct err *e);
int cases_store_state(struct txn *t, const struct scope *s, int64_t id, const char *state,
		      int64_t now_us, struct err *e);
struct close_row {
	int64_t id, person_id, now_us, closed_us;
	const char *cause, *lesson;
};
int cases_store_close(struct txn *t, const struct scope *s, const struct close_row *r,
		      struct err *e); /* 1 changed, 0 closed already */
int cases_store_reopen(struct txn *t, const struct scope *s, int64_t id, int64_t now_us,
		       struct err *e);

int cases_store_device(struct txn *t, const struct scope *s, const struct incident *c,
		       const struct case_device *d, int64_t now_us, struct err *e);
int cases_store_device_state(struct txn *t, const struct scope *s, const struct incident *c,
			     const char *was, const struct case_device *d, int64_t now_us,
			     struct err *e); /* 1, or 0 when it is not WAS */
int cases_store_indicator_tlp(struct txn *t, const struct scope *s, const struct incident *c,
			      int64_t id, const char *tlp, struct err *e); /* 1 or 0 */
int cases_store_indicator(struct txn *t, const struct scope *s, const struct incident *c,
			  const struct case_indicator *i, int64_t now_us, struct err *e);
int cases_store_consent(struct txn *t, const struct scope *s, const struct incident *c,
			const struct case_consent *k, int64_t person_id, int64_t *id_out,
			struct err *e);
int cases_store_consent_revoke(struct txn *t, const struct scope *s, int64_t incident_id,
			       int64_t id, int64_t person_id, int64_t now_us,
			       struct err *e); /* 1 or 0 */
/* Those that last until the case closes ended when it did. */
int cases_store_consents_end(struct txn *t, const struct scope *s, int64_t incident_id,
			     struct err *e);

#endif
