/* SPDX-License-Identifier: Apache-2.0 */
/* The mail that tells a company about an alert, in plain words. */
#ifndef HUB_WATCH_WATCH_MAIL_H
#define HUB_WATCH_WATCH_MAIL_H

#include "hub/watch/watch_notice.h"

/* Sends it; answers as smtp_send does, -EPERM when mail is switched off. */
int watch_mail_send(struct hub *h, const struct watch_notice *n, const struct watch_alert *a,
		    const char *token, struct err *e);
/* Subject and body, for it and for tests. */
void watch_mail_compose(struct hub *h, const struct watch_notice *n, const struct watch_alert *a,
			const char *token, struct buf *subject, struct buf *body);

#endif
