/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogues as struct text_mo; the bytes are written by the build. */
#include "texts/texts.h"
#include "texts/texts_data.h"

const struct text_mo texts_mo[LANG_COUNT] = {
	[LANG_JA] = { (const unsigned char *)texts_ja, texts_ja_size },
	[LANG_EN] = { (const unsigned char *)texts_en, texts_en_size },
};
