/* SPDX-License-Identifier: Apache-2.0 */
/* Sending mail as the hub is configured to. */
#include "hub/hub_mail.h"

#include <errno.h>

enum { TIMEOUT_MS = 20000 };

int hub_mail_send(struct hub *h, const struct smtp_mail *m, struct err *e)
{
	const struct hub_conf *c = &h->conf;

	if (!c->smtp_url || !c->smtp_url[0])
		return err_set(e, -EPERM, "mail is switched off (smtp_url is empty)");
	const struct smtp_conf conf = {
		.url = c->smtp_url,
		.user = c->smtp_user && c->smtp_user[0] ? c->smtp_user : NULL,
		.password = c->smtp_password && c->smtp_password[0] ? c->smtp_password : NULL,
		.from = c->mail_from,
		.from_name = c->mail_from_name,
		.timeout_ms = TIMEOUT_MS,
	};
	return smtp_send(&conf, m, e);
}
