/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands of `otasuke` share: the table's row, texts in the reader's language. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/buf.h"
#include "base/text.h"

struct cli {
	const struct text *text;
	enum lang lang;
};

struct cli_command {
	const char *name; /* one word or two: "user add" */
	/* ARGV[0] is the command's (last) name; the result is the exit status. */
	int (*run)(struct cli *c, int argc, char **argv);
	const char *help; /* catalogue key of the one-line help */
};

const char *cli_text(const struct cli *c, const char *key);
/* The text of KEY with {0} .. {N-1} filled in. */
void cli_add(const struct cli *c, struct buf *out, const char *key, const char *const *args,
	     size_t n);
/* The same onto standard error, with a line end. */
void cli_complain(const struct cli *c, const char *key, const char *const *args, size_t n);

/* [--dry-run] [--state] FILE: posts it to PATH of the hub and tells what became of its rows. */
int cli_import(struct cli *c, int argc, char **argv, const char *path, const char *usage_key);

int cmd_analyze(struct cli *c, int argc, char **argv);
int cmd_backup(struct cli *c, int argc, char **argv);
int cmd_case_import(struct cli *c, int argc, char **argv);
int cmd_company_import(struct cli *c, int argc, char **argv);
int cmd_doctor(struct cli *c, int argc, char **argv);
int cmd_indicators_pack(struct cli *c, int argc, char **argv);
int cmd_init(struct cli *c, int argc, char **argv);
int cmd_packets(struct cli *c, int argc, char **argv);
int cmd_region_fill(struct cli *c, int argc, char **argv);
int cmd_restore(struct cli *c, int argc, char **argv);
int cmd_sensor_code(struct cli *c, int argc, char **argv);
int cmd_user_add(struct cli *c, int argc, char **argv);

#endif
