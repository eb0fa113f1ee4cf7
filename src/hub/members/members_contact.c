/* SPDX-License-Identifier: Apache-2.0 */
/* Contacts: whom to call, in which order, how and when. */
#include <errno.h>
#include <string.h>

#include "hub/members/members_agreement_store.h"
#include "hub/members/members_check.h"

static int check(const struct contact *c, char phone[20], struct err *e)
{
	int r;

	if ((r = members_check_text(c->name, true, e)) < 0 ||
	    (r = members_check_text(c->kana, false, e)) < 0 ||
	    (r = members_check_text(c->role, false, e)) < 0 ||
	    (r = members_check_phone(c->phone, phone, e)) < 0 ||
	    (r = members_check_mail(c->mail, e)) < 0 || (r = members_hours_check(c->hours, e)) < 0)
		return r;
	if (strcmp(c->channel, "mail") != 0 && strcmp(c->channel, "phone") != 0)
		return err_set(e, -EINVAL, "\"%s\" is no channel: write mail or phone", c->channel);
	if (*phone == '\0' && *c->mail == '\0')
		return err_set(e, -EINVAL,
			       "%s needs a telephone number or a mail address to be reached",
			       c->name);
	return 0;
}

static size_t index_of(const struct contact *list, size_t n, int64_t id)
{
	size_t i = 0;

	while (i < n && list[i].id != id)
		i++;
	return i;
}

/* Writes positions 1.. for the contacts of a company, with ID at POSITION (0 or too high = last).
 */
static int reorder(struct txn *t, const struct user *u, int64_t company_id, int64_t id,
		   int64_t position, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct contact *list;
	size_t n;
	int r = members_agreement_store_contacts(t, &u->scope, company_id, a, &list, &n, e);

	if (r < 0 || n == 0)
		return r;
	size_t from = index_of(list, n, id);
	size_t to = position < 1 || (size_t)position > n ? n - 1 : (size_t)position - 1;
	if (from < n) {
		struct contact moved = list[from];

		memmove(&list[from], &list[from + 1], (n - from - 1) * sizeof(*list));
		memmove(&list[to + 1], &list[to], (n - to - 1) * sizeof(*list));
		list[to] = moved;
	}
	for (size_t i = 0; i < n && r >= 0; i++) {
		if (list[i].position == (int64_t)i + 1)
			continue;
		list[i].position = (int64_t)i + 1;
		r = members_agreement_store_contact_set(t, &u->scope, &list[i], e);
	}
	return r;
}

static int save(struct txn *t, const struct user *u, struct contact *c, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct contact *list;
	size_t n;
	int r;

	if (c->id != 0)
		return members_agreement_store_contact_set(t, &u->scope, c, e);
	if ((r = members_agreement_store_contacts(t, &u->scope, c->company_id, a, &list, &n, e)) <
	    0)
		return r;
	if (n >= MEMBERS_CONTACTS_MAX)
		return err_set(e, -ELIMIT, "a company has at most %d contacts",
			       MEMBERS_CONTACTS_MAX);
	return members_agreement_store_contact_add(t, &u->scope, c, &c->id, e);
}

int members_contact_set_in(struct txn *t, const struct user *u, const struct contact *c,
			   int64_t *id_out, struct err *e)
{
	char phone[20];
	struct contact x = *c;
	int r;

	if ((r = members_check_editor(u, e)) < 0 || (r = check(c, phone, e)) < 0)
		return r;
	x.phone = phone;
	if ((r = save(t, u, &x, e)) < 0 ||
	    (r = reorder(t, u, x.company_id, x.id, c->position, e)) < 0 ||
	    (r = members_check_audit(t, u, "contact.set", x.company_id, x.id, x.name, e)) < 0)
		return r;
	*id_out = x.id;
	return 0;
}

int members_contact_set(struct db *db, const struct user *u, const struct contact *c,
			int64_t *id_out, struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, e);
	int64_t id;
	int r;

	if (!t)
		return e->code;
	if ((r = members_contact_set_in(t, u, c, &id, e)) < 0 || (r = txn_commit(&t, e)) < 0)
		return r;
	*id_out = id;
	return 0;
}

int members_contact_remove(struct db *db, const struct user *u, int64_t company_id, int64_t id,
			   struct err *e)
{
	int r;

	if ((r = members_check_editor(u, e)) < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, e);
	if (!t)
		return e->code;
	if ((r = members_agreement_store_contact_remove(t, &u->scope, company_id, id, e)) < 0 ||
	    (r = reorder(t, u, company_id, 0, 0, e)) < 0 ||
	    (r = members_check_audit(t, u, "contact.remove", company_id, id, "", e)) < 0)
		return r;
	return txn_commit(&t, e);
}

int members_contact_move(struct db *db, const struct user *u, int64_t company_id, int64_t id,
			 int64_t position, struct err *e)
{
	int r;

	if ((r = members_check_editor(u, e)) < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, e);
	if (!t)
		return e->code;
	if ((r = reorder(t, u, company_id, id, position, e)) < 0 ||
	    (r = members_check_audit(t, u, "contact.move", company_id, id, "", e)) < 0)
		return r;
	return txn_commit(&t, e);
}
