/* SPDX-License-Identifier: Apache-2.0 */
/* otasuke-hub: what was asked for on the command line, and nothing else. */
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/proc.h"
#include "hub/hub_args.h"

int main(int argc, char **argv)
{
	struct hub_args args;
	struct err e = { 0 };
	int r;

	log_open("otasuke-hub", LOG_LEVEL_INFO);
	if ((r = hub_args_parse(argc, argv, &args, &e)) < 0) {
		fprintf(stderr, "otasuke-hub: %s\n%s", e.text, hub_args_usage);
		return 2;
	}
	(void)proc_limit_core(&e); /* only a precaution: keys in a core dump */
	r = hub_args_do(&args, &e);
	if (r < 0)
		fprintf(stderr, "otasuke-hub: %s\n", e.text[0] ? e.text : err_text(r));
	return r < 0 ? 1 : r;
}
