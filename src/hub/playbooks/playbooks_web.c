/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of playbooks and tasks. Rules: playbooks.c, playbooks_work.c. Panels:
 * playbooks_panels.c. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "hub/accounts/accounts.h"
#include "hub/live.h"
#include "hub/playbooks/playbooks_panels.h"
#include "hub/playbooks/playbooks_rules.h"
#include "hub/playbooks/playbooks_view.h"
#include "hub/playbooks_sql.h"
#include "hub/playbooks_tmpl.h"

enum { TASK_ROWS = 200, PEOPLE_MAX = 200 };

/* --- playbooks --- */

static int playbook_list(struct call *c)
{
	struct playbook_list p = { .folder = "" };
	struct edition *list;
	struct buf b = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? playbooks_store_currents(t, &scope_system, NULL, c->arena, &list, &p.n_rows,
					     &c->err)
		  : c->err.code;

	if (r < 0)
		return r;
	p.rows = arena_array(c->arena, p.n_rows + 1, sizeof(*p.rows));
	for (size_t i = 0; i < p.n_rows; i++) {
		struct playbook book;

		r = playbook_parse(list[i].body, strlen(list[i].body), c->arena, &book, &c->err);
		if (r < 0)
			return r;
		p.rows[i] =
			(struct playbook_row){ .d = list[i],
					       .kind_key = playbooks_view_kind_key(c, list[i].kind),
					       .n_tasks = book.n_tasks,
					       .n_questions = book.n_questions,
					       .from_folder = list[i].origin[0] == 'f' };
		p.rows[i].d.error = user_is(c->user, ROLE_ADMIN)
					    ? playbooks_error_text(list[i].error, c->lang, c->arena)
					    : "";
		p.n_bad += p.rows[i].d.error[0] != '\0';
	}
	if (user_is(c->user, ROLE_ADMIN)) {
		SCOPED_MEM char *folder = hub_state_path(c->hub, "playbooks");

		p.folder = arena_strdup(c->arena, folder);
	}
	if (c->wants_json)
		return playbooks_json_list(c, &p);
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_playbook_list(&tm, &p);
	return call_page(c, 200, "playbook.title", NULL, "/playbooks", &b);
}

/* The playbook {kind} in force. */
static int load_edition(struct call *c, struct edition *d, struct playbook *b)
{
	struct edition *list;
	size_t n;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? playbooks_store_currents(t, &scope_system, c->param[0], c->arena, &list, &n,
					     &c->err)
		  : c->err.code;

	if (r < 0)
		return r;
	if (n == 0 || !c->param[0][0])
		return err_set(&c->err, -ENOENT, "there is no such playbook");
	*d = list[0];
	return playbook_parse(d->body, strlen(d->body), c->arena, b, &c->err);
}

static int playbook_show(struct call *c)
{
	struct playbook_page p = { 0 };
	struct playbook book;
	struct buf b = { 0 };
	int r = load_edition(c, &p.d, &book);

	if (r < 0)
		return r;
	if (c->wants_json)
		return playbooks_json_page(c, &p.d, &book);
	p.kind_key = playbooks_view_kind_key(c, p.d.kind);
	playbooks_view_script(c, &book, &p.s);
	p.questions = playbooks_view_questions(c, &book, NULL, 0);
	p.n_questions = book.n_questions;
	p.n_tasks = book.n_tasks;
	p.tasks = arena_array(c->arena, book.n_tasks, sizeof(*p.tasks));
	for (size_t i = 0; i < book.n_tasks; i++) {
		const struct playbook_task *k = &book.tasks[i];
		p.tasks[i] = (struct plan_task){
			.text = k->text[c->lang],
			.why = k->why[c->lang],
			.role_key = arena_printf(c->arena, "playbook.role.%s", k->role),
			.due = playbooks_view_due(c, &k->due),
			.condition = playbooks_view_condition(c, k),
		};
	}
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_playbook_page(&tm, &p);
	return call_page(c, 200, "playbook.title", NULL, "/playbooks", &b);
}

/* As it is written: to be changed and put into the folder. */
static int playbook_text(struct call *c)
{
	struct edition d;
	struct playbook book;
	int r = load_edition(c, &d, &book);

	if (r < 0)
		return r;
	c->res->status = 200;
	c->res->type = "text/plain; charset=utf-8";
	http_res_header(c->res, "Content-Disposition",
			arena_printf(c->arena, "attachment; filename=\"%s.txt\"", d.kind));
	buf_adds(&c->res->body, d.body);
	return 0;
}

