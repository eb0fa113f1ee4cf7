/* SPDX-License-Identifier: Apache-2.0 */
/* Internationalised domain names, by libidn2. */
#include "wire/indicator/idn.h"

#include <idn2.h>
#include <string.h>

enum { NAME_BYTES_MAX = 1024 };

bool idn_ascii(struct str name, char *out, size_t out_size)
{
	char text[NAME_BYTES_MAX];
	uint8_t *ascii = NULL;

	if (!utf8_valid(name.p, name.n) || !str_copy(text, sizeof(text), name) ||
	    strlen(text) != name.n)
		return false;
	int r = idn2_lookup_u8((const uint8_t *)text, &ascii,
			       IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
	bool ok = r == IDN2_OK && str_copy(out, out_size, str_of((const char *)ascii));
	idn2_free(ascii);
	return ok;
}
