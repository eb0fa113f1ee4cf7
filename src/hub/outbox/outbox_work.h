/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox while it runs. Private to this feature. */
#ifndef HUB_OUTBOX_OUTBOX_WORK_H
#define HUB_OUTBOX_OUTBOX_WORK_H

#include <pthread.h>

#include "hub/outbox/outbox.h"

struct outbox {
	struct hub *hub;
	pthread_mutex_t lock; /* guards STOP */
	pthread_cond_t wake;
	bool stop, running;
	pthread_t thread;
};

struct outbox_conf { /* rows of configuration */
	bool private_addresses;
	char *ca_file; /* "" = the system's */
};
extern struct outbox_conf outbox_conf; /* set once before the hub starts */

int outbox_start(struct hub *h, struct err *e);
void outbox_stop(struct hub *h);
/* The job: what was sent or dropped long ago goes. */
int outbox_forget(struct hub *h, struct err *e);

#endif
