/* SPDX-License-Identifier: Apache-2.0 */
/* Orders given and taken back, reports once, files from parts to whoever takes them. */
#include <errno.h>
#include <stdio.h>

#include "base/file.h"
#include "hub/fleet/fleet_ingest.h"
#include "hub/fleet/fleet_item_store.h"
#include "hub/fleet/fleet_keep.h"
#include "hub/fleet/fleet_order_store.h"
#include "hub/fleet/fleet_rules.h"
#include "hub/fleet/fleet_store.h"
#include "hub/fleet/fleet_upload.h"
#include "hub/members/test_members_db.h"
#include "net/crypto.h"
#include "wire/frame.h"
#include "wire/item.h"
#include "wire/record.h"

#define LATER (TEST_NOW + US_PER_DAY)

struct world {
	struct db *db;
	struct hub hub;
	struct clock_fake clock;
	struct user desk, other;
	struct fleet_consumers consumers;
	int64_t company, sensor;
	char dir[TEST_DIR_MAX];
	size_t reports, uploads;
	enum order_state state; /* of the last report */
	size_t devices;
	int answer;       /* of the consumer to a file */
	char content[64]; /* of the last file */
};

static int on_take(void *arg, struct txn *t, const struct fleet_batch *b, struct err *e)
{
	struct world *w = arg;

	(void)t;
	(void)e;
	w->reports += b->n_orders;
	for (size_t i = 0; i < b->n_orders; i++) {
		w->state = b->orders[i].report->state;
		w->devices += b->orders[i].report->n_devices;
	}
	return 0;
}

static int on_upload(void *arg, struct txn *t, const struct fleet_upload *u, struct err *e)
{
	struct world *w = arg;
	SCOPED_BUF struct buf b = { 0 };

	(void)t;
	w->uploads++;
	assert_int_equal(u->order_id, 8);
	assert_int_equal(u->company_id, w->company);
	if (w->answer < 0)
		return err_set(e, w->answer, "not now");
	assert_int_equal(file_read(u->path, 1 << 20, &b, e), 0);
	assert_int_equal(b.n, u->size);
	str_copy(w->content, sizeof(w->content), (struct str){ b.p, b.n });
	return w->answer;
}

static struct world *world_new(struct db *db)
{
	struct world *w = mem_new(sizeof(*w));
	struct fleet_sensor s = {
		.name = "本社", .cert_sha256 = "1", .version = "1", .hardware = ""
	};
	struct err e;