/* --- tasks of many cases --- */

static int tasks_mine(struct call *c)
{
	const char *late = http_query(c->req, "late");
	struct task_filter f = { .person_id = c->user->person_id,
				 .roles = c->user->roles,
				 .limit = TASK_ROWS };
	struct playbook_tasks p = { .late = late && late[0] == '1' };
	struct case_task *list;
	struct buf b = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? playbooks_store_mine_count(t, c->scope, &f, &p.n_mine, &c->err) : c->err.code;

	f.late_us = c->now_us;
	if (r >= 0)
		r = playbooks_store_mine_count(t, c->scope, &f, &p.n_late, &c->err);
	f.late_us = p.late ? c->now_us : 0;
	if (r >= 0)
		r = playbooks_store_mine(t, c->scope, &f, c->arena, &list, &p.n_rows, &c->err);
	if (r < 0)
		return r;
	p.rows = arena_array(c->arena, p.n_rows + 1, sizeof(*p.rows));
	for (size_t i = 0; i < p.n_rows; i++)
		p.rows[i] = playbooks_view_task(c, NULL, &list[i]);
	if (c->wants_json)
		return playbooks_json_tasks(c, p.rows, p.n_rows);
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_playbook_tasks(&tm, &p);
	return call_page(c, 200, "playbook.tasks.title", NULL, "/cases", &b);
}

/* --- tasks of one case --- */

static int case_tasks(struct call *c)
{
	struct playbook_case s = { .region_name = c->hub->conf.region_name,
				   .printed_us = c->now_us };
	struct buf b = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? cases_get(t, c->scope, c->param[0], c->arena, &s.c, &c->err) : c->err.code;

	if (r >= 0)
		r = playbooks_view_panel(c, t, &s.c, &s.p);
	if (r < 0)
		return r;
	s.kind_key = playbooks_view_kind_key(c, s.c.kind);
	s.tasks = arena_array(c->arena, s.p.n_open + s.p.n_gone + 1, sizeof(*s.tasks));
	for (size_t i = 0; i < s.p.n_open; i++)
		s.tasks[s.n_tasks++] = s.p.open[i];
	for (size_t i = 0; i < s.p.n_gone; i++)
		s.tasks[s.n_tasks++] = s.p.gone[i];
	if (c->wants_json)
		return playbooks_json_case(c, &s.c, &s.p, s.tasks, s.n_tasks);
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_playbook_case(&tm, &s);
	return call_page(c, 200, "playbook.sheet.title", NULL, "/cases", &b);
}

static int people(struct call *c, struct txn *t, struct playbook_task_page *p)
{
	const struct accounts_person_filter f = { .roles = CASES_WORKERS };
	struct accounts_person *list;
	size_t n;
	int r = accounts_person_list(t, c->scope, &f, c->arena, &list, &n, &c->err);

	if (r < 0)
		return r;
	p->n_people = n < PEOPLE_MAX ? n : PEOPLE_MAX;
	p->people = arena_array(c->arena, p->n_people + 1, sizeof(*p->people));
	for (size_t i = 0; i < p->n_people; i++)
		p->people[i] = (struct playbook_option){
			arena_printf(c->arena, "%" PRId64, list[i].id),
			arena_printf(c->arena, "%s（%s）", list[i].name, list[i].org_name),
			list[i].id == p->v.k.owner_id,
		};
	return 0;
}

/* "2026-11-24T17:00", as a field for date and time wants it. */
static const char *field_time(struct call *c, int64_t us)
{
	struct civil d = time_civil(us, (int)c->hub->conf.zone_min);

	if (!us)
		return "";
	return arena_printf(c->arena, "%04d-%02d-%02dT%02d:%02d", d.year, d.month, d.day, d.hour,
			    d.minute);
}

