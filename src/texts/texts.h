/* SPDX-License-Identifier: Apache-2.0 */
/* Every text of every folder in both languages, compiled into the program: the merged *.ja.po and
 * *.en.po files of src/, for text_open(). */
#ifndef TEXTS_TEXTS_H
#define TEXTS_TEXTS_H

#include "base/text.h"

extern const struct text_mo texts_mo[LANG_COUNT];

#endif