	w->db = db;
	clock_fake_init(&w->clock, TEST_NOW);
	test_dir_new(w->dir);
	w->hub =
		(struct hub){ .db = db, .clock = &w->clock.clock, .conf = { .state_dir = w->dir } };
	fleet_conf.uploads_max_bytes = 1 << 20;
	w->consumers.list[w->consumers.n++] = (struct fleet_consumer){
		.name = "test", .take = on_take, .upload = on_upload, .arg = w
	};
	w->desk = test_user(test_org(db, ORG_CONSORTIUM, "北の協議会"), ROLE_DESK);
	w->other = test_user(test_org(db, ORG_CONSORTIUM, "南の協議会"), ROLE_DESK);
	s.company_id = w->company = test_register(db, &w->desk, "株式会社みなと製作所");
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, &e);
	assert_int_equal(fleet_store_add(t, &scope_system, &s, &w->sensor, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	return w;
}

static void world_free(struct world *w)
{
	test_dir_free(w->dir);
	free(w);
}

static struct fleet_order capture(const struct world *w)
{
	return (struct fleet_order){ .company_id = w->company,
				     .sensor_id = w->sensor,
				     .order = { .id = 8,
						.type = ORDER_CAPTURE,
						.mac = "02:00:5e:10:00:01",
						.seconds = 60,
						.bytes = 1 << 19,
						.consent = 5 },
				     .expires_us = LATER };
}

static int put(struct world *w, const struct user *u, const struct fleet_order *o, struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(w->db, TXN_WRITE, e);
	int r = fleet_order_put(t, &u->scope, o, TEST_NOW, e);

	return r < 0 ? r : txn_commit(&t, e);
}

static int withdraw(struct world *w, const struct user *u, int64_t id, struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(w->db, TXN_WRITE, e);
	int r = fleet_order_withdraw(t, &u->scope, w->sensor, id, TEST_NOW, e);
	int c = r < 0 ? r : txn_commit(&t, e);

	return c < 0 ? c : r;
}

static size_t waiting(struct world *w, struct arena *a, struct item_row **out)
{
	struct err e;
	size_t n;
	SCOPED_TXN struct txn *t = txn_begin(w->db, TXN_READ, &e);

	assert_int_equal(fleet_item_store_waiting(t, w->sensor, 0, TEST_NOW, 9, a, out, &n, &e), 0);
	return n;
}

static void an_order_goes_out_as_an_item_of_its_kind(struct db *db, void *arg)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct world *w = world_new(db);
	struct fleet_order o = capture(w);
	struct item_row *list;
	struct order got;
	struct err e;

	(void)arg;
	assert_int_equal(put(w, &w->other, &o, &e), -ENOENT);
	assert_int_equal(put(w, &w->desk, &o, &e), 0);
	assert_int_equal(put(w, &w->desk, &o, &e), -EEXIST);
	o.order = (struct order){ .id = 9, .type = ORDER_ISOLATE, .until_us = LATER };
	assert_int_equal(put(w, &w->desk, &o, &e), -EINVAL); /* whom? */
	memcpy(o.order.mac, "02:00:5e:10:00:01", ORDER_MAC_MAX);
	o.expires_us = TEST_NOW;
	assert_int_equal(put(w, &w->desk, &o, &e), -EINVAL);
	o.expires_us = LATER;
	assert_int_equal(put(w, &w->desk, &o, &e), 0);
	assert_int_equal(waiting(w, a, &list), 2);
	assert_string_equal(list[0].kind, "order");
	assert_string_equal(list[1].kind, "enforce");
	assert_int_equal(order_decode(list[1].body, list[1].body_n, &got, &e), 0);
	assert_int_equal(got.id, 9);
	assert_int_equal(got.until_us, LATER);
	world_free(w);
}

static void what_is_taken_back_goes_out_no_more_and_a_capture_ends(struct db *db, void *arg)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct world *w = world_new(db);
	struct fleet_order o = capture(w);
	struct item_row *list;
	struct order got;
	struct err e;

	(void)arg;
	assert_int_equal(put(w, &w->desk, &o, &e), 0);
	assert_int_equal(withdraw(w, &w->other, 8, &e), -ENOENT);
	assert_int_equal(withdraw(w, &w->desk, 8, &e), 1);
	assert_int_equal(waiting(w, a, &list), 1);
	assert_int_equal(order_decode(list[0].body, list[0].body_n, &got, &e), 0);
	assert_int_equal(got.type, ORDER_CANCEL);
	assert_int_equal(got.subject, 8);
	assert_int_equal(withdraw(w, &w->desk, 8, &e), 0);
	o.order = (struct order){
		.id = 9, .type = ORDER_ISOLATE, .mac = "02:00:5e:10:00:01", .until_us = LATER
	};
	assert_int_equal(put(w, &w->desk, &o, &e), 0);
	assert_int_equal(withdraw(w, &w->desk, 9, &e), 1);
	assert_int_equal(
		test_count(db, "@global SELECT count(*) FROM item WHERE state = 'withdrawn'"), 2);
	world_free(w);
}

static int ingest(struct world *w, uint64_t sequence, const struct order_report *r)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_BUF struct buf raw = { 0 };
	SCOPED_BUF struct buf packed = { 0 };
	SCOPED_BUF struct buf rec_bytes = { 0 };
	struct record rec = { .sequence = sequence, .kind = RECORD_ORDER, .order = *r };
	struct ingest_from from = { w->sensor, w->company, TEST_NOW };
	struct ingest_result result;
	Otasuke__Wire__Batch *b = NULL;
	struct err e;

	assert_int_equal(record_encode(&rec, a, &rec_bytes, &e), 0);
	batch_add(&raw, rec_bytes.p, rec_bytes.n);
	assert_int_equal(batch_compress(&raw, &packed, &e), 0);
	assert_int_equal(batch_open(packed.p, packed.n, &b, &e), 0);
	SCOPED_TXN struct txn *t = txn_begin(w->db, TXN_WRITE, &e);
	int got = fleet_ingest_apply(t, &from, b, &w->consumers, a, &result, &e);
	if (got >= 0)
		got = txn_commit(&t, &e);
	if (got < 0)
		fail_msg("%s", e.text);
	otasuke__wire__batch__free_unpacked(b, NULL);
	return got;
}

