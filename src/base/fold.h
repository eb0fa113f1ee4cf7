/* SPDX-License-Identifier: Apache-2.0 */
/* Folding: makes the ways in which one Japanese text is typed compare equal (widths, cases,
 * hiragana or katakana, blanks). Not a transliteration. */
#ifndef BASE_FOLD_H
#define BASE_FOLD_H

#include <stddef.h>
#include <stdint.h>

/* Lower case, narrow Latin and digits, wide katakana, no blanks: what search compares. Cut at a
 * character's border when OUT is too small. */
void fold_text(const char *s, char *out, size_t out_size);

uint32_t fold_next(const char **s);       /* the code point at *S, which moves behind it */
size_t fold_put(uint32_t c, char out[4]); /* as UTF-8; bytes written */

#endif
