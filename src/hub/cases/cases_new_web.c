/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a case. From a call it needs the company, the caller's words and Enter: everything else
 * has a sensible value and may be mended later. */
#include "hub/cases/cases_new_web.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "hub/cases/cases_view.h"
#include "hub/cases_tmpl.h"
#include "hub/live.h"
#include "hub/watch/watch.h"

enum { CHOICES_MAX = 8, SEVERITY_DEFAULT = 2, TITLE_FROM_WORDS = 60 };

/* Companies for what was typed: a number or part of a name. CHOSEN 0 = the first. */
static int find(struct call *c, struct txn *t, struct case_new_page *p, int64_t chosen)
{
	struct company *list = NULL, one;
	struct contact contact;
	size_t n = 0;
	int r = 0;

	if (!p->q[0])
		return 0;
	p->searched = true;
	char e164[20];
	if (members_phone_parse(p->q, e164)) {
		r = members_find_by_phone(t, c->scope, p->q, c->arena, &one, &contact, &c->err);
		if (r > 0) {
			list = &one;
			n = 1;
			if (!p->contact_phone[0])
				p->contact_phone = arena_strdup(c->arena, e164);
			if (!p->contact_name[0] && contact.id)
				p->contact_name = contact.name;
		}
	} else {
		r = members_search(t, c->scope, p->q, c->arena, &list, &n, &c->err);
	}
	if (r < 0)
		return r;
	n = n < CHOICES_MAX ? n : CHOICES_MAX;
	p->companies = arena_array(c->arena, n ? n : 1, sizeof(*p->companies));
	p->n_companies = n;
	for (size_t i = 0; i < n; i++)
		p->companies[i] = (struct company_choice){
			list[i], members_prefecture_name(list[i].prefecture, c->lang),
			chosen ? list[i].id == chosen : i == 0
		};
	return 0;
}

static const char *query_or_empty(struct call *c, const char *name)
{
	const char *s = http_query(c->req, name);
	return s ? s : "";
}

static struct case_new_page blank(struct call *c)
{
	return (struct case_new_page){
		.q = query_or_empty(c, "q"),
		.words = "",
		.title = "",
		.contact_name = "",
		.contact_phone = "",
		.happened = "",
		.opened = "",
		.source = "phone",
	};
}

static int show(struct call *c, int status, struct case_new_page *p, const char *kind, int severity)
{
	struct buf b = { 0 };

	p->kinds = cases_view_kinds(c, kind, &p->n_kinds);
	p->severities = cases_view_severities(c, severity, &p->n_severities);
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_case_new(&tm, p);
	return call_page(c, status, "case.new.title_page", NULL, "/cases", &b);
}

int cases_new_form(struct call *c)
{
	struct case_new_page p = blank(c);
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? find(c, t, &p, 0) : c->err.code;

	return r < 0 ? r : show(c, 200, &p, "general_it", SEVERITY_DEFAULT);
}

int cases_new_companies(struct call *c)
{
	struct case_new_page p = blank(c);
	struct buf b = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? find(c, t, &p, 0) : c->err.code;

	if (r < 0)
		return r;
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_case_companies(&tm, &p);
	return call_fragment(c, &b);
}

/* The title when none is typed: the first sentence of the words, else the kind. */
static const char *title_from(struct call *c, const char *words, const char *kind)
{
	static const char stop[] = "。";
	char cut[TITLE_FROM_WORDS * 3 + 1];
	const char *end = strstr(words, stop), *newline = strchr(words, '\n');
	size_t n = end ? (size_t)(end - words) : strlen(words);

	if (newline && (size_t)(newline - words) < n)
		n = (size_t)(newline - words);
	struct str first = str_trim((struct str){ words, n });
	if (first.n == 0)
		return text_get(c->hub->text, c->lang,
				arena_printf(c->arena, "case.kind.%s", kind));
	(void)str_copy(cut, sizeof(cut), first); /* a longer one is cut; the words are kept whole */
	return arena_strdup(c->arena, cut);
}

