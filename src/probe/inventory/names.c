/* SPDX-License-Identifier: Apache-2.0 */
/* Names of addresses: a set-associative cache, the oldest of a set gives way. */
#include "probe/inventory/names.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/map.h"
#include "base/mem.h"

enum { SETS = 4096, WAYS = 4 };

struct entry {
	struct addr addr;
	int64_t seen_us;
	char *name;
};

struct names {
	uint8_t secret[16];
	struct entry entry[SETS][WAYS];
};

struct names *names_new(void)
{
	struct names *n = mem_new(sizeof(*n));

	if (getrandom(n->secret, sizeof(n->secret), 0) != sizeof(n->secret))
		abort(); /* sixteen bytes never come short once the kernel is up */
	return n;
}

void names_free(struct names *n)
{
	if (!n)
		return;
	for (int i = 0; i < SETS; i++) {
		for (int k = 0; k < WAYS; k++)
			free(n->entry[i][k].name);
	}
	free(n);
}

static size_t set_of(const struct names *n, const struct addr *a)
{
	return siphash13(n->secret, a->b, sizeof(a->b)) % SETS;
}

static void learn(struct names *n, const struct addr *a, const char *name, int64_t now_us)
{
	struct entry *set = n->entry[set_of(n, a)];
	struct entry *at = &set[0];

	for (int k = 0; k < WAYS; k++) {
		if (set[k].name && addr_eq(&set[k].addr, a)) {
			at = &set[k];
			break;
		}
		if (!set[k].name || set[k].seen_us < at->seen_us)
			at = &set[k];
	}
	if (!at->name || strcmp(at->name, name) != 0) {
		free(at->name);
		at->name = mem_strdup(name);
	}
	at->addr = *a;
	at->seen_us = now_us;
}

void names_learn(struct names *n, const struct dns_message *m, int64_t now_us)
{
	if (!m->response || !m->name[0])
		return;
	for (size_t i = 0; i < m->n_answers; i++) {
		const struct dns_answer *a = &m->answer[i];
		if ((a->type == DNS_A || a->type == DNS_AAAA) && !addr_is_zero(&a->addr))
			learn(n, &a->addr, m->name, now_us);
	}
}

const char *names_find(const struct names *n, const struct addr *a)
{
	const struct entry *set = n->entry[set_of(n, a)];

	for (int k = 0; k < WAYS; k++) {
		if (set[k].name && addr_eq(&set[k].addr, a))
			return set[k].name;
	}
	return "";
}
