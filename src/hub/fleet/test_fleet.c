/* SPDX-License-Identifier: Apache-2.0 */
/* Fleet: codes, enrolment, who sees what, batches exactly once, watched time, lights. */
#include <errno.h>

#include "hub/fleet/fleet_device_store.h"
#include "hub/fleet/fleet_ingest.h"
#include "hub/fleet/fleet_keep.h"
#include "hub/fleet/fleet_store.h"
#include "hub/live.h"
#include "hub/members/test_members_db.h"
#include "net/crypto.h"
#include "net/pki.h"

struct world {
	struct db *db;
	struct user desk, other;
	int64_t company, sensor;
};

/* Keys take a moment: one for all tests. */
static struct fleet_ca ca;
static char *csr;

static int keys(void **state)
{
	SCOPED_MEM char *key = NULL;

	(void)state;
	assert_int_equal(crypto_start(NULL), 0);
	assert_int_equal(
		pki_ca_new("CA", TEST_NOW, 9000 * US_PER_DAY, &ca.key_pem, &ca.cert_pem, NULL), 0);
	assert_int_equal(pki_key_new(&key, NULL), 0);
	return pki_request_new(key, "sensor", &csr, NULL);
}

static int keys_free(void **state)
{
	(void)state;
	free(ca.key_pem);
	free(ca.cert_pem);
	free(csr);
	return 0;
}

static int enrol_with(struct world *w, const char *code, int64_t now_us, struct err *e)
{
	struct fleet_enrol q = {
		.code = code, .csr_pem = csr, .csr_n = strlen(csr), .version = "1", .hardware = "t"
	};
	struct fleet_enrolled out;
	int r = fleet_enrol(&(struct fleet_enroller){ w->db, &ca, NULL }, &q, now_us, &out, e);

	if (r < 0)
		return r;
	w->sensor = out.sensor_id;
	free(out.cert_pem);
	return 0;
}

static void code_of(struct world *w, char code[FLEET_CODE_SIZE])
{
	struct fleet_enrol_code c = { .company_id = w->company, .sensor_name = "本社" };
	int64_t expires;
	struct err e;

	assert_int_equal(fleet_code_make(w->db, &w->desk, &c, code, &expires, &e), 0);
	assert_int_equal(expires, TEST_NOW + FLEET_CODE_DAYS * US_PER_DAY);
}

static struct world world_new(struct db *db)
{
	struct world w = { .db = db };

	w.desk = test_user(test_org(db, ORG_CONSORTIUM, "北の協議会"), ROLE_DESK);
	w.other = test_user(test_org(db, ORG_CONSORTIUM, "南の協議会"), ROLE_DESK | ROLE_ADMIN);
	w.company = test_register(db, &w.desk, "株式会社みなと製作所");
	return w;
}

static struct world world_with_sensor(struct db *db)
{
	struct world w = world_new(db);
	char code[FLEET_CODE_SIZE];
	struct err e;

	code_of(&w, code);
	assert_int_equal(enrol_with(&w, code, TEST_NOW, &e), 0);
	return w;
}

/* --- codes --- */

static void a_code_works_once_and_in_time(struct db *db, void *arg)
{
	struct world w = world_new(db);
	char code[FLEET_CODE_SIZE], typed[FLEET_CODE_SIZE];
	struct err e;

	(void)arg;
	code_of(&w, code);
	assert_int_equal(enrol_with(&w, "no code at all", TEST_NOW, &e), -EDENIED);
	assert_int_equal(enrol_with(&w, code, TEST_NOW + FLEET_CODE_DAYS * US_PER_DAY, &e),
			 -EDENIED);
	assert_non_null(strstr(e.text, "expired"));
	for (size_t i = 0; i <= strlen(code); i++) /* as people type it */
		typed[i] = (char)(code[i] >= 'A' && code[i] <= 'Z' ? code[i] + 32 : code[i]);
	assert_int_equal(enrol_with(&w, typed, TEST_NOW + US_PER_DAY, &e), 0);
	assert_int_equal(enrol_with(&w, code, TEST_NOW + US_PER_DAY, &e), -EDENIED);
	assert_non_null(strstr(e.text, "used already"));
	assert_int_equal(test_count(db, "@global SELECT count(*) FROM sensor"), 1);
	assert_int_equal(test_count(db, "@global SELECT count(*) FROM enrol_code WHERE"
					" code_sha256 LIKE '%-%'"),
			 0); /* never the code itself */
}

