/* SPDX-License-Identifier: Apache-2.0 */
/* otasuke analyze FILE...: the sensor's pipeline on capture files. How the results are shown:
 * analyze_print.c (JSON lines), analyze_text.c, analyze_page.c (HTML). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/proc.h"
#include "base/str.h"
#include "cli/analyze.h"
#include "cli/analyze_page.h"
#include "cli/analyze_records.h"
#include "cli/analyze_results.h"
#include "cli/analyze_view.h"
#include "cli/cli.h"
#include "cli/cli_hub.h"
#include "probe/detect/detect.h"
#include "probe/probe.h"
#include "probe/records/eve_out.h"

struct options {
	bool jsonl, stories, list;
	char *html, *lang, *eve; /* NULL = not given */
	struct thresholds figures;
	struct page *page;                        /* of --html */
	struct eve_out *eve_out;                  /* of --eve */
	struct buf thresholds, without, mappings; /* what was given, comma separated */
	char *workers;                            /* their number, NULL = one */
	struct probe_config config;
	char **files;
	int n_files;
};

struct run {
	struct analyze_results *results;
	uint64_t problems;
};

static void on_finding(void *arg, const struct finding *f)
{
	struct run *r = arg;

	analyze_results_add(r->results, f);
}

static void on_device(void *arg, const struct device_info *d)
{
	struct run *r = arg;

	analyze_results_device(r->results, d);
}

static void on_problem(void *arg, const char *text)
{
	struct run *r = arg;

	r->problems++;
	(void)fprintf(stderr, "otasuke: %s\n", text); /* nowhere left to complain to */
}

static bool *flag_of(struct options *o, const char *name)
{
	if (strcmp(name, "--jsonl") == 0)
		return &o->jsonl;
	if (strcmp(name, "--stories") == 0)
		return &o->stories;
	return strcmp(name, "--thresholds") == 0 ? &o->list : NULL;
}

/* 0 = understood, 2 = the exit status for a wrong command line. */
static int options_parse(struct cli *c, int argc, char **argv, struct options *o)
{
	struct probe_config *p = &o->config;

	probe_config_init(p);
	o->files = argv;
	for (int i = 1; i < argc; i++) {
		char **value = NULL;
		struct buf *more = NULL;
		bool *flag = flag_of(o, argv[i]);
		if (flag) {
			*flag = true;
			continue;
		}
		if (strcmp(argv[i], "--indicators") == 0)
			value = &p->indicators;
		else if (strcmp(argv[i], "--home") == 0)
			value = &p->home;
		else if (strcmp(argv[i], "--workers") == 0)
			value = &o->workers;
		else if (strcmp(argv[i], "--html") == 0)
			value = &o->html;
		else if (strcmp(argv[i], "--lang") == 0)
			value = &o->lang;
		else if (strcmp(argv[i], "--eve") == 0)
			value = &o->eve;
		else if (strcmp(argv[i], "--threshold") == 0)
			more = &o->thresholds;
		else if (strcmp(argv[i], "--without") == 0)
			more = &o->without;
		else if (strcmp(argv[i], "--mapping") == 0)
			more = &o->mappings;
		if (more && i + 1 < argc) {
			buf_printf(more, "%s%s", more->n ? "," : "", argv[++i]);
		} else if (value && i + 1 < argc) {
			*value = argv[++i];
		} else if (more || value || (argv[i][0] == '-' && argv[i][1])) {
			cli_complain(c, "cli.analyze.option", (const char *const *)&argv[i], 1);
			return 2;
		} else {
			o->files[o->n_files++] = argv[i];
		}
	}
	if (o->n_files > 0 || o->list)
		return 0;
	cli_complain(c, "cli.analyze.usage", NULL, 0);
	return 2;
}

/* What was changed and left out is checked once, not for each file. */
static int options_check(struct options *o, struct err *e)
{
	thresholds_init(&o->figures);
	if (o->lang && strcmp(o->lang, "ja") != 0 && strcmp(o->lang, "en") != 0)
		return err_set(e, -EINVAL, "--lang takes ja or en, not %s", o->lang);
	if (o->thresholds.n)
		o->config.thresholds = o->thresholds.p;
	if (o->without.n)
		o->config.without = o->without.p;
	if (o->workers && str_i64(str_of(o->workers), 1, PROBE_WORKERS_MAX, &o->config.workers) < 0)
		return err_set(e, -EINVAL, "\"%s\" is not a number of workers from 1 to %d",
			       o->workers, PROBE_WORKERS_MAX);
	int r = thresholds_change(&o->figures, o->config.thresholds, e);

	return r < 0 ? r : detect_check_names(o->config.without, e);
}

