/* SPDX-License-Identifier: Apache-2.0 */
/* Backup and restore: what comes back is what was there; damage is seen; the doctor tells. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/test.h"
#include "hub/accounts/accounts.h"
#include "hub/hub_core.h"
#include "hub/hub_tar.h"

struct place {
	char dir[TEST_DIR_MAX];
	char state[128], copy[128], file[128];
};

static void place_new(struct place *p)
{
	test_dir_new(p->dir);
	(void)snprintf(p->state, sizeof(p->state), "%s/state", p->dir);
	(void)snprintf(p->copy, sizeof(p->copy), "%s/copy", p->dir);
	(void)snprintf(p->file, sizeof(p->file), "%s/backup.tar", p->dir);
}

static void hub_set_up(const struct place *p)
{
	struct hub_setup setup = { .state_dir = p->state, .region = "IW", .region_name = "岩手" };
	struct err e = { 0 };

	if (hub_init(&setup, &e) < 0)
		fail_msg("%s", e.text);
}

static struct hub *hub_at(const char *state)
{
	struct hub *h = NULL;
	struct err e = { 0 };

	if (hub_open(&(struct hub_open_options){ .state_dir = state }, &h, &e) < 0)
		fail_msg("%s", e.text);
	return h;
}

static void backup_at(const struct place *p)
{
	struct hub *h = hub_at(p->state);
	struct backup_told told = { .n_files = 0 };
	struct err e = { 0 };

	if (hub_backup(h, p->file, &told, &e) < 0)
		fail_msg("%s", e.text);
	hub_close(h);
}

static void what_comes_back_is_what_was_there(void **state)
{
	struct backup_told told = { .n_files = 0 };
	struct place p;
	struct stat st;
	int64_t before, after;
	SCOPED_BUF struct buf a = { 0 };
	SCOPED_BUF struct buf b = { 0 };

	(void)state;
	place_new(&p);
	hub_set_up(&p);
	assert_int_equal(hub_init(&(struct hub_setup){ .state_dir = p.state }, NULL), -EEXIST);
	backup_at(&p);
	assert_int_equal(stat(p.file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(hub_restore(p.state, p.file, &told, NULL), -EEXIST);
	assert_int_equal(hub_restore(p.copy, p.file, &told, NULL), 0);
	assert_int_equal(stat(p.copy, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);

	struct hub *h = hub_at(p.state);
	assert_int_equal(accounts_audit_verify(h->db, &before, NULL), 0);
	char *key = hub_state_path(h, HUB_CA_KEY);
	assert_int_equal(file_read(key, 65536, &a, NULL), 0);
	free(key);
	hub_close(h);
	h = hub_at(p.copy);
	assert_int_equal(accounts_audit_verify(h->db, &after, NULL), 0);
	key = hub_state_path(h, HUB_CA_KEY);
	assert_int_equal(file_read(key, 65536, &b, NULL), 0);
	free(key);
	assert_string_equal(h->conf.region_name, "岩手");
	hub_close(h);
	assert_int_equal(before, after);
	assert_string_equal(a.p, b.p);
	test_dir_free(p.dir);
}

/* Writes the file again with one byte turned at AT, or cut there. */
static void spoil(const char *path, const struct buf *good, size_t at, bool cut)
{
	struct buf bad = { 0 };

	buf_add(&bad, good->p, cut ? at : good->n);
	if (!cut)
		bad.p[at] = (char)(bad.p[at] ^ 0x20);
	assert_int_equal(file_write(path, 0600, bad.p, bad.n, NULL), 0);
	buf_done(&bad);
}

static void damage_is_seen_and_leaves_nothing(void **state)
{
	struct backup_told told = { .n_files = 0 };
	struct place p;
	SCOPED_BUF struct buf good = { 0 };

	(void)state;
	place_new(&p);
	hub_set_up(&p);
	backup_at(&p);
	assert_int_equal(file_read(p.file, 64 * 1024 * 1024, &good, NULL), 0);
	for (size_t at = 0; at < good.n; at += good.n / 23 + 1) {
		spoil(p.file, &good, at, true);
		assert_true(hub_restore(p.copy, p.file, &told, NULL) < 0);
		assert_false(file_exists(p.copy));
	}
	static const size_t spots[] = { 0, 100, 130, 520, 600, 1030, 5000, 100000 };
	for (size_t i = 0; i < sizeof(spots) / sizeof(spots[0]); i++) {
		spoil(p.file, &good, spots[i], false);
		if (hub_restore(p.copy, p.file, &told, NULL) >= 0)
			fail_msg("byte %zu was changed and nobody saw", spots[i]);
		assert_false(file_exists(p.copy));
	}
	test_dir_free(p.dir);
}

static void foreign_names_are_refused(void **state)
{
	unsigned char block[TAR_BLOCK];
	struct tar_entry entry;

	(void)state;
	tar_header("otasuke.db", 12, 0, block);
	assert_int_equal(tar_parse(block, &entry, NULL), 1);
	assert_string_equal(entry.name, "otasuke.db");
	assert_int_equal(entry.size, 12);
	tar_header("../etc/passwd", 12, 0, block);
	assert_int_equal(tar_parse(block, &entry, NULL), -EFORMAT);
	tar_header(".ssh", 12, 0, block);
	assert_int_equal(tar_parse(block, &entry, NULL), -EFORMAT);
	memset(block, 0, sizeof(block));
	assert_int_equal(tar_parse(block, &entry, NULL), 0);
}

static void doctor_names_what_is_wrong(void **state)
{
	struct backup_told told = { .n_files = 0 };
	struct place p;
	struct check_list *l = check_new();
	SCOPED_BUF struct buf out = { 0 };

	(void)state;
	place_new(&p);
	hub_set_up(&p);
	struct hub *h = hub_at(p.state);
	assert_int_equal(chmod(p.state, 0755), 0);
	check_run(h, true, l);
	assert_int_equal(check_worst(l), CHECK_BAD);
	check_json(l, h->text, LANG_EN, &out);
	assert_non_null(strstr(out.p, "hub.check.folder.rights"));
	assert_non_null(strstr(out.p, "hub.check.backup.none"));
	check_free(l);

	assert_int_equal(chmod(p.state, 0700), 0);
	assert_int_equal(hub_backup(h, p.file, &told, NULL), 0);
	l = check_new();
	check_run(h, true, l);
	assert_int_equal(check_worst(l), CHECK_WARN); /* mail is not set up */
	buf_clear(&out);
	check_text(l, h->text, LANG_JA, &out);
	assert_null(strstr(out.p, "[BAD ]"));
	assert_null(strstr(out.p, "hub.check")); /* every finding has words */
	check_free(l);
	hub_close(h);
	test_dir_free(p.dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_comes_back_is_what_was_there),
		cmocka_unit_test(damage_is_seen_and_leaves_nothing),
		cmocka_unit_test(foreign_names_are_refused),
		cmocka_unit_test(doctor_names_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