static void codes_are_made_by_editors_for_their_companies(struct db *db, void *arg)
{
	struct world w = world_new(db);
	struct user analyst = test_user(w.desk.org_id, ROLE_ANALYST);
	struct fleet_enrol_code c = { .company_id = w.company, .sensor_name = "本社" };
	char code[FLEET_CODE_SIZE];
	int64_t expires;
	struct err e;

	(void)arg;
	assert_int_equal(fleet_code_make(db, &analyst, &c, code, &expires, &e), -EPERM);
	assert_int_equal(fleet_code_make(db, &w.other, &c, code, &expires, &e), -ENOENT);
	c.site_id = 77; /* not of this company */
	assert_int_equal(fleet_code_make(db, &w.desk, &c, code, &expires, &e), -ENOENT);
	c.site_id = 0;
	c.sensor_name = "";
	assert_int_equal(fleet_code_make(db, &w.desk, &c, code, &expires, &e), -EINVAL);
}

/* --- batches --- */

static Otasuke__Wire__Record *record_new(uint64_t sequence)
{
	Otasuke__Wire__Record *r = mem_new(sizeof(*r));

	otasuke__wire__record__init(r);
	r->sequence = sequence;
	return r;
}

static Otasuke__Wire__Device *device_new(const char *mac, const char *hostname, int64_t seen_us)
{
	Otasuke__Wire__Device *d = mem_new(sizeof(*d));

	otasuke__wire__device__init(d);
	d->mac = mem_strdup(mac);
	d->hostname = mem_strdup(hostname);
	d->first_seen_us = d->last_seen_us = seen_us;
	return d;
}

static Otasuke__Wire__Record *finding_of(uint64_t sequence, const char *story)
{
	Otasuke__Wire__Record *r = record_new(sequence);

	r->body_case = OTASUKE__WIRE__RECORD__BODY_FINDING;
	r->finding = mem_new(sizeof(*r->finding));
	otasuke__wire__finding__init(r->finding);
	r->finding->detector = mem_strdup("beacon");
	r->finding->story = mem_strdup(story);
	r->finding->confidence = 0.5;
	r->finding->device = device_new("02:00:00:00:00:01", "phone", TEST_NOW);
	return r;
}

static Otasuke__Wire__Record *beat_of(uint64_t sequence, int64_t from_us, int64_t at_us, bool up)
{
	Otasuke__Wire__Record *r = record_new(sequence);

	r->body_case = OTASUKE__WIRE__RECORD__BODY_HEARTBEAT;
	r->heartbeat = mem_new(sizeof(*r->heartbeat));
	otasuke__wire__heartbeat__init(r->heartbeat);
	r->heartbeat->version = mem_strdup("1.0");
	r->heartbeat->at_us = at_us;
	r->heartbeat->watched_from_us = from_us;
	r->heartbeat->capture_up = up;
	r->heartbeat->capture_text = mem_strdup(up ? "" : "no such interface");
	r->heartbeat->packets = 1000;
	return r;
}

