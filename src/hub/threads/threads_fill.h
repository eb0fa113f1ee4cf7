/* SPDX-License-Identifier: Apache-2.0 */
/* The threads of a generated region. Private to this feature. */
#ifndef HUB_THREADS_THREADS_FILL_H
#define HUB_THREADS_THREADS_FILL_H

#include "hub/hub_fill.h"

/* One row of data/thread_scripts.tsv. */
struct thread_script {
	const char *kind, *org, *person, *purpose, *told, *sent, *received, *reference;
};
extern const struct thread_script thread_script_table[];
extern const size_t thread_script_table_n;

int threads_fill(struct hub *h, struct hub_fill *f, struct err *e);

#endif
