/* SPDX-License-Identifier: Apache-2.0 */
/* People, organisations and the audit log, as other features may use them. Logging in and sessions:
 * accounts_login.h. */
#ifndef HUB_ACCOUNTS_ACCOUNTS_H
#define HUB_ACCOUNTS_ACCOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hub/hub.h"

extern const struct hub_feature accounts_feature;

/* Kinds of organisation, as stored: */
#define ORG_CONSORTIUM "consortium"
#define ORG_VENDOR     "vendor"
#define ORG_IT_COMPANY "it_company"
#define ORG_INSURER    "insurer"
#define ORG_COMPANY    "company" /* a member company with a login of its own */
#define ORG_SCHOOL     "school"

struct accounts_org {
	int64_t id;
	char kind[16];
	char name[256];
	char kana[256]; /* reading */
	char phone[40];
	char mail[256];
	int64_t member_company_id; /* ORG_COMPANY: the company it is; 0 else */
	bool active;
};

struct accounts_person {
	int64_t id, org_id;
	char login[65];
	char name[128];
	char kana[128]; /* furigana */
	char mail[256];
	char phone[40];
	enum lang lang;
	unsigned roles;
	bool active, totp_on;
	char org_name[256];
};

/* Writes one row of the hash-chained log into T, the transaction that changes the state.
 *   U            who did it; NULL = the hub itself
 *   ACTION       "case.close"; a text "audit.action" is not needed, it is shown as it is
 *   ENTITY, ENTITY_ID   what it was done to: "case", 12
 *   COMPANY_ID   whom it concerns; 0 = no company
 *   DETAIL_JSON  a JSON object or NULL; no secrets, no mail bodies */
int accounts_audit(struct txn *t, const struct user *u, const char *action, const char *entity,
		   int64_t entity_id, int64_t company_id, const char *detail_json, struct err *e);

/* Walks the whole chain: 0 and the number of rows, or -EFORMAT with text that names the first row
 * which does not fit. */
int accounts_audit_verify(struct db *db, int64_t *rows_out, struct err *e);
/* The same, and the hash of the end: kept elsewhere, it proves later that the chain up to here was
 * not rebuilt. */
enum { AUDIT_HASH = 65 }; /* hex and a NUL */
int accounts_audit_end(struct db *db, int64_t *rows_out, char hash_out[AUDIT_HASH], struct err *e);

/* When the last row was written; 0 for none. */
int accounts_audit_last(struct db *db, int64_t *at_us_out, struct err *e);

/* The hub as a user, for jobs that call rules: sees everything, roles ADMIN. */
struct user accounts_system_user(int64_t now_us);

/* Organisations. Those of member companies are seen only within S. -ENOENT. */
int accounts_org_get(struct txn *t, const struct scope *s, int64_t id, struct accounts_org *out,
		     struct err *e);
/* KIND NULL = all kinds; ordered by kind and name. The array lives in A. */
int accounts_org_list(struct txn *t, const struct scope *s, const char *kind, struct arena *a,
		      struct accounts_org **out, size_t *n_out, struct err *e);
/* Adds and audits; -EINVAL for a bad kind or an empty name, -EEXIST when an organisation of this
 * kind has the name already (member companies may share one). */
int accounts_org_add(struct txn *t, const struct user *by, const struct accounts_org *o,
		     int64_t *id_out, struct err *e);

/* Says which company an organisation of kind ORG_COMPANY is; until then nobody but the hub sees it.
 */
int accounts_org_link(struct txn *t, int64_t org_id, int64_t company_id, struct err *e);

/* People. Those of member companies are seen only within S. -ENOENT. */
int accounts_person_get(struct txn *t, const struct scope *s, int64_t id,
			struct accounts_person *out, struct err *e);
/* ORG_ID 0 = all; ROLES 0 = all, else who has one of them; active only unless ALL. */
struct accounts_person_filter {
	int64_t org_id;
	unsigned roles;
	bool all;
};
int accounts_person_list(struct txn *t, const struct scope *s,
			 const struct accounts_person_filter *f, struct arena *a,
			 struct accounts_person **out, size_t *n_out, struct err *e);

/* Adds and audits a person whose password (its hash, crypto.h) is known already: for regions that
 * are generated. -EINVAL, -EEXIST (login), -ENOENT (organisation). */
int accounts_person_put(struct txn *t, const struct user *by, const struct accounts_person *p,
			const char *password_hash, int64_t *id_out, struct err *e);
/* The same with a name that F makes and its password; counted among the people of O. */
struct hub_fill;
struct fill_org;
int accounts_fill_person(struct txn *t, struct hub_fill *f, struct accounts_person *p,
			 struct fill_org *o, struct err *e);

/* Who looked at what of a company: one row a person, thing and hour. Pages say what they showed; it
 * is written in batches soon after, so that no page waits for it. */
/* Kinds of things: */
#define SEEN_CASE    "case"
#define SEEN_ALERT   "alert"
#define SEEN_DEVICE  "device" /* 0: the list of them */
#define SEEN_SENSOR  "sensor"
#define SEEN_COMPANY "company"
#define SEEN_THREAD  "thread"
#define SEEN_FILE    "file"
#define SEEN_EXPORT  "export" /* rows or a document left the hub */

struct accounts_seen_thing {
	const char *entity; /* one of the above */
	int64_t entity_id, company_id;
	const char *label; /* what people call it: number, name; NULL = "" */
};
/* The person of C looked at it. Call it when the answer is made; it never fails. */
void accounts_saw(struct call *c, const struct accounts_seen_thing *thing);

struct accounts_seen_row {
	int64_t company_id, person_id, org_id, entity_id, first_us, last_us, times;
	const char *entity, *label, *person_name, *org_name;
};
struct accounts_seen_filter {
	int64_t company_id;
	int64_t org_id;         /* 0 = any */
	const char *entity;     /* "" = any */
	int64_t from_us, to_us; /* TO_US is outside */
	int64_t offset, limit;
};
/* The newest first. */
int accounts_seen_list(struct txn *t, const struct scope *s, const struct accounts_seen_filter *f,
		       struct arena *a, struct accounts_seen_row **out, size_t *n_out,
		       struct err *e);
/* The organisations that looked at anything of a company since FROM_US. */
struct accounts_seen_org {
	int64_t id;
	const char *name;
};
int accounts_seen_orgs(struct txn *t, const struct scope *s, int64_t company_id, int64_t from_us,
		       struct arena *a, struct accounts_seen_org **out, size_t *n_out,
		       struct err *e);

#endif
