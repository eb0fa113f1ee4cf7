/* SPDX-License-Identifier: Apache-2.0 */
/* Options of a command. */
#include "cli/cli_opt.h"

#include <errno.h>
#include <string.h>

static const struct cli_opt *opt_find(const struct cli_opt *opts, size_t n, const char *name,
				      size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(opts[i].name) == len && strncmp(opts[i].name, name, len) == 0)
			return &opts[i];
	return NULL;
}

static int list_add(const char **list, const char *name, const char *value, struct err *e)
{
	size_t n = 0;

	while (list[n])
		n++;
	if (n == CLI_LIST_MAX)
		return err_set(e, -ELIMIT, "--%s more than %d times", name, CLI_LIST_MAX);
	list[n] = value;
	list[n + 1] = NULL;
	return 0;
}

/* Takes the option at ARGV[*I]; moves *I on when the value is the next argument. */
static int opt_take(int argc, char **argv, int *i, const struct cli_opt *opts, size_t n,
		    struct err *e)
{
	const char *name = argv[*i] + 2, *eq = strchr(name, '=');
	const struct cli_opt *o = opt_find(opts, n, name, eq ? (size_t)(eq - name) : strlen(name));
	const char *value = eq ? eq + 1 : NULL;

	if (!o)
		return err_set(e, -EINVAL, "unknown option %s", argv[*i]);
	if (o->flag) {
		*o->flag = true;
		return value ? err_set(e, -EINVAL, "--%s takes no value", o->name) : 0;
	}
	if (!value && *i + 1 < argc)
		value = argv[++*i];
	if (!value)
		return err_set(e, -EINVAL, "--%s needs a value", o->name);
	if (o->list)
		return list_add(o->list, o->name, value, e);
	*o->value = value;
	return 0;
}

int cli_opt_parse(int argc, char **argv, const struct cli_opt *opts, size_t n_opts,
		  const char **rest, size_t rest_max, size_t *n_rest_out, struct err *e)
{
	bool only_rest = false;
	size_t n = 0;

	for (int i = 1; i < argc; i++) {
		if (!only_rest && strcmp(argv[i], "--") == 0) {
			only_rest = true;
		} else if (!only_rest && strncmp(argv[i], "--", 2) == 0) {
			int r = opt_take(argc, argv, &i, opts, n_opts, e);
			if (r < 0)
				return r;
		} else if (n == rest_max) {
			return err_set(e, -EINVAL, "unexpected argument %s", argv[i]);
		} else {
			rest[n++] = argv[i];
		}
	}
	*n_rest_out = n;
	return 0;
}
