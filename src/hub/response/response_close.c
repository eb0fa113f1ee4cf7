/* SPDX-License-Identifier: Apache-2.0 */
/* A case ends while a device is isolated or a destination is blocked: they say whether it is let go
 * now or stays until its time, and why. */
#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "hub/response/response_order.h"
#include "hub/response/response_pages.h"
#include "hub/response/response_store.h"
#include "hub/response/response_view.h"
#include "hub/response/response_web.h"
#include "hub/response_tmpl.h"

enum { HELD_MAX = 100, WHY_CHARS = 500 };

static int held(struct call *c, struct txn *t, int64_t case_id, struct response_order **out,
		size_t *n_out)
{
	const struct response_filter f = { .incident_id = case_id,
					   .in_effect = true,
					   .limit = HELD_MAX };

	return response_store_list(t, c->scope, &f, c->arena, out, n_out, &c->err);
}

static int keep(struct call *c, struct txn *t, int64_t case_id, const struct response_order *list,
		size_t n, const char *why)
{
	const char *names = "";

	if (!why[0])
		return err_set(&c->err, -EINVAL,
			       "say why devices stay isolated or destinations blocked");
	for (size_t i = 0; i < n; i++)
		names = arena_printf(c->arena, "%s%s%s", names, i ? ", " : "", list[i].target);
	const char *const args[] = { names, NULL };
	const struct case_told told = { .case_id = case_id,
					.action = "order.kept", /* no text */
					.kind = "remote",
					.body = why,
					.text_key = "response.story.kept",
					.text_arg = cases_args(c->arena, args) };

	return cases_tell(t, c->user, &told, c->now_us, &c->err);
}

int response_case_close(struct call *c, struct txn *t, int64_t case_id)
{
	struct form f = form_of(c);
	const char *wish = form_text(&f, "held", false, 10);
	const char *why = form_text(&f, "held_why", false, WHY_CHARS);
	struct response_order *list;
	size_t n;
	int r = held(c, t, case_id, &list, &n);

	if (r < 0 || n == 0)
		return r;
	if (!form_ok(&f))
		return err_set(&c->err, -EINVAL, "%s", f.errors[0].text);
	if (strcmp(wish, "keep") == 0)
		return keep(c, t, case_id, list, n, why);
	if (strcmp(wish, "release") != 0)
		return err_set(
			&c->err, -EINVAL,
			"%zu isolations or blocks are in effect: say whether they end now or "
			"at their time",
			n);
	for (size_t i = 0; r >= 0 && i < n; i++)
		r = response_order_end(t, c->hub, c->user, list[i].id, RESPONSE_WHY_DESK, c->now_us,
				       &c->err);
	return r;
}

/* Within the form that closes a case. */
int response_panel_close(struct call *c, const char *slot, int64_t case_id, struct buf *out)
{
	struct held_panel p = { 0 };
	struct response_order *list;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? held(c, t, case_id, &list, &p.n_rows) : c->err.code;

	(void)slot;
	if (r < 0 || p.n_rows == 0)
		return r;
	txn_rollback(&t);
	p.rows = response_view_items(c, list, p.n_rows);
	struct tmpl tm = call_tmpl(c, out);
	tmpl_response_close(&tm, &p);
	return 0;
}
