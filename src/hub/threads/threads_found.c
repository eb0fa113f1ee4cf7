/* SPDX-License-Identifier: Apache-2.0 */
/* What a thread can be found by: who, their number for it, and what was said. */
#include "hub/threads/threads_found.h"

#include "hub/threads/threads_store.h"

int threads_found_read(struct hub *h, struct txn *t, int64_t ref_id, struct arena *a,
		       struct search_doc *out, struct err *e)
{
	struct thread_message *list;
	struct thread th;
	size_t n;
	int r = threads_store_whole(t, ref_id, a, &th, e);

	(void)h;
	if (r >= 0)
		r = threads_store_messages(t, &scope_system, ref_id, a, &list, &n, e);
	if (r < 0)
		return r;
	out->company_id = th.company_id;
	out->roles = th.roles;
	out->at_us = th.made_us;
	out->label = th.number;
	out->title = th.purpose[0] ? th.purpose : th.org_name[0] ? th.org_name : th.person_name;
	out->url = arena_printf(a, "/threads/%lld", (long long)th.id);
	buf_printf(out->body, "%s %s\n%s\n%s\n%s\n", th.org_name, th.person_name, th.reference,
		   th.told, th.company_name);
	for (size_t i = 0; i < n; i++)
		buf_printf(out->body, "%s\n%s\n", list[i].subject, list[i].body);
	return 0;
}
