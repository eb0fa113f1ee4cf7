/* SPDX-License-Identifier: Apache-2.0 */
/* Files of evidence in backups: they come back as they came in, in bounded memory; a backup that is
 * cut or spoilt is refused; what was missing before is told with its case; people go on working. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/test.h"
#include "hub/evidence/evidence_files.h"
#include "hub/evidence/evidence_rules.h"
#include "hub/hub_core.h"
#include "hub/hub_tar.h"
#include "hub/test_hub.h"

#define MIB 1048576

enum { LARGE_MIB = 50, ROOM_MIB = 24, MEETS = 4 };

struct ready {
	struct test_hub *th;
	struct user desk, root;
	int64_t case_id;
	char dir[TEST_DIR_MAX];
	char file[128], copy[128];
};

static struct ready ready(struct test_hub *th)
{
	struct ready r = { .th = th };
	const int64_t company = test_hub_company(th, "みなと製作所");
	struct err e = { 0 };

	r.desk = test_hub_user(th, test_hub_person(th, th->consortium_id, ROLE_DESK, "desk"));
	r.root = test_hub_user(th, test_hub_person(th, th->consortium_id, ROLE_ADMIN, "admin"));
	const struct case_new n = { .company_id = company,
				    .kind = "malware_suspected",
				    .title = "画面に警告",
				    .source = "phone",
				    .severity = 2,
				    .words = "x",
				    .contact_name = "佐藤",
				    .contact_phone = "" };
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(cases_open(t, th->hub, &r.desk, &n, TEST_HUB_NOW, &r.case_id, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	test_dir_new(r.dir);
	(void)snprintf(r.file, sizeof(r.file), "%s/backup.tar", r.dir);
	(void)snprintf(r.copy, sizeof(r.copy), "%s/copy", r.dir);
	return r;
}

static void done(struct ready *r)
{
	test_dir_free(r->dir);
}

/* A file of SIZE bytes that begins with SEED; its id. */
static int64_t put(const struct ready *r, const char *name, size_t size, unsigned seed)
{
	char path[256], block[4096];
	const struct evidence_new n = {
		.case_id = r->case_id, .kind = "file", .name = name, .source = "upload"
	};
	struct err e = { 0 };
	int64_t id = 0;

	(void)snprintf(path, sizeof(path), "%s/to-put", r->dir);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	for (size_t left = size, i = 0; left > 0; i++) {
		const size_t k = left < sizeof(block) ? left : sizeof(block);
		memset(block, (int)(i * 31 + seed), sizeof(block));
		memcpy(block, &seed, sizeof(seed));
		assert_int_equal(fd_write_all(fd, block, k), 0);
		left -= k;
	}
	assert_int_equal(close(fd), 0);
	if (evidence_put_file(r->th->hub, &r->desk, &n, path, TEST_HUB_NOW, &id, &e) < 0)
		fail_msg("%s", e.text);
	return id;
}

static char *kept_at(const struct ready *r, int64_t id, const char *state)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_READ, NULL);
	SCOPED_BUF struct buf b = { 0 };
	struct evidence_item i;

	assert_int_equal(evidence_get(t, &r->desk.scope, id, a, &i, NULL), 0);
	buf_printf(&b, "%s/evidence/files/%.2s/%s", state ? state : r->th->hub->conf.state_dir,
		   i.sha256, i.sha256);
	return mem_strdup(b.p);
}

static struct backup_told backup(const struct ready *r)
{
	struct backup_told told = { .n_files = 0 };
	struct err e = { 0 };

	if (hub_backup(r->th->hub, r->file, &told, &e) < 0)
		fail_msg("%s", e.text);
	return told;
}

static struct backup_told restore(const struct ready *r)
{
	struct backup_told told = { .n_files = 0 };
	struct err e = { 0 };

	if (hub_restore(r->copy, r->file, &told, &e) < 0)
		fail_msg("%s", e.text);
	return told;
}

static void refused(const struct ready *r, const char *why)
{
	struct backup_told told = { .n_files = 0 };
	struct err e = { 0 };

	assert_true(hub_restore(r->copy, r->file, &told, &e) < 0);
	if (!strstr(e.text, why))
		fail_msg("\"%s\" does not say \"%s\"", e.text, why);
	assert_false(file_exists(r->copy));
	backup_told_done(&told);
}

