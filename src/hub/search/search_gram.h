/* SPDX-License-Identifier: Apache-2.0 */
/* Grams: the pieces of one, two or three characters that a text is indexed by. Texts in Japanese
 * have no spaces, so words are not known; pieces find any part of any word. Latin letters and
 * digits have few characters and go by three. Pure. */
#ifndef HUB_SEARCH_SEARCH_GRAM_H
#define HUB_SEARCH_SEARCH_GRAM_H

#include <stddef.h>
#include <stdint.h>

enum {
	SEARCH_BODY_MAX = 64 * 1024, /* bytes of a document that are indexed */
	SEARCH_GRAMS_MAX = 48 * 1024,
	SEARCH_TERM_GRAMS_MAX = 64,
};

/* The distinct grams of a folded text, sorted; at most MAX. */
size_t search_grams(const char *folded, int64_t *out, size_t max);
/* The grams that a text must have to hold the folded TERM; fewer than search_grams gives, since the
 * longer ones say it all. */
size_t search_term_grams(const char *folded, int64_t *out, size_t max);
/* The gram that every document of a company has. */
int64_t search_company_gram(int64_t company_id);

#endif
