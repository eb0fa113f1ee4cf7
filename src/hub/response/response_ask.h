/* SPDX-License-Identifier: Apache-2.0 */
/* Asking the company for a consent: what for, until when, for which devices. Its people say yes or
 * no in the portal; a yes is the consent itself. */
#ifndef HUB_RESPONSE_RESPONSE_ASK_H
#define HUB_RESPONSE_RESPONSE_ASK_H

#include "hub/response/response.h"

enum { ASK_WHY_CHARS = 500, ASK_DEVICES_CHARS = 300, ASK_HOURS_MAX = 14 * 24 };

struct consent_ask {
	int64_t id, company_id, incident_id;
	const char *what, *until, *devices, *why;
	int64_t asked_by, asked_us, expires_us;
	const char *state; /* open given refused withdrawn expired */
	int64_t answered_by, answered_us, consent_id;
	const char *answered_name, *said;
	/* read only */
	const char *number, *case_title, *asked_name, *asked_org;
	int64_t n_mails, n_mails_sent, n_mails_failed;
};

struct consent_ask_new {
	const char *what, *until, *devices, *why;
	int64_t hours; /* until it lapses */
};
int response_ask(struct txn *t, const struct user *u, const char *number,
		 const struct consent_ask_new *n, int64_t now_us, int64_t *id_out, struct err *e);
int response_ask_withdraw(struct txn *t, const struct user *u, int64_t id, int64_t now_us,
			  struct err *e);
/* By the company's own people, once: -ECONFLICT says who was faster, or that it is over. */
struct consent_answer {
	bool yes;
	const char *said;
};
int response_ask_answer(struct txn *t, struct hub *h, const struct user *u, int64_t id,
			const struct consent_answer *x, int64_t now_us, struct err *e);
int response_ask_job(struct hub *h, struct err *e); /* lapses, mails */

/* What is read and agreed to, with its devices. In A. */
const char *response_ask_words(const struct hub *h, enum lang lang, const struct consent_ask *k,
			       struct arena *a);

/* --- response_ask_store.c --- */
int response_ask_store_add(struct txn *t, const struct scope *s, const struct consent_ask *k,
			   int64_t *id_out, struct err *e);
int response_ask_store_get(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
			   struct consent_ask *out, struct err *e); /* -ENOENT */
/* Of a case, or the open ones of a company; the newest first. */
int response_ask_store_list(struct txn *t, const struct scope *s, int64_t incident_id,
			    int64_t company_id, struct arena *a, struct consent_ask **out,
			    size_t *n_out, struct err *e);
/* Turns an open one that is not over at NOW_US (0 = even then): 1, or 0 when it is not open. */
int response_ask_store_turn(struct txn *t, const struct scope *s, const struct consent_ask *k,
			    int64_t now_us, struct err *e);
int response_ask_store_over(struct txn *t, int64_t now_us, struct arena *a,
			    struct consent_ask **out, size_t *n_out, struct err *e);
struct ask_mail {
	int64_t id, ask_id, company_id, attempts, next_us;
	const char *name, *mail, *state, *error;
	enum lang lang;
};
int response_ask_store_mail(struct txn *t, const struct scope *s, const struct ask_mail *m,
			    struct err *e);
int response_ask_store_mails(struct txn *t, int64_t now_us, struct arena *a, struct ask_mail **out,
			     size_t *n_out, struct err *e);
int response_ask_store_mailed(struct txn *t, const struct ask_mail *m, struct err *e);

#endif