static Otasuke__Wire__Record *summary_of(uint64_t sequence)
{
	Otasuke__Wire__Record *r = record_new(sequence);
	Otasuke__Wire__Traffic *x = mem_new(sizeof(*x));

	otasuke__wire__traffic__init(x);
	x->mac = mem_strdup("02:00:00:00:00:02");
	x->address = mem_strdup("192.0.2.2");
	x->bytes_in = UINT64_MAX; /* foreign numbers are brought into range */
	r->body_case = OTASUKE__WIRE__RECORD__BODY_SUMMARY;
	r->summary = mem_new(sizeof(*r->summary));
	otasuke__wire__summary__init(r->summary);
	r->summary->start_us = TEST_NOW;
	r->summary->length_us = 5 * US_PER_MIN;
	r->summary->n_traffic = 1;
	r->summary->traffic = mem_dup(&x, sizeof(x));
	r->summary->n_devices = 1;
	Otasuke__Wire__Device *d = device_new("02:00:00:00:00:02", "nas", TEST_NOW);
	r->summary->devices = mem_dup(&d, sizeof(d));
	return r;
}

/* One record of its own, handed over and forgotten, at NOW_US. */
static struct ingest_result take(struct world *w, Otasuke__Wire__Record *r, int64_t now_us)
{
	struct ingest_from from = { w->sensor, w->company, now_us };
	struct fleet_consumers none = { .n = 0 };
	SCOPED_ARENA struct arena *a = arena_new(0);
	Otasuke__Wire__Batch b = OTASUKE__WIRE__BATCH__INIT;
	struct ingest_result out = { 0 };
	struct err e;
	struct txn *t = txn_begin(w->db, TXN_WRITE, &e);

	b.n_records = 1;
	b.records = &r;
	if (fleet_ingest_apply(t, &from, &b, &none, a, &out, &e) < 0 || txn_commit(&t, &e) < 0)
		fail_msg("%s", e.text);
	otasuke__wire__record__free_unpacked(r, NULL);
	return out;
}

static void records_come_twice_and_out_of_order(struct db *db, void *arg)
{
	struct world w = world_with_sensor(db);
	static const uint64_t order[] = { 5, 6, 1, 2, 5, 1, 6 };
	uint64_t acknowledged;
	size_t n_new = 0;
	struct err e;

	(void)arg;
	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		n_new += take(&w, finding_of(order[i], "s"), TEST_NOW).n_new;
	take(&w, summary_of(7), TEST_NOW);
	take(&w, summary_of(7), TEST_NOW);
	take(&w, record_new(8), TEST_NOW); /* of a newer sensor: not understood, acknowledged */
	assert_int_equal(n_new, 4);
	assert_int_equal(test_count(db, "@global SELECT count(*) FROM finding"), 4);
	assert_int_equal(test_count(db, "@global SELECT count(*) FROM traffic"), 1);
	assert_int_equal(test_count(db, "@global SELECT count(*) FROM device"), 2);
	struct txn *t = txn_begin(db, TXN_READ, &e);
	assert_int_equal(fleet_ingest_store_acknowledged(t, w.sensor, &acknowledged, &e), 0);
	txn_rollback(&t);
	assert_int_equal(acknowledged, 8);
}

static void devices_keep_their_names_and_learn(struct db *db, void *arg)
{
	struct world w = world_with_sensor(db);
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct fleet_device d;
	struct company c;
	struct err e;

	(void)arg;
	take(&w, finding_of(1, "s"), TEST_NOW);
	struct txn *t = txn_begin(db, TXN_READ, &e);
	assert_int_equal(
		fleet_device_get(t, &w.desk.scope, w.company, "02:00:00:00:00:01", a, &d, &e), 0);
	assert_int_equal(members_company_get(t, &w.desk.scope, w.company, a, &c, &e), 0);
	assert_int_equal(
		fleet_device_get(t, &w.other.scope, w.company, "02:00:00:00:00:01", a, &d, &e),
		-ENOENT);
	txn_rollback(&t);
	assert_string_equal(d.shown, "phone");
	struct user own = test_user(c.org_id, ROLE_COMPANY);
	assert_int_equal(fleet_device_name(db, &own, w.company, d.id, "社長のスマホ", &e), 0);
	assert_int_equal(fleet_device_name(db, &w.other, w.company, d.id, "x", &e), -ENOENT);
	take(&w, finding_of(2, "s"), TEST_NOW);
	t = txn_begin(db, TXN_READ, &e);
	assert_int_equal(fleet_device_get(t, &own.scope, w.company, "02:00:00:00:00:01", a, &d, &e),
			 0);
	txn_rollback(&t);
	assert_string_equal(d.shown, "社長のスマホ");
	assert_string_equal(d.hostname, "phone");
}

