/* SPDX-License-Identifier: Apache-2.0 */
/* Mails that a report is due: queued with the threshold in one transaction, sent by the job, tried
 * again; a duty that was done meanwhile is not told of. */
#ifndef HUB_DUTIES_DUTIES_MAIL_H
#define HUB_DUTIES_DUTIES_MAIL_H

#include "hub/duties/duties_store.h"
#include "hub/hub_mail.h"

struct duties_conf {
	char *mail; /* the desk's address; "" = each person of the desk */
};
extern struct duties_conf duties_conf;

/* Queues what is to be told now. */
int duties_mail_queue(struct hub *h, struct err *e);
/* How a mail is sent: as hub_mail_send. */
typedef int (*duties_post)(struct hub *h, const struct smtp_mail *m, struct err *e);
int duties_mail_send(struct hub *h, duties_post post, struct err *e);
/* The job: both. */
int duties_mail_run(struct hub *h, struct err *e);

#endif
