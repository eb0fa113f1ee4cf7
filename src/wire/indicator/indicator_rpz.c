/* SPDX-License-Identifier: Apache-2.0 */
/* Response policy zones, as zone files (RFC 1035, 5; draft-vixie-dnsop-dns-rpz). Read are names
 * and addresses in answers (rpz-ip) that are to be blocked or led elsewhere. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "wire/indicator/indicator_read_priv.h"

struct zone {
	char origin[256]; /* with leading dot, without final one; "" = not known */
	int open;         /* parentheses of a record over several lines */
};

struct record {
	struct str owner, type, data;
};

static void origin_set(struct zone *z, struct str name)
{
	if (str_ends(name, STR(".")))
		name.n--;
	if (name.n == 0 || name.n + 2 > sizeof(z->origin) || str_eq(name, STR("@")))
		return;
	z->origin[0] = '.';
	(void)str_copy(z->origin + 1, sizeof(z->origin) - 1, name); /* fits */
}

static bool is_class_or_ttl(struct str word)
{
	for (size_t i = 0; i < word.n; i++) { /* 300, 1h30m */
		if (!memchr("0123456789smhdwSMHDW", word.p[i], 20))
			return str_eq_nocase(word, STR("IN"));
	}
	return word.p[0] >= '0' && word.p[0] <= '9';
}

static bool record_parse(struct str line, struct record *out)
{
	if (!word_next(&line, &out->owner) || !word_next(&line, &out->type))
		return false;
	while (is_class_or_ttl(out->type)) {
		if (!word_next(&line, &out->type))
			return false;
	}
	return word_next(&line, &out->data);
}

/* 24.0.113.0.203 becomes 203.0.113.0/24, 48.zz.1.db8.2001 becomes 2001:db8:1::/48. */
static bool net_turn(struct str name, char *out, size_t size)
{
	struct str part[10], bits;
	size_t n = 0, at = 0;

	if (!str_cut(&name, '.', &bits))
		return false;
	while (n < ARRAY_LEN(part) && str_cut(&name, '.', &part[n]))
		n++;
	if (name.n > 0 || n < 2)
		return false;
	bool v4 = n == 4;
	for (size_t i = 0; i < n; i++)
		v4 &= !str_eq_nocase(part[i], STR("zz"));
	for (size_t i = n; i-- > 0;) {
		bool gap = str_eq_nocase(part[i], STR("zz"));
		int len = gap ? snprintf(out + at, size - at, at ? ":" : "::")
			      : snprintf(out + at, size - at, "%.*s%s", (int)part[i].n, part[i].p,
					 i == 0 ? ""
					 : v4   ? "."
						: ":");
		if (len < 0 || (size_t)len >= size - at)
			return false;
		at += (size_t)len;
	}
	int len = snprintf(out + at, size - at, "/%.*s", (int)bits.n, bits.p);
	return len > 0 && (size_t)len < size - at;
}

/* What the policy does: false when it lets through or only slows down. */
static bool is_block(const struct record *rec)
{
	if (str_eq_nocase(rec->type, STR("A")) || str_eq_nocase(rec->type, STR("AAAA")))
		return true;
	return str_eq_nocase(rec->type, STR("CNAME")) &&
	       !str_eq_nocase(rec->data, STR("rpz-passthru.")) &&
	       !str_eq_nocase(rec->data, STR("rpz-tcp-only."));
}

static bool cut_end(struct str *name, struct str end)
{
	if (name->n <= end.n ||
	    !str_eq_nocase((struct str){ name->p + name->n - end.n, end.n }, end))
		return false;
	name->n -= end.n;
	return true;
}

static void trigger(struct reading *r, const char *at, struct str name)
{
	char net[128];

	if (cut_end(&name, STR(".rpz-ip"))) {
		if (net_turn(name, net, sizeof(net)))
			reading_value(r, at, INDICATOR_CIDR, str_of(net));
		else
			reading_bad(r, at, INDICATOR_NOT_NETWORK, name);
		return;
	}
	struct str whole = name;
	if (cut_end(&name, STR(".rpz-nsdname")) || cut_end(&name, STR(".rpz-nsip")) ||
	    cut_end(&name, STR(".rpz-client-ip")))
		reading_bad(r, at, INDICATOR_NOT_UNDERSTOOD, whole);
	else
		reading_value(r, at, INDICATOR_DOMAIN, name);
}

static void on_record(struct zone *z, struct reading *r, const char *at, struct record rec)
{
	if (str_eq_nocase(rec.type, STR("SOA")) && !z->origin[0])
		origin_set(z, rec.owner);
	if (str_eq_nocase(rec.type, STR("SOA")) || str_eq_nocase(rec.type, STR("NS")) ||
	    str_eq_nocase(rec.type, STR("TXT")) || str_eq_nocase(rec.type, STR("RRSIG")) ||
	    str_eq(rec.owner, STR("@")))
		return;
	if (str_ends(rec.owner, STR("."))) {
		rec.owner.n--;
		(void)cut_end(&rec.owner, str_of(z->origin)); /* else it is written out of zone */
	}
	if (is_block(&rec))
		trigger(r, at, rec.owner);
	else
		reading_bad(r, at, INDICATOR_NOT_FOR_ALARMS, rec.owner);
}

static int parentheses(struct str line)
{
	int open = 0;

	for (size_t i = 0; i < line.n; i++)
		open += line.p[i] == '(' ? 1 : line.p[i] == ')' ? -1 : 0;
	return open;
}

static void rpz_line(void *arg, struct reading *r, struct str line)
{
	struct zone *z = arg;
	struct record rec;
	struct str word;
	const char *remark = memchr(line.p, ';', line.n);

	if (remark) {
		indicator_label(&r->i,
				(struct str){ remark + 1, line.n - (size_t)(remark + 1 - line.p) });
		line.n = (size_t)(remark - line.p);
	} else {
		indicator_label(&r->i, (struct str){ 0 });
	}
	bool inside = z->open > 0, blank = line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t');
	z->open += parentheses(line);
	if (z->open < 0)
		z->open = 0;
	const char *at = line.p;
	struct str rest = line;
	if (inside || blank || !word_next(&rest, &word))
		return; /* a second record of the same name says nothing new */
	if (str_eq_nocase(word, STR("$ORIGIN")) && word_next(&rest, &word))
		origin_set(z, word);
	else if (word.p[0] == '$')
		return;
	else if (record_parse(line, &rec))
		on_record(z, r, at, rec);
	else
		reading_bad(r, at, INDICATOR_BROKEN, word);
}

void read_rpz(struct reading *r)
{
	struct zone z = { 0 };

	reading_lines(r, rpz_line, &z);
}