/* --- watched time --- */

static struct blind_result coverage(struct world *w, int64_t now_us)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct span period = { TEST_NOW, TEST_NOW + US_PER_DAY };
	struct blind_result out;
	struct fleet_sensor s;
	struct err e;
	SCOPED_TXN struct txn *t = txn_begin(w->db, TXN_READ, &e);

	assert_int_equal(fleet_store_get(t, &w->desk.scope, w->sensor, a, &s, &e), 0);
	assert_int_equal(fleet_coverage_sensor(t, &w->desk.scope, &s, period, now_us, &out, &e), 0);
	assert_int_equal(out.due_us, now_us - TEST_NOW);
	return out;
}

static void heartbeats_prove_watched_time(struct db *db, void *arg)
{
	struct world w = world_with_sensor(db);
	int64_t t0 = TEST_NOW, min = US_PER_MIN;
	struct blind_result r;

	(void)arg;
	take(&w, beat_of(1, t0, t0 + 1 * min, true), t0 + 1 * min);
	take(&w, beat_of(2, t0, t0 + 2 * min, true), t0 + 2 * min);
	r = coverage(&w, t0 + 3 * min);
	assert_int_equal(r.watched_us, 3 * min);
	assert_int_equal(test_count(db, "@global SELECT count(*) FROM watched"), 1);

	r = coverage(&w, t0 + 60 * min); /* the line is cut: not heard, not yet blind */
	assert_int_equal(r.unheard_us, 58 * min);
	assert_int_equal(r.blind_us, 0);

	/* it comes back at 60 and had watched on; store and forward proves it */
	take(&w, beat_of(3, t0, t0 + 30 * min, true), t0 + 60 * min);
	take(&w, beat_of(4, t0, t0 + 60 * min, true), t0 + 60 * min);
	r = coverage(&w, t0 + 60 * min);
	assert_int_equal(r.watched_us, 60 * min);
	assert_int_equal(r.n_gaps, 0);

	/* the power fails: the capture begins anew at 80 */
	take(&w, beat_of(5, t0 + 80 * min, t0 + 90 * min, true), t0 + 90 * min);
	r = coverage(&w, t0 + 90 * min);
	assert_int_equal(r.blind_us, 20 * min);
	assert_int_equal(r.n_gaps, 1);
	assert_false(r.gap[0].open);
	assert_int_equal(test_count(db, "@global SELECT count(*) FROM watched"), 2);

	take(&w, beat_of(3, t0, t0 + 30 * min, true), t0 + 95 * min); /* twice changes nothing */
	assert_int_equal(test_count(db, "@global SELECT count(*) FROM watched"), 2);
}

static void a_capture_that_is_down_is_blind_at_once(struct db *db, void *arg)
{
	struct world w = world_with_sensor(db);
	SCOPED_ARENA struct arena *a = arena_new(0);
	int64_t t0 = TEST_NOW, min = US_PER_MIN;
	struct fleet_down *downs;
	struct err e;
	size_t n;

	(void)arg;
	take(&w, beat_of(1, t0, t0 + 10 * min, true), t0 + 10 * min);
	take(&w, beat_of(2, 0, t0 + 11 * min, false), t0 + 11 * min);
	take(&w, beat_of(3, 0, t0 + 12 * min, false), t0 + 12 * min);
	struct blind_result r = coverage(&w, t0 + 12 * min);
	assert_int_equal(r.blind_us, 2 * min);
	assert_true(r.gap[0].open);
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_READ, &e);
	assert_int_equal(fleet_device_store_downs(t, &w.desk.scope, w.sensor, 0, a, &downs, &n, &e),
			 0);
	assert_int_equal(n, 1);
	assert_string_equal(downs[0].reason, "no such interface");
}

