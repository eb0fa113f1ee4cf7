/* SPDX-License-Identifier: Apache-2.0 */
/* What an uplink in foreign hands cannot do: forge, change, repeat, readdress; and what the probe
 * keeps over a restart. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/crypto.h"
#include "sensor/identity.h"
#include "sensor/inbox.h"
#include "sensor/items.h"
#include "sensor/items_state.h"
#include "sensor/sensor_conf.h"

#define NOW INT64_C(1700000000000000)

struct bed {
	char state[64];
	struct inbox inbox;
	struct clock_fake clock;
	uint8_t public_key[CRYPTO_PUBLIC], secret[CRYPTO_SECRET];
	struct items *items;
	int applied;
	bool again, refuse, aside;
	char body[64], blob[300];
};

static int apply(void *arg, const struct item_news *n, struct err *e)
{
	struct bed *b = arg;
	SCOPED_BUF struct buf blob = { 0 };

	if (b->refuse)
		return err_set(e, -EINVAL, "this list is empty");
	b->applied++;
	b->again = n->again;
	(void)snprintf(b->body, sizeof(b->body), "%.*s", (int)n->body_n, (const char *)n->body);
	if (n->blob_path) {
		assert_int_equal(file_read(n->blob_path, sizeof(b->blob) - 1, &blob, NULL), 0);
		memcpy(b->blob, blob.p, blob.n + 1);
	}
	return 0;
}

static const struct item_kind kinds[] = {
	{ .kind = "mutes", .apply = apply },
	{ .kind = "indicators", .wants_blob = true, .apply = apply },
	{ .kind = "order", .apply = apply, .once = true },
	{ .kind = "enforce", .elsewhere = true }
};

static void identity_write(struct bed *b, const char *sensor)
{
	char key[] = "k", cert[] = "c", ca[] = "a";
	struct identity id = { .key_pem = key,
			       .cert_pem = cert,
			       .ca_pem = ca,
			       .hub_host = "127.0.0.1",
			       .hub_port = 1,
			       .has_item_key = true };

	(void)str_copy(id.sensor, sizeof(id.sensor), str_of(sensor));
	memcpy(id.item_key, b->public_key, sizeof(id.item_key));
	assert_int_equal(identity_set(b->state, &id, NULL), 0);
}

static void bed_open(struct bed *b)
{
	struct items_conf c = { .state_dir = b->state,
				.clock = &b->clock.clock,
				.kinds = kinds,
				.n_kinds = ARRAY_LEN(kinds),
				.arg = b,
				.aside = b->aside };

	items_close(b->items);
	b->items = NULL;
	assert_int_equal(items_open(&c, &b->items, NULL), 0);
}

static int bed_make(void **state)
{
	static const uint8_t seed[CRYPTO_SEED] = "of these tests";
	struct bed *b = mem_new(sizeof(*b));
	char dir[SENSOR_PATH_MAX];

	assert_int_equal(crypto_start(NULL), 0);
	crypto_key_pair(seed, b->public_key, b->secret);
	(void)snprintf(b->state, sizeof(b->state), "/tmp/otasuke-items-XXXXXX");
	if (!mkdtemp(b->state))
		return -1;
	clock_fake_init(&b->clock, NOW);
	identity_write(b, "12");
	sensor_path(b->state, SENSOR_INBOX, dir);
	assert_int_equal(inbox_open(dir, &b->inbox, NULL), 0);
	bed_open(b);
	*state = b;
	return 0;
}

static int bed_remove(void **state)
{
	struct bed *b = *state;

	items_close(b->items);
	int r = dir_remove_all(b->state, NULL);
	free(b);
	return r;
}

static struct item mutes(uint64_t sequence, const char *body)
{
	return (struct item){ .sensor = "12",
			      .sequence = sequence,
			      .kind = "mutes",
			      .replace_key = "all",
			      .made_us = NOW,
			      .expires_us = NOW + 1000,
			      .body = body,
			      .body_n = strlen(body) };
}

static void sign(const struct bed *b, const struct item *i, uint8_t out[ITEM_SIGNATURE])
{
	SCOPED_BUF struct buf text = { 0 };

	item_signed_bytes(i, &text);
	crypto_key_sign(b->secret, text.p, text.n, out);
}

/* As the uplink lays it down. */
static void lay(struct bed *b, const struct item *i)
{
	SCOPED_BUF struct buf packed = { 0 };
	uint64_t sequence;
	struct err e;

	assert_int_equal(item_encode(i, &packed, NULL), 0);
	if (inbox_add(&b->inbox, (const uint8_t *)packed.p, packed.n, &sequence, &e) < 0)
		fail_msg("%s", e.text);
}

