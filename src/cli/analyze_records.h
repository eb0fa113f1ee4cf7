/* SPDX-License-Identifier: Apache-2.0 */
/* `otasuke analyze` on records of other programs: a file of them, or a folder. */
#ifndef CLI_ANALYZE_RECORDS_H
#define CLI_ANALYZE_RECORDS_H

#include <stdbool.h>

#include "probe/probe.h"

/* A folder, or a file that begins like records. */
bool analyze_is_records(const char *path);
/* MAPPINGS: paths with commas, or NULL. */
int analyze_records(struct probe *p, const char *path, const char *mappings,
		    void (*tell)(void *arg, const char *text), void *arg, struct err *e);

#endif
