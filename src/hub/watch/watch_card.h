/* SPDX-License-Identifier: Apache-2.0 */
/* The card of an alert: what happened, how serious, what to do, what not to do, in a person's
 * language. Texts: cards.ja.po, cards.en.po, keyed by the detector. */
#ifndef HUB_WATCH_WATCH_CARD_H
#define HUB_WATCH_WATCH_CARD_H

#include "hub/watch/watch.h"

enum { CARD_LINES_MAX = 8 };

struct watch_card {
	const char *title, *what, *how_serious;
	const char *do_now[CARD_LINES_MAX];
	size_t n_do_now;
	const char *do_not[CARD_LINES_MAX];
	size_t n_do_not;
};

/* Everything in A. An unknown detector gets the card "other". */
void watch_card(const struct text *text, enum lang lang, const struct watch_alert *alert,
		struct arena *a, struct watch_card *out);

/* The text of KEY with {0}, {1}, ... filled from ARGS, plain (not escaped). */
const char *watch_text(const struct text *text, enum lang lang, const char *key,
		       const char *const *args, size_t n_args, struct arena *a);

/* One line of evidence a person can check: {"間隔 (中央値)", "60.2 秒"}. */
struct watch_evidence {
	const char *label, *value;
};
/* From the alert's newest finding; unknown names are shown as they are. */
void watch_card_evidence(const struct text *text, enum lang lang, const struct watch_alert *alert,
			 struct arena *a, struct watch_evidence **out, size_t *n_out);

#endif
