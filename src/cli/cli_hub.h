/* SPDX-License-Identifier: Apache-2.0 */
/* Talking to the hub: its own routes over the socket in the state folder while it runs, the hub
 * program itself while it does not. */
#ifndef CLI_CLI_HUB_H
#define CLI_CLI_HUB_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "cli/cli.h"

#define CLI_STATE_DEFAULT "/var/lib/otasuke"

/* --state, else OTASUKE_STATE, else the default. */
const char *cli_state(const char *given);

struct cli_part { /* of a form */
	const char *name;
	const char *text;      /* or */
	const char *file_name; /* a file with its bytes */
	const void *p;
	size_t n;
};

/* GET when N_PARTS is 0, else POST as multipart. 0 with *STATUS_OUT and the answer's JSON;
 * -ECONNREFUSED when the hub does not run. */
int cli_hub_call(const struct cli *c, const char *state, const char *path,
		 const struct cli_part *parts, size_t n_parts, int *status_out, struct buf *answer,
		 struct err *e);
/* What the hub said went wrong, on standard error; the exit status. */
int cli_hub_refused(int status, const struct buf *answer);
int cli_failed(const struct err *e); /* prints it; the exit status */

/* Runs otasuke-hub (beside this program, else on PATH) with ARGV (NULL-terminated, argv[0]
 * included) in place of this process; returns only on failure. */
int cli_hub_exec(const char *const *argv, struct err *e);

#endif