static void lay_signed(struct bed *b, struct item i)
{
	uint8_t signature[ITEM_SIGNATURE];

	sign(b, &i, signature);
	i.signature = signature;
	lay(b, &i);
}

/* The last outcome. */
static const char *outcome(struct bed *b, uint64_t *sequence_out)
{
	static struct item_result list[HEARTBEAT_ITEMS_MAX];
	struct err e;

	if (items_run(b->items, &e) < 0)
		fail_msg("%s", e.text);
	size_t n = items_results(b->items, list);
	if (n == 0)
		return "nothing";
	if (sequence_out)
		*sequence_out = list[n - 1].sequence;
	return list[n - 1].applied ? "applied" : list[n - 1].reason;
}

static void says(struct bed *b, const char *part)
{
	const char *got = outcome(b, NULL);

	if (!strstr(got, part))
		fail_msg("\"%s\" without \"%s\"", got, part);
}

static void what_the_hub_signed_is_applied(void **state)
{
	struct bed *b = *state;
	uint64_t sequence = 0;

	assert_string_equal(outcome(b, NULL), "nothing");
	lay_signed(b, mutes(100, "one"));
	assert_string_equal(outcome(b, &sequence), "applied");
	assert_int_equal(sequence, 100);
	assert_string_equal(b->body, "one");
	assert_false(b->again);
	assert_int_equal(items_run(b->items, NULL), 0);
	assert_int_equal(b->applied, 1);
}

static void a_forged_item_is_refused(void **state)
{
	struct bed *b = *state;
	static const uint8_t other_seed[CRYPTO_SEED] = "not the hub's";
	uint8_t public_key[CRYPTO_PUBLIC];
	struct bed forger = *b;

	crypto_key_pair(other_seed, public_key, forger.secret);
	lay_signed(&forger, mutes(100, "forged"));
	says(b, "signature");
	struct item bare = mutes(101, "bare");
	lay(b, &bare);
	says(b, "signature");
	assert_int_equal(b->applied, 0);
}

static void a_changed_item_is_refused(void **state)
{
	struct bed *b = *state;
	static const uint8_t blob[BLOB_HASH] = { 7 };
	const struct item good = mutes(100, "good");
	struct item bad[8];
	uint8_t signature[ITEM_SIGNATURE];

	sign(b, &good, signature);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		bad[i] = good;
		bad[i].sequence = 100 + i;
		bad[i].signature = signature;
	}
	bad[0].body = "evil";
	bad[2].kind = "indicators"; /* and 1.. have another number than was signed */
	bad[3].replace_key = "";
	bad[4].expires_us += 1000000;
	bad[5].made_us++;
	bad[6].sensor = "13";
	bad[7].blob = blob;
	bad[7].blob_size = 1;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		lay(b, &bad[i]);
		says(b, "signature");
	}
	assert_int_equal(b->applied, 0);
}

static void an_item_for_another_sensor_is_refused(void **state)
{
	struct bed *b = *state;
	struct item i = mutes(100, "theirs");

	i.sensor = "13";
	lay_signed(b, i);
	says(b, "addressed to sensor 13");
	assert_int_equal(b->applied, 0);
}

