/* SPDX-License-Identifier: Apache-2.0 */
/* The evidence of an alert in words; the card itself is in watch.h, its texts in cards.ja.po and
 * cards.en.po, keyed by the detector. */
#ifndef HUB_WATCH_WATCH_CARD_H
#define HUB_WATCH_WATCH_CARD_H

#include "hub/watch/watch.h"

/* One line of evidence a person can check: {"interval_median_s", "間隔 (中央値)", "60.2"}. */
struct watch_evidence {
	const char *name, *label, *value;
};
/* From the alert's newest finding; unknown names are shown as they are. */
void watch_card_evidence(const struct text *text, enum lang lang, const struct watch_alert *alert,
			 struct arena *a, struct watch_evidence **out, size_t *n_out);
/* That the finding rests on few days of watching, as a sentence; "" when it does not say so. */
const char *watch_card_young(const struct text *text, enum lang lang,
			     const struct watch_evidence *list, size_t n, struct arena *a);

#endif
