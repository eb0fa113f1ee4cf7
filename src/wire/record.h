/* SPDX-License-Identifier: Apache-2.0 */
/* One record of the spool as plain C, and its translation to and from the packed form. */
#ifndef WIRE_RECORD_H
#define WIRE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "wire/finding.h"
#include "wire/mute.h"
#include "wire/order.h"
#include "wire/otasuke.pb-c.h"
#include "wire/segment.h"

enum { HEARTBEAT_PROBLEMS_MAX = 16, HEARTBEAT_ITEMS_MAX = 16 };

/* What became of an item of the hub's. */
struct item_result {
	uint64_t sequence;
	bool applied; /* else refused */
	const char *reason;
	int64_t at_us;
};

/* How the sensor is. Texts are borrowed, never NULL. */
struct heartbeat {
	int64_t at_us;
	const char *version;
	int64_t uptime_s;
	uint64_t packets;
	uint64_t packets_dropped; /* by the kernel */
	uint64_t flows_dropped;   /* table full */
	uint64_t spool_bytes;
	uint64_t spool_quota;
	uint64_t spool_dropped; /* records lost to the quota or a full disk, ever */
	uint64_t rss_bytes;
	uint64_t records;         /* lines of other programs that were read, ever */
	uint64_t records_unknown; /* of these, not understood */
	uint64_t records_dropped; /* over the rate, or from strangers */
	bool capture_up;
	const char *capture_text; /* why not, in words */
	int64_t watched_from_us;  /* capture has been continuous since */
	const char *const *problems;
	size_t n_problems;
	const struct item_result *items;
	size_t n_items;
	const struct mute_hits *mutes;
	size_t n_mutes;          /* up to MUTES_MAX */
	bool inline_box;         /* traffic goes through it and it can hold devices back */
	const char *inline_text; /* why it cannot although it is set up to, in words; NULL is "" */
	uint32_t isolated, blocked; /* devices and destinations that it holds back now */
};

struct record {
	uint64_t sequence;
	enum record_kind kind; /* 0 after decoding: a body that this program does not know */
	union {
		struct finding finding;
		struct interval summary;
		struct heartbeat heartbeat;
		struct order_report order;
	};
};

/* Appends the packed record to OUT; memory it needs on the way comes from SCRATCH. -ELIMIT when it
 * exceeds RECORD_MAX, OUT is then as before. */
int record_encode(const struct record *r, struct arena *scratch, struct buf *out, struct err *e);

/* OUT borrows its texts from M, its arrays are in ARENA. Lists that are longer than finding.h
 * allows are cut, numbers out of range are brought into it; it cannot fail. */
void record_decode(const Otasuke__Wire__Record *m, struct arena *arena, struct record *out);

#endif
