/* SPDX-License-Identifier: Apache-2.0 */
/* Known bad domains, addresses, networks and JA3 fingerprints, from a list.
 *
 * The list is text, one indicator a line: type,value[,description]. Types: domain (its subdomains
 * too), ip, cidr, ja3. Blank lines and lines from # on are skipped; a line that cannot be used is
 * told with its number, counted and skipped. */
#ifndef PROBE_DETECT_INDICATORS_H
#define PROBE_DETECT_INDICATORS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "probe/dissect/addr.h"

enum {
	INDICATORS_MAX = 2 * 1000 * 1000,
	INDICATORS_FILE_MAX = 256 * 1024 * 1024,
	INDICATOR_TEXT_MAX = 256,
};

struct indicators;

struct indicator {
	const char *type;
	char value[INDICATOR_TEXT_MAX]; /* as matched: the parent domain, the network */
	const char *description;        /* "" = none; lives as long as the list */
};

struct indicators *indicators_new(void);
void indicators_free(struct indicators *s);
/* Replaces the content; the old one stays when the file cannot be read. TELL hears of bad lines,
 * the first few one by one. */
int indicators_load(struct indicators *s, const char *path,
		    void (*tell)(void *arg, const char *text), void *arg, struct err *e);
/* The same from memory; NAME is for messages. */
void indicators_parse(struct indicators *s, const char *name, const char *p, size_t n,
		      void (*tell)(void *arg, const char *text), void *arg);
size_t indicators_count(const struct indicators *s);
uint64_t indicators_bad(const struct indicators *s);
size_t indicators_bytes(const struct indicators *s);

/* True and OUT filled when it is listed. NAME in lower case without final dot. */
bool indicators_domain(const struct indicators *s, const char *name, struct indicator *out);
bool indicators_addr(const struct indicators *s, const struct addr *a, struct indicator *out);
bool indicators_ja3(const struct indicators *s, const char *hex, struct indicator *out);

#endif
