/* SPDX-License-Identifier: Apache-2.0 */
/* Cases: one incident from its first sign to its lesson: what may be done with it and by whom.
 * SQL: cases_store.c. Pages: cases_web.c. */
#ifndef HUB_CASES_CASES_H
#define HUB_CASES_CASES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hub/cases/cases_edit.h"
#include "hub/cases/cases_move.h"
#include "hub/hub.h"

extern const struct hub_feature cases_feature;

enum { /* who changes and who reads cases */
       CASES_WORKERS = ROLES_CASEWORK | ROLE_ADMIN,
       CASES_READERS = CASES_WORKERS | ROLE_INSURER | ROLE_SPECIALIST | ROLE_COMPANY,
};

/* States (NIST SP 800-61 r2, 3.2 to 3.4); a case moves forward, or back when somebody says why. */
#define CASE_OPEN      "open"
#define CASE_CONTAINED "contained"
#define CASE_RECOVERED "recovered"
#define CASE_CLOSED    "closed"
#define CASE_MERGED    "merged" /* a part of another now (cases_move.h): it counts no more */

/* Channels of an action. */
#define CASE_PHONE  "phone"
#define CASE_REMOTE "remote"
#define CASE_VISIT  "visit"

enum { CASE_NUMBER_MAX = 24, CASE_TITLE_CHARS = 200, CASE_TEXT_CHARS = 4000 };

/* Texts live in the arena; none is NULL. */
struct incident {
	int64_t id, company_id;
	const char *number, *company_name;
	int prefecture;
	const char *kind, *title, *source, *state;
	int severity;
	int64_t owner_id;
	const char *owner_name;
	const char *contact_name, *contact_phone;
	int64_t happened_us, opened_us, recorded_us, changed_us, closed_us;
	const char *cause, *lesson;
	int64_t minutes, cost_yen; /* sums of its actions */
	int64_t n_phone, n_remote, n_visit;
	int64_t merged_into; /* 0 = none */
	int64_t version;     /* of what is edited by hand */
};

struct case_entry {
	int64_t id;
	const char *kind, *body, *text_key, *text_arg, *person_name;
	int64_t happened_us, recorded_us, ref_id;
	int64_t minutes, cost_yen; /* of the action behind it; -1 = none */
	unsigned roles;            /* who may read it; 0 = every reader of the case */
	const char *origin;        /* number of the case that it was written in; "" = this one */
};

struct case_device {
	int64_t id;
	const char *mac, *address, *name;
	const char *state; /* suspected compromised contained clean rebuilt */
	const char *origin;
	const char *why;   /* for its history; NULL = "" */
	int64_t person_id; /* 0 = the hub */
};

struct case_indicator {
	int64_t id;
	const char *type, *value, *note;
	const char *origin;
	const char *tlp; /* clear green amber amber+strict red; NULL = amber, or as it is */
};

/* A consent on one occasion. WHAT: one or more of cases_consent_uses(), a blank between. UNTIL: how
 * its end was agreed, one of cases_consent_untils(); "" = nothing was recorded, as in the past:
 * it holds until the case closes. */
struct case_consent {
	int64_t id, given_us, revoked_us;
	const char *what, *given_by, *how;
	const char *role;  /* of who gave it, in the company */
	const char *until; /* NULL = until the case closes */
	const char *words; /* what was read out to them */
	int64_t until_us;  /* 0 = open: the case has not been closed */
	/* read only */
	int64_t incident_id, company_id;
	const char *number, *recorded_by, *revoked_by; /* case, people */
	const char *origin;
};
enum case_consent_state { CONSENT_VALID, CONSENT_EXPIRED, CONSENT_REVOKED };

/* The categories that a case may have: ids; texts are "case.kind.<id>". */
const char *const *cases_kinds(size_t *n_out);

/* --- rules: each writes its audit row and its line of the story in T --- */

struct case_new {
	int64_t company_id;
	const char *kind, *title; /* NULL or "" title: taken from the kind's text by the page */
	const char *source;       /* portal (people of the company may) phone mail paper alert */
	int severity;
	const char *words; /* what the caller said; may be "" */
	const char *contact_name, *contact_phone;
	int64_t happened_us, opened_us; /* 0 = now; opened_us earlier than now only for paper */
	int64_t alert_id;               /* 0 = none */
};
int cases_open(struct txn *t, struct hub *h, const struct user *u, const struct case_new *n,
	       int64_t now_us, int64_t *id_out, struct err *e);

/* The number of a merged case gives the case that it is a part of now. -ENOENT. */
int cases_get(struct txn *t, const struct scope *s, const char *number, struct arena *a,
	      struct incident *out, struct err *e);

/* It is of another kind than was thought. */
int cases_kind(struct txn *t, struct hub *h, const struct user *u, const char *number,
	       const char *kind, int64_t now_us, struct err *e);

struct case_action_new {
	const char *channel, *body;
	int64_t person_id; /* 0 = U */
	int64_t started_us, minutes, cost_yen;
};
int cases_act(struct txn *t, const struct user *u, const char *number,
	      const struct case_action_new *n, int64_t now_us, struct err *e);
/* A note is for the region's own people: the company does not read it. */
int cases_note(struct txn *t, const struct user *u, const char *number, const char *body,
	       int64_t happened_us, int64_t now_us, struct err *e);
int cases_take(struct txn *t, const struct user *u, const char *number, int64_t now_us,
	       struct err *e);
int cases_state(struct txn *t, const struct user *u, const char *number, const char *state,
		int64_t now_us, struct err *e);
int cases_device(struct txn *t, const struct user *u, const char *number,
		 const struct case_device *d, int64_t now_us, struct err *e);