static void files_same(const char *a, const char *b)
{
	SCOPED_FD int x = open(a, O_RDONLY | O_CLOEXEC);
	SCOPED_FD int y = open(b, O_RDONLY | O_CLOEXEC);
	char p[4096], q[4096];
	ssize_t n;

	assert_true(x >= 0 && y >= 0);
	while ((n = read(x, p, sizeof(p))) > 0) {
		assert_int_equal(read(y, q, sizeof(q)), n);
		assert_memory_equal(p, q, (size_t)n);
	}
	assert_int_equal(read(y, q, sizeof(q)), 0);
}

static int64_t peak_kib(void)
{
	struct rusage u;

	assert_int_equal(getrusage(RUSAGE_SELF, &u), 0);
	return u.ru_maxrss;
}

static void a_large_file_comes_back_in_bounded_memory(void **state)
{
	struct test_hub *th = test_hub_new(false);
	struct ready r = ready(th);
	const int64_t large = put(&r, "disk.img", (size_t)LARGE_MIB * MIB, 7);
	const int64_t small = put(&r, "note.txt", 5, 8), empty = put(&r, "empty", 0, 9);
	const int64_t before = peak_kib();
	struct backup_told kept = backup(&r), back = restore(&r);
	struct stat st;

	(void)state;
	assert_true(peak_kib() - before < (int64_t)ROOM_MIB * 1024);
	assert_int_equal(kept.n_files, 3);
	assert_int_equal(back.n_files, 3);
	assert_int_equal(back.bytes, (int64_t)LARGE_MIB * MIB + 5);
	assert_int_equal(kept.n_missing + kept.n_damaged + back.n_missing + back.n_damaged, 0);
	const int64_t all[] = { large, small, empty };
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		SCOPED_MEM char *was = kept_at(&r, all[i], NULL);
		SCOPED_MEM char *is = kept_at(&r, all[i], r.copy);
		files_same(was, is);
		assert_int_equal(stat(is, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0400);
	}
	backup_told_done(&kept);
	backup_told_done(&back);
	SCOPED_MEM char *links = hub_state_path(th->hub, HUB_BACKUP_LOG ".links");
	assert_false(file_exists(links));
	done(&r);
	test_hub_free(th);
}

/* Wherever it is cut, and whatever byte of a file is turned: nothing is restored. */
static void a_cut_or_spoilt_archive_is_refused(void **state)
{
	struct test_hub *th = test_hub_new(false);
	struct ready r = ready(th);
	struct stat st;
	SCOPED_BUF struct buf good = { 0 };

	(void)state;
	(void)put(&r, "one.bin", 70000, 1);
	(void)put(&r, "two.bin", 70000, 2);
	struct backup_told kept = backup(&r);
	backup_told_done(&kept);
	assert_int_equal(file_read(r.file, (size_t)64 * MIB, &good, NULL), 0);
	/* The last file and its pad, then two empty blocks. */
	static const size_t from_end[] = { 512,          1024,         1025,         1024 + 300,
					   1024 + 70000, 1024 + 72000, 1024 + 144000 };
	for (size_t i = 0; i < ARRAY_LEN(from_end); i++) {
		assert_int_equal(file_write(r.file, 0600, good.p, good.n - from_end[i], NULL), 0);
		if (from_end[i] > 512) /* one empty block is an end, too */
			refused(&r, "ends too early");
	}
	good.p[good.n - 1024 - 30000] ^= 1;
	assert_int_equal(file_write(r.file, 0600, good.p, good.n, NULL), 0);
	refused(&r, "IW-2026-000001");
	good.p[good.n - 1024 - 30000] ^= 1;
	/* A whole file taken out: the manifest counts. */
	const size_t entry = TAR_BLOCK + (70000 / TAR_BLOCK + 1) * TAR_BLOCK;
	SCOPED_BUF struct buf less = { 0 };
	buf_add(&less, good.p, good.n - 1024 - entry);
	buf_add(&less, good.p + good.n - 1024, 1024);
	assert_int_equal(file_write(r.file, 0600, less.p, less.n, NULL), 0);
	refused(&r, "lacks files");
	assert_int_equal(file_write(r.file, 0600, good.p, good.n, NULL), 0);
	struct backup_told back = restore(&r);
	assert_int_equal(back.n_files, 2);
	backup_told_done(&back);
	assert_int_equal(stat(r.copy, &st), 0);
	done(&r);
	test_hub_free(th);
}

