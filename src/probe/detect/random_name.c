/* SPDX-License-Identifier: Apache-2.0 */
/* Names that no person chose: hexadecimal numbers, or letters without the vowels that make a word
 * speakable. No tables of languages; the price is that it may only ever be weak evidence. */
#include "probe/detect/random_name.h"

#include <string.h>

enum {
	SECOND_LEVEL_MIN = 2, /* co, ac, com: a level under which others register, */
	SECOND_LEVEL_MAX = 3,
	COUNTRY = 2, /* below the domain of a country */
};

struct str name_registered(struct str name)
{
	size_t dots = 0, label = 0, top = 0;

	for (size_t i = name.n; i > 0; i--) {
		if (name.p[i - 1] != '.') {
			label++;
			continue;
		}
		dots++;
		top = dots == 1 ? label : top;
		bool second_level = dots == 2 && top == COUNTRY && label >= SECOND_LEVEL_MIN &&
				    label <= SECOND_LEVEL_MAX;
		if (dots >= 2 && !second_level)
			return (struct str){ name.p + i, name.n - i };
		label = 0;
	}
	return name;
}

struct letters {
	size_t digits, hex_letters, vowels, other, longest_run, changes;
};

static struct letters count(struct str s)
{
	struct letters c = { 0 };
	size_t run = 0;

	for (size_t i = 0; i < s.n; i++) {
		char ch = s.p[i];
		bool digit = ch >= '0' && ch <= '9';
		bool before = i > 0 && s.p[i - 1] >= '0' && s.p[i - 1] <= '9';
		c.digits += digit;
		c.changes += i > 0 && digit != before;
		c.hex_letters += ch >= 'a' && ch <= 'f';
		bool vowel = ch && strchr("aeiouy", ch);
		c.vowels += vowel;
		c.other += !digit && !vowel;
		run = digit || vowel || ch == '-' ? 0 : run + 1;
		c.longest_run = run > c.longest_run ? run : c.longest_run;
	}
	return c;
}

bool name_is_random(struct str registered, const struct thresholds *t)
{
	struct str label, rest = registered;

	if (!str_cut(&rest, '.', &label) || label.n < t->random_name.length_min ||
	    str_starts(label, STR("xn--")))
		return false;
	struct letters c = count(label);
	/* A number in base sixteen; words made of a to f bear no digits inside. */
	if (c.digits + c.hex_letters == label.n && c.digits >= 2 && c.hex_letters >= 2 &&
	    c.changes >= 2)
		return true;
	if (c.longest_run >= t->random_name.consonants_run)
		return true;
	size_t letters = label.n - c.digits;
	return letters >= t->random_name.length_min &&
	       (double)c.vowels < t->random_name.vowel_share * (double)letters;
}