static void each_report_counts_once(struct db *db, void *arg)
{
	static const struct device_info devices[] = { { .mac = "02:00:5e:10:00:01",
							.hostname = "pc",
							.vendor = "",
							.dhcp_fingerprint = "",
							.dhcp_class = "",
							.dhcp6_fingerprint = "" } };
	struct world *w = world_new(db);
	struct fleet_order o = capture(w);
	struct order_report r = { .order = 8,
				  .item = TEST_NOW,
				  .number = 1,
				  .state = ORDER_ACCEPTED,
				  .reason = "",
				  .text = "",
				  .at_us = TEST_NOW };
	struct err e;

	(void)arg;
	assert_int_equal(put(w, &w->desk, &o, &e), 0);
	ingest(w, 1, &r);
	assert_int_equal(w->reports, 1);
	assert_int_equal(
		test_count(db, "@global SELECT count(*) FROM item WHERE state = 'applied'"), 1);
	assert_int_equal(
		test_count(db, "@global SELECT count(*) FROM audit WHERE action = 'item.applied'"),
		1);
	ingest(w, 1, &r); /* sent again */
	ingest(w, 2, &r); /* numbered again after a power cut */
	assert_int_equal(w->reports, 1);
	r.number = 2;
	r.state = ORDER_DONE;
	r.devices = devices;
	r.n_devices = 1;
	ingest(w, 3, &r);
	assert_int_equal(w->reports, 2);
	assert_int_equal(w->state, ORDER_DONE);
	assert_int_equal(w->devices, 1);
	assert_int_equal(test_count(db, "@global SELECT count(*) FROM device"), 1);
	r = (struct order_report){ .item = 77,
				   .number = 1,
				   .state = ORDER_REFUSED,
				   .reason = ORDER_WHY_SIGNATURE,
				   .text = "its signature is not the hub's" };
	ingest(w, 4, &r); /* of no order of ours */
	assert_int_equal(w->reports, 3);
	world_free(w);
}

static const char file[] = "the packets of one device";

static struct upload_answer say(struct world *w, uint64_t item, uint64_t offset, size_t n)
{
	Otasuke__Wire__UploadPart m = OTASUKE__WIRE__UPLOAD_PART__INIT;
	struct upload_answer answer = { 0 };
	uint8_t hash[ORDER_HASH];
	struct err e;

	crypto_sha256(file, sizeof(file), hash);
	m.item = item;
	m.sha256 = (ProtobufCBinaryData){ sizeof(hash), hash };
	m.size = sizeof(file);
	m.offset = offset;
	m.data = (ProtobufCBinaryData){ n, (uint8_t *)(uintptr_t)file + offset };
	assert_int_equal(fleet_upload_check(&m), 0);
	if (fleet_upload_take(&w->hub, &w->consumers, w->sensor, &m, &answer, &e) < 0)
		answer.code = "failed";
	return answer;
}

static void assert_answer(struct upload_answer a, uint64_t have, const char *code)
{
	assert_int_equal(a.have, have);
	assert_string_equal(a.code, code);
}

static void a_file_comes_in_parts_and_is_handed_over(struct db *db, void *arg)
{
	struct world *w = world_new(db);
	struct fleet_order o = capture(w);
	struct err e;

	(void)arg;
	assert_answer(say(w, TEST_NOW, 0, 0), 0, "unwanted"); /* nobody asked for it */
	assert_int_equal(put(w, &w->desk, &o, &e), 0);
	assert_answer(say(w, TEST_NOW, 0, 0), 0, "");
	assert_answer(say(w, TEST_NOW, 0, 10), 10, "");
	assert_answer(say(w, TEST_NOW, 0, 10), 10, ""); /* the answer was lost */
	assert_answer(say(w, TEST_NOW, 12, 3), 10, ""); /* not its turn */
	w->answer = -EIO;
	assert_string_equal(say(w, TEST_NOW, 10, sizeof(file) - 10).code, "failed");
	w->answer = 1;
	assert_answer(say(w, TEST_NOW, 0, 0), sizeof(file), "done");
	assert_string_equal(w->content, file);
	assert_int_equal(w->uploads, 2);
	assert_answer(say(w, TEST_NOW, 0, 0), sizeof(file), "done"); /* told again, taken once */
	assert_int_equal(w->uploads, 2);
	assert_int_equal(test_count(db,
				    "@global SELECT count(*) FROM fleet_order WHERE file_state ="
				    " 'taken'"),
			 1);
	world_free(w);
}

