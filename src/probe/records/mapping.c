/* SPDX-License-Identifier: Apache-2.0 */
/* Applies a mapping to the fields of a record. */
#include "probe/records/mapping.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "probe/records/mapping_priv.h"

enum { NAME_TEXT_MAX = 160, TIME_TEXT = 48 };

int mapping_load(const char *path, struct mapping **out, struct err *e)
{
	SCOPED_BUF struct buf b;

	buf_init(&b, MAPPING_FILE_MAX);
	int r = file_read(path, MAPPING_FILE_MAX, &b, e);
	return r < 0 ? r : mapping_parse(path, (struct str){ b.p ? b.p : "", b.n }, out, e);
}

void mapping_free(struct mapping *m)
{
	if (!m)
		return;
	free(m->text);
	free(m);
}

const char *mapping_name(const struct mapping *m)
{
	return m->name;
}

static const char *value_of(const struct mapping *m, const struct fields *f, enum mapping_field i)
{
	struct str rest = m->fields[i], name;
	char text[NAME_TEXT_MAX];

	while (str_cut(&rest, '|', &name)) {
		(void)str_copy(text, sizeof(text), str_trim(name)); /* checked when it was read */
		const char *v = fields_get(f, text);
		if (v[0])
			return v;
	}
	return "";
}

static bool contains(const char *text, struct str part)
{
	size_t n = strlen(text);

	for (size_t i = 0; part.n > 0 && i + part.n <= n; i++) {
		if (str_eq_nocase((struct str){ text + i, part.n }, part))
			return true;
	}
	return false;
}

static bool holds(const struct mapping_when *w, const struct fields *f)
{
	const char *v = fields_get(f, w->field);
	struct str rest = w->values, one;
	bool found = w->test == TEST_THERE && v[0];

	while (!found && w->test != TEST_THERE && str_cut(&rest, ',', &one)) {
		one = str_trim(one);
		found = w->test == TEST_IN ? str_eq_nocase(str_of(v), one) : contains(v, one);
	}
	return found != w->no;
}

bool mapping_fits(const struct mapping *m, enum record_format format, const struct fields *f)
{
	if (m->format != FORMAT_ANY && m->format != format)
		return false;
	for (size_t i = 0; i < m->n_when; i++) {
		if (!holds(&m->when[i], f))
			return false;
	}
	return true;
}

static double points_of(const struct mapping *m, const char *severity)
{
	double number = 0;
	bool is_number = str_double(str_of(severity), -1e9, 1e9, &number) == 0;

	for (size_t i = 0; i < m->n_points; i++) {
		const struct mapping_points *p = &m->points[i];
		if (p->range ? is_number && number >= p->low && number <= p->high
			     : strcmp(p->value, "*") == 0 ||
				       str_eq_nocase(str_of(p->value), str_of(severity)))
			return fmin(p->points, FOREIGN_WEIGHT_MAX);
	}
	return 0;
}

static int64_t time_of(const struct mapping *m, const struct fields *f, int offset_min,
		       int64_t at_us)
{
	char text[TIME_TEXT];
	int64_t got_us;

	if (foreign_time(value_of(m, f, MAP_TIME), offset_min, &got_us) == 0)
		return got_us;
	(void)snprintf(text, sizeof(text), "%.20sT%.20s", value_of(m, f, MAP_DATE),
		       value_of(m, f, MAP_CLOCK)); /* cut ones are no time */
	return foreign_time(text, offset_min, &got_us) == 0 ? got_us : at_us;
}

static uint16_t port_of(const struct mapping *m, const struct fields *f, enum mapping_field i,
			uint16_t fallback)
{
	int64_t v = 0;

	return str_i64(str_of(value_of(m, f, i)), 0, 65535, &v) == 0 ? (uint16_t)v : fallback;
}

static void ends(const struct mapping *m, const struct fields *f, struct foreign *out)
{
	(void)foreign_addr(value_of(m, f, MAP_DEVICE), &out->src, &out->sport); /* none is fine */
	(void)foreign_addr(value_of(m, f, MAP_PEER), &out->dst, &out->dport);   /* none is fine */
	out->sport = port_of(m, f, MAP_DEVICE_PORT, out->sport);
	out->dport = port_of(m, f, MAP_PEER_PORT, out->dport);
	out->proto = foreign_proto(value_of(m, f, MAP_PROTO));
	out->has_mac = foreign_mac(value_of(m, f, MAP_MAC), &out->mac);
	foreign_text(out->host, sizeof(out->host), value_of(m, f, MAP_HOST));
}

int mapping_apply(const struct mapping *m, const struct fields *f, int offset_min, int64_t at_us,
		  struct foreign *out)
{
	foreign_init(out, m->kind, m->name);
	out->at_us = time_of(m, f, offset_min, at_us);
	ends(m, f, out);
	foreign_name(value_of(m, f, MAP_DOMAIN), out->name);
	foreign_url(out, value_of(m, f, MAP_DOMAIN), value_of(m, f, MAP_URL));
	foreign_text(out->file, sizeof(out->file), value_of(m, f, MAP_FILE));
	foreign_hex(value_of(m, f, MAP_MD5), out->md5, sizeof(out->md5));
	foreign_hex(value_of(m, f, MAP_SHA1), out->sha1, sizeof(out->sha1));
	foreign_hex(value_of(m, f, MAP_SHA256), out->sha256, sizeof(out->sha256));
	out->opened = m->kind != FOREIGN_ALARM && m->kind != FOREIGN_DNS;
	if (m->kind != FOREIGN_ALARM)
		return 1;
	out->weight = points_of(m, value_of(m, f, MAP_SEVERITY));
	out->blocked = m->blocked.field && holds(&m->blocked, f);
	out->compromise = m->compromise.field && holds(&m->compromise, f);
	foreign_text(out->what, sizeof(out->what), value_of(m, f, MAP_WHAT));
	foreign_text(out->id, sizeof(out->id), value_of(m, f, MAP_ID));
	foreign_text(out->class, sizeof(out->class), value_of(m, f, MAP_CLASS));
	foreign_text(out->technique, sizeof(out->technique), value_of(m, f, MAP_TECHNIQUE));
	return out->weight > 0;
}
