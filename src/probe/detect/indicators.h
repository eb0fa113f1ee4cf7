/* SPDX-License-Identifier: Apache-2.0 */
/* The list of known bad things that the probe asks: a bundle (wire/indicator/bundle.h), mapped from
 * its file, or packed in memory from a list in whatever format.
 *
 * Belongs to the thread that asks. A new bundle takes the place of the old one by a pointer, the
 * old one goes at once: there are never two copies in memory. */
#ifndef PROBE_DETECT_INDICATORS_H
#define PROBE_DETECT_INDICATORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "probe/dissect/addr.h"
#include "wire/indicator/bundle.h"

enum { INDICATOR_TEXT_MAX = 256 };

struct indicators;

struct indicator_hit {
	const char *type;                      /* "domain", "ip", ... */
	char value[INDICATOR_TEXT_MAX];        /* as matched: the parent domain, the network; cut */
	bool info_only;                        /* inside something known good */
	char description[INDICATOR_LABEL_MAX]; /* "" = none */
	char feed[BUNDLE_FEED_MAX];            /* "" = not told */
};

struct indicators *indicators_new(void);
void indicators_free(struct indicators *s);
/* Replaces the content by that of PATH: a bundle, a list in any format, the folder of a MISP feed.
 * The old one stays when it cannot be read. TELL hears of bad lines, the first few one by one. */
int indicators_load(struct indicators *s, const char *path,
		    void (*tell)(void *arg, const char *text), void *arg, struct err *e);
/* The same for a bundle whose bytes were checked already: maps it, no more. */
int indicators_map(struct indicators *s, const char *path, struct err *e);
/* The same as indicators_load on a thread of its own; one at a time (-EBUSY). */
int indicators_load_begin(struct indicators *s, const char *path, struct err *e);
/* Swaps in what a load has brought; TELL hears of bad lines, or why it could not be read. True when
 * something was swapped. Cheap: for each second. */
bool indicators_load_poll(struct indicators *s, void (*tell)(void *arg, const char *text),
			  void *arg);
/* Takes B over. */
void indicators_use(struct indicators *s, struct bundle *b);
/* What is loaded now stays beside all that comes later: the list of a sensor's own configuration.
 */
void indicators_keep(struct indicators *s);
/* Another number when the content has changed. */
uint64_t indicators_generation(const struct indicators *s);
/* What people judged wrong in the list, a line each: "except domain shop.example". It takes the
 * place of what was said before; lines with another first word are for others. Returns how many
 * lines could not be used. */
size_t indicators_except(struct indicators *s, const char *text, size_t n);
size_t indicators_count(const struct indicators *s);
uint64_t indicators_bad(const struct indicators *s); /* lines that were not used */
size_t indicators_bytes(const struct indicators *s);

/* True and OUT filled when it is listed. NAME in lower case without final dot. */
bool indicators_domain(const struct indicators *s, const char *name, struct indicator_hit *out);
bool indicators_addr(const struct indicators *s, const struct addr *a, struct indicator_hit *out);
bool indicators_ja3(const struct indicators *s, const char *hex, struct indicator_hit *out);
/* Host and target of a request, as sent. */
bool indicators_url(const struct indicators *s, struct str host, struct str target,
		    struct indicator_hit *out);
/* MD5, SHA-1 or SHA-256 in hexadecimal; "" is never listed. */
bool indicators_file_hash(const struct indicators *s, const char *hex, struct indicator_hit *out);
bool indicators_has_files(const struct indicators *s); /* is any file listed? */
bool indicators_cert(const struct indicators *s, const char *hex,
		     struct indicator_hit *out); /* SHA-1 or SHA-256; "" is never listed */
bool indicators_cert_sha1(const struct indicators *s, const uint8_t sha1[20],
			  struct indicator_hit *out);

#endif
