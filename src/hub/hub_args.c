/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of otasuke-hub: options in, one of its few jobs out. */
#include "hub/hub_args.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/hub_core.h"
#include "texts/texts.h"

enum { FILL_MAX = 10000000 }; /* companies, alerts or cases of a generated region */

const char hub_args_usage[] =
	"usage: otasuke-hub --state DIR                run (configuration: DIR/otasuke.conf)\n"
	"       otasuke-hub --config FILE [--state DIR]  the state folder is FILE's, unless given\n"
	"       otasuke-hub --init --state DIR [--region IW] [--region-name NAME]\n"
	"                   [--admin LOGIN] [--admin-name NAME] [--demo] [--set KEY=VALUE]...\n"
	"       otasuke-hub --check --state DIR [--json]\n"
	"       otasuke-hub --backup FILE --state DIR\n"
	"       otasuke-hub --restore FILE --state DIR\n"
	"       otasuke-hub --fill --state DIR [--companies N] [--alerts N] [--cases N] [--seed "
	"N]\n"
	"                   [--years N] [--password TEXT] [--force]\n"
	"       otasuke-hub --routes                   all routes as JSON\n"
	"       otasuke-hub --show-config              every key with its meaning\n";

enum {
	OPT_CONFIG = 1,
	OPT_STATE,
	OPT_INIT,
	OPT_REGION,
	OPT_REGION_NAME,
	OPT_ADMIN,
	OPT_ADMIN_NAME,
	OPT_DEMO,
	OPT_SET,
	OPT_CHECK,
	OPT_JSON,
	OPT_BACKUP,
	OPT_RESTORE,
	OPT_ROUTES,
	OPT_SHOW_CONFIG,
	OPT_HELP,
	OPT_FILL,
	OPT_COMPANIES,
	OPT_ALERTS,
	OPT_CASES,
	OPT_SEED,
	OPT_YEARS,
	OPT_PASSWORD,
	OPT_FORCE,
};

static const struct option options[] = {
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "state", required_argument, NULL, OPT_STATE },
	{ "init", no_argument, NULL, OPT_INIT },
	{ "region", required_argument, NULL, OPT_REGION },
	{ "region-name", required_argument, NULL, OPT_REGION_NAME },
	{ "admin", required_argument, NULL, OPT_ADMIN },
	{ "admin-name", required_argument, NULL, OPT_ADMIN_NAME },
	{ "demo", no_argument, NULL, OPT_DEMO },
	{ "set", required_argument, NULL, OPT_SET },
	{ "check", no_argument, NULL, OPT_CHECK },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "backup", required_argument, NULL, OPT_BACKUP },
	{ "restore", required_argument, NULL, OPT_RESTORE },
	{ "routes", no_argument, NULL, OPT_ROUTES },
	{ "show-config", no_argument, NULL, OPT_SHOW_CONFIG },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "fill", no_argument, NULL, OPT_FILL },
	{ "companies", required_argument, NULL, OPT_COMPANIES },
	{ "alerts", required_argument, NULL, OPT_ALERTS },
	{ "cases", required_argument, NULL, OPT_CASES },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "years", required_argument, NULL, OPT_YEARS },
	{ "password", required_argument, NULL, OPT_PASSWORD },
	{ "force", no_argument, NULL, OPT_FORCE },
	{ NULL, 0, NULL, 0 },
};

static void mode_of(int opt, struct hub_args *a)
{
	static const enum hub_mode modes[] = {
		[OPT_INIT] = MODE_INIT,     [OPT_CHECK] = MODE_CHECK,
		[OPT_BACKUP] = MODE_BACKUP, [OPT_RESTORE] = MODE_RESTORE,
		[OPT_ROUTES] = MODE_ROUTES, [OPT_SHOW_CONFIG] = MODE_SHOW_CONFIG,
		[OPT_HELP] = MODE_HELP,     [OPT_FILL] = MODE_FILL,
	};

	if ((size_t)opt < ARRAY_LEN(modes) && modes[opt] != MODE_RUN)
		a->mode = modes[opt];
}

static int number_take(const char *value, int64_t max, int64_t *out, struct err *e)
{
	int r = str_i64(str_of(value), 0, max, out);

	return r < 0 ? err_set(e, r, "%s must be a number from 0 to %lld", value, (long long)max)
		     : 0;
}

/* Options of --fill; 1 when OPT is none of them. */
static int fill_option_take(int opt, const char *value, struct hub_fill *f, struct err *e)
{
	int64_t n = 0;
	int r = 0;

	switch (opt) {
	case OPT_COMPANIES:
		r = number_take(value, FILL_MAX, &n, e);
		f->n_companies = (size_t)n;
		return r;
	case OPT_ALERTS:
		r = number_take(value, FILL_MAX, &n, e);
		f->n_alerts = (size_t)n;
		return r;
	case OPT_CASES:
		r = number_take(value, FILL_MAX, &n, e);
		f->n_cases = (size_t)n;
		return r;
	case OPT_SEED:
		r = number_take(value, INT64_MAX, &n, e);
		f->seed = (uint64_t)n;
		return r;
	case OPT_YEARS:
		return number_take(value, FILL_YEARS_MAX, &f->years, e);
	case OPT_PASSWORD:
		f->password = value;
		return 0;
	case OPT_FORCE:
		f->force = true;
		return 0;
	}
	return 1;
}