static void a_lying_clock_proves_nothing_of_the_future(struct db *db, void *arg)
{
	struct world w = world_with_sensor(db);
	int64_t t0 = TEST_NOW;

	(void)arg;
	take(&w, beat_of(1, t0, t0 + 9 * US_PER_HOUR, true), t0 + US_PER_HOUR);
	struct blind_result r = coverage(&w, t0 + 8 * US_PER_HOUR);
	assert_true(r.unheard_us > 6 * US_PER_HOUR);
}

/* --- lights, company, scope --- */

static void lights_say_how_long_it_is_silent(struct db *db, void *arg)
{
	struct fleet_sensor s = { .heard_us = TEST_NOW,
				  .beat_us = TEST_NOW,
				  .capture_up = true,
				  .problems = "",
				  .cert_expires_us = TEST_NOW + 700 * US_PER_DAY };

	(void)arg;
	(void)db;
	assert_int_equal(fleet_light_of(&s, TEST_NOW + FLEET_AMBER_AFTER_US), FLEET_GREEN);
	assert_int_equal(fleet_light_of(&s, TEST_NOW + FLEET_AMBER_AFTER_US + 1), FLEET_AMBER);
	assert_int_equal(fleet_light_of(&s, TEST_NOW + FLEET_RED_AFTER_US + 1), FLEET_RED);
	s.problems = "x";
	assert_int_equal(fleet_light_of(&s, TEST_NOW), FLEET_AMBER);
	s.capture_up = false;
	assert_int_equal(fleet_light_of(&s, TEST_NOW), FLEET_RED);
	s.revoked_us = 1;
	assert_int_equal(fleet_light_of(&s, TEST_NOW), FLEET_GREY);
	s = (struct fleet_sensor){ .problems = "" };
	assert_int_equal(fleet_light_of(&s, TEST_NOW), FLEET_GREY);
}

static void the_job_marks_silent_sensors(struct db *db, void *arg)
{
	struct world w = world_with_sensor(db);
	struct clock_fake clock;
	struct hub h = { .db = db, .live = live_new() };
	struct err e;

	(void)arg;
	clock_fake_init(&clock, TEST_NOW);
	h.clock = &clock.clock;
	assert_true(take(&w, beat_of(1, TEST_NOW - 9, TEST_NOW, true), TEST_NOW).light_changed);
	assert_int_equal(
		test_count(db, "@global SELECT count(*) FROM sensor WHERE light = 'green'"), 1);
	clock_fake_add(&clock, FLEET_RED_AFTER_US + 1);
	assert_int_equal(fleet_mark_lights(&h, &e), 0);
	assert_int_equal(test_count(db, "@global SELECT count(*) FROM sensor WHERE light = 'red'"),
			 1);
	live_free(h.live);
}

static void what_is_old_is_forgotten(struct db *db, void *arg)
{
	struct world w = world_with_sensor(db);
	struct clock_fake clock;
	struct hub h = { .db = db, .clock = &clock.clock };
	struct err e;

	(void)arg;
	clock_fake_init(&clock, TEST_NOW);
	fleet_conf = (struct fleet_conf){ .keep_heartbeats_ms = 60000, .keep_findings_ms = 120000 };
	take(&w, finding_of(1, "s"), TEST_NOW);
	take(&w, beat_of(2, TEST_NOW - 9, TEST_NOW, true), TEST_NOW);
	take(&w, finding_of(3, "s"), TEST_NOW + 2 * US_PER_MIN);
	clock_fake_add(&clock, 2 * US_PER_MIN + 1);
	assert_int_equal(fleet_keep_run(&h, &e), 0);
	assert_int_equal(test_count(db, "@global SELECT count(*) FROM heartbeat"), 0);
	assert_int_equal(test_count(db, "@global SELECT count(*) FROM finding"), 1);
	assert_int_equal(test_count(db, "@global SELECT count(*) FROM watched"), 1);
}

