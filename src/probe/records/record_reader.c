/* SPDX-License-Identifier: Apache-2.0 */
/* Sees what a line is and gives it to the reader of that format. */
#include "probe/records/record_reader.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "probe/records/eve.h"
#include "probe/records/pairs.h"
#include "probe/records/syslog_line.h"

enum { PATH_TEXT_MAX = 4096, PAIRS_MIN = 2 };

struct record_reader {
	int offset_min;
	struct mapping *mapping[MAPPINGS_MAX];
	size_t n;
	struct record_stats stats;
	struct fields fields;
};

struct source {                             /* of one line */
	const struct syslog_line *envelope; /* NULL = none */
	int64_t at_us;                      /* by the envelope, or when it came */
};

struct record_reader *record_reader_new(int offset_min)
{
	struct record_reader *r = mem_new(sizeof(*r));

	r->offset_min = offset_min;
	return r;
}

void record_reader_free(struct record_reader *r)
{
	for (size_t i = 0; r && i < r->n; i++)
		mapping_free(r->mapping[i]);
	free(r);
}

const struct record_stats *record_reader_stats(const struct record_reader *r)
{
	return &r->stats;
}

void record_reader_long(struct record_reader *r)
{
	r->stats.lines++;
	r->stats.unknown++;
	r->stats.long_lines++;
}

int record_reader_map(struct record_reader *r, struct mapping *m, struct err *e)
{
	if (r->n == MAPPINGS_MAX) {
		mapping_free(m);
		return err_set(e, -ELIMIT, "more than %d mappings", MAPPINGS_MAX);
	}
	r->mapping[r->n++] = m;
	return 0;
}

int record_reader_load(struct record_reader *r, const char *paths, struct err *e)
{
	struct str rest = str_of(paths), one;
	char path[PATH_TEXT_MAX];
	int got = 0;

	while (got >= 0 && str_cut(&rest, ',', &one)) {
		struct mapping *m = NULL;
		one = str_trim(one);
		if (one.n == 0)
			continue;
		if (!str_copy(path, sizeof(path), one))
			return err_set(e, -EINVAL, "the path of a mapping is too long");
		got = mapping_load(path, &m, e);
		if (got >= 0)
			got = record_reader_map(r, m, e);
	}
	return got;
}

/* A record that is neither Suricata's nor Zeek's. */
static int read_mapped(const struct record_reader *r, enum record_format format,
		       const struct source *s, struct foreign *out, struct err *e)
{
	static const char *const names[] = { "", "key=value", "CEF", "LEEF", "JSON", "text" };

	for (size_t i = 0; i < r->n; i++) {
		if (mapping_fits(r->mapping[i], format, &r->fields))
			return mapping_apply(r->mapping[i], &r->fields, r->offset_min, s->at_us,
					     out);
	}
	return err_set(e, -EFORMAT, "no mapping fits this record (%s)", names[format]);
}

static int read_json(struct record_reader *r, struct str line, const struct source *s,
		     struct foreign *out, struct err *e)
{
	int got = fields_json(&r->fields, line, e);

	if (got < 0)
		return got;
	if (eve_is(&r->fields))
		return eve_read(&r->fields, out, e);
	if (zeek_is(&r->fields))
		return zeek_read(&r->fields, out, e);
	if (s->envelope)
		syslog_line_fields(s->envelope, &r->fields);
	return read_mapped(r, FORMAT_JSON, s, out, e);
}

static int read_text(struct record_reader *r, struct str line, const struct source *s,
		     struct foreign *out, struct err *e)
{
	enum record_format format = FORMAT_TEXT;
	int got = 0;

	if (str_starts(line, STR("CEF:"))) {
		format = FORMAT_CEF;
		got = pairs_cef(&r->fields, line, e);
	} else if (str_starts(line, STR("LEEF:"))) {
		format = FORMAT_LEEF;
		got = pairs_leef(&r->fields, line, e);
	} else if (pairs_plain(&r->fields, line) >= PAIRS_MIN) {
		format = FORMAT_PAIRS;
	}
	if (got < 0)
		return got;
	if (s->envelope)
		syslog_line_fields(s->envelope, &r->fields);
	return read_mapped(r, format, s, out, e);
}

static int read_body(struct record_reader *r, struct str line, const struct source *s,
		     struct foreign *out, struct err *e)
{
	static const struct str cookie = { "@cee:", 5 }; /* Suricata may put it before its JSON */

	if (str_starts(line, cookie))
		line = str_trim((struct str){ line.p + cookie.n, line.n - cookie.n });
	if (line.n == 0)
		return 0;
	return line.p[0] == '{' ? read_json(r, line, s, out, e) : read_text(r, line, s, out, e);
}

static int read_line(struct record_reader *r, struct record_stream *stream, struct str line,
		     int64_t now_us, struct foreign *out, struct err *e)
{
	struct syslog_line envelope;
	struct source s = { .at_us = now_us };

	fields_clear(&r->fields);
	if (line.n > 0 && line.p[0] == '#' && zeek_head_line(&stream->head, line))
		return 0;
	if (stream->head.fields[0] && line.n > 0) {
		int got = zeek_columns(&stream->head, line, &r->fields, e);
		return got < 0 ? got : zeek_read(&r->fields, out, e);
	}
	if (syslog_line_read(line, r->offset_min, now_us, &envelope)) {
		s.envelope = &envelope;
		line = envelope.text;
		if (envelope.has_time)
			s.at_us = envelope.at_us;
	}
	return read_body(r, str_trim(line), &s, out, e);
}

int record_reader_line(struct record_reader *r, struct record_stream *stream, struct str line,
		       int64_t now_us, struct foreign *out, struct err *e)
{
	r->stats.lines++;
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	int got = read_line(r, stream, line, now_us, out, e);
	r->stats.records += got > 0;
	r->stats.silent += got == 0;
	r->stats.unknown += got < 0;
	return got;
}
