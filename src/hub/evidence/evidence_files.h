/* SPDX-License-Identifier: Apache-2.0 */
/* Files of evidence on the disk: what comes in, where it lies, whether it is still the same.
 *     evidence/incoming/TOKEN      on its way in; swept when nobody wants it
 *     evidence/files/ab/ab12...    kept, read-only, named by its SHA-256
 *     evidence/tables/ab12....csv  packets as a table; made again at any time */
#ifndef HUB_EVIDENCE_EVIDENCE_FILES_H
#define HUB_EVIDENCE_EVIDENCE_FILES_H

#include "hub/evidence/evidence.h"

struct evidence_conf {
	int64_t max_mib, total_gib, free_mib, check_days;
	char *reader; /* program that reads captures; "" = otasuke beside the hub */
};
extern struct evidence_conf evidence_conf; /* rows in evidence_web.c */

int evidence_files_start(struct hub *h, struct err *e);             /* the folders */
char *evidence_files_dir(const struct hub *h, const char *name);    /* caller frees */
char *evidence_files_path(const struct hub *h, const char *sha256); /* caller frees */
/* Where forms put files, and how much may come: hub_feature.upload. */
int evidence_files_plan(struct hub *h, int64_t announced, struct http_plan *out, struct err *e);
/* Moves B to its place: inside the transaction that names it. */
int evidence_files_place(struct hub *h, struct evidence_blob *b, struct err *e);
/* "matches", "differs" or "missing" */
const char *evidence_files_check(struct hub *h, const char *sha256);
/* Takes the bytes out of the way; undone by _undo, done by _gone. */
int evidence_files_remove(struct hub *h, const char *sha256, struct err *e);
void evidence_files_undo(struct hub *h, const char *sha256);
void evidence_files_gone(struct hub *h, const char *sha256);
/* Job: removes what came in and was never put. */
int evidence_files_sweep(struct hub *h, struct err *e);
/* The first bytes of a file: "packets" or "", and whether it can do harm. */
const char *evidence_files_look(const char *path, const char *name, bool *dangerous_out);

/* --- evidence_name.c: names that anybody may have made up --- */

/* Content-Disposition (RFC 6266, RFC 8187) of a download. */
void evidence_name_disposition(const char *name, struct buf *out);
bool evidence_name_dangerous(const char *name); /* by its end */

#endif
