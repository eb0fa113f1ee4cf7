/* SPDX-License-Identifier: Apache-2.0 */
/* The gate before the press. */
#include "hub/exports/exports_gate.h"

#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/mem.h"

struct exports_gate {
	atomic_int_fast64_t inside;
};

struct exports_conf exports_conf;

int exports_gate_start(struct hub *h, struct err *e)
{
	(void)e;
	h->exports = mem_new(sizeof(*h->exports));
	atomic_init(&h->exports->inside, 0);
	return 0;
}

void exports_gate_stop(struct hub *h)
{
	free(h->exports);
	h->exports = NULL;
}

int exports_gate_enter(struct hub *h, struct err *e)
{
	if (atomic_fetch_add(&h->exports->inside, 1) < exports_conf.pdf_at_once)
		return 0;
	exports_gate_leave(h);
	return err_set(e, -EAGAIN,
		       "%" PRId64 " reports are being made as PDF at this moment, which is as many "
		       "as may be: try again in a minute, or take the HTML file, which says the "
		       "same",
		       exports_conf.pdf_at_once);
}

void exports_gate_leave(struct hub *h)
{
	(void)atomic_fetch_sub(&h->exports->inside, 1);
}
