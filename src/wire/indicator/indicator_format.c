/* SPDX-License-Identifier: Apache-2.0 */
/* Which format a list has, from its first lines. */
#include <arpa/inet.h>
#include <string.h>

#include "wire/indicator/bundle.h"
#include "wire/indicator/indicator_read_priv.h"

enum { LINES_MAX = 60, SAMPLE_BYTES = 64 * 1024, BINARY_BYTES = 512 };

struct votes {
	unsigned lines, list, hosts, rpz, hashes, commas, quoted;
	bool origin; /* $ORIGIN, $TTL or an SOA record */
};

static bool is_address(struct str word)
{
	char text[64];
	uint8_t b[16];

	return str_copy(text, sizeof(text), word) &&
	       (inet_pton(AF_INET, text, b) == 1 || inet_pton(AF_INET6, text, b) == 1);
}

static bool is_hash_row(struct str line)
{
	struct str md5;
	uint8_t b[16];
	size_t n;

	return str_cut(&line, ',', &md5) && str_hex(md5, b, sizeof(b), &n) == 0 && n == 16 &&
	       misp_uuid_valid(str_trim(line));
}

static void vote_words(struct votes *v, struct str line)
{
	struct str first, word;

	if (!word_next(&line, &first))
		return;
	v->origin |= str_eq_nocase(first, STR("$TTL")) || str_eq_nocase(first, STR("$ORIGIN"));
	if (is_address(first) && word_next(&line, &word) && !is_address(word) && word.p[0] != '#' &&
	    word.p[0] != ';' && memchr(word.p, '.', word.n))
		v->hosts++;
	for (int i = 0; i < 4 && word_next(&line, &word); i++) {
		v->origin |= str_eq_nocase(word, STR("SOA"));
		v->rpz += str_eq_nocase(word, STR("CNAME"));
	}
}

static void vote(struct votes *v, struct str line)
{
	struct str value, label;
	enum indicator_kind kind;

	v->lines++;
	v->list += list_line(line, &kind, &value, &label) && value.n > 0;
	v->hashes += is_hash_row(line);
	v->commas += memchr(line.p, ',', line.n) != NULL;
	v->quoted += line.p[0] == '"';
	vote_words(v, line);
}

static enum indicator_format decide(const struct votes *v)
{
	unsigned half = (v->lines + 1) / 2;

	if (v->lines == 0)
		return INDICATOR_FORMAT_PLAIN; /* nothing but remarks: an empty list */
	if (v->origin || v->rpz >= half)
		return INDICATOR_FORMAT_RPZ;
	if (v->hashes >= half)
		return INDICATOR_FORMAT_MISP_HASHES;
	if (v->list > 0 && v->list * 3 >= v->lines)
		return INDICATOR_FORMAT_LIST;
	if (v->hosts >= half)
		return INDICATOR_FORMAT_HOSTS;
	if (v->commas * 10 >= v->lines * 8 || v->quoted >= half)
		return INDICATOR_FORMAT_CSV;
	return INDICATOR_FORMAT_PLAIN;
}

enum indicator_format indicator_format_of(const void *p, size_t n)
{
	struct str all = { p, n }, line;
	struct votes v = { 0 };

	if (bundle_begins(p, n))
		return INDICATOR_FORMAT_BUNDLE;
	if (n == 0)
		return INDICATOR_FORMAT_PLAIN; /* an empty list */
	if (memchr(p, 0, n < BINARY_BYTES ? n : BINARY_BYTES))
		return INDICATOR_FORMAT_NONE;
	if (str_starts(all, STR("\xef\xbb\xbf")))
		all = (struct str){ all.p + 3, all.n - 3 };
	struct str head = str_trim(all);
	if (head.n > 0 && (head.p[0] == '{' ||
			   (head.p[0] == '[' && head.n > 1 && memchr("{ \t\r\n", head.p[1], 5))))
		return json_format_of(head);
	if (all.n > SAMPLE_BYTES)
		all.n = SAMPLE_BYTES;
	while (v.lines < LINES_MAX && str_cut(&all, '\n', &line)) {
		line = str_trim(line);
		if (line.n > 0 && line.p[0] != '#' && line.p[0] != ';' && line.p[0] != '!')
			vote(&v, line);
	}
	return decide(&v);
}