int cases_indicator(struct txn *t, const struct user *u, const char *number,
		    const struct case_indicator *i, int64_t now_us, struct err *e);
/* A device of the case, found by its ID, turns from WAS to STATE; -ECONFLICT when somebody was
 * faster. An indicator may go as far as TLP. */
int cases_device_state(struct txn *t, const struct user *u, const char *number, int64_t id,
		       const char *was, const struct case_device *to, int64_t now_us,
		       struct err *e);
int cases_indicator_tlp(struct txn *t, const struct user *u, const char *number, int64_t id,
			const char *tlp, int64_t now_us, struct err *e);
/* Adds to the sums of a case: for lines of time and cost that later features keep beside actions.
 * What is taken out again is added as less. The caller tells the story. */
int cases_cost(struct txn *t, const struct scope *s, int64_t case_id, int64_t minutes, int64_t yen,
	       struct err *e);
int cases_consent(struct txn *t, const struct user *u, const char *number,
		  const struct case_consent *c, int64_t now_us, struct err *e);
/* Also by people of the company. Whoever lets people revoke calls response_consent_revoke
 * (hub/response/response.h): it also stops what was running under it. */
int cases_consent_revoke(struct txn *t, const struct user *u, const char *number, int64_t id,
			 int64_t now_us, struct err *e);
const char *const *cases_consent_uses(size_t *n_out);
const char *const *cases_consent_untils(size_t *n_out);
const char *const *cases_consent_hows(size_t *n_out);
bool cases_consent_covers(const struct case_consent *k, const char *use);
enum case_consent_state cases_consent_state(const struct case_consent *k, int64_t now_us);
/* The newest of a case that is valid for USE at NOW_US: 1 and *OUT, 0, or negative. */
int cases_consent_find(struct txn *t, const struct scope *s, int64_t incident_id, const char *use,
		       int64_t now_us, struct arena *a, struct case_consent *out, struct err *e);
/* What U may read of a case's story, in the order in which it happened. */
int cases_story(struct txn *t, const struct user *u, int64_t case_id, struct arena *a,
		struct case_entry **out, size_t *n_out, struct err *e);
/* A line of the story that a later feature tells, with its audit row ACTION. KIND chooses the icon:
 * see incident_entry in cases.sql. Either BODY (a person's words) or TEXT_KEY ("{0}" is TEXT_ARG)
 * says it; HAPPENED_US 0 = now. Closed cases may be told of too: late facts are facts.
 * TEXT_ARG may be several, up to eight, a tab between (cases_args); one that begins with '#' is a
 * list of keys, a blank between, and stands for their texts; one that is '@' and microseconds is a
 * time. */
struct case_told {
	int64_t case_id;
	const char *action, *kind, *body, *text_key, *text_arg; /* NULL = "" */
	int64_t happened_us, ref_id;
	unsigned roles; /* who may read the line; 0 = every reader of the case */
};
int cases_tell(struct txn *t, const struct user *u, const struct case_told *told, int64_t now_us,
	       struct err *e);
/* Joins up to eight arguments, NULL behind the last; tabs within become blanks. */
const char *cases_args(struct arena *a, const char *const *args);
/* What the hub says in a line of the story, filled. */
const char *cases_entry_text(const struct hub *h, enum lang lang, const struct case_entry *n,
			     struct arena *a);
/* Cause and lesson are a must: they are what the next company learns from. */
struct case_end {
	const char *cause, *lesson;
	int64_t closed_us; /* 0 = now; earlier, not before it was opened: typed in later */
};
int cases_close(struct txn *t, const struct user *u, const char *number, const struct case_end *end,
		int64_t now_us, struct err *e);
int cases_reopen(struct txn *t, const struct user *u, const char *number, const char *why,
		 int64_t now_us, struct err *e);

/* --- reading, for later features too; SQL in cases_store.c and cases_story_store.c --- */

int cases_store_number(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
		       const char **out, struct err *e); /* -ENOENT */
struct case_filter {
	const char *state;  /* NULL = not closed, "" = any */
	int64_t company_id; /* 0 = any */
	const char *kind;   /* NULL = any */
	int prefecture;     /* 0 = any */
	int64_t owner_id;   /* 0 = any */
	const char *words;  /* NULL; in number, title or company, folded */
	int64_t offset, limit;
};
int cases_store_list(struct txn *t, const struct scope *s, const struct case_filter *f,
		     struct arena *a, struct incident **out, size_t *n_out, struct err *e);
int cases_store_count(struct txn *t, const struct scope *s, const struct case_filter *f,
		      int64_t *out, struct err *e);

/* What hangs on a case: the whole story in the order in which it happened (what is shown to a
 * person comes from cases_story), and the rest. */
int cases_store_entries(struct txn *t, const struct scope *s, int64_t incident_id, struct arena *a,
			struct case_entry **out, size_t *n_out, struct err *e);
int cases_store_devices(struct txn *t, const struct scope *s, int64_t incident_id, struct arena *a,
			struct case_device **out, size_t *n_out, struct err *e);
int cases_store_indicators(struct txn *t, const struct scope *s, int64_t incident_id,
			   struct arena *a, struct case_indicator **out, size_t *n_out,
			   struct err *e);
int cases_store_consents(struct txn *t, const struct scope *s, int64_t incident_id, struct arena *a,
			 struct case_consent **out, size_t *n_out, struct err *e);
int cases_store_consents_of(struct txn *t, const struct scope *s, int64_t company_id, size_t limit,
			    struct arena *a, struct case_consent **out, size_t *n_out,
			    struct err *e); /* of a company's cases, newest first */
int cases_store_consent_get(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
			    struct case_consent *out, struct err *e); /* -ENOENT */

#include "hub/cases/cases_move.h"

#endif
