/* SPDX-License-Identifier: Apache-2.0 */
/* The hub's mail: one account for all that features send. Blocks; call it from a job. */
#ifndef HUB_HUB_MAIL_H
#define HUB_HUB_MAIL_H

#include "hub/hub.h"
#include "net/smtp.h"

/* As smtp_send; -EPERM when mail is switched off. */
int hub_mail_send(struct hub *h, const struct smtp_mail *m, struct err *e);

#endif
