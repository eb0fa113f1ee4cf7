/* SPDX-License-Identifier: Apache-2.0 */
/* Work on many cases or alerts at once, in one transaction. A row that a rule refuses (closed,
 * foreign, taken) is reported with its reason and changes nothing; the others hold. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "hub/live.h"
#include "hub/related/related_view.h"
#include "hub/related_tmpl.h"
#include "hub/watch/watch.h"

enum { BULK_MAX = 500 };

struct bulk {
	struct call *c;
	struct txn *t;
	const char *what;
	/* fields of the form */
	const char *kind, *state, *tag, *other, *tie;
	struct case_edit edit;
	struct case_end end;
};
typedef int (*bulk_fn)(struct bulk *b, const char *number, struct err *e);

static int do_take(struct bulk *b, const char *number, struct err *e)
{
	return cases_take(b->t, b->c->user, number, b->c->now_us, e);
}

static int do_edit(struct bulk *b, const char *number, struct err *e)
{
	return cases_edit(b->t, b->c->user, number, &b->edit, b->c->now_us, e);
}

static int do_kind(struct bulk *b, const char *number, struct err *e)
{
	return cases_kind(b->t, b->c->hub, b->c->user, number, b->kind, b->c->now_us, e);
}

static int do_state(struct bulk *b, const char *number, struct err *e)
{
	return cases_state(b->t, b->c->user, number, b->state, b->c->now_us, e);
}

static int do_tag(struct bulk *b, const char *number, struct err *e)
{
	return related_tag(b->t, b->c->user, number, b->tag, b->c->now_us, e);
}

static int do_link(struct bulk *b, const char *number, struct err *e)
{
	return related_tie(b->t, b->c->user, number, b->other, b->tie, "", b->c->now_us, e);
}

static int do_merge(struct bulk *b, const char *number, struct err *e)
{
	return cases_merge(b->t, b->c->hub, b->c->user, number, b->other, "", b->c->now_us, e);
}

static int do_close(struct bulk *b, const char *number, struct err *e)
{
	return cases_close(b->t, b->c->user, number, &b->end, b->c->now_us, e);
}

static bulk_fn find(const char *what)
{
	static const struct {
		const char *name;
		bulk_fn fn;
	} all[] = { { "take", do_take }, { "assign", do_edit }, { "severity", do_edit },
		    { "kind", do_kind }, { "state", do_state }, { "tag", do_tag },
		    { "link", do_link }, { "merge", do_merge }, { "close", do_close } };

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (strcmp(all[i].name, what) == 0)
			return all[i].fn;
	return NULL;
}

/* What a rule says about one row; anything else ends the whole. */
static bool refused(int r)
{
	return r == -ENOENT || r == -EINVAL || r == -ECONFLICT || r == -EDENIED || r == -EEXIST;
}

static int answer(struct call *c, const struct related_bulk_page *p)
{
	struct buf b = { 0 };

	if (c->wants_json) {
		struct jsonw w = jsonw_of(&b);
		jsonw_object(&w, NULL);
		jsonw_int(&w, "done", p->n_done);
		if (p->new_number[0])
			jsonw_text(&w, "case", p->new_number);
		jsonw_array(&w, "failed");
		for (size_t i = 0; i < p->n_failed; i++) {
			jsonw_object(&w, NULL);
			jsonw_text(&w, "what", p->failed[i].what);
			jsonw_text(&w, "why", p->failed[i].why);
			jsonw_end_object(&w);
		}
		jsonw_end_array(&w);
		jsonw_end_object(&w);
		return call_json(c, &b);
	}
	if (p->n_failed == 0)
		return p->new_number[0]
			       ? call_done(c, "related.bulk.all", "/cases/%s", p->new_number)
			       : call_done(c, "related.bulk.all", "%s", p->back);
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_related_bulk_done(&tm, p);
	return call_page(c, 200, "related.bulk.title", NULL, p->back, &b);
}

/* The rows that were ticked: 1 to BULK_MAX. */
static int chosen(struct call *c, const char **out, size_t *n_out)
{
	*n_out = http_form_all(c->req, "n", out, BULK_MAX + 1);
	if (*n_out == 0)
		return err_set(&c->err, -EINVAL, "choose rows first");
	if (*n_out > BULK_MAX)
		return err_set(&c->err, -EINVAL, "choose %d rows at most", BULK_MAX);
	return 0;
}

static void fail(struct call *c, struct related_bulk_page *p, const char *what, const char *url,
		 const struct err *e)
{
	p->failed[p->n_failed++] =
		(struct bulk_failed){ what, url, arena_strdup(c->arena, e->text) };
}

