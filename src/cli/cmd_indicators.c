/* SPDX-License-Identifier: Apache-2.0 */
/* otasuke indicators pack OUT LIST...: lists of indicators in any format become one bundle, without
 * what is known to be good, and with a word on everything that was left out. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/cli_hub.h"
#include "cli/cli_opt.h"
#include "wire/indicator/bundle.h"
#include "wire/indicator/indicator_files.h"

enum { FILES_MAX = 256, SHOWN_MAX = 5 };

struct pack {
	struct cli *c;
	struct bundle_writer *writer;
	struct known_good *good;
	const char *path; /* of the list that is read */
	unsigned feed;
	enum indicator_format format;
	uint64_t added[BUNDLE_ADDED_KINDS], bad[INDICATOR_BADS], bads;
};

static void on_file(void *arg, const char *path, enum indicator_format f)
{
	struct pack *p = arg;

	(void)path;
	if (p->format == INDICATOR_FORMAT_NONE) /* of a folder: that of its first event */
		p->format = f;
}

static void on_bad(void *arg, const struct indicator_bad_line *b)
{
	struct pack *p = arg;
	struct err why = { 0 };

	p->bad[b->why]++;
	if (p->bads++ >= SHOWN_MAX)
		return;
	(void)indicator_bad_err(&why, b->why, b->text);
	(void)err_context(&why, "%s line %ld", p->path, b->line);
	(void)fprintf(stderr, "otasuke: %s\n", why.text); /* nowhere left to complain to */
}

static void on_found(void *arg, const struct indicator *i)
{
	struct pack *p = arg;

	p->added[bundle_writer_add(p->writer, p->feed, i)]++;
}

static void number(char out[24], uint64_t n)
{
	(void)snprintf(out, 24, "%" PRIu64, n);
}

static void say(const struct cli *c, const char *key, const char *const *args, size_t n)
{
	SCOPED_BUF struct buf b;

	buf_init(&b, 0);
	cli_add(c, &b, key, args, n);
	(void)printf("%s\n", b.p ? b.p : ""); /* the exit status tells */
}

static void say_file(const struct pack *p)
{
	char n[5][24];

	number(n[0], p->added[BUNDLE_ADDED] + p->added[BUNDLE_INFO_ONLY]);
	number(n[1], p->added[BUNDLE_TWICE]);
	number(n[2], p->added[BUNDLE_GOOD]);
	number(n[3], p->added[BUNDLE_INFO_ONLY]);
	number(n[4], p->bads + p->added[BUNDLE_FULL]);
	const char *args[] = { p->path, indicator_format_name(p->format), n[0], n[1], n[2], n[3],
			       n[4] };
	say(p->c, "cli.pack.file", args, ARRAY_LEN(args));
	for (int why = INDICATOR_EMPTY; why < INDICATOR_BADS; why++) {
		uint64_t count = p->bad[why] + (why == INDICATOR_FULL ? p->added[BUNDLE_FULL] : 0);
		if (count == 0)
			continue;
		number(n[0], count);
		(void)printf("  %s: %s\n",
			     cli_text(p->c, indicator_bad_key((enum indicator_bad)why)), n[0]);
	}
}

static int read_list(struct pack *p, const char *path, int64_t now_us, struct err *e)
{
	struct pack fresh = { .c = p->c, .writer = p->writer, .good = p->good, .path = path };
	struct indicator_reader to = {
		.arg = p, .found = on_found, .bad = on_bad, .now_us = now_us
	};

	*p = fresh;
	const char *slash = strrchr(path, '/');
	p->feed = bundle_writer_feed(p->writer, str_of(slash && slash[1] ? slash + 1 : path));
	int r = indicator_file_read(path, &to, on_file, e);
	if (r >= 0)
		say_file(p);
	return r;
}

static int read_good(struct pack *p, const char *const *paths, struct err *e)
{
	struct indicator_reader to = { .arg = p, .found = on_found, .bad = on_bad };

	for (size_t i = 0; paths[i]; i++) {
		p->path = paths[i];
		int r = known_good_file_read(paths[i], p->good, &to, e);
		if (r < 0)
			return r;
	}
	known_good_ready(p->good);
	return 0;
}

static int write_out(struct pack *p, const char *path, int64_t now_us, struct err *e)
{
	struct bundle *b = bundle_writer_finish(p->writer, now_us);
	struct bundle_stats s;
	char count[24], bytes[24];
	size_t n;
	const void *image = bundle_bytes(b, &n);
	int r = file_write(path, 0644, image, n, e);

	bundle_stats_get(b, &s);
	number(count, s.count[0]);
	number(bytes, s.bytes);
	const char *args[] = { path, count, bytes };
	if (r >= 0)
		say(p->c, "cli.pack.done", args, ARRAY_LEN(args));
	bundle_free(b);
	return r;
}

static int pack(struct pack *p, const char *const *good, const char *const *paths, struct err *e)
{
	int64_t now_us = clock_utc_us(&clock_real);
	int r = read_good(p, good, e);

	for (size_t i = 1; r >= 0 && paths[i]; i++)
		r = read_list(p, paths[i], now_us, e);
	return r < 0 ? r : write_out(p, paths[0], now_us, e);
}

int cmd_indicators_pack(struct cli *c, int argc, char **argv)
{
	const char *good[CLI_LIST_MAX + 1] = { NULL }, *rest[FILES_MAX + 1] = { NULL };
	const struct cli_opt opts[] = { { .name = "good", .list = good } };
	struct err e = { 0 };
	size_t n_rest;

	if (cli_opt_parse(argc, argv, opts, ARRAY_LEN(opts), rest, FILES_MAX, &n_rest, &e) < 0)
		return cli_failed(&e);
	if (n_rest < 2) {
		cli_complain(c, "cli.pack.usage", NULL, 0);
		return 2;
	}
	struct pack p = { .c = c, .writer = bundle_writer_new(0), .good = known_good_new() };
	bundle_writer_good(p.writer, p.good);
	int r = pack(&p, good, rest, &e);
	bundle_writer_free(p.writer);
	known_good_free(p.good);
	return r < 0 ? cli_failed(&e) : EXIT_SUCCESS;
}
