/* SPDX-License-Identifier: Apache-2.0 */
/* Threads on other pages: beside a case, and on the first page when somebody waits. */
#include "hub/cases/cases.h"
#include "hub/threads/threads_view.h"
#include "hub/threads_tmpl.h"

enum { HOME_ROWS = 8 };

int threads_panel_case(struct call *c, const char *slot, int64_t case_id, struct buf *out)
{
	const struct threads_query q = { .which = THREADS_OF_CASE, .id = case_id };
	struct thread_list p = { .may_open = user_is(c->user, THREADS_WORKERS) };
	struct thread *rows;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? threads_list(t, c->user, &q, c->arena, &rows, &p.n_rows, &c->err) : c->err.code;

	(void)slot;
	if (r >= 0)
		r = cases_store_number(t, c->scope, case_id, c->arena, &p.number, &c->err);
	if (r < 0 || (p.n_rows == 0 && !p.may_open))
		return r;
	p.rows = threads_view_items(c, rows, p.n_rows);
	struct tmpl tm = call_tmpl(c, out);
	tmpl_thread_panel(&tm, &p);
	return 0;
}

int threads_panel_home(struct call *c, const char *slot, int64_t subject_id, struct buf *out)
{
	const struct threads_query q = { .which = THREADS_DUE,
					 .now_us = c->now_us,
					 .limit = HOME_ROWS };
	struct thread_list p = { .may_open = false };
	struct thread *rows;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? threads_list(t, c->user, &q, c->arena, &rows, &p.n_rows, &c->err) : c->err.code;

	(void)slot;
	(void)subject_id;
	if (r < 0 || p.n_rows == 0)
		return r;
	p.rows = threads_view_items(c, rows, p.n_rows);
	struct tmpl tm = call_tmpl(c, out);
	tmpl_thread_home(&tm, &p);
	return 0;
}
