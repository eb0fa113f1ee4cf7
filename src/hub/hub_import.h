/* SPDX-License-Identifier: Apache-2.0 */
/* Pages that import a file of rows: sent, tried with an error per row and kept for an hour, then
 * imported on a person's word. The same handlers answer the command line in JSON, at once or with
 * ?dry_run=1. Rules, tables and pages are each feature's own. */
#ifndef HUB_HUB_IMPORT_H
#define HUB_HUB_IMPORT_H

#include "base/jsonw.h"
#include "hub/hub.h"

enum { HUB_IMPORT_ROWS_SHOWN = 500, HUB_IMPORT_TOKEN = 33 };
#define HUB_IMPORT_DRAFT_US US_PER_HOUR /* how long a tried file is kept */

struct hub_import_draft {
	const char *token, *file_name;
	int64_t person_id, created_us;
	const void *p;
	size_t n;
};
struct hub_import_seen {               /* what the page shows */
	const void *report;            /* of the feature; NULL = nothing was read yet */
	const char *file_name, *token; /* "" = none */
	const char *error;             /* NULL = none */
	bool done;
};
struct hub_import {
	const char *no_file_key; /* text when nothing was sent */
	int (*run)(struct call *c, struct str file, bool dry_run, void *report);
	int (*json)(struct call *c, const void *report);
	int (*show)(struct call *c, int status, const struct hub_import_seen *s);
	int (*draft_add)(struct txn *t, const struct hub_import_draft *d, struct err *e);
	/* -ENOENT unless PERSON_ID made it after SINCE_US. */
	int (*draft_get)(struct txn *t, const char *token, int64_t person_id, int64_t since_us,
			 struct arena *a, struct hub_import_draft *out, struct err *e);
	/* After the import; NULL: it stays until it expires, a second time changes nothing. */
	int (*draft_remove)(struct txn *t, const char *token, struct err *e);
	int (*draft_expire)(struct txn *t, int64_t before_us, struct err *e);
};

/* REPORT: zeroed, of the feature's type. */
int hub_import_check(struct call *c, const struct hub_import *k, void *report);
/* What the form's token stands for is imported. */
int hub_import_confirm(struct call *c, const struct hub_import *k, void *report);
int hub_import_draft(struct call *c, const struct hub_import *k, const char *token,
		     struct hub_import_draft *out);                              /* -ENOENT */
int hub_import_expire(struct hub *h, const struct hub_import *k, struct err *e); /* a job */

struct hub_import_sums {
	bool dry_run;
	const char *charset, *unknown;
	int64_t n_new, n_changed, n_same, n_error;
};
/* The members that every report begins with. */
void hub_import_json(struct jsonw *w, const struct hub_import_sums *s);

#endif