static void an_item_of_yesterday_is_refused(void **state)
{
	struct bed *b = *state;

	clock_fake_add(&b->clock, 1000);
	lay_signed(b, mutes(100, "late"));
	says(b, "expired");
	assert_int_equal(b->applied, 0);
}

static void remove_item(struct bed *b, uint64_t sequence)
{
	char path[INBOX_PATH_MAX];

	inbox_item_path(b->inbox.dir, sequence, path);
	assert_int_equal(file_remove(path, NULL), 0);
}

/* An older one again, also after a restart; the newest again is no news. */
static void a_repeated_item_is_refused(void **state)
{
	struct bed *b = *state;

	lay_signed(b, mutes(100, "old"));
	assert_string_equal(outcome(b, NULL), "applied");
	lay_signed(b, mutes(101, "new"));
	assert_string_equal(outcome(b, NULL), "applied");
	remove_item(b, 100);
	assert_int_equal(items_run(b->items, NULL), 0);
	lay_signed(b, mutes(100, "old"));
	says(b, "newer");
	assert_string_equal(b->body, "new");
	remove_item(b, 100);
	bed_open(b);
	assert_string_equal(b->body, "new");
	lay_signed(b, mutes(100, "old"));
	says(b, "newer");
	int before = b->applied;
	lay_signed(b, mutes(101, "new"));
	(void)items_run(b->items, NULL);
	assert_int_equal(b->applied, before);
	assert_string_equal(b->body, "new");
}

static void a_restarted_probe_still_has_it(void **state)
{
	struct bed *b = *state;

	lay_signed(b, mutes(100, "kept"));
	assert_string_equal(outcome(b, NULL), "applied");
	b->body[0] = '\0';
	clock_fake_add(&b->clock, 5000); /* it need not be new for that */
	bed_open(b);
	assert_string_equal(b->body, "kept");
	assert_true(b->again);
	assert_string_equal(outcome(b, NULL),
			    "applied"); /* told again: the hub may not have heard */
}

static void another_enrolment_begins_anew(void **state)
{
	struct bed *b = *state;

	lay_signed(b, mutes(100, "of 12"));
	assert_string_equal(outcome(b, NULL), "applied");
	identity_write(b, "13");
	b->applied = 0;
	bed_open(b);
	assert_int_equal(b->applied, 0); /* what was for 12 is not for 13 */
	struct item i = mutes(5, "of 13");
	i.sensor = "13";
	lay_signed(b, i);
	says(b, "addressed to sensor 12"); /* which still lies there, behind the new one */
	assert_int_equal(b->applied, 1);
	assert_string_equal(b->body, "of 13");
}

static struct item indicators(struct bed *b, uint64_t sequence, const char *content,
			      uint8_t hash[BLOB_HASH])
{
	struct item i = mutes(sequence, "");

	(void)b;
	crypto_sha256(content, strlen(content), hash);
	i.kind = "indicators";
	i.blob = hash;
	i.blob_size = strlen(content);
	return i;
}

static void blob_lay(struct bed *b, const uint8_t hash[BLOB_HASH], const char *content)
{
	char path[INBOX_PATH_MAX];

	inbox_blob_path(b->inbox.dir, hash, true, path);
	assert_int_equal(file_write(path, 0644, content, strlen(content), NULL), 0);
}

static void an_item_waits_for_its_blob(void **state)
{
	struct bed *b = *state;
	uint8_t hash[BLOB_HASH];

	lay_signed(b, indicators(b, 100, "bad.example", hash));
	assert_string_equal(outcome(b, NULL), "nothing");
	blob_lay(b, hash, "bad.example");
	assert_string_equal(outcome(b, NULL), "applied");
	assert_string_equal(b->blob, "bad.example");
	b->blob[0] = '\0';
	bed_open(b); /* its own copy is still there */
	assert_string_equal(b->blob, "bad.example");
}

