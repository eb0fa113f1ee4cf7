/* SPDX-License-Identifier: Apache-2.0 */
/* otasuke packets FILE: a capture as a table, a line a packet. Once the file is open the process
 * can do nothing but read it: captures come from anywhere. The hub reads --csv. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/csv.h"
#include "base/jsonw.h"
#include "base/mem.h"
#include "base/cage.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/packet_line.h"
#include "probe/capture/capture.h"

enum {
	LIMIT_DEFAULT = 10000,
	LIMIT_MAX = 1000000,
	CPU_S = 20,
	MEMORY_MIB = 512,
	OUT_BYTES = 64 * 1024,
	OUT_MIB = 1024,
};

enum form { FORM_TEXT, FORM_CSV, FORM_JSON };

struct table {
	const struct cli *cli;
	enum form form;
	int64_t limit, rows, packets;
	struct buf out;
};

static void out_flush(struct table *t)
{
	(void)fwrite(t->out.p, 1, t->out.n, stdout); /* seen at the end */
	buf_clear(&t->out);
}

static void row_json(struct table *t, const struct dissected *d, const struct packet_line *l)
{
	struct jsonw w = jsonw_of(&t->out);

	jsonw_object(&w, NULL);
	jsonw_int(&w, "time_us", d->ts_us);
	jsonw_text(&w, "from", l->from);
	jsonw_text(&w, "to", l->to);
	jsonw_text(&w, "protocol", l->protocol);
	jsonw_text(&w, "what", l->what);
	jsonw_int(&w, "bytes", d->wire_len);
	jsonw_end_object(&w);
	buf_addc(&t->out, '\n');
}

static void row_add(struct table *t, const struct dissected *d)
{
	struct packet_line l;
	char time[TIME_TEXT_MAX], us[24], bytes[16];

	packet_line_make(d, &l);
	(void)snprintf(us, sizeof(us), "%" PRId64, d->ts_us);
	(void)snprintf(bytes, sizeof(bytes), "%" PRIu32, d->wire_len);
	if (t->form == FORM_JSON) {
		row_json(t, d, &l);
	} else if (t->form == FORM_CSV) {
		const char *cells[] = { "packet", us, l.from, l.to, l.protocol, l.what, bytes };
		csv_line(&t->out, cells, ARRAY_LEN(cells));
	} else {
		buf_printf(&t->out, "%s  %s > %s  %s  %s  %s\n",
			   time_format(d->ts_us, time, sizeof(time)), l.from, l.to, l.protocol,
			   bytes, l.what);
	}
	if (t->out.n > OUT_BYTES)
		out_flush(t);
}

/* How far it went, and why no farther. */
static void end_add(struct table *t, const char *broke)
{
	char n[24];
	bool more = !broke && t->rows >= t->limit;
	const char *why = broke ? "broke" : more ? "limit" : "end";

	(void)snprintf(n, sizeof(n), "%" PRId64, t->packets);
	if (t->form == FORM_JSON) {
		struct jsonw w = jsonw_of(&t->out);
		jsonw_object(&w, NULL);
		jsonw_text(&w, "end", why);
		jsonw_int(&w, "packets", t->packets);
		jsonw_text(&w, "problem", broke ? broke : "");
		jsonw_end_object(&w);
		buf_addc(&t->out, '\n');
	} else if (t->form == FORM_CSV) {
		const char *cells[] = { why, n, broke ? broke : "" };
		csv_line(&t->out, cells, ARRAY_LEN(cells));
	}
	out_flush(t);
}

static void on_problem(void *arg, const char *text)
{
	struct table *t = arg;

	if (t->form != FORM_CSV) {
		(void)fprintf(stderr, "otasuke: %s\n", text); /* nowhere left to complain to */
		return;
	}
	const char *cells[] = { "problem", "", text };
	csv_line(&t->out, cells, ARRAY_LEN(cells));
}

static int table_run(struct table *t, struct capture *c, struct err *e)
{
	struct packet packets[CAPTURE_BATCH];
	struct dissected d;
	int n = 0;

	while (t->rows < t->limit && (n = capture_next(c, packets, CAPTURE_BATCH, 0, e)) > 0)
		for (int i = 0; i < n && t->rows < t->limit; i++) {
			t->packets++;
			t->rows++;
			dissect(&packets[i], &d);
			row_add(t, &d);
		}
	return n;
}

static int options_parse(int argc, char **argv, struct table *t, const char **path_out)
{
	const char *path = NULL;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			t->form = FORM_JSON;
		else if (strcmp(argv[i], "--csv") == 0)
			t->form = FORM_CSV;
		else if (strcmp(argv[i], "--limit") == 0 && i + 1 < argc &&
			 str_i64(str_of(argv[i + 1]), 1, LIMIT_MAX, &t->limit) == 0)
			i++;
		else if (argv[i][0] == '-' || path)
			return -EINVAL;
		else
			path = argv[i];
	}
	*path_out = path;
	return path ? 0 : -EINVAL;
}

int cmd_packets(struct cli *c, int argc, char **argv)
{
	const struct cage_limits limits = { .cpu_s = CPU_S,
					    .memory_bytes = (int64_t)MEMORY_MIB * 1024 * 1024,
					    .file_bytes = (int64_t)OUT_MIB * 1024 * 1024 };
	struct table t = { .cli = c, .limit = LIMIT_DEFAULT };
	struct capture capture = { .problem = on_problem, .problem_arg = &t };
	struct err e = { 0 };
	const char *path;

	if (options_parse(argc, argv, &t, &path) < 0) {
		cli_complain(c, "cli.packets.usage", NULL, 0);
		return 2;
	}
	int r = capture_open_file(&capture, path, &e);
	bool opened = r >= 0;
	if (r >= 0)
		r = cage_enter(&limits, &e);
	if (r >= 0)
		r = table_run(&t, &capture, &e);
	if (r < 0)
		(void)fprintf(stderr, "otasuke: %s\n", e.text); /* nowhere left to complain to */
	end_add(&t, r < 0 ? e.text : NULL);
	if (opened)
		capture_close(&capture);
	buf_done(&t.out);
	return fflush(stdout) != 0 || r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
