/* SPDX-License-Identifier: Apache-2.0 */
/* Chooses the reader; what readers share. */
#include "wire/indicator/indicator_read.h"

#include <errno.h>
#include <string.h>

#include "wire/indicator/indicator_read_priv.h"

static const char *const formats[INDICATOR_FORMATS] = {
	[INDICATOR_FORMAT_NONE] = "",
	[INDICATOR_FORMAT_PLAIN] = "plain",
	[INDICATOR_FORMAT_LIST] = "list",
	[INDICATOR_FORMAT_HOSTS] = "hosts",
	[INDICATOR_FORMAT_CSV] = "csv",
	[INDICATOR_FORMAT_RPZ] = "rpz",
	[INDICATOR_FORMAT_MISP] = "misp",
	[INDICATOR_FORMAT_STIX] = "stix",
	[INDICATOR_FORMAT_WARNINGLIST] = "warninglist",
	[INDICATOR_FORMAT_MISP_MANIFEST] = "misp-manifest",
	[INDICATOR_FORMAT_MISP_HASHES] = "misp-hashes",
	[INDICATOR_FORMAT_BUNDLE] = "bundle",
};

const char *indicator_format_name(enum indicator_format f)
{
	return (unsigned)f < INDICATOR_FORMATS ? formats[f] : "";
}

void reading_bad(struct reading *r, const char *at, enum indicator_bad why, struct str text)
{
	size_t offset = (size_t)(at - r->all.p);

	if (!r->to->bad)
		return;
	while (r->counted < offset) { /* told in the order of the file: each byte is seen once */
		const char *end = memchr(r->all.p + r->counted, '\n', offset - r->counted);
		r->line += end != NULL;
		r->counted = end ? (size_t)(end - r->all.p) + 1 : offset;
	}
	struct indicator_bad_line b = {
		.line = r->line, .offset = offset, .why = why, .text = text
	};
	r->to->bad(r->to->arg, &b);
}

void reading_value(struct reading *r, const char *at, enum indicator_kind kind, struct str value)
{
	enum indicator_bad bad =
		kind ? indicator_set(&r->i, kind, value) : indicator_guess(&r->i, value);

	if (bad == INDICATOR_OK)
		r->to->found(r->to->arg, &r->i);
	else
		reading_bad(r, at, bad, value);
}

void reading_lines(struct reading *r, void (*fn)(void *arg, struct reading *r, struct str line),
		   void *arg)
{
	struct str all = r->all, line;

	if (str_starts(all, STR("\xef\xbb\xbf")))
		all = (struct str){ all.p + 3, all.n - 3 };
	while (str_cut(&all, '\n', &line)) {
		if (str_ends(line, STR("\r")))
			line.n--;
		fn(arg, r, line);
	}
}

bool word_next(struct str *line, struct str *out)
{
	size_t n = 0;

	*line = str_trim(*line);
	while (n < line->n && line->p[n] != ' ' && line->p[n] != '\t')
		n++;
	if (n == 0)
		return false;
	*out = (struct str){ line->p, n };
	*line = (struct str){ line->p + n, line->n - n };
	return true;
}

int indicator_read(enum indicator_format f, const void *p, size_t n,
		   const struct indicator_reader *to, struct err *e)
{
	struct reading r = { .to = to, .all = { n ? p : "", n }, .line = 1 };

	switch (f) {
	case INDICATOR_FORMAT_PLAIN:
		read_plain(&r);
		return 0;
	case INDICATOR_FORMAT_LIST:
		read_list(&r);
		return 0;
	case INDICATOR_FORMAT_HOSTS:
		read_hosts(&r);
		return 0;
	case INDICATOR_FORMAT_CSV:
		return read_csv(&r, e);
	case INDICATOR_FORMAT_RPZ:
		read_rpz(&r);
		return 0;
	case INDICATOR_FORMAT_MISP:
		read_misp(&r);
		return 0;
	case INDICATOR_FORMAT_STIX:
		read_stix(&r);
		return 0;
	case INDICATOR_FORMAT_WARNINGLIST:
		return err_set(e, -EFORMAT, "this is a list of known good things");
	case INDICATOR_FORMAT_MISP_MANIFEST:
	case INDICATOR_FORMAT_MISP_HASHES:
		return err_set(e, -EFORMAT,
			       "this is the index of a MISP feed: give its whole folder");
	case INDICATOR_FORMAT_BUNDLE:
	case INDICATOR_FORMAT_NONE:
	case INDICATOR_FORMATS:
		break;
	}
	return err_set(e, -EFORMAT, "this is no list of indicators in a format that is known");
}