static void a_foreign_organisation_sees_nothing(struct db *db, void *arg)
{
	struct world w = world_with_sensor(db);
	const struct scope *s = &w.other.scope;
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct fleet_filter f = { .light = "", .revoked = true, .limit = 10 };
	struct fleet_story story = { w.company, "s", "" };
	struct hub h = { .db = db };
	struct fleet_sensor x, *list;
	struct fleet_code_row *codes;
	struct fleet_device *devices;
	struct fleet_finding_row *findings;
	struct fleet_watched *watched;
	struct fleet_beat *beats;
	struct fleet_company sum;
	char code[FLEET_CODE_SIZE];
	struct err e;
	int64_t count;
	size_t n;

	(void)arg;
	code_of(&w, code);
	take(&w, finding_of(1, "s"), TEST_NOW);
	take(&w, beat_of(2, TEST_NOW - 9, TEST_NOW, true), TEST_NOW);
	assert_int_equal(fleet_revoke(&h, &w.other, w.sensor, "", &e), -ENOENT);
	assert_int_equal(fleet_rename(db, &w.other, w.sensor, "x", &e), -ENOENT);
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_READ, &e);
	assert_int_equal(fleet_store_get(t, s, w.sensor, a, &x, &e), -ENOENT);
	assert_int_equal(fleet_store_sensors(t, s, &f, a, &list, &n, &e), 0);
	assert_int_equal(n, 0);
	assert_int_equal(fleet_store_count(t, s, &f, &count, &e), 0);
	assert_int_equal(count, 0);
	assert_int_equal(fleet_store_codes(t, s, w.company, TEST_NOW, a, &codes, &n, &e), 0);
	assert_int_equal(n, 0);
	assert_int_equal(fleet_devices(t, s, w.company, a, &devices, &n, &e), 0);
	assert_int_equal(n, 0);
	assert_int_equal(fleet_findings(t, s, &story, 10, a, &findings, &n, &e), 0);
	assert_int_equal(n, 0);
	assert_int_equal(fleet_device_store_watched(t, s, w.company, 0, 0, a, &watched, &n, &e), 0);
	assert_int_equal(n, 0);
	assert_int_equal(fleet_device_store_beats(t, s, w.sensor, 0, a, &beats, &n, &e), 0);
	assert_int_equal(n, 0);
	assert_int_equal(fleet_company_get(t, s, w.company, TEST_NOW, &sum, &e), 0);
	assert_int_equal(sum.n_sensors, 0);
	s = &w.desk.scope; /* and its own desk sees all of it */
	assert_int_equal(fleet_findings(t, s, &story, 10, a, &findings, &n, &e), 0);
	assert_int_equal(n, 1);
	assert_true(findings[0].body_n > 0);
	assert_int_equal(fleet_company_get(t, s, w.company, TEST_NOW, &sum, &e), 0);
	assert_int_equal(sum.n_sensors, 1);
	assert_int_equal(sum.light, FLEET_GREEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(a_code_works_once_and_in_time),
		ON_BOTH(codes_are_made_by_editors_for_their_companies),
		ON_BOTH(records_come_twice_and_out_of_order),
		ON_BOTH(devices_keep_their_names_and_learn),
		ON_BOTH(heartbeats_prove_watched_time),
		ON_BOTH(a_capture_that_is_down_is_blind_at_once),
		ON_BOTH(a_lying_clock_proves_nothing_of_the_future),
		ON_BOTH(lights_say_how_long_it_is_silent),
		ON_BOTH(the_job_marks_silent_sensors),
		ON_BOTH(what_is_old_is_forgotten),
		ON_BOTH(a_foreign_organisation_sees_nothing),
	};

	return cmocka_run_group_tests(tests, keys, keys_free);
}
