/* SPDX-License-Identifier: Apache-2.0 */
/* A letter to begin with: the text for this kind of party, with the facts of the case in it. The
 * person reads and changes it before it goes anywhere. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "hub/cases/cases.h"
#include "hub/hub_text.h"
#include "hub/threads/threads_view.h"

enum { FACTS_MAX = 30, N_ARGS = 9 };

/* Those to whom addresses and names help to act. */
static bool wants_facts(const char *kind)
{
	static const char *const kinds[] = { "isp", "police", "consortium", "vendor", "host" };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kind, kinds[i]) == 0)
			return true;
	return false;
}

/* TLP 2.0: what is red or amber+strict is in no letter to others. */
static bool may_leave(const struct case_indicator *i)
{
	return strcmp(i->tlp, "red") != 0 && strcmp(i->tlp, "amber+strict") != 0;
}

static int facts(struct call *c, struct txn *t, const struct thread *th, enum lang lang,
		 struct buf *b)
{
	struct case_indicator *list;
	size_t n;
	int r = cases_store_indicators(t, c->scope, th->incident_id, c->arena, &list, &n, &c->err);

	for (size_t i = 0; r >= 0 && wants_facts(th->kind) && i < n && i < FACTS_MAX; i++)
		if (may_leave(&list[i]))
			buf_printf(
				b, "- %s: %s\n",
				text_get(c->hub->text, lang,
					 arena_printf(c->arena, "case.indicator.%s", list[i].type)),
				list[i].value);
	if (b->n == 0)
		buf_printf(b, "%s\n", text_get(c->hub->text, lang, "thread.draft.no_facts"));
	return r;
}

static const char *moment(struct call *c, int64_t us)
{
	struct civil x = time_civil(us, (int)c->hub->conf.zone_min);

	return arena_printf(c->arena, "%04d-%02d-%02d %02d:%02d", x.year, x.month, x.day, x.hour,
			    x.minute);
}

static const char *addressee(struct call *c, const struct thread *th)
{
	if (th->org_name[0] && th->person_name[0])
		return arena_printf(c->arena, "%s %s", th->org_name, th->person_name);
	return th->org_name[0] ? th->org_name : th->person_name;
}

int threads_draft(struct call *c, struct txn *t, const struct thread *th, enum lang lang,
		  struct thread_draft *out)
{
	SCOPED_BUF struct buf list = { 0 };
	SCOPED_BUF struct buf subject = { 0 };
	SCOPED_BUF struct buf body = { 0 };
	struct incident i;
	int r = cases_get(t, c->scope, th->number, c->arena, &i, &c->err);

	if (r >= 0)
		r = facts(c, t, th, lang, &list);
	if (r < 0)
		return r;
	const char *reference = th->reference[0]
					? th->reference
					: text_get(c->hub->text, lang, "thread.draft.no_reference");
	const char *args[N_ARGS] = {
		addressee(c, th),
		i.company_name,
		i.number,
		text_get(c->hub->text, lang, arena_printf(c->arena, "case.kind.%s", i.kind)),
		moment(c, i.happened_us),
		list.p,
		c->hub->conf.region_name,
		c->user->name,
		reference,
	};
	hub_text_fill(c->hub->text, lang,
		      arena_printf(c->arena, "thread.draft.%s.subject", th->kind), args, N_ARGS,
		      &subject);
	hub_text_fill(c->hub->text, lang, arena_printf(c->arena, "thread.draft.%s.body", th->kind),
		      args, N_ARGS, &body);
	buf_adds(&body, "\n\n");
	hub_text_fill(c->hub->text, lang, "thread.draft.signature", args, N_ARGS, &body);
	out->subject = arena_strdup(c->arena, subject.p);
	out->body = arena_strdup(c->arena, body.p);
	return 0;
}
