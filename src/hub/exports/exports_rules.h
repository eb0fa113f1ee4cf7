/* SPDX-License-Identifier: Apache-2.0 */
/* Making an export: who may, and what is written of it. */
#ifndef HUB_EXPORTS_EXPORTS_RULES_H
#define HUB_EXPORTS_EXPORTS_RULES_H

#include "hub/exports/exports_job.h"

enum { EXPORT_TO_CHARS = 200 };

struct export_order {
	const struct export_kind *kind;
	const char *number;               /* of the case; NULL = by FILTER */
	const struct case_filter *filter; /* its limit is the kind's */
	enum lang lang;
	bool named;
	const char *to, *purpose; /* a must for others, else as said */
};

/* Reads, writes the file into OUT and keeps that it was made: the story, the audit log, the
 * company's list of who saw what. -EDENIED, -EINVAL with words, -ENOENT, -ELIMIT. FILE_OUT: its
 * name, in A. */
int exports_make(struct hub *h, const struct user *u, const struct export_order *o, int64_t now_us,
		 struct arena *a, struct buf *out, const char **file_out, struct err *e);

/* Whose lines of the story a file of this kind holds. */
unsigned exports_roles(const struct export_kind *k, const struct user *u);

/* The case for a preview; nothing is kept of it. */
int exports_look(struct txn *t, const struct export_ask *q, const char *number,
		 struct export_case *out, struct err *e);

#endif
