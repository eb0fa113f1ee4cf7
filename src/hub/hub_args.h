/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of otasuke-hub. */
#ifndef HUB_HUB_ARGS_H
#define HUB_HUB_ARGS_H

#include "hub/hub_core.h"
#include "hub/hub_fill.h"

enum hub_mode {
	MODE_RUN,
	MODE_HELP,
	MODE_INIT,
	MODE_CHECK,
	MODE_ROUTES,
	MODE_BACKUP,
	MODE_RESTORE,
	MODE_SHOW_CONFIG,
	MODE_FILL,
};

enum { SET_MAX = 64 };

struct hub_args {
	enum hub_mode mode;
	struct hub_setup setup;
	const char *config, *state, *file;
	const char *set[SET_MAX + 1]; /* --set key=value */
	size_t n_set;
	bool json;
	char state_of_config[4096]; /* the configuration's folder, when --state is not given */
	struct hub_fill fill;
};

extern const char hub_args_usage[];
int hub_args_parse(int argc, char **argv, struct hub_args *out, struct err *e);
int hub_args_do(const struct hub_args *a, struct err *e); /* the exit code, or negative */

#endif