/* What an alert says is the case's title, severity and beginning. */
static int from_alert(struct call *c, struct txn *t, struct case_new *n)
{
	struct watch_alert alert;
	struct watch_card card;
	int r = watch_alert_get(t, c->scope, n->alert_id, c->arena, &alert, &c->err);

	if (r < 0)
		return r;
	watch_card(c->hub->text, c->lang, &alert, c->arena, &card);
	n->company_id = alert.company_id;
	n->title = card.title;
	n->source = "alert";
	n->severity = (int)alert.severity;
	n->happened_us = alert.first_us;
	return 0;
}

static void read_form(struct form *f, struct case_new *n)
{
	n->company_id = form_int(f, "company", false, 0, INT64_MAX);
	n->alert_id = form_int(f, "alert", false, 0, INT64_MAX);
	n->kind = form_text(f, "kind", false, 40);
	n->title = form_text(f, "title", false, CASE_TITLE_CHARS);
	n->source = form_text(f, "source", false, 10);
	n->severity = (int)form_int(f, "severity", false, 0, 4);
	n->words = form_text(f, "words", false, CASE_TEXT_CHARS);
	n->contact_name = form_text(f, "contact_name", false, 100);
	n->contact_phone = form_text(f, "contact_phone", false, 40);
	n->opened_us = form_time(f, "opened", false);
	n->happened_us = form_time(f, "happened", false);
}

/* The form again, with what was typed and what is wrong with it. */
static int again(struct call *c, struct txn *t, const struct case_new *n, const char *why)
{
	struct case_new_page p = blank(c);
	const char *said = arena_strdup(c->arena, why);
	const char *q = http_form(c->req, "q"), *opened = http_form(c->req, "opened");
	const char *happened = http_form(c->req, "happened");

	p.q = q ? q : "";
	p.words = n->words;
	p.title = n->title;
	p.contact_name = n->contact_name;
	p.contact_phone = n->contact_phone;
	p.source = n->source[0] ? n->source : "phone";
	p.opened = opened ? opened : "";
	p.happened = happened ? happened : "";
	p.error = said;
	int r = find(c, t, &p, n->company_id);
	return r < 0 ? r : show(c, 400, &p, n->kind, n->severity);
}

/* One company only fits what was typed and none was chosen (no script ran): it is that one. */
static int guess_company(struct call *c, struct txn *t, struct case_new *n)
{
	struct case_new_page p = blank(c);
	const char *q = http_form(c->req, "q");

	p.q = q ? q : "";
	int r = find(c, t, &p, 0);
	if (r >= 0 && p.n_companies == 1)
		n->company_id = p.companies[0].c.id;
	return r;
}

int cases_new_save(struct call *c)
{
	struct form f = form_of(c);
	struct case_new n;
	const char *number;
	char e164[20];
	int64_t id;

	read_form(&f, &n);
	if (members_phone_parse(n.contact_phone, e164))
		n.contact_phone = arena_strdup(c->arena, e164);
	if (!n.source[0])
		n.source = "phone";
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = t ? 0 : c->err.code;
	if (r >= 0 && n.alert_id)
		r = from_alert(c, t, &n);
	else if (r >= 0 && !n.company_id)
		r = guess_company(c, t, &n);
	if (r < 0)
		return r;
	if (!n.company_id)
		return again(c, t, &n, text_get(c->hub->text, c->lang, "case.new.choose"));
	if (!form_ok(&f))
		return again(c, t, &n, f.errors[0].text);
	if (!n.title[0])
		n.title = title_from(c, n.words, n.kind);
	r = cases_open(t, c->hub, c->user, &n, c->now_us, &id, &c->err);
	if (r >= 0)
		r = cases_store_number(t, c->scope, id, c->arena, &number, &c->err);
	if (r == -EINVAL)
		return again(c, t, &n, c->err.text);
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	if (r < 0)
		return r;
	live_publish(c->hub, "case", n.company_id, id);
	if (n.alert_id)
		live_publish(c->hub, "alert", n.company_id, n.alert_id);
	return call_done(c, "case.new.done", "/cases/%s", number);
}
