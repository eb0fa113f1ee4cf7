/* SPDX-License-Identifier: Apache-2.0 */
/* How many PDFs are made at once: each holds a processor for a second or two and tens of megabytes,
 * and the console shall stay quick. */
#ifndef HUB_EXPORTS_EXPORTS_GATE_H
#define HUB_EXPORTS_EXPORTS_GATE_H

#include "hub/hub.h"

struct exports_conf {
	int64_t pdf_at_once;
};
extern struct exports_conf exports_conf;

int exports_gate_start(struct hub *h, struct err *e);
void exports_gate_stop(struct hub *h);
/* 0, or -EAGAIN with words when as many as may are being made; after 0 exports_gate_leave. */
int exports_gate_enter(struct hub *h, struct err *e);
void exports_gate_leave(struct hub *h);

#endif
