/* SPDX-License-Identifier: Apache-2.0 */
/* Names that no person chose: hexadecimal numbers, or letters that do not follow each other in any
 * speech. Abbreviations look alike, so it may only ever be weak evidence. */
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

/* After each letter: those that follow it in fewer than one of 200 cases, both in English words and
 * in Japanese ones written in Latin letters (counted on a word list, and on syllables by rule). */
static const char *const unspoken[26] = {
	"qx",                        /* a */
	"cdfghjkmnpqvwxz",           /* b */
	"bdfgjmnpqvwxz",             /* c */
	"cfhjkpqtxz",                /* d */
	"q",                         /* e */
	"bcdghjkmnpqvwxz",           /* f */
	"bcdfjkpqtvwxz",             /* g */
	"cdfghjkpqvxz",              /* h */
	"qx",                        /* i */
	"bcdfghjklmnqrstvwxyz",      /* j */
	"cdgjqvxz",                  /* k */
	"bghjnqrwxz",                /* l */
	"cdfghjklqrtvwxz",           /* m */
	"bhjpqwxz",                  /* n */
	"q",                         /* o */
	"bcdfgjkmnqvwxz",            /* p */
	"abcdefghijklmnopqrstvwxyz", /* q */
	"hjqwxz",                    /* r */
	"bdfgjrvxz",                 /* s */
	"bdfgjkmnpqvxz",             /* t */
	"qvx",                       /* u */
	"bcdfghjklmnpqrstvwxyz",     /* v */
	"cfgjmqvwxyz",               /* w */
	"bdfgjklmnqrswz",            /* x */
	"jkqvxy",                    /* y */
	"bcdfghjkmnpqrstvwx",        /* z */
};

static size_t pairs_unspoken(struct str s, size_t *pairs_out)
{
	size_t n = 0;

	*pairs_out = 0;
	for (size_t i = 1; i < s.n; i++) {
		char a = s.p[i - 1], b = s.p[i];
		if (a < 'a' || a > 'z' || b < 'a' || b > 'z')
			continue;
		++*pairs_out;
		n += strchr(unspoken[a - 'a'], b) != NULL;
	}
	return n;
}

/* A number in base sixteen; words made of a to f bear no digits inside. */
static bool is_number(struct str s)
{
	size_t digits = 0, letters = 0, changes = 0;

	for (size_t i = 0; i < s.n; i++) {
		bool digit = s.p[i] >= '0' && s.p[i] <= '9';
		digits += digit;
		letters += s.p[i] >= 'a' && s.p[i] <= 'f';
		changes += i > 0 && digit != (s.p[i - 1] >= '0' && s.p[i - 1] <= '9');
	}
	return digits + letters == s.n && digits >= 2 && letters >= 2 && changes >= 2;
}

/* Who writes a hyphen joins words: the longest of them is judged. */
static struct str longest_part(struct str label)
{
	struct str part, longest = { 0 };

	while (str_cut(&label, '-', &part)) {
		if (part.n > longest.n)
			longest = part;
	}
	return longest;
}

bool name_is_random(struct str registered, const struct thresholds *t)
{
	struct str label, rest = registered;
	size_t pairs;

	if (!str_cut(&rest, '.', &label) || str_starts(label, STR("xn--")))
		return false;
	label = longest_part(label);
	if (label.n >= t->random_name.number_min && is_number(label))
		return true;
	size_t n = pairs_unspoken(label, &pairs);
	return label.n >= t->random_name.length_min && n >= t->random_name.pairs_min &&
	       (double)n >= t->random_name.pair_share * (double)pairs;
}
