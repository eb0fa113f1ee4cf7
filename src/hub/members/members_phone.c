/* SPDX-License-Identifier: Apache-2.0 */
/* Telephone numbers: what people write to E.164 (ITU-T E.164) and back to how Japan reads it. */
#include <stdio.h>
#include <string.h>

#include "hub/members/members.h"
#include "base/fold.h"

enum { E164_MIN = 8, E164_MAX = 15, TYPED_MAX = 64 };

static bool is_separator(uint32_t c)
{
	switch (c) {
	case ' ':
	case '\t':
	case '-':
	case '(':
	case ')':
	case '.':
	case '/':
	case 0x3000: /* ideographic space */
	case 0x30FC: /* long vowel mark, typed for a hyphen */
	case 0x2212: /* minus */
	case 0xFF70: /* half-width long vowel mark */
		return true;
	default:
		return c >= 0x2010 && c <= 0x2015; /* hyphens and dashes */
	}
}

/* Digits and a leading '+' only. False for anything that is no part of a number. */
static bool clean(const char *typed, char out[TYPED_MAX])
{
	size_t n = 0;

	while (*typed) {
		uint32_t c = fold_next(&typed);

		if (c >= 0xFF01 && c <= 0xFF5E)
			c -= 0xFEE0;
		if (is_separator(c))
			continue;
		if (!((c >= '0' && c <= '9') || (c == '+' && n == 0)) || n + 1 >= TYPED_MAX)
			return false;
		out[n++] = (char)c;
	}
	out[n] = '\0';
	return n > 0;
}

/* D: national digits with their leading 0. Eleven only for mobile, IP, paging and 0800 numbers. */
static bool is_japanese(const char *d)
{
	size_t n = strlen(d);

	if (d[0] != '0' || d[1] == '0' || (n != 10 && n != 11))
		return false;
	bool long_kind = d[2] == '0' && strchr("256789", d[1]);
	return n == 10 ? !(long_kind && strchr("56789", d[1]) && d[1] != '6') : long_kind;
}

static bool from_national(const char *d, char out[20])
{
	if (!is_japanese(d))
		return false;
	snprintf(out, 20, "+81%s", d + 1);
	return true;
}

bool members_phone_parse(const char *typed, char out[20])
{
	char d[TYPED_MAX];

	if (!clean(typed, d))
		return false;
	if (strncmp(d, "010", 3) == 0) { /* how Japan dials abroad */
		d[2] = '+';
		memmove(d, d + 2, strlen(d + 2) + 1);
	}
	if (d[0] != '+')
		return from_national(d, out);
	if (strncmp(d, "+81", 3) == 0) { /* +81 19 ... and +81 (0)19 ... */
		char national[TYPED_MAX + 1];

		snprintf(national, sizeof(national), "0%s", d + (d[3] == '0' ? 4 : 3));
		return from_national(national, out);
	}
	size_t n = strlen(d) - 1;
	if (n < E164_MIN || n > E164_MAX || d[1] == '0')
		return false;
	snprintf(out, 20, "%s", d);
	return true;
}

void members_phone_format(const char *e164, char out[32])
{
	char d[20];

	if (strncmp(e164, "+81", 3) != 0 || strlen(e164) > 14) {
		snprintf(out, 32, "%s", e164);
		return;
	}
	snprintf(d, sizeof(d), "0%s", e164 + 3);
	size_t n = strlen(d);
	size_t head = 3, middle = 3; /* most places: 019-600-0000 */

	if (strncmp(d, "0800", 4) == 0)
		head = 4;
	else if (n == 11)
		middle = 4;
	if (n == 10 && (d[1] == '3' || d[1] == '6')) {
		head = 2;
		middle = 4;
	}
	if (n == 10 && strncmp(d, "0120", 4) == 0)
		head = 4;
	if (n < head + middle) {
		snprintf(out, 32, "%s", d);
		return;
	}
	snprintf(out, 32, "%.*s-%.*s-%s", (int)head, d, (int)middle, d + head, d + head + middle);
}
