/* SPDX-License-Identifier: Apache-2.0 */
/* Which playbooks are in force: those of the program, each replaced by playbooks/KIND.txt of the
 * state folder where there is one that can be read. One that cannot changes nothing, and is told
 * of on the page of playbooks and by the doctor. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/embed.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/playbooks/playbook_data.h"
#include "hub/playbooks/playbooks_rules.h"
#include "net/crypto.h"

#define FOLDER "playbooks"

struct sync {
	struct hub *h;
	struct txn *t;
	const char *folder;
	struct edition *now; /* in force */
	size_t n_now;
	int64_t now_us;
};

static void digest_of(const char *p, size_t n, char out[65])
{
	static const char hex[] = "0123456789abcdef";
	uint8_t sum[32];

	crypto_sha256(p, n, sum);
	for (size_t i = 0; i < sizeof(sum); i++) {
		out[2 * i] = hex[sum[i] >> 4];
		out[2 * i + 1] = hex[sum[i] & 15];
	}
	out[64] = '\0';
}

static int put_edition(const struct sync *y, const char *kind, struct str body, int64_t *id_out,
		       struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct playbook b;
	char digest[65];
	int r = playbook_parse(body.p, body.n, a, &b, e);

	if (r < 0)
		return r;
	if (strcmp(b.kind, kind) != 0)
		return err_set(e, -EFORMAT, "the file is named %s, but is a playbook for %s", kind,
			       b.kind);
	digest_of(body.p, body.n, digest);
	const struct edition_row row = { &b, digest, arena_strndup(a, body.p, body.n), y->now_us };
	return playbooks_store_edition(y->t, &scope_system, &row, id_out, e);
}

static const struct edition *in_force(const struct sync *y, const char *kind)
{
	for (size_t i = 0; i < y->n_now; i++)
		if (strcmp(y->now[i].kind, kind) == 0)
			return &y->now[i];
	return NULL;
}

static int read_file(const struct sync *y, const char *path, struct current_row *row, struct err *e)
{
	SCOPED_BUF struct buf b = { 0 };
	int r = file_read(path, PLAYBOOK_BYTES_MAX, &b, e);

	return r < 0 ? r : put_edition(y, row->kind, (struct str){ b.p, b.n }, &row->edition_id, e);
}

/* What is wrong with a file that cannot be read, a line a language: it is shown later, to others.
 */
static void in_both_languages(const struct sync *y, const char *path, struct current_row *row,
			      struct buf *why)
{
	const enum lang was = text_thread_lang_get();

	for (enum lang l = 0; l < LANG_COUNT; l++) {
		struct err bad = { 0 };

		text_thread_lang(l);
		(void)read_file(y, path, row, &bad);
		buf_printf(why, "%s%s", l ? "\n" : "", bad.text);
	}
	text_thread_lang(was);
}

const char *playbooks_error_text(const char *error, enum lang lang, struct arena *a)
{
	struct str all = str_of(error), line = { "", 0 };

	for (enum lang l = 0; l <= lang; l++)
		if (!str_cut(&all, '\n', &line))
			line = (struct str){ "", 0 };
	return arena_strndup(a, line.p, line.n);
}

/* The folder's file for KIND: its edition when it can be read; when not, why. */
static int from_folder(const struct sync *y, struct current_row *row, struct buf *why,
		       struct err *e)
{
	char path[4096];
	struct err bad = { 0 };
	const struct edition *now = in_force(y, row->kind);
	int r;

	if (snprintf(path, sizeof(path), "%s/%s.txt", y->folder, row->kind) >= (int)sizeof(path) ||
	    !file_exists(path))
		return 0;
	r = read_file(y, path, row, &bad);
	if (r >= 0) {
		row->origin = "folder";
		return 0;
	}
	if (r != -EFORMAT && r != -ELIMIT && r != -EACCES) /* not the file's fault */
		return err_set(e, r, "%s", bad.text);
	in_both_languages(y, path, row, why);
	row->error = why->p;
	if (now) { /* what was in force stays */
		row->edition_id = now->id;
		row->origin = now->origin;
	}
	return 0;
}

static int sync_kind(const struct sync *y, const struct embed_file *f, struct err *e)
{
	char kind[PLAYBOOK_ID_MAX + 1];
	SCOPED_BUF struct buf why = { 0 };
	struct current_row row = {
		.kind = kind, .origin = "program", .error = "", .now_us = y->now_us
	};
	struct str name = str_of(f->name);
	int r;

	str_copy(kind, sizeof(kind), (struct str){ name.p, name.n - strlen(".txt") });
	r = put_edition(y, kind, (struct str){ (const char *)f->p, f->n }, &row.edition_id, e);
	if (r < 0)
		return err_context(e, "%s", f->name);
	if ((r = from_folder(y, &row, &why, e)) < 0)
		return r;
	return playbooks_store_current_set(y->t, &scope_system, &row, e);
}

int playbooks_sync(struct hub *h, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_MEM char *folder = hub_state_path(h, FOLDER);
	struct sync y = { .h = h, .folder = folder, .now_us = clock_utc_us(h->clock) };
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? 0 : e->code;

	y.t = t;
	if (r >= 0)
		r = playbooks_store_currents(t, &scope_system, NULL, a, &y.now, &y.n_now, e);
	for (size_t i = 0; i < playbook_data_count && r >= 0; i++)
		r = sync_kind(&y, &playbook_data[i], e);
	return r < 0 ? r : txn_commit(&t, e);
}

int playbooks_look(struct hub *h, struct err *e)
{
	SCOPED_MEM char *folder = hub_state_path(h, FOLDER);

	return file_exists(folder) ? playbooks_sync(h, e) : 0;
}
