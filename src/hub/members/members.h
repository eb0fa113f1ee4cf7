/* SPDX-License-Identifier: Apache-2.0 */
/* Members: the companies of the region, whom to call there, and which organisation may see them.
 * What other features need of them; rules for changing them are in members_rules.h. */
#ifndef HUB_MEMBERS_MEMBERS_H
#define HUB_MEMBERS_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"
#include "store/db.h"

struct hub;
extern const struct hub_feature members_feature;

#define MEMBERS_FOREVER_US INT64_MAX

/* For db_options.scope_select: which companies an organisation may see. */
#define MEMBERS_SCOPE_SELECT                                                                       \
	"SELECT company_id FROM relation WHERE org_id = ?org AND valid_from_us <= ?now"            \
	" AND valid_to_us > ?now"

/* Texts live in the arena that was handed in; none is NULL. */
struct company {
	int64_t id, org_id;
	const char *name, *kana;
	const char *corporate_number, *external_id;
	int prefecture; /* JIS X 0401, 1..47 */
	const char *municipality, *postal_code, *address;
	const char *phone;    /* E.164 or "" */
	const char *industry; /* major group "A".."T" or "" */
	int64_t employees, devices;
	enum lang lang;
	const char *note;
	int64_t created_us, changed_us;
	int64_t ended_us; /* MEMBERS_FOREVER_US while a member */
};

struct contact {
	int64_t id, company_id;
	int64_t position; /* order to try in, from 1 */
	const char *name, *kana, *role;
	const char *phone, *mail;
	const char *channel; /* "mail" or "phone": what to try first */
	const char *hours;   /* "Mo-Fr 09:00-18:00"; "" = always */
	enum lang lang;
};

/* -ENOENT when the company is not there or not S's to see. */
int members_company_get(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
			struct company *out, struct err *e);
/* Contacts in the order to try. */
int members_contacts(struct txn *t, const struct scope *s, int64_t company_id, struct arena *a,
		     struct contact **out, size_t *n_out, struct err *e);
/* The company whose own number or contact's number TYPED is: 1 and *OUT (CONTACT_OUT->id 0 when it
 * is the company's own number), or 0. */
int members_find_by_phone(struct txn *t, const struct scope *s, const char *typed, struct arena *a,
			  struct company *out, struct contact *contact_out, struct err *e);
/* Companies whose name or reading contains TYPED (kana, kanji, Latin; widths and cases alike). */
int members_search(struct txn *t, const struct scope *s, const char *typed, struct arena *a,
		   struct company **out, size_t *n_out, struct err *e);

/* The one company that TYPED names: its id, member number, corporate number or exact name. -ENOENT,
 * or -EINVAL when several have that name. */
int members_find(struct txn *t, const struct scope *s, const char *typed, struct arena *a,
		 struct company *out, struct err *e);

enum { MEMBERS_NAME_MAX = 200 }; /* characters */
struct members_place {
	int64_t id;
	const char *name;
};
/* The sites of a company. */
int members_places(struct txn *t, const struct scope *s, int64_t company_id, struct arena *a,
		   struct members_place **out, size_t *n_out, struct err *e);

/* The organisations that serve a company at NOW_US, and as what (self desk vendor it insurer). */
struct members_partner {
	int64_t org_id;
	const char *kind, *org_name;
};
int members_partners(struct txn *t, const struct scope *s, int64_t company_id, int64_t now_us,
		     struct arena *a, struct members_partner **out, size_t *n_out, struct err *e);

/* --- pure helpers --- */

/* E.164 from what people write: 019-600-0000, ０１９（６００）００００, +81 19 600 0000. False when
 * it is no telephone number. OUT: 20 bytes. */
bool members_phone_parse(const char *typed, char out[20]);
/* As people in Japan read it: "019-600-0000" for +81196000000; others unchanged. OUT: 32 bytes. */
void members_phone_format(const char *e164, char out[32]);

/* "Mo-Fr 09:00-12:00,13:00-18:00; Sa 10:00-12:00". -EINVAL with words. */
int members_hours_check(const char *hours, struct err *e);
bool members_hours_open(const char *hours, int64_t now_us, int zone_min);
/* The next time from NOW_US on at which HOURS are open; NOW_US when they are open or bad. */
int64_t members_hours_next(const char *hours, int64_t now_us, int zone_min);

struct prefecture {
	int code; /* JIS X 0401 */
	const char *key, *name, *kana, *name_en;
	const char *meti_en, *mic_en;
	const char *meti, *mic; /* the two ministries' regional offices; neither follows from the
				   other */
	int pilot;              /* region number of the fiscal 2019 pilot, 0 = none */
};
const struct prefecture *members_prefectures(size_t *n_out);
const struct prefecture *members_prefecture(int code); /* NULL when there is none */
/* "岩手県" / "Iwate"; "" when there is none. */
const char *members_prefecture_name(int code, enum lang lang);

/* Major group of the industrial classification: "E" gives "製造業"; "" when there is none. */
const char *members_industry_name(const char *letter, enum lang lang);

/* Whether a consent for DATA_CLASS ("url", "payload_sample", "remote_access", ...) stands at
 * NOW_US: 1, 0 or negative. */
int members_consent_find(struct txn *t, const struct scope *s, int64_t company_id,
			 const char *data_class, int64_t now_us, struct err *e);

#endif
