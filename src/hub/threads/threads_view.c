/* SPDX-License-Identifier: Apache-2.0 */
/* From rows to what the pages of threads show: whose turn it is, who read what, who may. */
#include "hub/threads/threads_view.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "hub/members/members.h"
#include "hub/threads/threads_files.h"

enum { LATE_MIN = 30 };

static const char *who_of(const struct thread *t)
{
	return t->org_name[0] ? t->org_name : t->person_name;
}

static struct thread_item item(struct call *c, const struct thread *t)
{
	const bool late = t->due_us > 0 && t->due_us <= c->now_us;
	const bool us = strcmp(t->waiting, THREAD_US) == 0;

	return (struct thread_item){
		.t = *t,
		.kind_key = arena_printf(c->arena, "thread.kind.%s", t->kind),
		.who = who_of(t),
		.late = late,
		.wait_key = us              ? "thread.wait.us"
			    : t->waiting[0] ? "thread.wait.them"
					    : NULL,
		.light = late && us                  ? "red"
			 : late || us                ? "amber"
			 : t->done || !t->waiting[0] ? "grey"
						     : "green",
	};
}

struct thread_item *threads_view_items(struct call *c, const struct thread *t, size_t n)
{
	struct thread_item *items = arena_array(c->arena, n + 1, sizeof(*items));

	for (size_t i = 0; i < n; i++)
		items[i] = item(c, &t[i]);
	return items;
}

/* --- one thread --- */

static const char *icon_of(const char *channel)
{
	if (strcmp(channel, "phone") == 0)
		return "phone";
	return strcmp(channel, "paper") == 0 ? "document" : "mail";
}

static void line(struct call *c, const struct thread_page *p, const struct thread_message *m,
		 struct thread_line *out)
{
	const bool in = strcmp(m->direction, THREAD_IN) == 0;
	const bool portal = strcmp(m->channel, "portal") == 0;

	*out = (struct thread_line){
		.m = *m,
		.side = m->direction,
		.icon = icon_of(m->channel),
		.channel_key = arena_printf(c->arena, "thread.channel.%s", m->channel),
		/* what came in by phone or mail was said by the party, written down by ours */
		.who = in && !portal ? p->i.who : m->person_name,
		.outside = !in && !portal,
		.late = m->recorded_us > m->happened_us + LATE_MIN * US_PER_MIN,
	};
}

static void share_seen(struct thread_line *l, struct thread_seen *seen, size_t n)
{
	size_t from = 0;

	while (from < n && seen[from].message_id != l->m.id)
		from++;
	l->seen = seen + from;
	while (from + l->n_seen < n && seen[from + l->n_seen].message_id == l->m.id)
		l->n_seen++;
}

/* --- files --- */

struct shelf { /* everything that lines share */
	struct evidence_item *items;
	struct thread_file *files;
	struct thread_fetch *fetched;
	size_t n_items, n_files, n_fetched;
};

static int shelf_read(struct call *c, struct txn *t, const struct thread *th, struct shelf *s)
{
	int r = threads_store_files(t, c->scope, th->id, c->arena, &s->files, &s->n_files, &c->err);

	if (r < 0 || (r = threads_store_fetched(t, c->scope, th->id, c->arena, &s->fetched,
						&s->n_fetched, &c->err)) < 0)
		return r;
	return evidence_items(t, c->scope, th->incident_id, c->arena, &s->items, &s->n_items,
			      &c->err);
}

static struct thread_attached attached(struct call *c, const struct thread *th, bool may_work,
				       const struct evidence_item *i)
{
	return (struct thread_attached){
		.i = *i,
		.name = evidence_name_shown(i->name, c->arena),
		.url = may_work ? arena_printf(c->arena, "/cases/%s/evidence/%" PRId64, th->number,
					       i->no)
				: "",
		.there = strcmp(i->state, "kept") == 0,
	};
}

static void share_fetched(struct call *c, const struct shelf *s, int64_t message_id,
			  struct thread_attached *f)
{
	f->fetched = arena_array(c->arena, s->n_fetched + 1, sizeof(*f->fetched));
	for (size_t i = 0; i < s->n_fetched; i++)
		if (s->fetched[i].message_id == message_id && s->fetched[i].evidence_id == f->i.id)
			f->fetched[f->n_fetched++] = s->fetched[i];
}

static void share_files(struct call *c, const struct thread_page *p, const struct shelf *s,
			struct thread_line *l)
{
	l->files = arena_array(c->arena, THREAD_FILES_MAX, sizeof(*l->files));
	for (size_t i = 0; i < s->n_files; i++)
		for (size_t k = 0; s->files[i].message_id == l->m.id && k < s->n_items; k++)
			if (s->items[k].id == s->files[i].evidence_id &&
			    l->n_files < THREAD_FILES_MAX) {
				l->files[l->n_files] =
					attached(c, &p->i.t, p->may_work, &s->items[k]);
				share_fetched(c, s, l->m.id, &l->files[l->n_files++]);
			}
}