static int run_file(struct probe *p, const struct options *o, const char *path, struct run *run,
		    struct err *e)
{
	bool records = analyze_is_records(path);
	int r = records ? analyze_records(p, path, o->mappings.p, on_problem, run, e)
			: probe_open_file(p, path, e);

	while (r >= 0 && !records) {
		r = probe_step(p, 0, e);
		if (r <= 0)
			break;
	}
	probe_finish(p);
	return r;
}

static void show(const struct cli *c, const struct options *o, struct analyze_results *results,
		 const struct analyze_summary *sum)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct view v;

	if (o->jsonl)
		analyze_print_jsonl(results, sum, o->stories);
	if (o->jsonl && !o->page)
		return;
	analyze_view(c, a, results, sum, &v);
	if (!o->jsonl)
		analyze_print_text(c, &v);
	if (o->page)
		page_add(o->page, &v);
}

static void on_eve_problem(void *arg, const char *text)
{
	(void)arg;
	(void)fprintf(stderr, "otasuke: %s\n", text); /* nowhere left to complain to */
}

static int eve_begin(struct options *o, struct err *e)
{
	struct eve_conf conf = { .write = o->eve, .flows = true, .fresh = true };

	return o->eve ? eve_out_open(&conf, &clock_real, on_eve_problem, NULL, &o->eve_out, e) : 0;
}

/* False: not everything was written; why was told. */
static bool eve_end(struct options *o)
{
	eve_out_flush(o->eve_out);
	bool whole = !o->eve_out || eve_out_dropped(o->eve_out) == 0;

	eve_out_close(o->eve_out);
	return whole;
}

/* One file: false when there was something wrong with it. */
static bool analyze_file(const struct cli *c, const struct options *o, const char *path)
{
	struct run run = { .results = analyze_results_new() };
	struct probe_sink sink = { .arg = &run, .finding = on_finding, .problem = on_problem };
	struct probe_sink both = o->eve_out ? eve_out_sink(o->eve_out, &sink) : sink;
	struct err e = { 0 };
	struct probe *p = NULL;
	int64_t began_ns = clock_mono_ns(&clock_real);
	struct probe_stats s = { 0 };

	int r = probe_new(&o->config, &both, &p, &e);
	if (r == 0) {
		run.problems = 0; /* bad indicator lines are not the fault of the file */
		r = run_file(p, o, path, &run, &e);
		probe_stats_get(p, &s);
		probe_devices_each(p, on_device, &run);
		analyze_results_stories(run.results, probe_stories(p));
	}
	if (r < 0)
		on_problem(&run, e.text);
	struct analyze_summary sum = {
		.file = path,
		.stats = s,
		.thresholds = &o->figures,
		.seconds = (double)(clock_mono_ns(&clock_real) - began_ns) / 1e9,
		.peak_rss = proc_peak_rss_bytes(),
	};
	show(c, o, run.results, &sum);
	probe_free(p);
	analyze_results_free(run.results);
	return run.problems == 0;
}

int cmd_analyze(struct cli *c, int argc, char **argv)
{
	struct options o = { 0 };
	struct err e = { 0 };
	int status = options_parse(c, argc, argv, &o);

	if (status == 0 && (options_check(&o, &e) < 0 || eve_begin(&o, &e) < 0)) {
		(void)cli_failed(&e);
		status = 2;
	}
	if (status == 0 && o.list)
		analyze_print_thresholds(&o.figures);
	if (status == 0 && o.lang) {
		c->lang = lang_parse(o.lang, c->lang);
		text_thread_lang(c->lang);
	}
	if (status == 0 && o.html)
		o.page = page_new(c);
	for (int i = 0; status < 2 && i < o.n_files; i++) {
		if (!analyze_file(c, &o, o.files[i]))
			status = EXIT_FAILURE;
	}
	if (!eve_end(&o))
		status = EXIT_FAILURE;
	if (o.page && page_write(o.page, o.html, &e) < 0)
		status = cli_failed(&e);
	page_free(o.page);
	buf_done(&o.thresholds);
	buf_done(&o.without);
	buf_done(&o.mappings);
	if (fflush(stdout) != 0)
		status = EXIT_FAILURE;
	return status;
}
