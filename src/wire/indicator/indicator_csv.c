/* SPDX-License-Identifier: Apache-2.0 */
/* Indicators in CSV of any layout: the columns are found by the heading (which may be a remark, as
 * some feeds write it), else by what the first rows hold. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/csv.h"
#include "base/mem.h"
#include "wire/indicator/indicator_read_priv.h"

enum { SAMPLE_ROWS = 20, NONE = -1 };

struct columns {
	int value, type, label;
	enum indicator_kind kind; /* of all values; 0 = as TYPE says, or guessed */
	bool known;
};

/* Best first. */
static const char *const value_names[] = {
	"ioc",      "ioc_value", "indicator", "value",    "url",        "domain",     "fqdn",
	"hostname", "host",      "ip",        "dst_ip",   "ip_address", "ip address", "address",
	"ipv4",     "cidr",      "network",   "ja3",      "ja3_md5",    "sha256",     "sha256_hash",
	"sha1",     "sha1_hash", "md5",       "md5_hash",
};
static const char *const type_names[] = { "ioc_type", "indicator_type", "type", "kind" };
static const char *const label_names[] = {
	"description", "malware_printable", "malware", "threat", "listingreason",
	"signature",   "comment",           "tags",    "name"
};

static struct str cell_of(const struct csv_row *row, int column)
{
	if (column < 0 || (size_t)column >= row->n)
		return (struct str){ 0 };
	struct str v = str_trim((struct str){ row->cell[column], row->len[column] });
	if (column == 0 && str_starts(v, STR("#")))
		v = str_trim((struct str){ v.p + 1, v.n - 1 });
	if (v.n >= 2 && v.p[0] == '"' && v.p[v.n - 1] == '"')
		v = (struct str){ v.p + 1, v.n - 2 };
	return v;
}

/* The column with the first of NAMES that is there. */
static int named(const struct csv_row *row, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t c = 0; c < row->n; c++) {
			if (str_eq_nocase(cell_of(row, (int)c), str_of(names[i])))
				return (int)c;
		}
	}
	return NONE;
}

static bool is_heading(const struct csv_row *row, struct columns *out)
{
	int value = named(row, value_names, ARRAY_LEN(value_names));

	if (value == NONE || row->n < 2)
		return false;
	*out = (struct columns){
		.value = value,
		.type = named(row, type_names, ARRAY_LEN(type_names)),
		.label = named(row, label_names, ARRAY_LEN(label_names)),
		.known = true,
	};
	if (out->type == NONE)
		out->kind = indicator_kind_of(cell_of(row, value));
	return true;
}

static bool is_remark(const struct csv_row *row)
{
	return row->len[0] > 0 && row->cell[0][0] == '#';
}

/* A plain number or a date is a version of an address or a name to nobody. */
static bool is_telling(struct str v, enum indicator_kind kind)
{
	if (kind != INDICATOR_DOMAIN)
		return true;
	const char *dot = memrchr(v.p, '.', v.n);
	return dot && isalpha((unsigned char)v.p[v.n - 1]) && (size_t)(dot - v.p) + 2 < v.n &&
	       !memchr(v.p, '_', v.n);
}

/* How much the cells look like what we want: URLs before names, for both often stand side by side.
 */
static unsigned weight(struct str v)
{
	struct indicator i;

	if (v.n == 0 || indicator_guess(&i, v) != INDICATOR_OK || !is_telling(v, i.kind))
		return 0;
	return i.kind == INDICATOR_URL ? 3 : 2;
}

static void weigh_row(const struct csv_row *row, unsigned score[CSV_COLUMNS_MAX],
		      unsigned types[CSV_COLUMNS_MAX])
{
	for (size_t c = 0; c < row->n; c++) {
		score[c] += weight(cell_of(row, (int)c));
		types[c] += indicator_kind_of(cell_of(row, (int)c)) != 0;
	}
}

/* Looks at the first rows of a file without a heading. */
static int columns_guess(struct str all, struct columns *out, struct err *e)
{
	unsigned score[CSV_COLUMNS_MAX] = { 0 }, types[CSV_COLUMNS_MAX] = { 0 };
	struct csv *c = NULL;
	struct csv_row row;
	unsigned rows = 0;
	int r = csv_open(all.p, all.n, &c, e), best = 0;

	if (r < 0)
		return r;
	while (rows < SAMPLE_ROWS && (r = csv_next(c, &row, NULL)) != 0) {
		if (r < 0 || is_remark(&row))
			continue;
		rows++;
		weigh_row(&row, score, types);
	}
	csv_close(c);
	*out = (struct columns){ .type = NONE, .label = NONE, .known = true };
	for (int i = 1; i < CSV_COLUMNS_MAX; i++)
		best = score[i] > score[best] ? i : best;
	out->value = best;
	for (int i = 0; i < CSV_COLUMNS_MAX && out->type == NONE; i++)
		out->type = types[i] > 0 && types[i] * 2 >= rows ? i : NONE;
	return score[best] > 0 ? 0
			       : err_set(e, -EFORMAT, "no column of the CSV file holds indicators");
}

/* The first lines, for looking at: up to a line end. */
static struct str beginning(struct str all)
{
	enum { BYTES = 64 * 1024 };

	if (all.n <= BYTES)
		return all;
	const char *end = memrchr(all.p, '\n', BYTES);
	return (struct str){ all.p, end ? (size_t)(end - all.p) + 1 : BYTES };
}

static void bad_row(struct reading *r, long line, enum indicator_bad why, struct str text)
{
	struct indicator_bad_line b = { .line = line, .why = why, .text = text };

	if (r->to->bad)
		r->to->bad(r->to->arg, &b);
}

static void on_row(struct reading *r, const struct columns *c, const struct csv_row *row)
{
	enum indicator_kind kind = c->kind;
	struct str value = cell_of(row, c->value), type = cell_of(row, c->type);

	if (c->type != NONE)
		kind = indicator_kind_of(type);
	if (c->type != NONE && !kind) {
		bad_row(r, row->line, INDICATOR_NO_TYPE, type);
		return;
	}
	indicator_label(&r->i, cell_of(row, c->label));
	enum indicator_bad bad =
		kind ? indicator_set(&r->i, kind, value) : indicator_guess(&r->i, value);
	if (bad == INDICATOR_OK)
		r->to->found(r->to->arg, &r->i);
	else
		bad_row(r, row->line, bad, value);
}

int read_csv(struct reading *r, struct err *e)
{
	struct columns columns = { 0 };
	struct csv *c = NULL;
	struct csv_row row = { 0 };
	int got = csv_open(r->all.p, r->all.n, &c, e);

	if (got < 0)
		return got;
	while ((got = csv_next(c, &row, NULL)) != 0) {
		if (got < 0) {
			bad_row(r, row.line, INDICATOR_BROKEN, (struct str){ 0 });
			continue;
		}
		if (!columns.known && is_heading(&row, &columns))
			continue;
		if (is_remark(&row))
			continue;
		if (!columns.known && (got = columns_guess(beginning(r->all), &columns, e)) < 0)
			break;
		on_row(r, &columns, &row);
	}
	csv_close(c);
	return got;
}
