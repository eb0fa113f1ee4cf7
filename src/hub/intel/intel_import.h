/* SPDX-License-Identifier: Apache-2.0 */
/* A new edition of a list: what is new, known and gone; the same rule for looking and for doing.
 * Private to this feature. */
#ifndef HUB_INTEL_INTEL_IMPORT_H
#define HUB_INTEL_INTEL_IMPORT_H

#include "hub/intel/intel_read.h"

struct known_good;

enum { INTEL_BAD_SHOWN = 5, INTEL_BAD_CHARS = 120, INTEL_ROWS_A_TURN = 10000 };

struct intel_bad_line {
	const char *file, *text;
	long line;
};
struct intel_bad {
	int64_t n;
	struct intel_bad_line first[INTEL_BAD_SHOWN];
	size_t n_first;
};
struct intel_report {
	bool dry_run;
	int64_t n_new, n_known, n_gone, n_twice, n_bad;
	int64_t n_held;                       /* of new and known: known good */
	struct intel_bad bad[INDICATOR_BADS]; /* by reason */
};

struct intel_job {
	struct hub *hub;
	const struct user *user;
	const struct intel_feed *feed;
	const struct intel_input *in;
	bool dry_run;
};
/* Texts of the report live in A. With nothing usable in it nothing is changed: -EFORMAT. One import
 * at a time: -EAGAIN when another takes long. */
int intel_import(const struct intel_job *j, struct arena *a, struct intel_report *out,
		 struct err *e);

/* -EFORMAT when the report has nothing that can be used. */
int intel_report_check(const struct intel_report *rep, struct err *e);
/* Counts a bad line and keeps the first of each reason. */
struct intel_bad_at {
	enum indicator_bad why;
	long line;
	struct str text;
};
void intel_report_bad(struct intel_report *rep, struct arena *a, const char *file,
		      const struct intel_bad_at *at);
/* For lists of known-good things (intel_good.c). */
int intel_import_good(const struct intel_job *j, struct arena *a, struct intel_report *out,
		      struct err *e);

/* Takes every entry out of a list. */
int intel_empty(struct hub *h, const struct user *u, int64_t feed_id, struct err *e);

/* What the enabled lists of known-good things say; the caller frees it. */
int intel_good_load(struct txn *t, struct known_good **out, struct err *e);

#endif
