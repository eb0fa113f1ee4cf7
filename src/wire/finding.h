/* SPDX-License-Identifier: Apache-2.0 */
/* What the probe finds, as plain C: the sensor packs it for the wire, the CLI prints it.
 *
 * Every pointer is borrowed and valid only during the call that hands the struct over. Texts are
 * UTF-8 and never NULL ("" = unknown). Times are UTC microseconds of the packets. */
#ifndef WIRE_FINDING_H
#define WIRE_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The same numbers as in otasuke.proto. */
enum severity { SEVERITY_INFO, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL };

enum {
	FINDING_EVIDENCE_MAX = 16,
	FINDING_PEERS_MAX = 64,
	FINDING_NAMES_MAX = 32,
	FINDING_REASONS_MAX = 12,
	DEVICE_ADDRESSES_MAX = 16,
};

/* One number (TEXT is NULL) or one text that a person can check. */
struct evidence {
	const char *name; /* suffix of the catalogue key evidence.<name> */
	double number;
	const char *text;
};

struct device_info {
	const char *mac; /* aa:bb:cc:dd:ee:ff */
	const char *const *addresses;
	size_t n_addresses; /* the first is the one to show */
	const char *hostname;
	const char *vendor;
	const char *dhcp_fingerprint; /* option 55: "1,3,6,15" */
	const char *dhcp_class;       /* option 60 */
	const char *dhcp6_fingerprint;
	bool random_mac;
	bool is_gateway;
	int64_t first_seen_us;
	int64_t last_seen_us;
	uint32_t devices_behind; /* estimate of devices sharing this MAC; 0 or 1 = one */
};

struct finding {
	const char *detector;
	enum severity severity;
	double confidence; /* 0..1 */
	struct device_info device;
	const char *const *peers; /* "address:port", IPv6 in brackets; without port where none */
	size_t n_peers;
	const char *const *names; /* domains */
	size_t n_names;
	int64_t first_us;
	int64_t last_us;
	const struct evidence *evidence;
	size_t n_evidence;
	const char *const *reasons; /* English sentences with the numbers in them */
	size_t n_reasons;
	const char *story; /* detector plus what it is about; the same story updates one alert */
	uint64_t count;    /* connections, packets or names behind it */
};

/* One device in one interval. */
struct traffic {
	const char *mac;
	const char *address;
	uint64_t bytes_in; /* to the device */
	uint64_t bytes_out;
	uint64_t packets;
	uint64_t flows;
	uint64_t flows_failed;
	uint64_t dns_queries;
	uint64_t dns_nxdomain;
	uint32_t peers; /* distinct addresses outside; an estimate above a few hundred */
};

/* Five minutes (or what there was of them) of the whole network. */
struct interval {
	int64_t start_us;
	int64_t length_us;
	const struct traffic *traffic;
	size_t n_traffic;
	const struct device_info *devices; /* new or changed in this interval */
	size_t n_devices;
	uint64_t packets;
	uint64_t bytes;
	uint64_t packets_bad; /* truncated or malformed */
};

/* "info" .. "critical" */
const char *severity_name(enum severity s);

#endif
