/* SPDX-License-Identifier: Apache-2.0 */
/* The mail to the company: the card's words, what the desk does, and the link that proves reading.
 */
#include "hub/watch/watch_mail.h"

#include "base/clock.h"
#include "base/mem.h"
#include "hub/hub_mail.h"
#include "hub/watch/watch_card.h"

static void add_list(struct buf *b, const char *const *line, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "  - %s\n", line[i]);
}

void watch_mail_compose(struct hub *h, const struct watch_notice *n,
			const struct watch_alert *alert, const char *token, struct buf *subject,
			struct buf *body)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct watch_card card;
	const char *link = arena_printf(a, "%s/r/%s", h->conf.public_url, token);
	const char *args[] = { n->contact_name, n->company_name, h->conf.region_name, link };
	enum lang l = n->lang;

	watch_card(h->text, l, alert, a, &card);
	const char *subject_args[] = { h->conf.region_name, card.title };
	buf_adds(subject, watch_text(h->text, l, "watch.mail.subject", subject_args, 2, a));
	buf_printf(body, "%s\n\n", watch_text(h->text, l, "watch.mail.greeting", args, 4, a));
	buf_printf(body, "%s\n%s\n\n", text_get(h->text, l, "watch.mail.what"), card.what);
	buf_printf(body, "%s\n%s\n\n", text_get(h->text, l, "watch.mail.serious"),
		   card.how_serious);
	buf_printf(body, "%s\n", text_get(h->text, l, "watch.mail.do_now"));
	add_list(body, card.do_now, card.n_do_now);
	buf_printf(body, "\n%s\n", text_get(h->text, l, "watch.mail.do_not"));
	add_list(body, card.do_not, card.n_do_not);
	buf_printf(body, "\n%s\n%s\n\n", text_get(h->text, l, "watch.mail.link"), link);
	buf_printf(body, "%s\n", watch_text(h->text, l, "watch.mail.closing", args, 4, a));
}

int watch_mail_send(struct hub *h, const struct watch_notice *n, const struct watch_alert *alert,
		    const char *token, struct err *e)
{
	SCOPED_BUF struct buf subject = { 0 };
	SCOPED_BUF struct buf body = { 0 };

	watch_mail_compose(h, n, alert, token, &subject, &body);
	const struct smtp_mail mail = {
		.to = n->target,
		.to_name = n->contact_name,
		.subject = subject.p,
		.body_text = body.p,
		.date_us = clock_utc_us(h->clock),
		.auto_submitted = "auto-generated",
	};
	return hub_mail_send(h, &mail, e);
}