static void what_nobody_takes_stays_and_is_forgotten(struct db *db, void *arg)
{
	struct world *w = world_new(db);
	struct fleet_order o = capture(w);
	char path[128];
	struct err e;

	(void)arg;
	assert_int_equal(put(w, &w->desk, &o, &e), 0);
	assert_answer(say(w, TEST_NOW, 0, sizeof(file)), sizeof(file), "done");
	(void)snprintf(path, sizeof(path), "%s/uploads/%lld-%lld.file", w->dir,
		       (long long)w->sensor, (long long)TEST_NOW);
	assert_true(file_exists(path));
	assert_int_equal(fleet_upload_keep(&w->hub, &e), 0);
	assert_true(file_exists(path));
	clock_fake_add(&w->clock, 31 * US_PER_DAY);
	assert_int_equal(fleet_upload_keep(&w->hub, &e), 0);
	assert_false(file_exists(path));
	assert_answer(say(w, TEST_NOW, 0, 0), sizeof(file), "done"); /* the sensor may remove it */
	world_free(w);
}

static void files_have_limits(struct db *db, void *arg)
{
	struct world *w = world_new(db);
	struct fleet_order o = capture(w);
	Otasuke__Wire__UploadPart m = OTASUKE__WIRE__UPLOAD_PART__INIT;
	uint8_t hash[ORDER_HASH] = { 0 };
	struct upload_answer answer;
	struct err e;

	(void)arg;
	m.sha256 = (ProtobufCBinaryData){ sizeof(hash), hash };
	m.size = ORDER_BYTES_MAX * 2;
	assert_int_equal(fleet_upload_check(&m), -EFORMAT);
	m.size = 10;
	m.offset = 11;
	assert_int_equal(fleet_upload_check(&m), -EFORMAT);
	m.offset = 5;
	m.data = (ProtobufCBinaryData){ 6, hash };
	assert_int_equal(fleet_upload_check(&m), -EFORMAT);
	m.offset = 0;
	m.sha256.len = 31;
	assert_int_equal(fleet_upload_check(&m), -EFORMAT);
	m.sha256.len = 32;
	assert_int_equal(put(w, &w->desk, &o, &e), 0);
	m.item = TEST_NOW;
	m.size = (1 << 19) + 8192; /* more than was ordered */
	assert_int_equal(fleet_upload_take(&w->hub, &w->consumers, w->sensor, &m, &answer, &e), 0);
	assert_string_equal(answer.code, "unwanted");
	fleet_conf.uploads_max_bytes = 9;
	m.size = 10;
	assert_int_equal(fleet_upload_take(&w->hub, &w->consumers, w->sensor, &m, &answer, &e), 0);
	assert_string_equal(answer.code, "full");
	fleet_conf.uploads_max_bytes = 10;
	m.data = (ProtobufCBinaryData){ 10, hash }; /* has another hash */
	assert_int_equal(fleet_upload_take(&w->hub, &w->consumers, w->sensor, &m, &answer, &e), 0);
	assert_string_equal(answer.code, "");
	assert_int_equal(answer.have, 0);
	assert_int_equal(w->uploads, 0);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(an_order_goes_out_as_an_item_of_its_kind),
		ON_BOTH(what_is_taken_back_goes_out_no_more_and_a_capture_ends),
		ON_BOTH(each_report_counts_once),
		ON_BOTH(a_file_comes_in_parts_and_is_handed_over),
		ON_BOTH(what_nobody_takes_stays_and_is_forgotten),
		ON_BOTH(files_have_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
