/* SPDX-License-Identifier: Apache-2.0 */
/* How evidence shows itself elsewhere: on a case, on the front page, in the search, to the doctor.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "hub/evidence/evidence_facts_store.h"
#include "hub/evidence/evidence_files.h"
#include "hub/evidence/evidence_store.h"
#include "hub/evidence/evidence_view.h"
#include "hub/evidence/evidence_web.h"
#include "hub/evidence_tmpl.h"

enum { OVER_DAYS = 30, SOON_DAYS = 3 };

static int panel_count(struct call *c, struct txn *t, int64_t case_id, struct evidence_panel *p)
{
	struct evidence_item *items;
	struct evidence_measure *m;
	size_t n_items, n;
	int r = evidence_items(t, c->scope, case_id, c->arena, &items, &n_items, &c->err);

	if (r >= 0)
		r = evidence_measures(t, c->scope, case_id, c->arena, &m, &n, &c->err);
	if (r < 0)
		return r;
	p->n_items = (int64_t)n_items;
	for (size_t i = 0; i < n_items; i++)
		p->n_broken += strcmp(evidence_view_item(c, &items[i]).light, "red") == 0;
	p->due = arena_array(c->arena, n + 1, sizeof(*p->due));
	for (size_t i = 0; i < n; i++) {
		struct evidence_measure_line l = evidence_view_measure(c, &m[i]);
		p->n_measures += l.live;
		if (l.live && strcmp(l.light, "green") != 0)
			p->due[p->n_due++] = l;
	}
	return 0;
}

int evidence_panel_case(struct call *c, const char *slot, int64_t case_id, struct buf *out)
{
	struct evidence_panel p = { .number = "" };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? cases_store_number(t, c->scope, case_id, c->arena, &p.number, &c->err)
		  : c->err.code;

	(void)slot;
	if (r < 0 || (r = panel_count(c, t, case_id, &p)) < 0)
		return r;
	struct tmpl tm = call_tmpl(c, out);
	tmpl_evidence_panel(&tm, &p);
	return 0;
}

static int home_fill(struct call *c, struct txn *t, struct evidence_home *p)
{
	struct evidence_item *items;
	struct evidence_measure *m;
	int r = evidence_store_broken(t, c->scope, c->arena, &items, &p->n_broken, &c->err);

	if (r >= 0)
		r = evidence_store_measures_due(t, c->scope, c->now_us - OVER_DAYS * US_PER_DAY,
						c->now_us + SOON_DAYS * US_PER_DAY, c->arena, &m,
						&p->n_due, &c->err);
	p->broken = arena_array(c->arena, p->n_broken + 1, sizeof(*p->broken));
	p->numbers = arena_array(c->arena, p->n_broken + 1, sizeof(*p->numbers));
	p->due = arena_array(c->arena, p->n_due + 1, sizeof(*p->due));
	for (size_t i = 0; r >= 0 && i < p->n_broken; i++) {
		p->broken[i] = evidence_view_item(c, &items[i]);
		r = cases_store_number(t, c->scope, items[i].case_id, c->arena, &p->numbers[i],
				       &c->err);
	}
	for (size_t i = 0; r >= 0 && i < p->n_due; i++)
		p->due[i] = evidence_view_measure(c, &m[i]);
	return r;
}

int evidence_panel_home(struct call *c, const char *slot, int64_t subject, struct buf *out)
{
	struct evidence_home p = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? home_fill(c, t, &p) : c->err.code;

	(void)slot;
	(void)subject;
	if (r < 0 || (p.n_broken == 0 && p.n_due == 0))
		return r;
	struct tmpl tm = call_tmpl(c, out);
	tmpl_evidence_home(&tm, &p);
	return 0;
}

int evidence_found_read(struct hub *h, struct txn *t, int64_t ref_id, struct arena *a,
			struct search_doc *out, struct err *e)
{
	struct evidence_item i;
	const char *number;
	int r = evidence_get(t, &scope_system, ref_id, a, &i, e);

	(void)h;
	if (r >= 0)
		r = cases_store_number(t, &scope_system, i.case_id, a, &number, e);
	if (r < 0)
		return r;
	out->company_id = i.company_id;
	out->roles = EVIDENCE_READERS;
	out->at_us = i.added_us;
	out->label = number;
	out->title = evidence_name_shown(i.name, a);
	out->url = arena_printf(a, "/cases/%s/evidence/%" PRId64, number, i.no);
	buf_printf(out->body, "%s\n%s\n%s\n%s\n%s\n", out->title, i.note, i.sha256, i.seal,
		   i.place);
	return 0;
}

/* --- the doctor --- */

int evidence_check(struct hub *h, struct check_list *l, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct evidence_item *broken;
	int64_t bytes, n;
	size_t n_broken;
	char count[24], mib[24];
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);
	int r = t ? evidence_store_blob_sum(t, &bytes, &n, e) : e->code;

	if (r >= 0)
		r = evidence_store_broken(t, &scope_system, a, &broken, &n_broken, e);
	if (r < 0)
		return r;
	(void)snprintf(count, sizeof(count), "%" PRId64, n);
	(void)snprintf(mib, sizeof(mib), "%" PRId64, (bytes + 1048575) / 1048576);
	check_add(l, CHECK_GOOD, "evidence.doctor.kept", count, mib);
	if (n > 0 && db_is_postgres(h->db)) { /* elsewhere they are part of it */
		SCOPED_MEM char *dir = evidence_files_dir(h, "files");
		check_add(l, CHECK_WARN, "evidence.doctor.backup", dir, NULL);
	}
	if (n_broken > 0) {
		(void)snprintf(count, sizeof(count), "%zu", n_broken);
		check_add(l, CHECK_BAD, "evidence.doctor.broken", count, NULL);
	}
	return evidence_room(h, 1, NULL) < 0
		       ? (check_add(l, CHECK_BAD, "evidence.doctor.full", mib, NULL), 0)
		       : 0;
}