int related_bulk_web_cases(struct call *c)
{
	struct form f = form_of(c);
	const char *number[BULK_MAX + 1];
	struct related_bulk_page p = { .back = "/cases", .new_number = "", .new_url = "" };
	struct bulk b = {
		.c = c,
		.what = form_text(&f, "do", false, 20),
		.kind = form_text(&f, "kind", false, 40),
		.state = form_text(&f, "state", false, 20),
		.tag = form_text(&f, "tag", false, 40),
		.other = form_text(&f, "other", false, CASE_NUMBER_MAX),
		.tie = form_text(&f, "tie", false, 20),
		.edit = { .severity = -1 },
		.end = { .cause = form_text(&f, "cause", false, CASE_TEXT_CHARS),
			 .lesson = form_text(&f, "lesson", false, CASE_TEXT_CHARS) },
	};
	bulk_fn fn = find(b.what);
	size_t n;
	int r = chosen(c, number, &n);

	if (r < 0)
		return r;
	if (!fn)
		return err_set(&c->err, -EINVAL, "choose what to do with the rows");
	if (strcmp(b.what, "severity") == 0)
		b.edit.severity = (int)form_int(&f, "severity", true, 0, 4);
	else if (strcmp(b.what, "assign") == 0)
		b.edit.owner_id = form_int(&f, "person", true, 1, INT64_MAX);
	if (!form_ok(&f))
		return err_set(&c->err, -EINVAL, "%s", f.errors[0].text);
	p.failed = arena_array(c->arena, n, sizeof(*p.failed));
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	if (!t)
		return c->err.code;
	b.t = t;
	for (size_t i = 0; i < n; i++) {
		struct err e = { 0 };
		r = fn(&b, number[i], &e);
		if (r < 0 && !refused(r)) {
			c->err = e;
			return r;
		}
		if (r < 0)
			fail(c, &p, number[i], arena_printf(c->arena, "/cases/%s", number[i]), &e);
		else
			p.n_done++;
	}
	if ((r = txn_commit(&t, &c->err)) < 0)
		return r;
	live_publish(c->hub, "case", 0, 0);
	return answer(c, &p);
}

/* --- alerts --- */

/* The first that can be opens a case, the others of its company join it. */
static int to_case(struct call *c, struct txn *t, int64_t alert_id, const char *kind,
		   struct case_new *n, int64_t *case_id, struct err *e)
{
	struct watch_alert alert;
	struct watch_card card;

	int r = watch_alert_get(t, c->scope, alert_id, c->arena, &alert, e);
	if (r < 0)
		return r;
	if (*case_id) {
		if (alert.company_id != n->company_id)
			return err_set(e, -ECONFLICT,
				       "an alert of another company needs a case of its own");
		if ((r = watch_alert_promote(t, c->user, alert_id, *case_id, c->now_us, e)) < 0)
			return r;
		const struct case_told told = { .case_id = *case_id,
						.action = "incident.alert",
						.kind = "packet",
						.text_key = "case.story.first_seen",
						.text_arg = alert.device_name,
						.happened_us = alert.first_us,
						.ref_id = alert_id };
		return cases_tell(t, c->user, &told, c->now_us, e);
	}
	watch_card(c->hub->text, c->lang, &alert, c->arena, &card);
	*n = (struct case_new){ .company_id = alert.company_id,
				.kind = kind,
				.title = card.title,
				.source = "alert",
				.severity = (int)alert.severity,
				.words = "",
				.contact_name = "",
				.contact_phone = "",
				.happened_us = alert.first_us,
				.alert_id = alert_id };
	/* what can be refused is refused before anything is written */
	if (alert.case_id || strcmp(alert.state, ALERT_CLOSED) == 0)
		return err_set(e, -ECONFLICT, "the alert ended or has a case already");
	return cases_open(t, c->hub, c->user, n, c->now_us, case_id, e);
}

int related_bulk_web_alerts(struct call *c)
{
	struct form f = form_of(c);
	const char *id[BULK_MAX + 1];
	const char *what = form_text(&f, "do", false, 20);
	const char *kind = form_text(&f, "kind", false, 40),
		   *why = form_text(&f, "why", false, 500);
	struct related_bulk_page p = { .back = "/alerts", .new_number = "", .new_url = "" };
	struct case_new first = { 0 };
	int64_t case_id = 0;
	size_t n;
	bool one_case = strcmp(what, "case") == 0;
	int r = chosen(c, id, &n);

	if (r < 0)
		return r;
	if (!one_case && strcmp(what, "dismiss") != 0)
		return err_set(&c->err, -EINVAL, "choose what to do with the rows");
	p.failed = arena_array(c->arena, n, sizeof(*p.failed));
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	if (!t)
		return c->err.code;
	for (size_t i = 0; i < n; i++) {
		struct err e = { 0 };
		int64_t alert_id = strtoll(id[i], NULL, 10);
		r = one_case ? to_case(c, t, alert_id, kind, &first, &case_id, &e)
			     : watch_alert_close(t, c->user, alert_id, why, c->now_us, &e);
		if (r < 0 && !refused(r)) {
			c->err = e;
			return r;
		}
		if (r < 0)
			fail(c, &p, id[i], arena_printf(c->arena, "/alerts/%" PRId64, alert_id),
			     &e);
		else
			p.n_done++;
	}
	if (case_id &&
	    (r = cases_store_number(t, c->scope, case_id, c->arena, &p.new_number, &c->err)) < 0)
		return r;
	if ((r = txn_commit(&t, &c->err)) < 0)
		return r;
	p.new_url = arena_printf(c->arena, "/cases/%s", p.new_number);
	live_publish(c->hub, "alert", 0, 0);
	return answer(c, &p);
}
