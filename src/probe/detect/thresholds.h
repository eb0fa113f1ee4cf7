/* SPDX-License-Identifier: Apache-2.0 */
/* Every figure by which a detector decides: one struct that detectors read, one table that says
 * what each figure is called, may be, and why it is what it is. Sizes of tables are no such
 * figures, and stand where the tables are. */
#ifndef PROBE_DETECT_THRESHOLDS_H
#define PROBE_DETECT_THRESHOLDS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* A field is one row of thresholds_table.c: `beacon.calls_min`; times drop their "_us" there. */
struct thresholds {
	struct {
		int64_t rest_us;
		uint64_t changes_min;
	} arp_spoof;
	struct {
		uint64_t usual_days, calls_min, callers_common;
		int64_t merge_us, lasted_us, setup_us, burst_us, poll_us;
		double weight_regular, weight_alike, weight_even, weight_lasting;
		double no_name, odd_port, unanswered, poll_less, poll_points, common_less,
			common_share;
		double new_place;
		double tell_from, low_from, medium_from, high_from;
		uint64_t hello_devices_min;
		double rare_hello;
	} beacon;
	struct {
		uint64_t refusals_min, refusals_many, short_min, short_many, short_bytes;
		int64_t short_us, rest_us;
	} brute_force;
	struct {
		uint64_t typed_bytes, answered_bytes;
	} cleartext;
	struct {
		uint64_t names_min, names_many, alike_length, lone_min;
		int64_t rest_us;
		double random_share, alike_share, lone_share, again_share;
	} dga;
	struct {
		uint64_t strange_min, carrier_min, plain_min;
		int64_t rest_us;
		double carrier_length, plain_length;
	} dns_tunnel;
	struct {
		uint64_t marks_min, disk_bytes;
	} download;
	struct {
		uint64_t hosts_min, hosts_many, session_bytes;
		int64_t rest_us;
	} fan_out;
	struct {
		uint64_t pings_min, bytes_min, sizes_min;
		int64_t rest_us;
	} icmp_tunnel;
	struct {
		double low_from, medium_from, high_from, from_outside, unsaid;
	} ids_alert;
	struct {
		uint64_t beats_min;
		double bytes_each, steady_from, medium_from, clue_from;
		double no_name, odd_port, unnamed_cert, no_server_name, not_tls;
	} keepalive;
	struct {
		uint64_t pieces_min, known_days;
		double share_points, odd_hour_points;
	} lateral;
	struct {
		uint64_t bytes_min, hours_min, strange_bytes, usual_devices;
		double times_usual;
	} mail_leak;
	struct {
		uint64_t servers_min, servers_many;
		int64_t rest_us;
	} mail_out;
	struct {
		double medium_from, clue_from, clue_most;
		uint64_t post_bytes;
		double no_name, not_looked_up, odd_port, unnamed_cert, old_tls, plain_on_tls;
		double false_browser, no_agent, posts, random_name, own_address, moving_name;
		double new_place, common_place;
	} odd_call;
	struct {
		uint64_t number_min, length_min, pairs_min;
		double pair_share;
	} random_name;
	struct {
		uint64_t names_min, usual_devices;
		double strange_points;
	} rogue_dns;
	struct {
		int64_t alive_us;
	} rogue_router;
	struct {
		uint64_t hosts_min, ports_min, pings_min, arp_min, many;
		int64_t rest_us;
		double pings_each, failed_times, answered_share, inventory_points;
	} scan;
	struct {
		int64_t half_life_us;
		double low, medium, high; /* points of a finding */
		double medium_from, high_from, critical_from, best_from, more_from, counts_from;
		uint64_t critical_kinds;
	} story;
	struct {
		uint64_t relays_min;
	} tor;
	struct {
		uint64_t hours_min, bytes_min;
		double times_usual;
	} upload;
};

enum threshold_kind { THRESHOLD_COUNT, THRESHOLD_TIME, THRESHOLD_NUMBER };

struct threshold {
	const char *name; /* detector.figure */
	const char *unit; /* "s" for times */
	double initial, lowest, highest;
	const char *reason; /* one sentence, as in doc/detection.md */
	enum threshold_kind kind;
	size_t offset; /* into struct thresholds */
};

extern const struct threshold thresholds_table[];
extern const size_t thresholds_count;

void thresholds_init(struct thresholds *t);
/* In the unit of the row. */
double thresholds_value(const struct thresholds *t, const struct threshold *row);
/* LIST: "beacon.calls_min=8, scan.rest=900"; empty changes nothing. -EINVAL names what is wrong. */
int thresholds_change(struct thresholds *t, const char *list, struct err *e);

#endif
