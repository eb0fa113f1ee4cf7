/* SPDX-License-Identifier: Apache-2.0 */
/* Feeds and the region's own entries: what they are and who may change them. Private to this
 * feature. */
#ifndef HUB_INTEL_INTEL_RULES_H
#define HUB_INTEL_INTEL_RULES_H

#include "hub/intel/intel.h"

#define FEED_BAD     "bad"
#define FEED_GOOD    "good"
#define WAY_UPLOAD   "upload"
#define WAY_FOLDER   "folder"
#define WAY_URL      "url"
#define WAY_HAND     "hand"     /* the region's own list: there is one */
#define WAY_BUILT_IN "built_in" /* known-good things that the program brings: there is one */
#define TLP_CLEAR    "clear"
#define TLP_GREEN    "green"
#define TLP_AMBER    "amber"
#define TLP_STRICT   "amber+strict"
#define TLP_RED      "red"
#define HELD_GOOD    "good"
#define HELD_WRONG   "verdict"

enum {
	INTEL_NAME_CHARS = 60,
	INTEL_NAME_BYTES = 63, /* as the bundle carries it */
	INTEL_TEXT_CHARS = 300,
	INTEL_REASON_CHARS = 500,
	INTEL_FEEDS_MAX = 200,
	INTEL_EVERY_MIN_S = 300,
	INTEL_EVERY_MAX_S = 30 * 24 * 3600,
};

struct intel_conf {
	int64_t bundle_every_ms; /* a new bundle at most so often */
	int64_t indicators_max;
	int64_t fetch_bytes_max;
	bool private_addresses;
	char *ca_file; /* "" = the system's */
	char *folder;  /* "" = feeds in the state folder */
};
extern struct intel_conf intel_conf;

/* Texts in the arena, none NULL. */
struct intel_feed {
	int64_t id;
	const char *name, *role, *way, *place, *source, *licence, *format, *tlp;
	int64_t confidence, every_s;
	bool enabled;
	int64_t made_us;
	int64_t indicators, bad_lines, imported_us, tried_us, due_us;
	const char *etag, *modified, *digest, *error;
	int64_t error_code;
};

/* May it leave the hub? TLP 2.0: red is for the people named, amber+strict for this organisation;
 * sensors stand in other organisations. */
bool intel_tlp_leaves(const char *tlp);
bool intel_tlp_ok(const char *tlp);

int intel_may_read(const struct user *u, struct err *e);
int intel_may_edit(const struct user *u, struct err *e); /* feeds: administrators */

/* Adds (ID 0) or changes what people type; -EINVAL with words, -EEXIST for the name. */
int intel_feed_set(struct txn *t, const struct user *u, struct intel_feed *f, int64_t now_us,
		   struct err *e);
int intel_feed_remove(struct txn *t, const struct user *u, int64_t id, int64_t now_us,
		      struct err *e);
/* The region's own list; it is made when the hub starts first. */
int intel_own_feed(struct txn *t, int64_t *id_out, struct err *e);

struct intel_own_entry {
	const char *kind, *value, *label, *tlp; /* as typed; KIND "" = looks by itself */
};
/* Adds to the own list; OUT is what became of it. -EINVAL for what is no indicator, -EEXIST when it
 * stands there already. */
int intel_own_add(struct txn *t, const struct user *u, const struct intel_own_entry *n,
		  int64_t now_us, struct indicator *out, struct err *e);
int intel_own_remove(struct txn *t, const struct user *u, const struct intel_key *key,
		     int64_t now_us, struct err *e);

/* "bad.example" -> its kind and normal form; KIND "" looks by itself. */
int intel_parse(const char *kind, const char *value, struct indicator *out, struct err *e);

/* A detail for the audit log: {"kind":"domain","value":"..."}; in A. */
const char *intel_detail(struct arena *a, const struct intel_key *key);

#endif
