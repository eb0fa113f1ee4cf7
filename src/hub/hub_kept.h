/* SPDX-License-Identifier: Apache-2.0 */
/* Files of features, as backup and restore see them: those that a database names. */
#ifndef HUB_HUB_KEPT_H
#define HUB_HUB_KEPT_H

#include "hub/hub_core.h"

enum { KEPT_HASH = 64 }; /* hex digits of a name */

typedef int (*kept_fn)(void *arg, const struct hub_feature *f, const struct hub_file *file,
		       struct err *e);
/* FN with every file that DB names, a page at a time and outside of transactions. */
int kept_each(struct db *db, kept_fn fn, void *arg, struct err *e);
/* The feature whose files NAME begins with and the hash behind it: "evidence-ab12..."; NULL. */
const struct hub_feature *kept_find(const char *name, const char **sha256_out);
/* Where a file lies below the state folder ROOT; the caller frees. */
char *kept_path(const char *root, const struct hub_feature *f, const char *sha256);
/* Notes a file that is missing, or else damaged, and whose it is. */
void kept_tell(struct db *db, const struct hub_feature *f, const char *sha256, bool missing,
	       struct backup_told *told);
/* Whose it is, as the database DB says; the caller frees. */
char *kept_whose(struct db *db, const struct hub_feature *f, const char *sha256);

#endif
