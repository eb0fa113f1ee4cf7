/* SPDX-License-Identifier: Apache-2.0 */
/* otasuke case import: past cases from a CSV file, by the same rule as the page. */
#include "cli/cli.h"

int cmd_case_import(struct cli *c, int argc, char **argv)
{
	return cli_import(c, argc, argv, "/cases/history", "cli.import.case_usage");
}
