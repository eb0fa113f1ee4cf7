/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of the mails about duties. */
#ifndef HUB_DUTIES_DUTIES_MAIL_STORE_H
#define HUB_DUTIES_DUTIES_MAIL_STORE_H

#include "hub/duties/duties_store.h"

/* Open duties of which there is something to tell at NOW_US, with how far it was told (MAIL_RANK in
 * RANKS_OUT, an array beside). */
int duties_mail_store_due(struct txn *t, int64_t now_us, struct arena *a, struct case_duty **out,
			  size_t *n_out, struct err *e);
int duties_mail_store_told(struct txn *t, int64_t duty_id, int64_t rank, int64_t next_us,
			   struct err *e);

struct duty_person {
	int64_t id;
	const char *name, *mail;
	enum lang lang;
};
/* Whom a duty concerns: the case's owner and the people of the desk who see the company at NOW_US;
 * who has no address is left out. OWNER_ONLY: without the desk. */
int duties_mail_store_people(struct txn *t, const struct case_duty *d, bool owner_only,
			     int64_t now_us, struct arena *a, struct duty_person **out,
			     size_t *n_out, struct err *e);
struct duty_mail {
	int64_t id, company_id, duty_id, due_us, person_id, attempts;
	const char *warning, *target, *name;
	enum lang lang;
};
/* Once for each (duty, warning, due, target): again is nothing. */
int duties_mail_store_add(struct txn *t, const struct duty_mail *m, int64_t now_us, struct err *e);
/* Nobody could be told. */
int duties_mail_store_nobody(struct txn *t, const struct duty_mail *m, int64_t now_us,
			     struct err *e);
int duties_mail_store_queue(struct txn *t, int64_t now_us, struct arena *a, struct duty_mail **out,
			    size_t *n_out, struct err *e);
/* STATE sent, failed, dropped, or queued with NEXT_TRY_US. */
struct duty_mail_done {
	int64_t id, at_us, next_try_us;
	const char *state, *error;
};
int duties_mail_store_done(struct txn *t, const struct duty_mail_done *d, struct err *e);
/* Those that could not be sent, of duties that are still open. */
int duties_mail_store_failed(struct txn *t, const struct scope *s, int64_t *out, struct err *e);

#endif
