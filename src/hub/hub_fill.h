/* SPDX-License-Identifier: Apache-2.0 */
/* A generated region: what features share while each fills its own tables (hub_feature.fill), in
 * the order of the list. The same seed and the same moment give the same region. */
#ifndef HUB_HUB_FILL_H
#define HUB_HUB_FILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hub/hub.h"

enum {
	FILL_ORGS_MAX = 32,
	FILL_PEOPLE_MAX = 4,
	FILL_LOGINS_MAX = 128,
	FILL_YEARS = 2,
	FILL_YEARS_MAX = 10, /* cases of older paper are not taken */
};

struct fill_org {
	int64_t id;
	const char *kind; /* ORG_... of accounts.h */
	struct user people[FILL_PEOPLE_MAX];
	size_t n_people;
};

struct fill_company {
	int64_t id, created_us;
	int prefecture;
	const struct fill_org *it, *vendor; /* who serves it */
	int64_t devices;
	const char *contact_name, *contact_phone;
	int64_t sensor_id;
	size_t n_alerts;
};

/* An alert that shall become a case. */
struct fill_alert {
	int64_t id, opened_us;
	size_t company; /* index */
	int severity;
};

struct hub_fill {
	/* asked for */
	size_t n_companies, n_alerts, n_cases;
	int64_t years; /* that the region has been at work; 0 = FILL_YEARS */
	uint64_t seed;
	bool force;           /* beside companies that are there */
	const char *password; /* of everybody in LOGINS; NULL = a new one */
	/* for all */
	int64_t now_us;
	uint64_t state; /* of the random numbers */
	struct arena *arena;
	char password_hash[128];
	/* what features leave for those behind them */
	struct fill_org orgs[FILL_ORGS_MAX]; /* 0: the consortium */
	size_t n_orgs;
	struct fill_company *companies;
	struct fill_alert *alerts; /* n_cases at most */
	size_t n_case_alerts;
	const char *logins[FILL_LOGINS_MAX];
	size_t n_logins;
	size_t alerts_made;
};

/* Fills the hub with features as F asks; features are started. Prints what there is then. -EEXIST
 * when there are companies already and F->force is not set. */
int hub_fill_run(struct hub *h, struct hub_fill *f, struct err *e);

/* Calls ONE for 0 .. N-1 in write transactions of CHUNK calls each. */
typedef int (*fill_fn)(struct hub *h, struct hub_fill *f, struct txn *t, size_t i, struct err *e);
int fill_each(struct hub *h, struct hub_fill *f, size_t n, size_t chunk, fill_fn one,
	      struct err *e);

uint64_t fill_random(struct hub_fill *f);
int64_t fill_between(struct hub_fill *f, int64_t low, int64_t high); /* both included */
bool fill_chance(struct hub_fill *f, int percent);

/* One of data/fill_words.tsv, by weight. */
struct fill_word {
	const char *list, *text, *reading;
	int weight;
};
extern const struct fill_word fill_word_table[];
extern const size_t fill_word_table_n;
const struct fill_word *fill_pick(struct hub_fill *f, const char *list);
/* The Nth of a list (round about) of organisations and the like. */
const struct fill_word *fill_nth(const char *list, size_t n);
size_t fill_count(const char *list);

/* "山田 健一" and its reading; both in the arena. */
void fill_name(struct hub_fill *f, const char **name_out, const char **reading_out);
/* A number that nobody has: 0xx-000-nnnn. OUT: 20 bytes. */
void fill_phone(struct hub_fill *f, int prefecture, char out[20]);

/* One of the people of an organisation as they were at AT_US. */
struct user fill_user(struct hub_fill *f, const struct fill_org *o, int64_t at_us);

#endif
