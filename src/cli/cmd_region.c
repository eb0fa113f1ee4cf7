/* SPDX-License-Identifier: Apache-2.0 */
/* otasuke region fill: a generated region, to try things on. The hub program does it; its options
 * are passed on. */
#include <stdbool.h>
#include <string.h>

#include "cli/cli_hub.h"

enum { ARGS_MAX = 64 };

int cmd_region_fill(struct cli *c, int argc, char **argv)
{
	const char *args[ARGS_MAX + 5] = { "otasuke-hub", "--fill" };
	struct err e = { 0 };
	bool state = false;
	int n = 2;

	(void)c;
	for (int i = 1; i < argc && n < ARGS_MAX; i++) {
		state = state || strncmp(argv[i], "--state", 7) == 0;
		args[n++] = argv[i];
	}
	if (!state) {
		args[n++] = "--state";
		args[n++] = cli_state(NULL);
	}
	(void)cli_hub_exec(args, &e);
	return cli_failed(&e);
}
