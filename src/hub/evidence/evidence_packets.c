/* SPDX-License-Identifier: Apache-2.0 */
/* Captures as tables: the child that reads one, and its table. */
#include "hub/evidence/evidence_packets.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/evidence/evidence_files.h"
#include "hub/evidence/evidence_store.h"
#include "hub/live.h"

enum {
	TABLE_BYTES_MAX = 32 * 1024 * 1024,
	PATIENCE_MS = 30 * 1000,
	LOOK_MS = 20,
	NOTE_BYTES = 300,
	PATH_BYTES = 4096,
};

/* --- the table --- */

static bool cell_has(const char *cell, const char *q)
{
	return strcasestr(cell, q) != NULL;
}

static bool wanted(const struct csv_row *r, const struct evidence_packet_filter *f)
{
	if (f->protocol[0] && strcmp(r->cell[4], f->protocol) != 0)
		return false;
	return !f->q[0] || cell_has(r->cell[2], f->q) || cell_has(r->cell[3], f->q) ||
	       cell_has(r->cell[4], f->q) || cell_has(r->cell[5], f->q);
}

static const char *keep(struct arena *a, const struct csv_row *r, size_t i)
{
	return arena_strndup(a, r->cell[i], r->len[i]);
}

static void packet_row(const struct csv_row *r, const struct evidence_packet_filter *f,
		       struct arena *a, struct evidence_packets *out)
{
	struct evidence_packet p = { .no = ++out->packets };

	if (str_i64((struct str){ r->cell[1], r->len[1] }, INT64_MIN / 4, INT64_MAX / 4,
		    &p.time_us) < 0 ||
	    str_i64((struct str){ r->cell[6], r->len[6] }, 0, INT64_MAX, &p.bytes) < 0 ||
	    !wanted(r, f))
		return;
	int64_t at = out->matches++;
	if (at < f->offset || out->n_rows == EVIDENCE_PACKETS_PAGE)
		return;
	p.from = keep(a, r, 2);
	p.to = keep(a, r, 3);
	p.protocol = keep(a, r, 4);
	p.what = keep(a, r, 5);
	out->rows[out->n_rows++] = p;
}

int evidence_packets_parse(const void *p, size_t n, const struct evidence_packet_filter *f,
			   struct arena *a, struct evidence_packets *out, struct err *e)
{
	struct evidence_packets t = { .end = "broke", .problem = "" };
	struct csv *csv;
	struct csv_row row;
	struct err bad = { 0 };
	int r = csv_open(p, n, &csv, e);

	if (r < 0)
		return r;
	t.rows = arena_array(a, EVIDENCE_PACKETS_PAGE, sizeof(*t.rows));
	while ((r = csv_next(csv, &row, &bad)) != 0) {
		if (r < 0)
			continue; /* a row that the child could not end */
		if (row.n == 7 && strcmp(row.cell[0], "packet") == 0) {
			if (t.packets < EVIDENCE_PACKETS_MAX)
				packet_row(&row, f, a, &t);
		} else if (row.n == 3 && !t.problem[0] && row.cell[2][0]) {
			t.problem = keep(a, &row, 2);
		}
		if (row.n == 3 && strcmp(row.cell[0], "end") == 0)
			t.end = "end";
		if (row.n == 3 && strcmp(row.cell[0], "limit") == 0)
			t.end = "limit";
	}
	csv_close(csv);
	*out = t;
	return 0;
}

static char *table_path(const struct hub *h, const char *sha256, const char *more)
{
	char part[128];

	(void)snprintf(part, sizeof(part), "tables/%.64s.csv%s", sha256, more);
	return evidence_files_dir(h, part);
}

int evidence_packets_read(struct hub *h, const char *sha256, const struct evidence_packet_filter *f,
			  struct arena *a, struct evidence_packets *out, struct err *e)
{
	SCOPED_MEM char *path = table_path(h, sha256, "");
	SCOPED_BUF struct buf b = { 0 };

	if (!file_exists(path))
		return err_set(e, -ENOENT, "the table of this capture is not made yet");
	int r = file_read(path, TABLE_BYTES_MAX, &b, e);
	if (r < 0 || (r = evidence_packets_parse(b.p, b.n, f, a, out, e)) < 0)
		return r;
	/* What is wrong begins with the path of the file, which is nobody's business. */
	const char *name = strstr(out->problem, sha256);
	if (name && strncmp(name + strlen(sha256), ": ", 2) == 0)
		out->problem = name + strlen(sha256) + 2;
	return 0;
}

/* --- the child --- */