/* Files of the case that may go to this party somehow. */
static void choices(struct call *c, struct thread_page *p, const struct shelf *s)
{
	p->choices = arena_array(c->arena, s->n_items + 1, sizeof(*p->choices));
	for (size_t i = 0; i < s->n_items; i++)
		if (strcmp(s->items[i].state, "kept") == 0 &&
		    threads_files_may(&p->i.t, &s->items[i], false, NULL) >= 0)
			p->choices[p->n_choices++] = attached(c, &p->i.t, true, &s->items[i]);
}

int threads_view_lines(struct call *c, struct txn *t, struct thread_page *p)
{
	struct thread_message *list;
	struct thread_seen *seen;
	struct shelf shelf;
	size_t n_seen;
	int r = threads_store_messages(t, c->scope, p->i.t.id, c->arena, &list, &p->n_lines,
				       &c->err);

	if (r >= 0)
		r = threads_store_seen(t, c->scope, p->i.t.id, c->arena, &seen, &n_seen, &c->err);
	if (r < 0 || (r = shelf_read(c, t, &p->i.t, &shelf)) < 0)
		return r;
	if (p->may_work)
		choices(c, p, &shelf);
	p->lines = arena_array(c->arena, p->n_lines + 1, sizeof(*p->lines));
	for (size_t i = 0; i < p->n_lines; i++) {
		line(c, p, &list[i], &p->lines[i]);
		share_seen(&p->lines[i], seen, n_seen);
		share_files(c, p, &shelf, &p->lines[i]);
	}
	return 0;
}

/* --- the party's fields --- */

struct thread_fields threads_view_blank(void)
{
	return (struct thread_fields){ .kind = "isp",
				       .org_name = "",
				       .person_name = "",
				       .phone = "",
				       .mail = "",
				       .reference = "",
				       .purpose = "",
				       .told = "",
				       .is_new = true };
}

struct thread_fields threads_view_filled(const struct thread *t)
{
	return (struct thread_fields){ .kind = t->kind,
				       .org_name = t->org_name,
				       .person_name = t->person_name,
				       .phone = t->phone,
				       .mail = t->mail,
				       .reference = t->reference,
				       .purpose = t->purpose,
				       .told = t->told,
				       .may_company = t->roles & ROLE_COMPANY,
				       .may_technician = t->roles & ROLE_TECHNICIAN,
				       .may_analyst = t->roles & ROLE_ANALYST,
				       .may_specialist = t->roles & ROLE_SPECIALIST,
				       .is_own = strcmp(t->kind, THREAD_COMPANY) == 0 };
}

static void kinds_fill(struct call *c, struct thread_fields *f)
{
	size_t n = 0;

	while (threads_kinds[n])
		n++;
	f->kinds = arena_array(c->arena, n, sizeof(*f->kinds));
	for (size_t i = 1; i < n; i++) /* the company's own is made by writing to it */
		f->kinds[f->n_kinds++] = (struct thread_option){
			threads_kinds[i],
			text_get(c->hub->text, c->lang,
				 arena_printf(c->arena, "thread.kind.%s", threads_kinds[i])),
			strcmp(f->kind, threads_kinds[i]) == 0
		};
}

int threads_view_fields(struct call *c, struct txn *t, int64_t company_id, int64_t org_id,
			struct thread_fields *f)
{
	struct members_partner *list;
	size_t n;
	int r = members_partners(t, c->scope, company_id, c->now_us, c->arena, &list, &n, &c->err);

	if (r < 0)
		return r;
	kinds_fill(c, f);
	f->orgs = arena_array(c->arena, n + 1, sizeof(*f->orgs));
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].kind, "insurer") == 0 || strcmp(list[i].kind, "vendor") == 0)
			f->orgs[f->n_orgs++] = (struct thread_option){
				arena_printf(c->arena, "%" PRId64, list[i].org_id),
				list[i].org_name, list[i].org_id == org_id
			};
	return 0;
}

const char *threads_view_readers(struct call *c, const struct thread *t)
{
	static const struct {
		unsigned role;
		const char *key;
	} words[] = {
		{ ROLE_DESK, "thread.role.desk" },
		{ ROLE_ANALYST, "thread.role.analyst" },
		{ ROLE_TECHNICIAN, "thread.role.technician" },
		{ ROLE_SPECIALIST, "thread.role.specialist" },
		{ ROLE_COMPANY, "thread.role.company" },
	};
	SCOPED_BUF struct buf b = { 0 };
	const char *comma = text_get(c->hub->text, c->lang, "thread.role.comma");

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (t->roles & words[i].role)
			buf_printf(&b, "%s%s", b.n ? comma : "",
				   text_get(c->hub->text, c->lang, words[i].key));
	if (t->org_id)
		buf_printf(&b, "%s%s", comma, who_of(t));
	return arena_strdup(c->arena, b.p);
}
