/* SPDX-License-Identifier: Apache-2.0 */
/* Items and blobs in the store: numbers, superseding, whose they are, what is forgotten. */
#include <errno.h>

#include "hub/fleet/fleet_item_store.h"
#include "hub/fleet/fleet_rules.h"
#include "hub/fleet/fleet_store.h"
#include "hub/members/test_members_db.h"
#include "wire/item.h"

#define LATER (TEST_NOW + US_PER_DAY)

struct world {
	struct db *db;
	struct user desk, other;
	int64_t company, sensor[2];
};

static struct world world_new(struct db *db)
{
	struct world w = { .db = db };
	struct err e;

	w.desk = test_user(test_org(db, ORG_CONSORTIUM, "北の協議会"), ROLE_DESK);
	w.other = test_user(test_org(db, ORG_CONSORTIUM, "南の協議会"), ROLE_DESK);
	w.company = test_register(db, &w.desk, "株式会社みなと製作所");
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, &e);
	for (int i = 0; i < 2; i++) {
		char cert[8];

		(void)snprintf(cert, sizeof(cert), "%d", i);
		struct fleet_sensor s = { .company_id = w.company,
					  .name = "本社",
					  .cert_sha256 = cert,
					  .version = "1",
					  .hardware = "" };
		assert_int_equal(fleet_store_add(t, &scope_system, &s, &w.sensor[i], &e), 0);
	}
	assert_int_equal(txn_commit(&t, &e), 0);
	return w;
}

static int put(struct world *w, const struct user *u, const struct fleet_item *i, int64_t now_us,
	       struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(w->db, TXN_WRITE, e);
	int r = fleet_item_put(t, &u->scope, i, now_us, e);

	return r < 0 ? r : txn_commit(&t, e);
}

static size_t waiting(struct world *w, int64_t sensor, int64_t now_us, struct arena *a,
		      struct item_row **out)
{
	struct err e;
	size_t n;
	SCOPED_TXN struct txn *t = txn_begin(w->db, TXN_READ, &e);

	assert_int_equal(fleet_item_store_waiting(t, sensor, 0, now_us, 100, a, out, &n, &e), 0);
	return n;
}

static struct fleet_item mutes_of(const struct world *w, const char *body)
{
	return (struct fleet_item){ .company_id = w->company,
				    .kind = "mutes",
				    .body = body,
				    .body_n = strlen(body),
				    .replace_key = "all",
				    .expires_us = LATER };
}

static void a_newer_item_supersedes_the_waiting_one(struct db *db, void *arg)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct world w = world_new(db);
	struct item_row *list;
	struct err e;

	(void)arg;
	struct fleet_item i = mutes_of(&w, "one");
	assert_int_equal(put(&w, &w.desk, &i, TEST_NOW, &e), 0);
	i = mutes_of(&w, "two");
	assert_int_equal(put(&w, &w.desk, &i, TEST_NOW, &e), 0);
	i.kind = "orders";
	i.replace_key = NULL;
	assert_int_equal(put(&w, &w.desk, &i, TEST_NOW - 5, &e), 0); /* the clock went back */
	for (int s = 0; s < 2; s++) {
		assert_int_equal(waiting(&w, w.sensor[s], TEST_NOW, a, &list), 2);
		assert_memory_equal(list[0].body, "two", 3);
		assert_int_equal(list[0].sequence, TEST_NOW + 1);
		assert_string_equal(list[1].kind, "orders");
		assert_int_equal(list[1].sequence, TEST_NOW + 2);
	}
	assert_int_equal(waiting(&w, w.sensor[0], LATER, a, &list), 0); /* expired */
}

static void a_foreign_desk_reaches_no_sensor(struct db *db, void *arg)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct world w = world_new(db);
	struct item_row *list;
	struct err e;
	size_t n;

	(void)arg;
	struct fleet_item i = mutes_of(&w, "one");
	assert_int_equal(put(&w, &w.other, &i, TEST_NOW, &e), 0); /* there is none for it */
	assert_int_equal(waiting(&w, w.sensor[0], TEST_NOW, a, &list), 0);
	i.sensor_id = w.sensor[0];
	assert_int_equal(put(&w, &w.other, &i, TEST_NOW, &e), -ENOENT);
	assert_int_equal(put(&w, &w.desk, &i, TEST_NOW, &e), 0);
	assert_int_equal(waiting(&w, w.sensor[0], TEST_NOW, a, &list), 1);
	assert_int_equal(waiting(&w, w.sensor[1], TEST_NOW, a, &list), 0);
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_READ, &e);
	assert_int_equal(fleet_item_store_list(t, &w.other.scope, w.sensor[0], 9, a, &list, &n, &e),
			 0);
	assert_int_equal(n, 0);
	assert_int_equal(fleet_item_store_list(t, &w.desk.scope, w.sensor[0], 9, a, &list, &n, &e),
			 0);
	assert_int_equal(n, 1);
}

