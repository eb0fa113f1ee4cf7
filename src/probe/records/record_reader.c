/* SPDX-License-Identifier: Apache-2.0 */
/* Sees what a line is and gives it to the reader of that format. */
#include "probe/records/record_reader.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "probe/records/eve.h"

struct record_reader {
	int offset_min;
	struct record_stats stats;
	struct fields fields;
};

struct record_reader *record_reader_new(int offset_min)
{
	struct record_reader *r = mem_new(sizeof(*r));

	r->offset_min = offset_min;
	return r;
}

void record_reader_free(struct record_reader *r)
{
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

static int read_json(struct record_reader *r, struct str line, struct foreign *out, struct err *e)
{
	int got = fields_json(&r->fields, line, e);

	if (got < 0)
		return got;
	if (eve_is(&r->fields))
		return eve_read(&r->fields, out, e);
	if (zeek_is(&r->fields))
		return zeek_read(&r->fields, out, e);
	return err_set(e, -EFORMAT, "the JSON is neither of Suricata nor of Zeek");
}

static int read_line(struct record_reader *r, struct record_stream *stream, struct str line,
		     struct foreign *out, struct err *e)
{
	static const struct str cookie = { "@cee:", 5 }; /* Suricata may put it before its JSON */

	if (str_starts(line, cookie))
		line = str_trim((struct str){ line.p + cookie.n, line.n - cookie.n });
	if (line.n == 0)
		return 0;
	fields_clear(&r->fields);
	if (line.p[0] == '{')
		return read_json(r, line, out, e);
	if (line.p[0] == '#' && zeek_head_line(&stream->head, line))
		return 0;
	if (stream->head.fields[0]) {
		int got = zeek_columns(&stream->head, line, &r->fields, e);
		return got < 0 ? got : zeek_read(&r->fields, out, e);
	}
	return err_set(e, -EFORMAT, "the line is in no known format");
}

int record_reader_line(struct record_reader *r, struct record_stream *stream, struct str line,
		       int64_t now_us, struct foreign *out, struct err *e)
{
	(void)now_us;
	r->stats.lines++;
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	int got = read_line(r, stream, line, out, e);
	r->stats.records += got > 0;
	r->stats.silent += got == 0;
	r->stats.unknown += got < 0;
	return got;
}
