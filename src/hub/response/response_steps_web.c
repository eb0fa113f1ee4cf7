/* SPDX-License-Identifier: Apache-2.0 */
/* Guided steps: the list, one procedure to read out, print and tick, and the line that it leaves in
 * the story. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/live.h"
#include "hub/response/response_pages.h"
#include "hub/response/response_steps.h"
#include "hub/response_tmpl.h"

enum { STEPS_MAX = 20, MINUTES_MAX = 600, NOTE_CHARS = 1000 };

static struct steps_item item_of(struct call *c, const struct steps_row *r)
{
	const bool ja = c->lang == LANG_JA;

	return (struct steps_item){ .id = r->procedure,
				    .title = ja ? r->say_ja : r->say_en,
				    .when = ja ? r->see_ja : r->see_en,
				    .minutes = r->minutes };
}

struct steps_item *response_steps_items(struct call *c, size_t *n_out)
{
	struct steps_item *list = arena_array(c->arena, response_steps_table_n, sizeof(*list));

	*n_out = 0;
	for (size_t i = 0; i < response_steps_table_n; i++)
		if (response_steps_table[i].step == 0)
			list[(*n_out)++] = item_of(c, &response_steps_table[i]);
	return list;
}

/* -ENOENT when there is no such procedure. */
static int load(struct call *c, const char *id, struct steps_page *p)
{
	const bool ja = c->lang == LANG_JA;

	p->rows = arena_array(c->arena, STEPS_MAX, sizeof(*p->rows));
	for (size_t i = 0; i < response_steps_table_n; i++) {
		const struct steps_row *r = &response_steps_table[i];

		if (strcmp(r->procedure, id) != 0)
			continue;
		if (r->step == 0)
			p->item = item_of(c, r);
		else if (p->n_rows < STEPS_MAX)
			p->rows[p->n_rows++] = (struct steps_line){
				.step = r->step,
				.say = ja ? r->say_ja : r->say_en,
				.see = ja ? r->see_ja : r->see_en,
				.otherwise = ja ? r->else_ja : r->else_en,
			};
	}
	p->minutes = p->item.minutes;
	return p->item.id ? 0 : err_set(&c->err, -ENOENT, "there is no such page");
}

static int steps_json(struct call *c, const struct steps_page *p)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_text(&w, "id", p->item.id);
	jsonw_text(&w, "title", p->item.title);
	jsonw_text(&w, "when", p->item.when);
	jsonw_int(&w, "minutes", p->item.minutes);
	jsonw_array(&w, "steps");
	for (size_t i = 0; i < p->n_rows; i++) {
		jsonw_object(&w, NULL);
		jsonw_int(&w, "step", p->rows[i].step);
		jsonw_text(&w, "say", p->rows[i].say);
		jsonw_text(&w, "see", p->rows[i].see);
		jsonw_text(&w, "otherwise", p->rows[i].otherwise);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

static int page_of(struct call *c, int status, struct steps_page *p)
{
	struct buf b = { 0 };
	struct tmpl tm = call_tmpl(c, &b);

	if (c->wants_json)
		return steps_json(c, p);
	tmpl_response_steps(&tm, p);
	return call_page(c, status, "response.steps.page", p->item.title, "/cases", &b);
}

int response_steps_list(struct call *c)
{
	struct steps_list m = { 0 };
	struct buf b = { 0 };

	m.rows = response_steps_items(c, &m.n_rows);
	if (c->wants_json) {
		struct jsonw w = jsonw_of(&b);

		jsonw_object(&w, NULL);
		jsonw_array(&w, "procedures");
		for (size_t i = 0; i < m.n_rows; i++) {
			jsonw_object(&w, NULL);
			jsonw_text(&w, "id", m.rows[i].id);
			jsonw_text(&w, "title", m.rows[i].title);
			jsonw_text(&w, "when", m.rows[i].when);
			jsonw_int(&w, "minutes", m.rows[i].minutes);
			jsonw_end_object(&w);
		}
		jsonw_end_array(&w);
		jsonw_end_object(&w);
		return call_json(c, &b);
	}
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_response_steps_list(&tm, &m);
	return call_page(c, 200, "response.steps.title", NULL, "/cases", &b);
}

int response_steps_show(struct call *c)
{
	struct steps_page p = { .c.number = "" };
	int r = load(c, c->param[0], &p);

	return r < 0 ? r : page_of(c, 200, &p);
}

static int of_case(struct call *c, struct steps_page *p)
{
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? cases_get(t, c->scope, c->param[0], c->arena, &p->c, &c->err) : c->err.code;

	if (r < 0)
		return r;
	p->may_tick = user_is(c->user, CASES_WORKERS) && strcmp(p->c.state, CASE_CLOSED) != 0;
	return load(c, c->param[1], p);
}

int response_steps_of_case(struct call *c)
{
	struct steps_page p = { 0 };
	int r = of_case(c, &p);

	return r < 0 ? r : page_of(c, 200, &p);
}

/* How many steps were ticked, each once. */
static size_t ticked(struct call *c, struct steps_page *p)
{
	const char *typed[STEPS_MAX];
	const size_t n = http_form_all(c->req, "step", typed, STEPS_MAX);
	size_t done = 0;

	for (size_t i = 0; i < p->n_rows; i++) {
		for (size_t k = 0; k < n && !p->rows[i].done; k++) {
			int64_t step;

			p->rows[i].done = str_i64(str_of(typed[k]), 1, STEPS_MAX, &step) >= 0 &&
					  step == p->rows[i].step;
		}
		done += p->rows[i].done;
	}
	return done;
}

int response_steps_save(struct call *c)
{
	struct steps_page p = { 0 };
	struct form f = form_of(c);
	const int64_t minutes = form_int(&f, "minutes", false, 0, MINUTES_MAX);
	const char *note = form_text(&f, "note", false, NOTE_CHARS);
	int r = of_case(c, &p);

	if (r < 0)
		return r;
	const size_t done = ticked(c, &p);
	const char *const args[] = { p.item.title, arena_printf(c->arena, "%zu", done),
				     arena_printf(c->arena, "%zu", p.n_rows) };
	const char *said = call_text(c, "response.steps.story", args, ARRAY_LEN(args));
	const struct case_action_new act = {
		.channel = CASE_PHONE,
		.body = note[0] ? arena_printf(c->arena, "%s\n%s", said, note) : said,
		.minutes = minutes,
	};
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = t ? 0 : c->err.code;
	if (r >= 0 && !form_ok(&f))
		r = err_set(&c->err, -EINVAL, "%s", f.errors[0].text);
	if (r >= 0 && done == 0)
		r = err_set(&c->err, -EINVAL, "tick the steps that were done");
	if (r >= 0)
		r = cases_act(t, c->user, c->param[0], &act, c->now_us, &c->err);
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	if (r == -EINVAL && !c->wants_json) {
		txn_rollback(&t);
		p.error = arena_strdup(c->arena, c->err.text);
		p.note = note;
		p.minutes = minutes;
		return page_of(c, 400, &p);
	}
	if (r < 0)
		return r;
	live_publish(c->hub, "case", p.c.company_id, p.c.id);
	if (c->wants_json)
		return steps_json(c, &p);
	return call_done(c, "response.steps.saved", "/cases/%s", p.c.number);
}
