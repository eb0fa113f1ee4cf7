/* SPDX-License-Identifier: Apache-2.0 */
/* The page behind the link in a mail. Nobody signs in: the token is the right to see this one card.
 * Opening it proves little (mail filters open links); the button is what counts as read. */
#include <errno.h>
#include <string.h>

#include "hub/live.h"
#include "hub/watch/watch_mute_web.h"
#include "hub/watch/watch_store.h"
#include "hub/watch_tmpl.h"
#include "hub/watch/watch_view.h"

static int show(struct call *c, struct txn *t, const struct watch_notice *n)
{
	struct receipt_page p = { .n = *n, .token = c->param[0], .read = n->read_us > 0 };
	struct watch_alert alert;
	struct buf b = { 0 };
	int r = watch_store_get(t, &scope_system, n->alert_id, c->arena, &alert, &c->err);

	if (r < 0)
		return r;
	watch_card(c->hub->text, c->lang, &alert, c->arena, &p.card);
	p.light = watch_severity_light(alert.severity);
	p.light_key = watch_view_light_key(alert.severity);
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_receipt(&tm, &p);
	return call_page(c, 200, "watch.receipt.title", NULL, "", &b);
}

static int answer(struct call *c, int (*mark)(struct txn *, int64_t, int64_t, struct err *),
		  bool reading)
{
	struct watch_notice n;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = t ? watch_notice_by_token(t, c->param[0], c->arena, &n, &c->err) : c->err.code;

	if (r < 0)
		return r;
	if (!c->user) /* the reader chose no language here: take the contact's */
		c->lang = n.lang;
	if ((r = mark(t, n.id, c->now_us, &c->err)) < 0)
		return r;
	n.read_us = reading && n.read_us == 0 ? c->now_us : n.read_us;
	r = show(c, t, &n);
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	if (r >= 0 && reading)
		live_publish(c->hub, "alert", n.company_id, n.alert_id);
	return r;
}

int watch_receipt_web_show(struct call *c)
{
	return answer(c, watch_notice_opened, false);
}

int watch_receipt_web_read(struct call *c)
{
	return answer(c, watch_notice_read, true);
}