static int option_take(int opt, const char *value, struct hub_args *a, struct err *e)
{
	mode_of(opt, a);
	int r = fill_option_take(opt, value, &a->fill, e);
	if (r <= 0)
		return r;
	switch (opt) {
	case OPT_CONFIG:
		a->config = value;
		break;
	case OPT_STATE:
		a->state = value;
		break;
	case OPT_REGION:
		a->setup.region = value;
		break;
	case OPT_REGION_NAME:
		a->setup.region_name = value;
		break;
	case OPT_ADMIN:
		a->setup.admin_login = value;
		break;
	case OPT_ADMIN_NAME:
		a->setup.admin_name = value;
		break;
	case OPT_DEMO:
		a->setup.demo = true;
		break;
	case OPT_JSON:
		a->json = true;
		break;
	case OPT_BACKUP:
	case OPT_RESTORE:
		a->file = value;
		break;
	case OPT_SET:
		if (a->n_set == SET_MAX)
			return err_set(e, -ELIMIT, "--set more than %d times", SET_MAX);
		a->set[a->n_set++] = value;
		break;
	case '?':
		return err_set(e, -EINVAL, "unknown option");
	}
	return 0;
}

static int state_of_config(struct hub_args *a, struct err *e)
{
	const char *slash = strrchr(a->config, '/');
	struct str dir = { a->config, slash ? (size_t)(slash - a->config) : 0 };

	if (!str_copy(a->state_of_config, sizeof(a->state_of_config), slash ? dir : STR(".")))
		return err_set(e, -ENAMETOOLONG, "the path of the state folder is too long");
	a->state = a->state_of_config[0] ? a->state_of_config : "/";
	return 0;
}

int hub_args_parse(int argc, char **argv, struct hub_args *out, struct err *e)
{
	int opt, r;

	*out = (struct hub_args){
		.mode = MODE_RUN,
		.fill = { .n_companies = 1000, .n_alerts = 100000, .n_cases = 10000, .seed = 1 }
	};
	opterr = 0;
	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1)
		if ((r = option_take(opt, optarg, out, e)) < 0)
			return r;
	if (optind < argc)
		return err_set(e, -EINVAL, "unexpected argument %s", argv[optind]);
	if (!out->state && out->config && (r = state_of_config(out, e)) < 0)
		return r;
	bool alone =
		out->mode == MODE_HELP || out->mode == MODE_ROUTES || out->mode == MODE_SHOW_CONFIG;
	if (!alone && !out->state)
		return err_set(e, -EINVAL, "--state is missing");
	return 0;
}

static int routes_print(struct err *e)
{
	struct hub_router *router = router_new(hub_features, e);

	if (!router)
		return e->code;
	SCOPED_BUF struct buf b = { 0 };
	router_json(router, &b);
	router_free(router);
	printf("%s\n", b.p);
	return 0;
}

static enum lang lang_wished(void)
{
	const char *wish = getenv("LANG");

	return lang_parse(wish ? wish : "ja", LANG_JA);
}

static int backup_offline(const struct hub_open_options *o, const char *file, struct err *e)
{
	struct hub *h;
	int r = hub_open(o, &h, e);

	if (r < 0)
		return r;
	struct backup_told told = { .n_files = 0 };
	SCOPED_BUF struct buf said = { 0 };
	r = hub_backup(h, file, &told, e);
	backup_told_text(&told, h->text, lang_wished(), &said);
	if (r >= 0)
		printf("%s", said.p);
	backup_told_done(&told);
	hub_close(h);
	return r;
}

static int restore(const struct hub_args *a, struct err *e)
{
	struct backup_told told = { .n_files = 0 };
	struct text *text = NULL;
	SCOPED_BUF struct buf said = { 0 };
	int r = text_open(texts_mo, &text, e);

	if (r < 0)
		return r;
	text_thread_lang(lang_wished());
	text_install_err_translator(text);
	if ((r = hub_restore(a->state, a->file, &told, e)) >= 0) {
		backup_told_text(&told, text, lang_wished(), &said);
		printf("%s", said.p);
	}
	text_install_err_translator(NULL);
	text_close(text);
	backup_told_done(&told);
	return r;
}

static int fill_offline(const struct hub_open_options *o, const struct hub_fill *asked,
			struct err *e)
{
	struct hub_fill f = *asked;
	struct hub *h;
	int r = hub_open(o, &h, e);

	if (r < 0)
		return r;
	if ((r = hub_migrate(h, NULL, e)) >= 0 && (r = hub_features_start(h, e)) >= 0) {
		r = hub_fill_run(h, &f, e);
		hub_features_stop(h);
	}
	hub_close(h);
	return r;
}

int hub_args_do(const struct hub_args *a, struct err *e)
{
	struct hub_open_options o = { .state_dir = a->state, .conf_file = a->config };
	struct hub_setup setup = a->setup;

	switch (a->mode) {
	case MODE_HELP:
		printf("%s", hub_args_usage);
		return 0;
	case MODE_ROUTES:
		return routes_print(e);
	case MODE_SHOW_CONFIG:
		return hub_conf_print();
	case MODE_INIT:
		setup.state_dir = a->state;
		setup.conf_lines = a->set;
		return hub_init(&setup, e);
	case MODE_CHECK:
		return hub_check(&o, a->json);
	case MODE_BACKUP:
		return backup_offline(&o, a->file, e);
	case MODE_RESTORE:
		return restore(a, e);
	case MODE_FILL:
		return fill_offline(&o, &a->fill, e);
	case MODE_RUN:
		return hub_run(&o, e);
	}
	return 0;
}