static void a_changed_blob_is_refused(void **state)
{
	struct bed *b = *state;
	static const char *const bad[] = { "good.exampl", "bad.examplebad.example", "bad.exampl",
					   "" };
	uint8_t hash[BLOB_HASH];

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct item x = indicators(b, 100 + i, "bad.example", hash);
		blob_lay(b, hash, bad[i]);
		lay_signed(b, x);
		says(b, "hash");
	}
	assert_int_equal(b->applied, 0);
}

/* The thread has its own pace: asked again until it has delivered. */
static void says_later(struct bed *b, const char *part)
{
	const char *got = "";

	for (int i = 0; i < 20000 && !strstr(got, part); i++) {
		got = outcome(b, NULL);
		(void)usleep(500);
	}
	if (!strstr(got, part))
		fail_msg("\"%s\" without \"%s\"", got, part);
}

static void a_blob_is_copied_aside_and_applied_when_it_is_through(void **state)
{
	struct bed *b = *state;
	uint8_t hash[BLOB_HASH], other[BLOB_HASH];

	b->aside = true;
	bed_open(b);
	struct item x = indicators(b, 100, "bad.example", hash);
	blob_lay(b, hash, "bad.example");
	lay_signed(b, x);
	assert_string_equal(outcome(b, NULL), "nothing"); /* under way */
	says_later(b, "applied");
	assert_string_equal(b->blob, "bad.example");
	x = indicators(b, 101, "evil.example", other);
	blob_lay(b, other, "good.example");
	lay_signed(b, x);
	says_later(b, "hash");
	assert_string_equal(b->blob, "bad.example");
	lay_signed(b, indicators(b, 102, "bad.example", hash));
	assert_true(items_run(b->items, NULL) >= 0);
	bed_open(b); /* closed while it is copied */
}

static void a_refusal_says_why_and_changes_nothing(void **state)
{
	struct bed *b = *state;

	lay_signed(b, mutes(100, "first"));
	assert_string_equal(outcome(b, NULL), "applied");
	b->refuse = true;
	lay_signed(b, mutes(101, "second"));
	says(b, "this list is empty");
	b->refuse = false;
	bed_open(b);
	assert_string_equal(b->body, "first");
	struct item odd = mutes(102, "x");
	odd.kind = "orders";
	lay_signed(b, odd);
	says(b, "does not know");
}

/* What was dealt with goes out of the inbox; what lies there under the same number anew is judged.
 */
static void the_inbox_is_cleared_by_what_is_done(void **state)
{
	struct bed *b = *state;
	SCOPED_MEM struct items_state *s = mem_new(sizeof(*s));
	char dir[SENSOR_PATH_MAX], path[INBOX_PATH_MAX];
	uint8_t hash[BLOB_HASH];

	lay_signed(b, indicators(b, 100, "bad.example", hash));
	blob_lay(b, hash, "bad.example");
	assert_string_equal(outcome(b, NULL), "applied");
	lay_signed(b, mutes(101, "waits"));
	sensor_path(b->state, SENSOR_ITEMS, dir);
	assert_int_equal(items_state_load(dir, s, NULL), 0);
	assert_int_equal(s->n_done, 1);
	assert_int_equal(inbox_sweep(&b->inbox, s->done, s->n_done, NULL), 0);
	inbox_item_path(b->inbox.dir, 100, path);
	assert_false(file_exists(path));
	inbox_blob_path(b->inbox.dir, hash, true, path);
	assert_false(file_exists(path));
	inbox_item_path(b->inbox.dir, 101, path);
	assert_true(file_exists(path));
	s->done[0].sequence = 101; /* its number, but not its content */
	assert_int_equal(inbox_sweep(&b->inbox, s->done, 1, NULL), 0);
	assert_true(file_exists(path));
}

