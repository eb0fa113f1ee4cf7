/* SPDX-License-Identifier: Apache-2.0 */
/* otasuke doctor: asks the running hub what it finds, or the hub program when none runs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/cli_hub.h"
#include "cli/cli_json.h"
#include "cli/cli_opt.h"

static void finding_print(void *arg, const char *element)
{
	int *worst = arg;
	SCOPED_MEM char *level = cli_json_text(element, "level");
	SCOPED_MEM char *text = cli_json_text(element, "text");
	SCOPED_MEM char *mend = cli_json_text(element, "mend");
	int rank = !level ? 2 : strcmp(level, "good") == 0 ? 0 : strcmp(level, "warn") == 0 ? 1 : 2;

	if (rank > *worst)
		*worst = rank;
	(void)printf("%s%s\n",
		     rank == 0   ? "[ ok ] "
		     : rank == 1 ? "[warn] "
				 : "[BAD ] ",
		     text ? text : "");
	if (mend)
		(void)printf("       -> %s\n", mend);
}

int cmd_doctor(struct cli *c, int argc, char **argv)
{
	const char *state = NULL, *rest[1];
	bool json = false;
	const struct cli_opt opts[] = { { .name = "state", .value = &state },
					{ .name = "json", .flag = &json } };
	SCOPED_BUF struct buf answer = { 0 };
	struct err e = { 0 };
	size_t n_rest;
	int status, worst = 0, r;

	if (cli_opt_parse(argc, argv, opts, ARRAY_LEN(opts), rest, 0, &n_rest, &e) < 0)
		return cli_failed(&e);
	r = cli_hub_call(c, cli_state(state), "/admin/check", NULL, 0, &status, &answer, &e);
	if (r == -ECONNREFUSED) {
		const char *const args[] = {
			"otasuke-hub",          "--check", "--state", cli_state(state),
			json ? "--json" : NULL, NULL
		};
		(void)cli_hub_exec(args, &e);
	}
	if (r < 0)
		return cli_failed(&e);
	if (status != 200)
		return cli_hub_refused(status, &answer);
	if (json)
		(void)printf("%s\n", answer.p);
	else if (cli_json_each(answer.p, "", finding_print, &worst) < 0)
		return cli_hub_refused(status, &answer);
	return worst;
}
