/* SPDX-License-Identifier: Apache-2.0 */
/* Open alerts as the light of a company's own page and as a column of the list of companies. */
#include "hub/watch/watch_company.h"

#include "hub/watch/watch_pages.h"
#include "hub/watch/watch_store.h"
#include "hub/watch_tmpl.h"

static int counts(struct call *c, int64_t company_id, struct watch_company *m)
{
	struct alert_filter f = { .company_id = company_id, .min_severity = SEVERITY_LOW };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r;

	m->company_id = company_id;
	if (!t)
		return c->err.code;
	if ((r = watch_store_count(t, c->scope, &f, &m->n_open, &c->err)) < 0 || m->n_open == 0)
		return r;
	f.min_severity = SEVERITY_HIGH;
	return watch_store_count(t, c->scope, &f, &m->n_red, &c->err);
}

int watch_company_alarm(struct call *c, const char *slot, int64_t company_id, struct buf *out)
{
	struct watch_company m = { 0 };
	int r = counts(c, company_id, &m);

	(void)slot;
	if (r < 0 || m.n_open == 0)
		return r;
	struct tmpl t = call_tmpl(c, out);
	tmpl_watch_alarm(&t, &m);
	return 0;
}

int watch_company_heads(struct call *c, const char *slot, int64_t subject_id, struct buf *out)
{
	struct watch_company m = { 0 };
	struct tmpl t = call_tmpl(c, out);

	(void)slot;
	(void)subject_id;
	tmpl_watch_heads(&t, &m);
	return 0;
}

int watch_company_cells(struct call *c, const char *slot, int64_t company_id, struct buf *out)
{
	struct watch_company m = { 0 };
	int r = counts(c, company_id, &m);

	(void)slot;
	if (r < 0)
		return r;
	struct tmpl t = call_tmpl(c, out);
	tmpl_watch_cells(&t, &m);
	return 0;
}
