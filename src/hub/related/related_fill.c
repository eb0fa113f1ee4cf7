/* SPDX-License-Identifier: Apache-2.0 */
/* Ties and tags of a generated region: the youngest cases of one kind at different companies belong
 * together, through the same rules as real ones. */
#include "hub/related/related_fill.h"

#include <string.h>

#include "hub/cases/cases.h"
#include "hub/related/related.h"

enum { FILL_CASES = 60, FILL_TIES = 6 };

static const struct incident *fellow(const struct incident *list, size_t n, size_t i)
{
	for (size_t k = i + 1; k < n; k++)
		if (list[k].company_id != list[i].company_id &&
		    strcmp(list[k].kind, list[i].kind) == 0)
			return &list[k];
	return NULL;
}

static int tie(struct hub *h, struct hub_fill *f, struct txn *t, const struct incident *c,
	       const struct incident *o, struct err *e)
{
	const struct user u = fill_user(f, &f->orgs[0], f->now_us);
	const char *note = text_get(h->text, LANG_JA, "related.fill.note");
	const char *tag = text_get(h->text, LANG_JA, "related.fill.tag");
	int r = related_tie(t, &u, c->number, o->number, "same_campaign", note, f->now_us, e);

	if (r >= 0)
		r = related_tag(t, &u, c->number, tag, f->now_us, e);
	return r;
}

int related_fill(struct hub *h, struct hub_fill *f, struct err *e)
{
	const struct case_filter newest = { .state = "", .limit = FILL_CASES };
	struct incident *list;
	size_t n, made = 0;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? cases_store_list(t, &scope_system, &newest, f->arena, &list, &n, e) : e->code;

	for (size_t i = 0; r >= 0 && i < n && made < FILL_TIES; i++) {
		const struct incident *o = fellow(list, n, i);

		if (o && (r = tie(h, f, t, &list[i], o, e)) >= 0)
			made++;
	}
	return r < 0 ? r : txn_commit(&t, e);
}
