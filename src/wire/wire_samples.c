/* SPDX-License-Identifier: Apache-2.0 */
/* One record of each kind with every field set. Not part of any program. */
#include "wire/wire_samples.h"

static const char *const addresses[] = { "192.0.2.23", "2001:db8::23" };

static const struct device_info phone = {
	.mac = "02:00:5e:00:53:17",
	.addresses = addresses,
	.n_addresses = 2,
	.hostname = "phone-of-guest",
	.vendor = "Example Phones",
	.dhcp_fingerprint = "1,3,6,15,26,28,51,58,59,43",
	.dhcp_class = "android-dhcp-13",
	.dhcp6_fingerprint = "23,24",
	.random_mac = true,
	.is_gateway = false,
	.first_seen_us = 1700000000000000,
	.last_seen_us = 1700000300000000,
	.devices_behind = 2,
};

struct record sample_finding(uint64_t sequence)
{
	static const char *const peers[] = { "203.0.113.5:443", "[2001:db8:ffff::5]:443" };
	static const char *const names[] = { "bot.example" };
	static const char *const reasons[] = { "48 connections, one every 60.2 s" };
	static const struct evidence evidence[] = {
		{ .name = "interval_median_s", .number = 60.2 },
		{ .name = "ja3", .text = "e7d705a3286e19ea42f587b344ee6865" },
	};

	return (struct record){
		.sequence = sequence,
		.kind = RECORD_FINDING,
		.finding = { .detector = "beacon",
			     .severity = SEVERITY_HIGH,
			     .confidence = 0.875,
			     .device = phone,
			     .peers = peers,
			     .n_peers = 2,
			     .names = names,
			     .n_names = 1,
			     .first_us = 1700000000000000,
			     .last_us = 1700000300000000,
			     .evidence = evidence,
			     .n_evidence = 2,
			     .reasons = reasons,
			     .n_reasons = 1,
			     .story = "beacon 203.0.113.5",
			     .count = 48 },
	};
}

struct record sample_summary(uint64_t sequence)
{
	static const struct traffic traffic[] = {
		{ .mac = "02:00:5e:00:53:17",
		  .address = "192.0.2.23",
		  .bytes_in = 1000,
		  .bytes_out = 2000,
		  .packets = 30,
		  .flows = 4,
		  .flows_failed = 1,
		  .dns_queries = 5,
		  .dns_nxdomain = 2,
		  .peers = 3 },
		{ .mac = "02:00:5e:00:53:18", .address = "192.0.2.24" },
	};

	return (struct record){
		.sequence = sequence,
		.kind = RECORD_SUMMARY,
		.summary = { .start_us = 1700000000000000,
			     .length_us = 300000000,
			     .traffic = traffic,
			     .n_traffic = 2,
			     .devices = &phone,
			     .n_devices = 1,
			     .packets = 30,
			     .bytes = 3000,
			     .packets_bad = 1 },
	};
}

struct record sample_heartbeat(uint64_t sequence)
{
	static const char *const problems[] = { "the hub is full" };
	static const struct item_result items[] = { { 12, false, "it has expired",
						      1700000200000000 },
						    { 13, true, "", 1700000210000000 } };
	static const struct mute_hits mutes[] = { { 5, 77, 1700000220000000 } };

	return (struct record){
		.sequence = sequence,
		.kind = RECORD_HEARTBEAT,
		.heartbeat = { .at_us = 1700000300000000,
			       .version = "0.1.0",
			       .uptime_s = 300,
			       .packets = 30,
			       .packets_dropped = 1,
			       .flows_dropped = 2,
			       .spool_bytes = 4096,
			       .spool_quota = 1 << 29,
			       .spool_dropped = 3,
			       .rss_bytes = 50000000,
			       .records = 40,
			       .records_unknown = 4,
			       .records_dropped = 5,
			       .capture_up = true,
			       .capture_text = "",
			       .watched_from_us = 1700000000000000,
			       .problems = problems,
			       .n_problems = 1,
			       .items = items,
			       .n_items = 2,
			       .mutes = mutes,
			       .n_mutes = 1 },
	};
}
