/* SPDX-License-Identifier: Apache-2.0 */
/* otasuke company import: member companies from a CSV file, by the same rule as the page. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/cli_hub.h"
#include "cli/cli_json.h"
#include "cli/cli_opt.h"

enum { FILE_BYTES_MAX = 32 * 1024 * 1024 };

/* One row of the report; only those that were left out are told. */
static void problem_print(void *arg, const char *element)
{
	SCOPED_MEM char *result = cli_json_text(element, "result");
	SCOPED_MEM char *line = cli_json_text(element, "line");
	SCOPED_MEM char *column = cli_json_text(element, "column");
	SCOPED_MEM char *text = cli_json_text(element, "text");

	if (!result || strcmp(result, "error") != 0)
		return;
	(void)fprintf(stderr, "%s:%s: %s%s%s\n", (const char *)arg, line ? line : "?",
		      column ? column : "", column && *column ? ": " : "", text ? text : "");
}

static const char *or_zero(const char *s)
{
	return s ? s : "0";
}

static int result_print(const struct cli *c, const char *file, bool dry_run,
			const struct buf *answer)
{
	SCOPED_MEM char *added = cli_json_text(answer->p, "new");
	SCOPED_MEM char *changed = cli_json_text(answer->p, "changed");
	SCOPED_MEM char *same = cli_json_text(answer->p, "same");
	SCOPED_MEM char *bad = cli_json_text(answer->p, "errors");
	SCOPED_BUF struct buf b = { 0 };
	const char *const args[] = { or_zero(added), or_zero(changed), or_zero(same),
				     or_zero(bad) };

	(void)cli_json_each(answer->p, "rows", problem_print, (void *)(uintptr_t)file);
	cli_add(c, &b, dry_run ? "cli.import.dry" : "cli.import.done", args, 4);
	(void)printf("%s\n", b.p);
	return strcmp(or_zero(bad), "0") != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

int cli_import(struct cli *c, int argc, char **argv, const char *path, const char *usage_key)
{
	const char *state = NULL, *rest[1] = { NULL };
	bool dry_run = false;
	const struct cli_opt opts[] = { { .name = "state", .value = &state },
					{ .name = "dry-run", .flag = &dry_run } };
	SCOPED_BUF struct buf answer = { 0 };
	SCOPED_BUF struct buf file = { 0 };
	struct err e = { 0 };
	size_t n_rest;
	int status;

	if (cli_opt_parse(argc, argv, opts, ARRAY_LEN(opts), rest, 1, &n_rest, &e) < 0)
		return cli_failed(&e);
	if (n_rest != 1) {
		cli_complain(c, usage_key, NULL, 0);
		return 2;
	}
	if (file_read(rest[0], FILE_BYTES_MAX, &file, &e) < 0)
		return cli_failed(&e);
	const struct cli_part parts[] = {
		{ .name = "file", .file_name = "import.csv", .p = file.p, .n = file.n },
	};
	SCOPED_BUF struct buf where = { 0 };
	buf_printf(&where, "%s%s", path, dry_run ? "?dry_run=1" : "");
	if (cli_hub_call(c, cli_state(state), where.p, parts, ARRAY_LEN(parts), &status, &answer,
			 &e) < 0)
		return cli_failed(&e);
	if (status != 200)
		return cli_hub_refused(status, &answer);
	return result_print(c, rest[0], dry_run, &answer);
}

int cmd_company_import(struct cli *c, int argc, char **argv)
{
	return cli_import(c, argc, argv, "/members/import", "cli.import.usage");
}