static void rubbish_in_the_inbox_is_refused(void **state)
{
	struct bed *b = *state;
	char path[INBOX_PATH_MAX];
	static char large[ITEM_MAX + 1];

	inbox_item_path(b->inbox.dir, 7, path);
	assert_int_equal(file_write(path, 0644, "\xff\xff", 2, NULL), 0);
	says(b, "not a");
	inbox_item_path(b->inbox.dir, 8, path);
	assert_int_equal(file_write(path, 0644, large, sizeof(large), NULL), 0);
	says(b, "larger");
	lay_signed(b, mutes(100, "good"));
	inbox_item_path(b->inbox.dir, 9, path); /* a good one under another number */
	char from[INBOX_PATH_MAX];
	inbox_item_path(b->inbox.dir, 100, from);
	assert_int_equal(rename(from, path), 0);
	says(b, "number");
	assert_int_equal(b->applied, 0);
}

static void a_damaged_state_is_no_empty_one(void **state)
{
	struct bed *b = *state;
	struct items_conf c = { .state_dir = b->state, .clock = &b->clock.clock };
	char path[SENSOR_PATH_MAX];
	struct items *x = NULL;
	struct err e;

	sensor_path(b->state, SENSOR_ITEMS "/state", path);
	assert_int_equal(file_write(path, 0644, "otasuke items 1\nhigh mutes x\n", 29, NULL), 0);
	assert_int_equal(items_open(&c, &x, &e), -EFORMAT);
	assert_non_null(strstr(e.text, "line 2"));
}

/* What is done once is not done again: neither after a restart, nor when its bytes come again. */
static void an_order_is_done_once(void **state)
{
	struct bed *b = *state;
	struct item i = mutes(100, "do it"), theirs = mutes(101, "isolate");

	i.kind = "order";
	i.replace_key = "";
	lay_signed(b, i);
	assert_string_equal(outcome(b, NULL), "applied");
	assert_int_equal(b->applied, 1);
	bed_open(b);
	assert_int_equal(b->applied, 1);
	remove_item(b, 100);
	assert_true(items_run(b->items, NULL) >= 0);
	lay_signed(b, i);
	assert_true(items_run(b->items, NULL) >= 0);
	assert_int_equal(b->applied, 1);
	theirs.kind = "enforce"; /* another process's: it stays where it is, unjudged */
	lay_signed(b, theirs);
	assert_int_equal(items_run(b->items, NULL), 0);
	struct items_state *s = mem_new(sizeof(*s));
	char dir[SENSOR_PATH_MAX];
	sensor_path(b->state, SENSOR_ITEMS, dir);
	assert_int_equal(items_state_load(dir, s, NULL), 0);
	for (size_t k = 0; k < s->n_done; k++)
		assert_true(s->done[k].sequence != 101);
	free(s);
}

/* One of the future is refused, and both clocks are named. */
static void an_order_of_the_future_is_refused(void **state)
{
	struct bed *b = *state;
	struct item i = mutes(100, "do it");

	i.kind = "order";
	i.made_us = NOW + 3600 * US_PER_SEC;
	i.expires_us = NOW + 7200 * US_PER_SEC;
	lay_signed(b, i);
	says(b, "2023-11-14T23:13:20");
	says(b, "2023-11-14T22:13:20");
	assert_int_equal(b->applied, 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, bed_make, bed_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_the_hub_signed_is_applied),
		CASE(a_forged_item_is_refused),
		CASE(a_changed_item_is_refused),
		CASE(an_item_for_another_sensor_is_refused),
		CASE(an_item_of_yesterday_is_refused),
		CASE(a_repeated_item_is_refused),
		CASE(a_restarted_probe_still_has_it),
		CASE(another_enrolment_begins_anew),
		CASE(an_item_waits_for_its_blob),
		CASE(a_changed_blob_is_refused),
		CASE(a_blob_is_copied_aside_and_applied_when_it_is_through),
		CASE(a_refusal_says_why_and_changes_nothing),
		CASE(the_inbox_is_cleared_by_what_is_done),
		CASE(rubbish_in_the_inbox_is_refused),
		CASE(a_damaged_state_is_no_empty_one),
		CASE(an_order_is_done_once),
		CASE(an_order_of_the_future_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