static void what_was_missing_or_damaged_is_told_with_its_case(void **state)
{
	struct test_hub *th = test_hub_new(false);
	struct ready r = ready(th);
	SCOPED_MEM char *gone = kept_at(&r, put(&r, "gone.pdf", 100, 1), NULL);
	const int64_t bad_id = put(&r, "bad.pdf", 6000, 2);
	SCOPED_MEM char *bad = kept_at(&r, bad_id, NULL);
	SCOPED_BUF struct buf said = { 0 };

	(void)state;
	(void)put(&r, "good.pdf", 100, 3);
	assert_int_equal(unlink(gone), 0);
	assert_int_equal(chmod(bad, 0600), 0);
	assert_int_equal(file_write(bad, 0600, "other", 5, NULL), 0);
	struct backup_told kept = backup(&r), back = restore(&r);
	assert_int_equal(kept.n_missing, 1);
	assert_int_equal(kept.n_damaged, 1);
	assert_int_equal(back.n_missing, 1);
	assert_int_equal(back.n_damaged, 1);
	assert_int_equal(back.n_files, 2);
	assert_non_null(strstr(kept.missing.p, "IW-2026-000001 / 1 / gone.pdf"));
	assert_non_null(strstr(back.missing.p, "IW-2026-000001 / 1 / gone.pdf"));
	assert_non_null(strstr(kept.damaged.p, "IW-2026-000001 / 2 / bad.pdf"));
	assert_non_null(strstr(back.damaged.p, "IW-2026-000001 / 2 / bad.pdf"));
	backup_told_text(&back, th->hub->text, LANG_JA, &said);
	assert_non_null(strstr(said.p, "gone.pdf"));
	assert_null(strstr(said.p, "hub.backup"));
	SCOPED_MEM char *is = kept_at(&r, bad_id, r.copy);
	files_same(bad, is); /* as they were, for whoever may mend them */
	backup_told_done(&kept);
	backup_told_done(&back);
	done(&r);
	test_hub_free(th);
}

struct busy {
	const struct ready *r;
	atomic_bool stop;
	atomic_int rounds;
};

/* Files come and are destroyed as fast as it goes. */
static void *work(void *arg)
{
	struct busy *b = arg;
	const struct ready *r = b->r;
	struct evidence_end end = { .bytes = false };
	struct err e = { 0 };

	for (unsigned i = 0; !b->stop; i++) {
		const int64_t id = put(r, "busy.bin", 9000 + i, 1000 + i);
		const struct evidence_step step = { .kind = "destroyed", .why = "x", .seen = -1 };
		if (i % 2 == 0) {
			SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_WRITE, &e);
			assert_non_null(t);
			assert_int_equal(evidence_destroy(t, r->th->hub, &r->root, id, &step,
							  TEST_HUB_NOW, &end, &e),
					 0);
			evidence_destroy_finish(r->th->hub, &end, txn_commit(&t, &e));
		}
		b->rounds++;
		(void)usleep(2000);
	}
	return NULL;
}

/* What the copy of the database names is whole in the archive, whatever happened meanwhile. */
static void people_go_on_working(void **state)
{
	struct test_hub *th = test_hub_new(false);
	struct ready r = ready(th);
	struct busy b = { .r = &r };
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, work, &b), 0);
	for (int i = 0; i < MEETS; i++) {
		const int before = b.rounds;
		struct backup_told kept = backup(&r), back = restore(&r);
		assert_int_equal(kept.n_missing, 0);
		assert_int_equal(kept.n_damaged, 0);
		assert_int_equal(back.n_missing, 0);
		assert_int_equal(back.n_files, kept.n_files);
		backup_told_done(&kept);
		backup_told_done(&back);
		assert_int_equal(dir_remove_all(r.copy, NULL), 0);
		while (b.rounds == before)
			(void)usleep(1000);
	}
	b.stop = true;
	assert_int_equal(pthread_join(thread, NULL), 0);
	done(&r);
	test_hub_free(th);
}

static void sizes_beyond_octal_are_written_and_read(void **state)
{
	static const uint64_t sizes[] = { 0, UINT64_C(077777777777), UINT64_C(0100000000000),
					  UINT64_C(1) << 40, INT64_MAX };
	unsigned char block[TAR_BLOCK];
	struct tar_entry entry;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		tar_header("x", sizes[i], 0, block);
		assert_int_equal(tar_parse(block, &entry, NULL), 1);
		assert_true(entry.size == sizes[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_large_file_comes_back_in_bounded_memory),
		cmocka_unit_test(a_cut_or_spoilt_archive_is_refused),
		cmocka_unit_test(what_was_missing_or_damaged_is_told_with_its_case),
		cmocka_unit_test(people_go_on_working),
		cmocka_unit_test(sizes_beyond_octal_are_written_and_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
