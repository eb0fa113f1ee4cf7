/* SPDX-License-Identifier: Apache-2.0 */
/* otasuke backup, otasuke restore. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/cli_hub.h"
#include "cli/cli_json.h"
#include "cli/cli_opt.h"

enum { PATH_BYTES = 4096 };

/* The hub's working folder is not ours: it gets the whole path. */
static int whole_path(const char *file, char out[PATH_BYTES], struct err *e)
{
	char cwd[PATH_BYTES / 2];

	if (file[0] == '/') {
		if (snprintf(out, PATH_BYTES, "%s", file) >= PATH_BYTES)
			return err_set(e, -ENAMETOOLONG, "the path %s is too long", file);
		return 0;
	}
	if (!getcwd(cwd, sizeof(cwd)) ||
	    snprintf(out, PATH_BYTES, "%s/%s", cwd, file) >= PATH_BYTES)
		return err_set(e, -ENAMETOOLONG, "the path %s is too long", file);
	return 0;
}

int cmd_backup(struct cli *c, int argc, char **argv)
{
	const char *state = NULL, *rest[1] = { NULL };
	const struct cli_opt opts[] = { { .name = "state", .value = &state } };
	SCOPED_BUF struct buf answer = { 0 };
	struct err e = { 0 };
	char path[PATH_BYTES];
	size_t n_rest;
	int status, r;

	if (cli_opt_parse(argc, argv, opts, ARRAY_LEN(opts), rest, 1, &n_rest, &e) < 0)
		return cli_failed(&e);
	if (n_rest != 1) {
		cli_complain(c, "cli.backup.usage", NULL, 0);
		return 2;
	}
	if (whole_path(rest[0], path, &e) < 0)
		return cli_failed(&e);
	const struct cli_part part = { .name = "path", .text = path };
	r = cli_hub_call(c, cli_state(state), "/admin/backup", &part, 1, &status, &answer, &e);
	if (r == -ECONNREFUSED) { /* it does not run: the file is ours to read */
		const char *const args[] = { "otasuke-hub", "--backup",       path,
					     "--state",     cli_state(state), NULL };
		(void)cli_hub_exec(args, &e);
	}
	if (r < 0)
		return cli_failed(&e);
	if (status != 200)
		return cli_hub_refused(status, &answer);
	const char *const done[] = { path };
	SCOPED_MEM char *said = cli_json_text(answer.p, "said");
	SCOPED_BUF struct buf b = { 0 };
	cli_add(c, &b, "cli.backup.done", done, 1);
	(void)printf("%s\n%s", b.p, said ? said : "");
	return EXIT_SUCCESS;
}

int cmd_restore(struct cli *c, int argc, char **argv)
{
	const char *state = NULL, *rest[1] = { NULL };
	const struct cli_opt opts[] = { { .name = "state", .value = &state } };
	struct err e = { 0 };
	size_t n_rest;

	if (cli_opt_parse(argc, argv, opts, ARRAY_LEN(opts), rest, 1, &n_rest, &e) < 0)
		return cli_failed(&e);
	if (n_rest != 1) {
		cli_complain(c, "cli.restore.usage", NULL, 0);
		return 2;
	}
	const char *const args[] = { "otasuke-hub", "--restore",      rest[0],
				     "--state",     cli_state(state), NULL };
	(void)cli_hub_exec(args, &e);
	return cli_failed(&e);
}
