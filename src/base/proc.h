/* SPDX-License-Identifier: Apache-2.0 */
/* What a process is called and what it may do. */
#ifndef BASE_PROC_H
#define BASE_PROC_H

#include <stdint.h>

#include "base/err.h"

void proc_name(int argc, char **argv, const char *role); /* shown by ps: "otasuke-sensor: probe" */
int proc_no_new_privs(struct err *e);
int proc_limit_core(struct err *e); /* no core dumps: they may hold keys */
int64_t proc_peak_rss_bytes(void);  /* VmHWM of this process */
int64_t proc_rss_bytes(void);

#endif