static int task_page(struct call *c, int status, const char *error)
{
	struct playbook_task_page p = { .number = c->param[0], .error = error };
	struct incident i;
	struct case_task k;
	int64_t id;
	struct buf b = { 0 };
	int r = call_id(c, 1, &id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	r = t ? cases_get(t, c->scope, c->param[0], c->arena, &i, &c->err) : c->err.code;
	if (r >= 0)
		r = playbooks_store_task(t, c->scope, id, c->arena, &k, &c->err);
	if (r < 0)
		return r;
	if (k.incident_id != i.id)
		return err_set(&c->err, -ENOENT, "there is no such task");
	p.v = playbooks_view_task(c, NULL, &k);
	if (c->wants_json)
		return playbooks_json_tasks(c, &p.v, 1);
	p.live = strcmp(i.state, CASE_CLOSED) != 0;
	p.may_work = user_is(c->user, CASES_WORKERS);
	p.may_do = p.live && (p.may_work ||
			      (user_is(c->user, ROLE_COMPANY) && strcmp(k.role, "company") == 0));
	p.due = field_time(c, k.due_us);
	p.roles = playbooks_view_roles(c, k.role, &p.n_roles);
	if (p.may_work && (r = people(c, t, &p)) < 0)
		return r;
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_playbook_task(&tm, &p);
	return call_page(c, status, "playbook.task.title", NULL, "/cases", &b);
}

static int task_show(struct call *c)
{
	return task_page(c, 200, NULL);
}

/* --- changes --- */

/* Ends a change of the case {number}: back to it, at the playbook. */
static int finish(struct call *c, struct txn **t, int r)
{
	struct incident i;

	if (r >= 0)
		r = cases_get(*t, c->scope, c->param[0], c->arena, &i, &c->err);
	if (r >= 0)
		r = txn_commit(t, &c->err);
	if (r < 0)
		return r;
	live_publish(c->hub, "case", i.company_id, i.id);
	return call_done(c, "playbook.saved", "/cases/%s#playbook", c->param[0]);
}

static int attach(struct call *c)
{
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = t ? playbooks_attach(t, c->user, c->param[0], c->now_us, &c->err) : c->err.code;

	return finish(c, &t, r);
}

static int answer(struct call *c)
{
	struct form f = form_of(c);
	const struct playbooks_answer n = {
		.question = form_text(&f, "question", true, PLAYBOOK_ID_MAX),
		.answer = form_text(&f, "answer", true, PLAYBOOK_ID_MAX),
		.seen = form_int(&f, "seen", false, 0, INT64_MAX)
	};
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = t ? 0 : c->err.code;

	if (r >= 0 && !form_ok(&f))
		r = err_set(&c->err, -EINVAL, "%s", f.errors[0].text);
	if (r >= 0)
		r = playbooks_answer(t, c->user, c->param[0], &n, c->now_us, &c->err);
	if (r == -ECONFLICT && t) { /* the answer is kept, though it does not count */
		struct err kept = c->err, e = { 0 };
		int done = txn_commit(&t, &e);

		c->err = done < 0 ? e : kept;
		return done < 0 ? done : r;
	}
	return finish(c, &t, r);
}

static int task_add(struct call *c)
{
	struct form f = form_of(c);
	const struct playbooks_task_new n = { .text = form_text(&f, "text", true, TASK_TEXT_CHARS),
					      .role = form_text(&f, "role", false, 20),
					      .due_us = form_time(&f, "due", false) };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = t ? 0 : c->err.code;

	if (r >= 0 && !form_ok(&f))
		r = err_set(&c->err, -EINVAL, "%s", f.errors[0].text);
	if (r >= 0)
		r = playbooks_task_add(t, c->user, c->param[0], &n, c->now_us, &c->err);
	return finish(c, &t, r);
}

/* What is wrong stands on the page of the task. */
static int finish_task(struct call *c, struct txn **t, int r)
{
	if (r != -EINVAL)
		return finish(c, t, r);
	const char *why = arena_strdup(c->arena, c->err.text);
	txn_rollback(t);
	return task_page(c, 400, why);
}

static int task_set(struct call *c)
{
	struct form f = form_of(c);
	struct playbooks_task_set n = { .version = form_int(&f, "version", true, 1, INT64_MAX),
					.state = form_text(&f, "state", true, 20),
					.note = form_text(&f, "note", false, TASK_NOTE_CHARS) };
	int r = call_id(c, 1, &n.id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = t ? 0 : c->err.code;
	if (r >= 0 && !form_ok(&f))
		r = err_set(&c->err, -EINVAL, "%s", f.errors[0].text);
	if (r >= 0)
		r = playbooks_task_set(t, c->user, c->param[0], &n, c->now_us, &c->err);
	return finish_task(c, &t, r);
}

static int task_give(struct call *c)
{
	struct form f = form_of(c);
	struct playbooks_task_give n = { .version = form_int(&f, "version", true, 1, INT64_MAX),
					 .role = form_text(&f, "role", true, 20),
					 .owner_id = form_int(&f, "owner", false, 0, INT64_MAX),
					 .due_us = form_time(&f, "due", false) };
	int r = call_id(c, 1, &n.id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = t ? 0 : c->err.code;
	if (r >= 0 && !form_ok(&f))
		r = err_set(&c->err, -EINVAL, "%s", f.errors[0].text);
	if (r >= 0)
		r = playbooks_task_give(t, c->user, c->param[0], &n, c->now_us, &c->err);
	return finish_task(c, &t, r);
}

static int all_done(struct call *c)
{
	struct form f = form_of(c);
	const int64_t upto_us = form_int(&f, "upto", true, 1, INT64_MAX);
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = t ? 0 : c->err.code;

	if (r >= 0 && !form_ok(&f))
		r = err_set(&c->err, -EINVAL, "%s", f.errors[0].text);
	if (r >= 0)
		r = playbooks_all_done(t, c->user, c->param[0], upto_us, c->now_us, &c->err);
	return finish(c, &t, r);
}

/* --- the doctor --- */

static int check(struct hub *h, struct check_list *l, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct edition *list;
	size_t n, bad = 0;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);
	int r = t ? playbooks_store_currents(t, &scope_system, NULL, a, &list, &n, e) : e->code;

	for (size_t i = 0; r >= 0 && i < n; i++)
		if (list[i].error[0]) {
			check_add(l, CHECK_WARN, "playbook.check.bad", list[i].kind,
				  playbooks_error_text(list[i].error, LANG_EN, a));
			bad++;
		}
	if (r >= 0 && bad == 0)
		check_add(l, CHECK_GOOD, "playbook.check.good", arena_printf(a, "%zu", n), NULL);
	return r;
}

static int fill(struct hub *h, struct hub_fill *f, struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? playbooks_store_fill(t, &scope_system, e) : e->code;

	(void)f;
	return r < 0 ? r : txn_commit(&t, e);
}

static int moved(struct txn *t, const struct user *u, const struct case_move *m, struct err *e)
{
	int r = playbooks_store_sums(t, &u->scope, m->from_id, e);

	return r < 0 ? r : playbooks_store_sums(t, &u->scope, m->into_id, e);
}

enum { READERS = CASES_READERS, WORKERS = CASES_WORKERS, STAFF = ROLES_STAFF | ROLE_TEACHER };

static const struct route routes[] = {
	{ "GET", "/playbooks", STAFF, playbook_list, 0 },
	{ "GET", "/playbooks/{kind}", STAFF, playbook_show, 0 },
	{ "GET", "/playbooks/{kind}/text", STAFF, playbook_text, 0 },
	{ "GET", "/tasks", READERS, tasks_mine, 0 },
	{ "GET", "/cases/{number}/tasks", READERS, case_tasks, 0 },
	{ "POST", "/cases/{number}/tasks", WORKERS, task_add, 0 },
	{ "POST", "/cases/{number}/tasks/done", WORKERS, all_done, 0 },
	{ "GET", "/cases/{number}/tasks/{id}", READERS, task_show, 0 },
	{ "POST", "/cases/{number}/tasks/{id}", WORKERS | ROLE_COMPANY, task_set, 0 },
	{ "POST", "/cases/{number}/tasks/{id}/owner", WORKERS, task_give, 0 },
	{ "POST", "/cases/{number}/answers", WORKERS, answer, 0 },
	{ "POST", "/cases/{number}/playbook", WORKERS, attach, 0 },
};

static const struct menu_item menu[] = { { "/playbooks", "playbook.title", "list", STAFF, 35 } };

static const struct job jobs[] = { { "playbooks", 60 * 1000, playbooks_look } };

static const struct panel panels[] = {
	{ "case.main", READERS, playbooks_panel_case }, /* no text */
	{ "cases.tabs", READERS, playbooks_panel_tab },
	{ "home.main", WORKERS, playbooks_panel_home },
};

/* The same task of two merged cases stays with the one that is merged. */
static const struct case_mover movers[] = {
	{ .table = "case_answer" },
	{ .table = "case_task", .same = { "task", "text_ja", "text_en" }, .moved = moved },
};

const struct hub_feature playbooks_feature = {
	.name = "playbooks",
	.schema = playbooks_sql,
	.routes = routes,
	.n_routes = ARRAY_LEN(routes),
	.jobs = jobs,
	.n_jobs = ARRAY_LEN(jobs),
	.menu = menu,
	.n_menu = ARRAY_LEN(menu),
	.panels = panels,
	.n_panels = ARRAY_LEN(panels),
	.start = playbooks_sync,
	.check = check,
	.case_kind = playbooks_case_kind,
	.movers = movers,
	.n_movers = ARRAY_LEN(movers),
	.fill = fill,
};
