/* SPDX-License-Identifier: Apache-2.0 */
/* Files of features that a database names: one after the other, where they lie, whose they are. */
#include "hub/hub_kept.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/hub_text.h"

static int page_read(struct db *db, const struct hub_feature *f, const char *after, struct arena *a,
		     struct hub_file **out, size_t *n_out, struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_READ, e);

	return t ? f->files->list(t, after, a, out, n_out, e) : e->code;
}

static int feature_each(struct db *db, const struct hub_feature *f, kept_fn fn, void *arg,
			struct err *e)
{
	char after[KEPT_HASH + 1] = "";

	for (;;) {
		SCOPED_ARENA struct arena *a = arena_new(0);
		struct hub_file *file;
		size_t n;
		int r = page_read(db, f, after, a, &file, &n, e);

		for (size_t i = 0; r >= 0 && i < n; i++)
			r = fn(arg, f, &file[i], e);
		if (r < 0 || n < HUB_FILES_A_PAGE)
			return r < 0 ? r : 0;
		str_copy(after, sizeof(after), str_of(file[n - 1].sha256));
	}
}

int kept_each(struct db *db, kept_fn fn, void *arg, struct err *e)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && hub_features[i]; i++)
		if (hub_features[i]->files)
			r = feature_each(db, hub_features[i], fn, arg, e);
	return r;
}

const struct hub_feature *kept_find(const char *name, const char **sha256_out)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; hub_features[i]; i++) {
		const size_t n = strlen(hub_features[i]->name);
		const char *hash = name + n + 1;

		if (hub_features[i]->files && strncmp(name, hub_features[i]->name, n) == 0 &&
		    name[n] == '-' && strlen(hash) == KEPT_HASH && strspn(hash, hex) == KEPT_HASH) {
			*sha256_out = hash;
			return hub_features[i];
		}
	}
	return NULL;
}

char *kept_path(const char *root, const struct hub_feature *f, const char *sha256)
{
	SCOPED_BUF struct buf b = { 0 };

	buf_printf(&b, "%s/%s/%.2s/%.64s", root, f->files->folder, sha256, sha256);
	return mem_strdup(b.p);
}

char *kept_whose(struct db *db, const struct hub_feature *f, const char *sha256)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_READ, NULL);
	const char *whose = "";

	if (!t || f->files->whose(t, sha256, a, &whose, NULL) < 0)
		whose = "";
	return mem_strdup(whose);
}

void kept_tell(struct db *db, const struct hub_feature *f, const char *sha256, bool missing,
	       struct backup_told *told)
{
	int64_t *n = missing ? &told->n_missing : &told->n_damaged;

	if (++*n > BACKUP_LINES_MAX)
		return;
	SCOPED_MEM char *whose = kept_whose(db, f, sha256);
	buf_printf(missing ? &told->missing : &told->damaged, "  %s (%.12s)\n", whose, sha256);
}

void backup_told_done(struct backup_told *told)
{
	buf_done(&told->missing);
	buf_done(&told->damaged);
}

static void part(const char *key, int64_t n, const struct buf *lines, const struct text *text,
		 enum lang lang, struct buf *out)
{
	char count[24];
	const char *args[] = { count };

	if (n == 0)
		return;
	(void)snprintf(count, sizeof(count), "%" PRId64, n);
	hub_text_fill(text, lang, key, args, ARRAY_LEN(args), out);
	buf_printf(out, "\n%s", lines->p);
}

void backup_told_text(const struct backup_told *told, const struct text *text, enum lang lang,
		      struct buf *out)
{
	char count[24], mib[24];
	const char *args[] = { count, mib };

	(void)snprintf(count, sizeof(count), "%" PRId64, told->n_files);
	(void)snprintf(mib, sizeof(mib), "%" PRId64, (told->bytes + 1048575) / 1048576);
	hub_text_fill(text, lang, "hub.backup.files", args, ARRAY_LEN(args), out);
	buf_adds(out, "\n");
	part("hub.backup.missing", told->n_missing, &told->missing, text, lang, out);
	part("hub.backup.damaged", told->n_damaged, &told->damaged, text, lang, out);
}
