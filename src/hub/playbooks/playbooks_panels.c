/* SPDX-License-Identifier: Apache-2.0 */
/* How playbooks show themselves on the case, on the list of cases and on the first page. */
#include "hub/playbooks/playbooks_panels.h"

#include <errno.h>

#include "hub/playbooks/playbooks_view.h"
#include "hub/playbooks_tmpl.h"

enum { HOME_ROWS = 5 };

int playbooks_panel_case(struct call *c, const char *slot, int64_t case_id, struct buf *out)
{
	struct playbook_panel p = { 0 };
	struct incident i;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? playbooks_store_incident(t, c->scope, case_id, c->arena, &i, &c->err)
		  : c->err.code;

	(void)slot;
	if (r >= 0)
		r = playbooks_view_panel(c, t, &i, &p);
	if (r < 0)
		return r;
	struct tmpl tm = call_tmpl(c, out);
	tmpl_playbook_panel(&tm, &p);
	return 0;
}

int playbooks_panel_home(struct call *c, const char *slot, int64_t subject, struct buf *out)
{
	struct playbook_home p = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? playbooks_store_late(t, c->scope, c->now_us, c->arena, &p.rows, &p.n_rows,
					 &c->err)
		  : c->err.code;

	(void)slot;
	(void)subject;
	if (r < 0 || p.n_rows == 0)
		return r;
	p.n_shown = p.n_rows < HOME_ROWS ? p.n_rows : HOME_ROWS;
	struct tmpl tm = call_tmpl(c, out);
	tmpl_playbook_home(&tm, &p);
	return 0;
}

int playbooks_panel_tab(struct call *c, const char *slot, int64_t subject, struct buf *out)
{
	const struct task_filter f = { .person_id = c->user->person_id, .roles = c->user->roles };
	struct playbook_tab p = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? playbooks_store_mine_count(t, c->scope, &f, &p.n, &c->err) : c->err.code;

	(void)slot;
	(void)subject;
	if (r < 0)
		return r;
	struct tmpl tm = call_tmpl(c, out);
	tmpl_playbook_tab(&tm, &p);
	return 0;
}
