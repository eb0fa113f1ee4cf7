/* SPDX-License-Identifier: Apache-2.0 */
/* Folding: see fold.h. */
#include "base/fold.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
	DAKUTEN = 0x3099,    /* combining voiced mark */
	HANDAKUTEN = 0x309A, /* combining half-voiced mark */
};

/* U+FF66 .. U+FF9D, half-width katakana, as wide ones */
static const uint16_t wide_kana[] = {
	0x30F2, 0x30A1, 0x30A3, 0x30A5, 0x30A7, 0x30A9, 0x30E3, 0x30E5, 0x30E7, 0x30C3,
	0x30FC, 0x30A2, 0x30A4, 0x30A6, 0x30A8, 0x30AA, 0x30AB, 0x30AD, 0x30AF, 0x30B1,
	0x30B3, 0x30B5, 0x30B7, 0x30B9, 0x30BB, 0x30BD, 0x30BF, 0x30C1, 0x30C4, 0x30C6,
	0x30C8, 0x30CA, 0x30CB, 0x30CC, 0x30CD, 0x30CE, 0x30CF, 0x30D2, 0x30D5, 0x30D8,
	0x30DB, 0x30DE, 0x30DF, 0x30E0, 0x30E1, 0x30E2, 0x30E4, 0x30E6, 0x30E8, 0x30E9,
	0x30EA, 0x30EB, 0x30EC, 0x30ED, 0x30EF, 0x30F3,
};

uint32_t fold_next(const char **s)
{
	const unsigned char *p = (const unsigned char *)*s;
	int n = p[0] < 0x80 ? 1 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
	uint32_t c = p[0];

	if (n > 1)
		c = p[0] & (0xFFU >> (n + 1));
	for (int i = 1; i < n; i++) {
		if ((p[i] & 0xC0) != 0x80) { /* not UTF-8: one byte, as it is */
			*s += 1;
			return p[0];
		}
		c = c << 6 | (p[i] & 0x3F);
	}
	*s += n;
	return c;
}

static uint32_t narrow(uint32_t c)
{
	if (c >= 0xFF01 && c <= 0xFF5E)
		c -= 0xFEE0;
	if (c >= 'A' && c <= 'Z')
		return c + ('a' - 'A');
	if (c >= 0x3041 && c <= 0x3096)
		return c + 0x60;
	if (c >= 0xFF66 && c <= 0xFF9D)
		return wide_kana[c - 0xFF66];
	if (c == 0xFF9E || c == 0x309B)
		return DAKUTEN;
	if (c == 0xFF9F || c == 0x309C)
		return HANDAKUTEN;
	return c;
}

static bool is_blank(uint32_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0x3000 || c == 0xA0 ||
	       c == 0x30FB || c == 0xFF65;
}

/* The kana BASE with MARK as one character; 0 when there is none. */
static uint32_t voiced(uint32_t base, uint32_t mark)
{
	bool h_row = base >= 0x30CF && base <= 0x30DB && (base - 0x30CF) % 3 == 0;

	if (h_row)
		return base + (mark == DAKUTEN ? 1 : 2);
	if (mark != DAKUTEN)
		return 0;
	if (base == 0x30A6)
		return 0x30F4;
	if (base >= 0x30AB && base <= 0x30C1 && (base - 0x30AB) % 2 == 0)
		return base + 1;
	if (base == 0x30C4 || base == 0x30C6 || base == 0x30C8)
		return base + 1;
	return 0;
}

size_t fold_put(uint32_t c, char out[4])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xC0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xE0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3F));
		out[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3F));
	out[2] = (char)(0x80 | (c >> 6 & 0x3F));
	out[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

void fold_text(const char *s, char *out, size_t out_size)
{
	size_t n = 0, last_at = 0;
	uint32_t last = 0;

	while (*s) {
		uint32_t c = narrow(fold_next(&s));

		if (is_blank(c))
			continue;
		if ((c == DAKUTEN || c == HANDAKUTEN) && voiced(last, c)) {
			c = voiced(last, c);
			n = last_at;
		}
		if (n + 5 > out_size)
			break;
		last_at = n;
		last = c;
		n += fold_put(c, out + n);
	}
	out[n] = '\0';
}
