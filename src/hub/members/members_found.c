/* SPDX-License-Identifier: Apache-2.0 */
/* What a company can be found by: its names and numbers, where it is, who is there. The desk's note
 * is left out: the company itself may search too. */
#include "hub/members/members_found.h"

#include <errno.h>
#include <inttypes.h>

#include "hub/members/members.h"

static void line(struct buf *b, const char *text)
{
	if (text[0])
		buf_printf(b, "%s\n", text);
}

static void phone(struct buf *b, const char *e164)
{
	char spoken[32];

	if (!e164[0])
		return;
	members_phone_format(e164, spoken);
	buf_printf(b, "%s %s\n", e164, spoken);
}

int members_found_read(struct hub *h, struct txn *t, int64_t ref_id, struct arena *a,
		       struct search_doc *out, struct err *e)
{
	struct company c;
	struct contact *people;
	size_t n;
	int r = members_company_get(t, &scope_system, ref_id, a, &c, e);

	if (r >= 0)
		r = members_contacts(t, &scope_system, ref_id, a, &people, &n, e);
	if (r < 0)
		return r;
	out->company_id = c.id;
	out->roles = ROLES_STAFF | ROLE_COMPANY;
	out->at_us = c.changed_us ? c.changed_us : c.created_us;
	out->label = c.external_id;
	out->title = c.name;
	out->url = arena_printf(a, "/members/%" PRId64, c.id);
	line(out->body, c.kana);
	line(out->body, c.corporate_number);
	buf_printf(out->body, "%s%s%s\n", members_prefecture_name(c.prefecture, LANG_JA),
		   c.municipality, c.address);
	line(out->body, members_prefecture_name(c.prefecture, LANG_EN));
	line(out->body, c.postal_code);
	phone(out->body, c.phone);
	for (size_t i = 0; i < n; i++) {
		buf_printf(out->body, "%s %s %s %s\n", people[i].name, people[i].kana,
			   people[i].role, people[i].mail);
		phone(out->body, people[i].phone);
	}
	(void)h;
	return 0;
}

int members_found_jump(struct call *c, struct txn *t, const char *q, const char **url_out)
{
	struct company found;
	struct contact contact;
	char e164[20];

	if (!members_phone_parse(q, e164))
		return 0;
	int r = members_find_by_phone(t, c->scope, q, c->arena, &found, &contact, &c->err);
	if (r > 0)
		*url_out = arena_printf(c->arena, "/members/%" PRId64, found.id);
	return r;
}
