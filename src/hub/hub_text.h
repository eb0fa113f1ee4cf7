/* SPDX-License-Identifier: Apache-2.0 */
/* A text of the catalogue with its {0}, {1} filled, for places that are not templates. */
#ifndef HUB_HUB_TEXT_H
#define HUB_HUB_TEXT_H

#include "base/buf.h"
#include "base/text.h"

void hub_text_fill(const struct text *text, enum lang lang, const char *key,
		   const char *const *args, size_t n, struct buf *out);

#endif