static void what_is_too_large_or_unknown_is_refused(struct db *db, void *arg)
{
	static char body[ITEM_BODY_MAX + 1];
	struct world w = world_new(db);
	struct err e;

	(void)arg;
	struct fleet_item i = mutes_of(&w, "");
	i.body = body;
	i.body_n = sizeof(body);
	assert_int_equal(put(&w, &w.desk, &i, TEST_NOW, &e), -ELIMIT);
	i = mutes_of(&w, "");
	i.blob = "0000";
	assert_int_equal(put(&w, &w.desk, &i, TEST_NOW, &e), -ENOENT);
	char name[FLEET_BLOB_NAME];
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, &e);
	assert_int_equal(fleet_blob_put(t, "", 0, TEST_NOW, name, &e), -ELIMIT);
}

static void blob_put(struct db *db, const char *p, size_t n, int64_t now_us,
		     char name[FLEET_BLOB_NAME])
{
	struct err e;
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, &e);

	if (fleet_blob_put(t, p, n, now_us, name, &e) < 0 || txn_commit(&t, &e) < 0)
		fail_msg("%s", e.text);
}

static size_t blob_read(struct db *db, int64_t sensor, const char *name, size_t offset,
			struct buf *out)
{
	struct err e;
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_READ, &e);

	assert_int_equal(fleet_blob_store_read(t, sensor, name, offset, out, &e), 0);
	return out->n;
}

static void a_blob_is_kept_once_and_read_in_parts(struct db *db, void *arg)
{
	struct world w = world_new(db);
	size_t size = (size_t)BLOB_CHUNK_MAX * 2 + 77;
	SCOPED_MEM char *p = mem_new(size);
	char name[FLEET_BLOB_NAME], again[FLEET_BLOB_NAME];
	SCOPED_BUF struct buf got = { 0 };
	SCOPED_BUF struct buf foreign = { 0 };
	struct err e;

	(void)arg;
	for (size_t k = 0; k < size; k++)
		p[k] = (char)(k * 7 + k / 251);
	blob_put(db, p, size, TEST_NOW, name);
	blob_put(db, p, size, TEST_NOW + 1, again);
	assert_string_equal(name, again);
	assert_int_equal(test_count(db, "@global SELECT count(*) FROM parcel"), 1);
	assert_int_equal(test_count(db, "@global SELECT count(*) FROM parcel_part"), 3);
	struct fleet_item i = mutes_of(&w, "");
	i.kind = "indicators";
	i.blob = name;
	i.sensor_id = w.sensor[0];
	assert_int_equal(put(&w, &w.desk, &i, TEST_NOW, &e), 0);
	while (got.n < size) {
		size_t before = got.n;
		assert_true(blob_read(db, w.sensor[0], name, got.n, &got) > before);
	}
	assert_int_equal(got.n, size);
	assert_memory_equal(got.p, p, size);
	assert_int_equal(blob_read(db, w.sensor[0], name, size, &foreign), 0);
	/* nothing that no item of its own names */
	assert_int_equal(blob_read(db, w.sensor[1], name, 0, &foreign), 0);
}

static void forget(struct db *db, int64_t now_us)
{
	struct err e;
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, &e);

	if (fleet_item_store_forget(t, now_us, now_us - 90 * US_PER_DAY, now_us - US_PER_HOUR, &e) <
		    0 ||
	    txn_commit(&t, &e) < 0)
		fail_msg("%s", e.text);
}

static void a_blob_that_no_newest_item_names_is_forgotten(struct db *db, void *arg)
{
	static const char blobs[] = "@global SELECT count(*) FROM parcel";
	struct world w = world_new(db);
	char one[FLEET_BLOB_NAME], two[FLEET_BLOB_NAME];
	struct err e;

	(void)arg;
	blob_put(db, "one", 3, TEST_NOW, one);
	blob_put(db, "two", 3, TEST_NOW, two);
	forget(db, TEST_NOW + US_PER_HOUR);
	assert_int_equal(test_count(db, blobs), 2); /* an item may come yet */
	struct fleet_item i = mutes_of(&w, "");
	i.kind = "indicators";
	i.blob = one;
	assert_int_equal(put(&w, &w.desk, &i, TEST_NOW, &e), 0);
	forget(db, TEST_NOW + US_PER_HOUR + 1);
	assert_int_equal(test_count(db, blobs), 1);
	blob_put(db, "two", 3, TEST_NOW + US_PER_HOUR, two);
	i.blob = two;
	assert_int_equal(put(&w, &w.desk, &i, TEST_NOW + US_PER_HOUR, &e), 0);
	forget(db, TEST_NOW + 2 * US_PER_HOUR);
	assert_int_equal(test_count(db, blobs), 1);
	assert_int_equal(test_count(db, "@global SELECT count(*) FROM parcel_part"), 1);
	assert_int_equal(test_count(db, "@global SELECT count(*) FROM item WHERE state ="
					" 'superseded'"),
			 2);
	forget(db, TEST_NOW + 100 * US_PER_DAY);
	assert_int_equal(test_count(db, "@global SELECT count(*) FROM item"), 0);
	forget(db, TEST_NOW + 101 * US_PER_DAY);
	assert_int_equal(test_count(db, blobs), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(a_newer_item_supersedes_the_waiting_one),
		ON_BOTH(a_foreign_desk_reaches_no_sensor),
		ON_BOTH(what_is_too_large_or_unknown_is_refused),
		ON_BOTH(a_blob_is_kept_once_and_read_in_parts),
		ON_BOTH(a_blob_that_no_newest_item_names_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
