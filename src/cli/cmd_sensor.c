/* SPDX-License-Identifier: Apache-2.0 */
/* otasuke sensor code: a one-time enrolment code for a company's sensor. */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cli/cli_hub.h"
#include "cli/cli_json.h"
#include "cli/cli_opt.h"

int cmd_sensor_code(struct cli *c, int argc, char **argv)
{
	const char *state = NULL, *site = "", *name = "", *rest[1] = { NULL };
	const struct cli_opt opts[] = { { .name = "state", .value = &state },
					{ .name = "site", .value = &site },
					{ .name = "name", .value = &name } };
	SCOPED_BUF struct buf answer = { 0 };
	struct err e = { 0 };
	size_t n_rest;
	int status;

	if (cli_opt_parse(argc, argv, opts, ARRAY_LEN(opts), rest, 1, &n_rest, &e) < 0)
		return cli_failed(&e);
	if (n_rest != 1) {
		cli_complain(c, "cli.code.usage", NULL, 0);
		return 2;
	}
	const struct cli_part parts[] = { { .name = "company", .text = rest[0] },
					  { .name = "site", .text = site },
					  { .name = "name", .text = name } };
	if (cli_hub_call(c, cli_state(state), "/fleet/codes", parts, ARRAY_LEN(parts), &status,
			 &answer, &e) < 0)
		return cli_failed(&e);
	if (status != 200)
		return cli_hub_refused(status, &answer);
	SCOPED_MEM char *code = cli_json_text(answer.p, "code");
	SCOPED_MEM char *url = cli_json_text(answer.p, "url");
	SCOPED_MEM char *until = cli_json_text(answer.p, "expires");
	(void)printf("code: %s\nurl: %s\nuntil: %s\n", code ? code : "", url ? url : "",
		     until ? until : "");
	return EXIT_SUCCESS;
}
