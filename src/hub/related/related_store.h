/* SPDX-License-Identifier: Apache-2.0 */
/* Every SQL statement on the tables of related.sql. */
#ifndef HUB_RELATED_RELATED_STORE_H
#define HUB_RELATED_RELATED_STORE_H

#include "hub/related/related.h"
#include "hub/related/related_trait.h"

/* Reads the key of the hash; makes it first. */
int related_store_secret(struct txn *t, uint8_t out[TRAIT_SECRET], struct err *e);

struct sighting_row {
	int64_t trait, company_id, first_us, last_us, last_day, severity;
	enum trait_kind kind;
	const char *detector, *device;
};
int related_store_seen(struct txn *t, const struct sighting_row *s, struct err *e);
/* Where TRAIT was seen since SINCE_US but for BUT_COMPANY (0: nowhere), newest first, with the
 * first contact of each company. */
struct seen_query {
	int64_t trait, but_company, since_us, limit;
};
int related_store_who(struct txn *t, const struct scope *s, const struct seen_query *q,
		      struct arena *a, struct who_row **out, size_t *n_out, struct err *e);
/* How many companies, counted up to MAX. */
int related_store_spread(struct txn *t, int64_t trait, int64_t since_us, int64_t max, int64_t *out,
			 struct err *e);
/* Forgets up to LIMIT sightings of before DAY: how many. */
int64_t related_store_prune(struct txn *t, int64_t before_day, int64_t limit, struct err *e);

/* --- traits of cases --- */

struct thing_row { /* an indicator or a device of a case */
	int64_t id, incident_id, company_id;
	const char *type, *value;        /* of an indicator */
	const char *vendor, *dhcp_print; /* of a device */
	bool live;                       /* the case is not closed */
};
int related_store_mark(struct txn *t, const char *name, int64_t *out, struct err *e);
int related_store_set_mark(struct txn *t, const char *name, int64_t id, struct err *e);
int related_store_new_indicators(struct txn *t, int64_t after_id, size_t limit, struct arena *a,
				 struct thing_row **out, size_t *n_out, struct err *e);
int related_store_new_devices(struct txn *t, int64_t after_id, size_t limit, struct arena *a,
			      struct thing_row **out, size_t *n_out, struct err *e);
struct case_trait {
	int64_t incident_id, company_id, trait, spread;
	enum trait_kind kind;
	const char *value;
};
int related_store_add_trait(struct txn *t, const struct case_trait *c, struct err *e);
int related_store_set_spread(struct txn *t, int64_t trait, int64_t spread, struct err *e);
int related_store_traits(struct txn *t, const struct scope *s, int64_t incident_id, struct arena *a,
			 struct case_trait **out, size_t *n_out, struct err *e);
/* Traits of open cases, each once, in order. Heap. */
int related_store_watched(struct txn *t, int64_t **out, size_t *n_out, struct err *e);

/* --- calls to make --- */

/* Open cases that name TRAIT and companies that met it since SINCE_US: a call each, if there is
 * none. The number of new ones. */
int64_t related_store_propose(struct txn *t, int64_t trait, int64_t since_us, int64_t now_us,
			      struct err *e);
int related_store_calls_of(struct txn *t, const struct scope *s, int64_t incident_id,
			   int64_t since_us, struct arena *a, struct who_row **out, size_t *n_out,
			   struct err *e);
/* Calls to make for all cases that S sees, newest first. */
int related_store_calls(struct txn *t, const struct scope *s, size_t limit, struct arena *a,
			struct who_row **out, size_t *n_out, struct err *e);
int related_store_calls_count(struct txn *t, const struct scope *s, int64_t *out, struct err *e);
struct call_done {
	int64_t incident_id, company_id, person_id, now_us, new_case_id;
	const char *state, *why;
};
int related_store_call_done(struct txn *t, const struct scope *s, const struct call_done *d,
			    struct err *e); /* 1, or 0: there is none */

/* --- ties and tags --- */

struct tie_new {
	int64_t company_id, incident_id, other_company_id, other_id, made_by, made_us;
	const char *kind, *note;
};
int related_store_tie(struct txn *t, const struct scope *s, const struct tie_new *n,
		      struct err *e); /* 1, or 0: it is there */
int related_store_untie(struct txn *t, const struct scope *s, int64_t incident_id, int64_t id,
			struct err *e); /* 1 or 0 */
int related_store_ties(struct txn *t, const struct scope *s, int64_t incident_id, struct arena *a,
		       struct tie_row **out, size_t *n_out, struct err *e);
int related_store_tag(struct txn *t, const struct scope *s, const struct incident *c,
		      const char *tag, int64_t person_id, int64_t now_us, struct err *e);
int related_store_untag(struct txn *t, const struct scope *s, int64_t incident_id, const char *tag,
			struct err *e);
int related_store_tags(struct txn *t, const struct scope *s, int64_t incident_id, struct arena *a,
		       const char ***out, size_t *n_out, struct err *e);

/* --- similar cases --- */

/* Cases with traits of INCIDENT_ID (VALUE: one of them, N: how many), or of its company and kind,
 * or with one of its devices (VALUE: which). */
struct near_row {
	int64_t id, n;
	const char *number, *value;
};
int related_store_near_traits(struct txn *t, const struct scope *s, int64_t incident_id,
			      struct arena *a, struct near_row **out, size_t *n_out, struct err *e);
int related_store_near_kind(struct txn *t, const struct scope *s, const struct incident *c,
			    struct arena *a, struct near_row **out, size_t *n_out, struct err *e);
int related_store_near_devices(struct txn *t, const struct scope *s, const struct incident *c,
			       struct arena *a, struct near_row **out, size_t *n_out,
			       struct err *e);

#endif
