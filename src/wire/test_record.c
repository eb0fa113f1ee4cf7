/* SPDX-License-Identifier: Apache-2.0 */
/* Records: every field survives the wire; foreign lists and numbers are brought within limits. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "wire/frame.h"
#include "wire/wire_samples.h"

struct trip {
	struct arena *arena;
	ProtobufCMessage *m;
	struct record out;
};

static struct trip trip_make(const struct record *in)
{
	struct trip t = { .arena = arena_new(0) };
	SCOPED_BUF struct buf b;

	buf_init(&b, 0);
	assert_int_equal(record_encode(in, t.arena, &b, NULL), 0);
	assert_int_equal(frame_unpack(&otasuke__wire__record__descriptor, b.p, b.n, &t.m, NULL), 0);
	record_decode((const Otasuke__Wire__Record *)t.m, t.arena, &t.out);
	assert_int_equal(t.out.sequence, in->sequence);
	assert_int_equal(t.out.kind, in->kind);
	return t;
}

static void trip_done(struct trip *t)
{
	protobuf_c_message_free_unpacked(t->m, NULL);
	arena_free(t->arena);
}

static void assert_device(const struct device_info *a, const struct device_info *b)
{
	assert_string_equal(a->mac, b->mac);
	assert_int_equal(a->n_addresses, b->n_addresses);
	for (size_t i = 0; i < a->n_addresses; i++)
		assert_string_equal(a->addresses[i], b->addresses[i]);
	assert_string_equal(a->hostname, b->hostname);
	assert_string_equal(a->vendor, b->vendor);
	assert_string_equal(a->dhcp_fingerprint, b->dhcp_fingerprint);
	assert_string_equal(a->dhcp_class, b->dhcp_class);
	assert_string_equal(a->dhcp6_fingerprint, b->dhcp6_fingerprint);
	assert_int_equal(a->random_mac, b->random_mac);
	assert_int_equal(a->is_gateway, b->is_gateway);
	assert_int_equal(a->first_seen_us, b->first_seen_us);
	assert_int_equal(a->last_seen_us, b->last_seen_us);
	assert_int_equal(a->devices_behind, b->devices_behind);
}

static void finding_survives(void **state)
{
	struct record in = sample_finding(99);
	struct trip t = trip_make(&in);
	const struct finding *a = &in.finding, *b = &t.out.finding;

	(void)state;
	assert_string_equal(a->detector, b->detector);
	assert_int_equal(a->severity, b->severity);
	assert_true(a->confidence == b->confidence);
	assert_device(&a->device, &b->device);
	assert_int_equal(b->n_peers, 2);
	assert_string_equal(a->peers[1], b->peers[1]);
	assert_string_equal(a->names[0], b->names[0]);
	assert_string_equal(a->reasons[0], b->reasons[0]);
	assert_int_equal(a->first_us, b->first_us);
	assert_int_equal(a->last_us, b->last_us);
	assert_string_equal(a->story, b->story);
	assert_int_equal(a->count, b->count);
	assert_int_equal(b->n_evidence, 2);
	assert_string_equal(b->evidence[0].name, "interval_median_s");
	assert_null(b->evidence[0].text);
	assert_true(b->evidence[0].number == 60.2);
	assert_string_equal(b->evidence[1].text, a->evidence[1].text);
	trip_done(&t);
}

static void summary_survives(void **state)
{
	struct record in = sample_summary(100);
	struct trip t = trip_make(&in);
	const struct interval *a = &in.summary, *b = &t.out.summary;

	(void)state;
	assert_int_equal(b->n_traffic, 2);
	assert_string_equal(a->traffic[0].mac, b->traffic[0].mac);
	assert_string_equal(a->traffic[1].address, b->traffic[1].address);
	assert_int_equal(a->traffic[0].bytes_in, b->traffic[0].bytes_in);
	assert_int_equal(a->traffic[0].bytes_out, b->traffic[0].bytes_out);
	assert_int_equal(a->traffic[0].packets, b->traffic[0].packets);
	assert_int_equal(a->traffic[0].flows, b->traffic[0].flows);
	assert_int_equal(a->traffic[0].flows_failed, b->traffic[0].flows_failed);
	assert_int_equal(a->traffic[0].dns_queries, b->traffic[0].dns_queries);
	assert_int_equal(a->traffic[0].dns_nxdomain, b->traffic[0].dns_nxdomain);
	assert_int_equal(a->traffic[0].peers, b->traffic[0].peers);
	assert_int_equal(b->n_devices, 1);
	assert_device(&a->devices[0], &b->devices[0]);
	assert_int_equal(a->start_us, b->start_us);
	assert_int_equal(a->length_us, b->length_us);
	assert_int_equal(a->packets, b->packets);
	assert_int_equal(a->bytes, b->bytes);
	assert_int_equal(a->packets_bad, b->packets_bad);
	trip_done(&t);
}

static void heartbeat_survives(void **state)
{
	struct record in = sample_heartbeat(101);
	struct trip t = trip_make(&in);
	const struct heartbeat *a = &in.heartbeat, *b = &t.out.heartbeat;

	(void)state;
	assert_int_equal(a->at_us, b->at_us);
	assert_string_equal(a->version, b->version);
	assert_int_equal(a->uptime_s, b->uptime_s);
	assert_int_equal(a->packets, b->packets);
	assert_int_equal(a->packets_dropped, b->packets_dropped);
	assert_int_equal(a->flows_dropped, b->flows_dropped);
	assert_int_equal(a->spool_bytes, b->spool_bytes);
	assert_int_equal(a->spool_quota, b->spool_quota);
	assert_int_equal(a->spool_dropped, b->spool_dropped);
	assert_int_equal(a->records, b->records);
	assert_int_equal(a->records_unknown, b->records_unknown);
	assert_int_equal(a->records_dropped, b->records_dropped);
	assert_int_equal(a->rss_bytes, b->rss_bytes);
	assert_int_equal(a->capture_up, b->capture_up);
	assert_string_equal(a->capture_text, b->capture_text);
	assert_int_equal(a->watched_from_us, b->watched_from_us);
	assert_int_equal(b->n_problems, 1);
	assert_string_equal(a->problems[0], b->problems[0]);
	assert_int_equal(b->n_items, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(a->items[i].sequence, b->items[i].sequence);
		assert_int_equal(a->items[i].applied, b->items[i].applied);
		assert_string_equal(a->items[i].reason, b->items[i].reason);
		assert_int_equal(a->items[i].at_us, b->items[i].at_us);
	}
	assert_int_equal(b->n_mutes, 1);
	assert_int_equal(a->mutes[0].mute, b->mutes[0].mute);
	assert_int_equal(a->mutes[0].hits, b->mutes[0].hits);
	assert_int_equal(a->mutes[0].last_us, b->mutes[0].last_us);
	trip_done(&t);
}

static void foreign_values_are_brought_into_range(void **state)
{
	static const char *many[200];
	struct record in = sample_finding(1);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(many); i++)
		many[i] = "192.0.2.1:1";
	in.finding.peers = many;
	in.finding.n_peers = ARRAY_LEN(many);
	in.finding.confidence = NAN;
	in.finding.severity = (enum severity)77;
	struct trip t = trip_make(&in);
	assert_int_equal(t.out.finding.n_peers, FINDING_PEERS_MAX);
	assert_true(t.out.finding.confidence == 0);
	assert_int_equal(t.out.finding.severity, SEVERITY_CRITICAL);
	trip_done(&t);
}

static void too_large_is_refused_untouched(void **state)
{
	SCOPED_MEM char *text = mem_new(RECORD_MAX + 1);
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_BUF struct buf b;
	struct record in = sample_finding(1);

	(void)state;
	memset(text, 'x', RECORD_MAX);
	in.finding.story = text;
	buf_init(&b, 0);
	assert_int_equal(record_encode(&in, a, &b, NULL), -ELIMIT);
	assert_int_equal(b.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finding_survives),
		cmocka_unit_test(summary_survives),
		cmocka_unit_test(heartbeat_survives),
		cmocka_unit_test(foreign_values_are_brought_into_range),
		cmocka_unit_test(too_large_is_refused_untouched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
