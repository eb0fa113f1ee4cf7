/* SPDX-License-Identifier: Apache-2.0 */
/* otasuke user add: a person with a one-time password. */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cli/cli_hub.h"
#include "cli/cli_json.h"
#include "cli/cli_opt.h"

enum { PARTS_MAX = 8 + CLI_LIST_MAX };

static int user_print(const struct cli *c, const struct buf *answer)
{
	SCOPED_MEM char *login = cli_json_text(answer->p, "login");
	SCOPED_MEM char *password = cli_json_text(answer->p, "password");
	SCOPED_MEM char *until = cli_json_text(answer->p, "until");
	const char *args[] = { until ? until : "" };
	SCOPED_BUF struct buf b = { 0 };

	cli_add(c, &b, "cli.user.once", args, 1);
	(void)printf("login: %s\npassword: %s\n%s\n", login ? login : "", password ? password : "",
		     b.p);
	return EXIT_SUCCESS;
}

int cmd_user_add(struct cli *c, int argc, char **argv)
{
	const char *state = NULL, *login = NULL, *name = NULL, *kana = "", *mail = "", *phone = "",
		   *org = NULL, *rest[1];
	const char *roles[CLI_LIST_MAX + 1] = { NULL };
	const struct cli_opt opts[] = {
		{ .name = "state", .value = &state }, { .name = "login", .value = &login },
		{ .name = "name", .value = &name },   { .name = "kana", .value = &kana },
		{ .name = "mail", .value = &mail },   { .name = "phone", .value = &phone },
		{ .name = "org", .value = &org },     { .name = "role", .list = roles },
	};
	struct cli_part parts[PARTS_MAX];
	SCOPED_BUF struct buf answer = { 0 };
	struct err e = { 0 };
	size_t n_rest, n = 0;
	int status;

	if (cli_opt_parse(argc, argv, opts, ARRAY_LEN(opts), rest, 0, &n_rest, &e) < 0)
		return cli_failed(&e);
	if (!login || !name || !org || !roles[0]) {
		cli_complain(c, "cli.user.usage", NULL, 0);
		return 2;
	}
	parts[n++] = (struct cli_part){ .name = "login", .text = login };
	parts[n++] = (struct cli_part){ .name = "name", .text = name };
	parts[n++] = (struct cli_part){ .name = "kana", .text = kana };
	parts[n++] = (struct cli_part){ .name = "mail", .text = mail };
	parts[n++] = (struct cli_part){ .name = "phone", .text = phone };
	parts[n++] = (struct cli_part){ .name = "org", .text = org };
	for (size_t i = 0; roles[i]; i++)
		parts[n++] = (struct cli_part){ .name = "role", .text = roles[i] };
	if (cli_hub_call(c, cli_state(state), "/people", parts, n, &status, &answer, &e) < 0)
		return cli_failed(&e);
	if (status != 200)
		return cli_hub_refused(status, &answer);
	return user_print(c, &answer);
}
