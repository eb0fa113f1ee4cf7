/* SPDX-License-Identifier: Apache-2.0 */
/* What a case can be found by: what people said and wrote, and what it is about. */
#include "hub/cases/cases_found.h"

#include <errno.h>

#include "base/str.h"
#include "hub/cases/cases_store.h"

/* The lines that exactly ROLES may read; 0: everybody. */
static int story(struct txn *t, int64_t id, unsigned roles, struct arena *a, struct buf *b,
		 struct err *e)
{
	struct case_entry *list;
	size_t n;
	int r = cases_store_entries(t, &scope_system, id, a, &list, &n, e);

	for (size_t i = 0; i < n && r >= 0; i++)
		if (list[i].body[0] && list[i].roles == roles)
			buf_printf(b, "%s %s\n", list[i].body, list[i].person_name);
	return r;
}

static int things(struct txn *t, int64_t id, struct arena *a, struct buf *b, struct err *e)
{
	struct case_device *device;
	struct case_indicator *indicator;
	size_t n, m;
	int r = cases_store_devices(t, &scope_system, id, a, &device, &n, e);

	if (r >= 0)
		r = cases_store_indicators(t, &scope_system, id, a, &indicator, &m, e);
	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%s %s %s\n", device[i].name, device[i].address, device[i].mac);
	for (size_t i = 0; i < m; i++)
		buf_printf(b, "%s %s\n", indicator[i].value, indicator[i].note);
	return 0;
}

static int head(struct txn *t, int64_t ref_id, unsigned roles, struct arena *a, struct incident *c,
		struct search_doc *out, struct err *e)
{
	const char *number;
	int r = cases_store_number(t, &scope_system, ref_id, a, &number, e);

	if (r >= 0)
		r = cases_store_get(t, &scope_system, number, a, c, e);
	if (r < 0)
		return r;
	out->company_id = c->company_id;
	out->roles = roles;
	out->at_us = c->opened_us;
	out->label = c->number;
	out->title = c->title;
	out->url = arena_printf(a, "/cases/%s", c->number);
	return 0;
}

int cases_found_read(struct hub *h, struct txn *t, int64_t ref_id, struct arena *a,
		     struct search_doc *out, struct err *e)
{
	struct incident c;
	int r = head(t, ref_id, CASES_READERS, a, &c, out, e);

	if (r < 0)
		return r;
	buf_printf(out->body, "%s\n%s %s\n%s\n%s\n", c.company_name, c.contact_name,
		   c.contact_phone, c.cause, c.lesson);
	for (int l = 0; l < LANG_COUNT; l++)
		buf_printf(
			out->body, "%s\n",
			text_get(h->text, (enum lang)l, arena_printf(a, "case.kind.%s", c.kind)));
	if ((r = things(t, c.id, a, out->body, e)) < 0)
		return r;
	return story(t, c.id, 0, a, out->body, e);
}

int cases_found_read_inside(struct hub *h, struct txn *t, int64_t ref_id, struct arena *a,
			    struct search_doc *out, struct err *e)
{
	struct incident c;
	int r = head(t, ref_id, CASES_READERS & ~(unsigned)ROLE_COMPANY, a, &c, out, e);

	(void)h;
	return r < 0 ? r : story(t, c.id, ROLES_STAFF, a, out->body, e);
}

int cases_found_jump(struct call *c, struct txn *t, const char *q, const char **url_out)
{
	struct incident found;
	struct err none = { 0 };
	char number[CASE_NUMBER_MAX];
	size_t n = 0;

	for (; q[n] && n + 1 < sizeof(number); n++)
		number[n] = (char)(q[n] >= 'a' && q[n] <= 'z' ? q[n] - 'a' + 'A' : q[n]);
	number[n] = '\0';
	int r = q[n] ? -ENOENT : cases_store_get(t, c->scope, number, c->arena, &found, &none);
	if (r == -ENOENT)
		return 0;
	if (r < 0) {
		c->err = none;
		return r;
	}
	*url_out = arena_printf(c->arena, "/cases/%s", found.number);
	return 1;
}
