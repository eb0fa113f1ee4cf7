/* SPDX-License-Identifier: Apache-2.0 */
/* Foreign bytes as a catalogue into base/text.h. */
#include <stdint.h>
#include <string.h>

#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct text_mo mo[LANG_COUNT] = { { data, size }, { data, size } };
	struct text *t = NULL;
	if (text_open(mo, &t, NULL) < 0)
		return 0;
	(void)strlen(text_get(t, LANG_JA, "a")); /* the text must end inside the bytes */
	(void)strlen(text_get(t, LANG_EN, "zz"));
	text_close(t);
	return 0;
}
