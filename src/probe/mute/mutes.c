/* SPDX-License-Identifier: Apache-2.0 */
/* A short list, walked only when something is about to be told. What fits: wire/mute.c. */
#include "probe/mute/mutes.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct mutes {
	size_t n;
	struct mute *mute;
	struct mute_hits *hits; /* of each, in the same order */
	int64_t next_end_us;    /* INT64_MAX: none ends */
};

struct mutes *mutes_new(void)
{
	struct mutes *m = mem_new(sizeof(*m));

	m->next_end_us = INT64_MAX;
	return m;
}

void mutes_free(struct mutes *m)
{
	if (!m)
		return;
	free(m->mute);
	free(m->hits);
	free(m);
}

static struct mute_hits *hits_of(const struct mutes *m, int64_t id)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->hits[i].mute == id)
			return &m->hits[i];
	return NULL;
}

static void next_end(struct mutes *m, int64_t now_us)
{
	m->next_end_us = INT64_MAX;
	for (size_t i = 0; i < m->n; i++)
		if (m->mute[i].until_us > now_us && m->mute[i].until_us < m->next_end_us)
			m->next_end_us = m->mute[i].until_us;
}

void mutes_set(struct mutes *m, const struct mute *list, size_t n, int64_t now_us)
{
	n = n < MUTES_MAX ? n : MUTES_MAX;
	struct mute *fresh = mem_array(n + 1, sizeof(*fresh));
	struct mute_hits *hits = mem_array(n + 1, sizeof(*hits));

	for (size_t i = 0; i < n; i++) {
		const struct mute_hits *before = hits_of(m, list[i].id);

		fresh[i] = list[i];
		hits[i] = before ? *before : (struct mute_hits){ .mute = list[i].id };
	}
	free(m->mute);
	free(m->hits);
	m->mute = fresh;
	m->hits = hits;
	m->n = n;
	next_end(m, now_us);
}

void mutes_hits_set(struct mutes *m, const struct mute_hits *hits, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct mute_hits *h = hits_of(m, hits[i].mute);

		if (h && hits[i].hits > h->hits)
			*h = hits[i];
	}
}

size_t mutes_hits(const struct mutes *m, struct mute_hits out[MUTES_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++)
		if (m->hits[i].hits > 0)
			out[n++] = m->hits[i];
	return n;
}

int64_t mutes_find(const struct mutes *m, const struct mute_subject *s, int64_t now_us)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->mute[i].until_us > now_us && mute_fits(&m->mute[i], s))
			return m->mute[i].id;
	return 0;
}

bool mutes_in_force(const struct mutes *m, int64_t id, int64_t now_us)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->mute[i].id == id)
			return m->mute[i].until_us > now_us;
	return false;
}

void mutes_hit(struct mutes *m, int64_t id, int64_t now_us)
{
	struct mute_hits *h = hits_of(m, id);

	if (!h)
		return;
	h->hits++;
	h->last_us = now_us;
}

bool mutes_tick(struct mutes *m, int64_t now_us)
{
	if (now_us < m->next_end_us)
		return false;
	next_end(m, now_us);
	return true;
}
