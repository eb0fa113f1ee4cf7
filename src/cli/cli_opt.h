/* SPDX-License-Identifier: Apache-2.0 */
/* Options of a command: --name VALUE, --name=VALUE, --flag, and what is left over. */
#ifndef CLI_CLI_OPT_H
#define CLI_CLI_OPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct cli_opt {
	const char *name;   /* "login" for --login */
	const char **value; /* takes a value, which goes here; or */
	bool *flag;         /* takes none */
	const char **list;  /* may be given several times: room for LIST_MAX and a NULL */
};

enum { CLI_LIST_MAX = 64 };

/* ARGV[0] is skipped; what is no option goes into REST (room for REST_MAX), in order. -EINVAL names
 * what is wrong. */
int cli_opt_parse(int argc, char **argv, const struct cli_opt *opts, size_t n_opts,
		  const char **rest, size_t rest_max, size_t *n_rest_out, struct err *e);

#endif