/* Beside the hub's own program, unless the configuration names another. */
static bool reader_path(char out[PATH_BYTES])
{
	if (evidence_conf.reader && evidence_conf.reader[0])
		return str_copy(out, PATH_BYTES, str_of(evidence_conf.reader));
	ssize_t n = readlink("/proc/self/exe", out, PATH_BYTES - 16);
	if (n <= 0)
		return false;
	out[n] = '\0';
	char *slash = strrchr(out, '/');
	if (!slash)
		return false;
	memcpy(slash + 1, "otasuke", sizeof("otasuke"));
	return access(out, X_OK) == 0;
}

static int child_start(const char *reader, const char *capture, const char *table, pid_t *pid_out)
{
	char limit[24];
	char *const argv[] = { "otasuke", "packets", (char *)(uintptr_t)capture, "--csv", "--limit",
			       limit,     NULL };
	char *const env[] = { "LC_ALL=ja_JP.UTF-8", NULL };
	posix_spawn_file_actions_t files;
	int r;

	(void)snprintf(limit, sizeof(limit), "%d", EVIDENCE_PACKETS_MAX);
	if (posix_spawn_file_actions_init(&files) != 0)
		return -ENOMEM;
	r = -posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	if (r == 0)
		r = -posix_spawn_file_actions_addopen(&files, 1, table,
						      O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (r == 0)
		r = -posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
	if (r == 0)
		r = -posix_spawn(pid_out, reader, &files, NULL, argv, env);
	(void)posix_spawn_file_actions_destroy(&files);
	return r;
}

/* Its status; -ETIMEDOUT when it had to be ended. */
static int child_wait(pid_t pid, int *status_out)
{
	const struct timespec look = { .tv_nsec = LOOK_MS * 1000000L };
	int status;

	for (int waited = 0; waited < PATIENCE_MS; waited += LOOK_MS) {
		pid_t r = waitpid(pid, &status, WNOHANG);
		if (r == pid) {
			*status_out = status;
			return 0;
		}
		if (r < 0)
			return -errno;
		(void)nanosleep(&look, NULL); /* shorter when a signal comes: that is fine */
	}
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, &status, 0);
	return -ETIMEDOUT;
}

static int table_make(struct hub *h, const char *sha256, struct err *e)
{
	SCOPED_MEM char *capture = evidence_files_path(h, sha256);
	SCOPED_MEM char *draft = table_path(h, sha256, ".part");
	SCOPED_MEM char *table = table_path(h, sha256, "");
	char reader[PATH_BYTES];
	pid_t pid;
	int status = 0;

	if (!reader_path(reader))
		return err_set(e, -ENOENT,
			       "the program otasuke, which reads captures, is not beside the hub "
			       "(evidence.reader)");
	int r = child_start(reader, capture, draft, &pid);
	if (r == 0)
		r = child_wait(pid, &status);
	if (r == 0 && WIFSIGNALED(status))
		r = err_set(e, -EFORMAT, "reading this capture was stopped by signal %d",
			    WTERMSIG(status));
	else if (r == -ETIMEDOUT)
		err_set(e, r, "reading this capture took too long and was stopped");
	else if (r < 0)
		err_set(e, r, "this capture cannot be read: %s", err_text(r));
	/* What there is until then is shown, whole or not. */
	if (rename(draft, table) < 0 && r == 0)
		r = err_set(e, -errno, "this capture cannot be read: %s", err_text(-errno));
	return r;
}

static int next(struct hub *h, struct arena *a, struct evidence_stored *out, struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);

	return t ? evidence_store_packets_next(t, a, out, e) : e->code;
}

int evidence_packets_job(struct hub *h, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct evidence_stored b;
	struct evidence_item *items;
	struct err why = { 0 };
	char note[NOTE_BYTES];
	size_t n = 0;
	int r = next(h, a, &b, &why);

	if (r == -ENOENT)
		return 0;
	if (r < 0) {
		*e = why;
		return r;
	}
	int made = table_make(h, b.sha256, &why);
	str_copy(note, sizeof(note), str_of(made < 0 ? why.text : ""));
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	r = t ? evidence_store_packets_set(t, b.sha256, made < 0 ? "failed" : "done", note, e)
	      : e->code;
	if (r >= 0)
		r = evidence_store_items_with(t, b.sha256, a, &items, &n, e);
	if (r >= 0)
		r = txn_commit(&t, e);
	for (size_t i = 0; r >= 0 && i < n; i++)
		live_publish(h, "case", items[i].company_id, items[i].case_id);
	return r;
}
