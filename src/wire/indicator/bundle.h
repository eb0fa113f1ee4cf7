/* SPDX-License-Identifier: Apache-2.0 */
/* Many indicators in one compact table: what the hub packs and sends, and what the probe asks for
 * each packet. Values are kept as keyed 64-bit fingerprints only; about 19 bytes an indicator.
 * doc/indicators.md draws the layout.
 *
 * A bundle never changes once made: threads may look things up in it without a lock. */
#ifndef WIRE_INDICATOR_BUNDLE_H
#define WIRE_INDICATOR_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "wire/indicator/indicator.h"

enum {
	BUNDLE_BYTES_MAX = 64 * 1024 * 1024,
	BUNDLE_FEEDS_MAX = 1024,
	BUNDLE_LABELS_BYTES_MAX = 8 * 1024 * 1024,
	BUNDLE_FEED_MAX = 64, /* bytes of a feed's name, with NUL */
};

struct bundle;

struct bundle_hit {
	enum indicator_kind kind;
	bool info_only; /* inside something known good: worth a note, no alarm */
	uint8_t bits;   /* ip, cidr: prefix length out of 128 */
	size_t skip;    /* domain: bytes before the parent that is listed; url: bytes behind it */
	char label[INDICATOR_LABEL_MAX];
	char feed[BUNDLE_FEED_MAX];
};

struct bundle_stats {
	uint64_t count[INDICATOR_KINDS]; /* by kind; [0] is the sum */
	uint64_t info_only;
	uint64_t bytes;
	int64_t made_us; /* UTC */
	unsigned feeds;
};

/* Maps the file read-only. Checks all of it without keeping a copy in memory. The file must never
 * be written in place: replace it by renaming. -EFORMAT says what is wrong with it. */
int bundle_open(const char *path, struct bundle **out, struct err *e);
/* The same where all bytes were checked already, by a signed hash: only the head is looked at. */
int bundle_map(const char *path, struct bundle **out, struct err *e);
/* The same as bundle_open for bytes that stay the caller's and must outlive it; aligned to 8. */
int bundle_over(const void *p, size_t n, struct bundle **out, struct err *e);
/* Does it begin like a bundle? */
bool bundle_begins(const void *p, size_t n);
/* One more owner; from any thread. bundle_free by the last one unmaps. */
struct bundle *bundle_ref(struct bundle *b);
void bundle_free(struct bundle *b);
/* All of it, to write to a file or send. */
const void *bundle_bytes(const struct bundle *b, size_t *n_out);
void bundle_stats_get(const struct bundle *b, struct bundle_stats *out);

/* True and OUT filled when listed. NAME in lower case; a final dot does not matter. */
bool bundle_domain(const struct bundle *b, struct str name, struct bundle_hit *out);
bool bundle_addr(const struct bundle *b, const uint8_t addr[16], struct bundle_hit *out);
/* HOST and target of a request as sent: with its query, then without. */
bool bundle_url(const struct bundle *b, struct str host, struct str target, struct bundle_hit *out);
/* INDICATOR_JA3, INDICATOR_CERT or INDICATOR_FILE; N bytes, not hexadecimal. */
bool bundle_hash(const struct bundle *b, enum indicator_kind kind, const uint8_t *p, size_t n,
		 struct bundle_hit *out);
/* Is exactly this one listed? */
bool bundle_has(const struct bundle *b, const struct indicator *i, struct bundle_hit *out);

struct bundle_writer;
struct known_good;

enum bundle_added {
	BUNDLE_ADDED,
	BUNDLE_TWICE,     /* there already: the first one's label and feed stay */
	BUNDLE_GOOD,      /* left out: known good */
	BUNDLE_INFO_ONLY, /* added with that mark */
	BUNDLE_FULL,
	BUNDLE_ADDED_KINDS,
};

/* EXPECTED saves growing; 0 when unknown. */
struct bundle_writer *bundle_writer_new(size_t expected);
void bundle_writer_free(struct bundle_writer *w);
/* Borrowed until the writer is freed; NULL = no filter. */
void bundle_writer_good(struct bundle_writer *w, const struct known_good *good);
/* Number of the feed for bundle_writer_add; 0, the feed without a name, when there are too many. */
unsigned bundle_writer_feed(struct bundle_writer *w, struct str name);
enum bundle_added bundle_writer_add(struct bundle_writer *w, unsigned feed,
				    const struct indicator *i);
size_t bundle_writer_count(const struct bundle_writer *w);
/* The bundle in memory of its own. The writer can only be freed afterwards. */
struct bundle *bundle_writer_finish(struct bundle_writer *w, int64_t made_us);

#endif
