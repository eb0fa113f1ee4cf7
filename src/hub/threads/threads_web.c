/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: the list, one thread, what people write and change. Rules: threads.c. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/accounts/accounts.h"
#include "hub/cases/cases.h"
#include "hub/live.h"
#include "hub/members/members.h"
#include "hub/threads/threads_files.h"
#include "hub/threads/threads_fill.h"
#include "hub/threads/threads_found.h"
#include "hub/threads/threads_mail.h"
#include "hub/threads/threads_view.h"
#include "hub/threads_sql.h"
#include "hub/threads_tmpl.h"

enum { READERS = THREADS_READERS, WORKERS = THREADS_WORKERS };

static void thread_json(struct jsonw *w, const struct thread *t)
{
	jsonw_int(w, "id", t->id);
	jsonw_int(w, "company_id", t->company_id);
	jsonw_text(w, "company", t->company_name);
	jsonw_text(w, "case", t->number);
	jsonw_text(w, "kind", t->kind);
	jsonw_text(w, "organisation", t->org_name);
	jsonw_text(w, "person", t->person_name);
	jsonw_text(w, "reference", t->reference);
	jsonw_text(w, "purpose", t->purpose);
	jsonw_text(w, "waiting", t->waiting);
	jsonw_time(w, "due", t->due_us);
	jsonw_bool(w, "done", t->done);
	jsonw_bool(w, "company_may_see", (t->roles & ROLE_COMPANY) != 0);
	jsonw_int(w, "messages", t->messages);
	jsonw_int(w, "unread", t->unread);
	jsonw_time(w, "last", t->last_us);
}

static int list_json(struct call *c, const struct thread *t, size_t n)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_array(&w, "threads");
	for (size_t i = 0; i < n; i++) {
		jsonw_object(&w, NULL);
		thread_json(&w, &t[i]);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

static int threads_page(struct call *c)
{
	const struct threads_query q = { .which = THREADS_ALL };
	struct thread_list p = { .may_open = false };
	struct thread *rows;
	struct buf b = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? threads_list(t, c->user, &q, c->arena, &rows, &p.n_rows, &c->err) : c->err.code;

	if (r < 0)
		return r;
	if (c->wants_json)
		return list_json(c, rows, p.n_rows);
	p.rows = threads_view_items(c, rows, p.n_rows);
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_threads_list(&tm, &p);
	return call_page(c, 200, "thread.title", NULL, "/threads", &b);
}

/* --- one thread --- */

static void file_json(struct jsonw *w, const struct thread_attached *f)
{
	jsonw_object(w, NULL);
	jsonw_int(w, "id", f->i.id);
	jsonw_text(w, "name", f->name);
	jsonw_int(w, "size_bytes", f->i.size_bytes);
	jsonw_text(w, "sha256", f->i.sha256);
	jsonw_bool(w, "there", f->there);
	jsonw_array(w, "fetched");
	for (size_t k = 0; k < f->n_fetched; k++) {
		jsonw_object(w, NULL);
		jsonw_text(w, "person", f->fetched[k].person_name);
		jsonw_time(w, "at", f->fetched[k].at_us);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
	jsonw_end_object(w);
}

static int show_json(struct call *c, const struct thread_page *p)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	thread_json(&w, &p->i.t);
	if (p->may_work)
		jsonw_text(&w, "told", p->i.t.told);
	jsonw_array(&w, "lines");
	for (size_t i = 0; i < p->n_lines; i++) {
		const struct thread_line *l = &p->lines[i];
		jsonw_object(&w, NULL);
		jsonw_int(&w, "id", l->m.id);
		jsonw_text(&w, "direction", l->m.direction);
		jsonw_text(&w, "channel", l->m.channel);
		jsonw_text(&w, "by", l->who);
		jsonw_text(&w, "subject", l->m.subject);
		jsonw_text(&w, "body", l->m.body);
		jsonw_time(&w, "happened", l->m.happened_us);
		jsonw_time(&w, "recorded", l->m.recorded_us);
		jsonw_text(&w, "state", l->m.state);
		jsonw_array(&w, "files");
		for (size_t k = 0; k < l->n_files; k++)
			file_json(&w, &l->files[k]);
		jsonw_end_array(&w);
		jsonw_array(&w, "seen");
		for (size_t k = 0; k < l->n_seen; k++) {
			jsonw_object(&w, NULL);
			jsonw_text(&w, "person", l->seen[k].person_name);
			jsonw_text(&w, "organisation", l->seen[k].org_name);
			jsonw_time(&w, "at", l->seen[k].seen_us);
			jsonw_end_object(&w);
		}
		jsonw_end_array(&w);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

static const char *who(const struct thread *t)
{
	return t->org_name[0] ? t->org_name : t->person_name;
}

static const char *phone_shown(struct call *c, const char *e164)
{
	char shown[32];

	members_phone_format(e164, shown);
	return arena_strdup(c->arena, shown);
}

static const char *due_said(struct call *c, int64_t us)
{
	struct civil x = time_civil(us, (int)c->hub->conf.zone_min);
	const char *args[] = { arena_printf(c->arena, "%d", x.month),
			       arena_printf(c->arena, "%d", x.day),
			       arena_printf(c->arena, "%d:%02d", x.hour, x.minute) };

	return call_text(c, "thread.answer_by", args, ARRAY_LEN(args));
}

/* Fills P but for what a form brings. */
static int load(struct call *c, int64_t id, struct thread_page *p)
{
	struct thread th;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? threads_get(t, c->user, id, c->arena, &th, &c->err) : c->err.code;

	if (r < 0)
		return r;
	p->i = *threads_view_items(c, &th, 1);
	p->is_party = threads_is_party(c->user, &th);
	p->may_work = user_is(c->user, WORKERS) && !p->is_party;
	p->may_mail = p->may_work && th.mail[0];
	p->case_url = arena_printf(c->arena, "/cases/%s", th.number);
	p->phone_shown = phone_shown(c, th.phone);
	p->roles_said = threads_view_readers(c, &th);
	p->answer_by = due_said(c, threads_answer_by(c->now_us));
	p->direction = THREAD_OUT;
	p->channel = th.mail[0] ? "mail" : p->i.t.kind[0] == 'c' && !th.org_id ? "portal" : "phone";
	p->subject = p->body = p->due = "";
	p->may_upload = p->may_work || (p->is_party && user_is(c->user, ROLE_COMPANY));
	if ((r = threads_view_lines(c, t, p)) < 0)
		return r;
	p->f = threads_view_filled(&th);
	if (p->may_work && (r = threads_view_fields(c, t, th.company_id, th.org_id, &p->f)) < 0)
		return r;
	const char *wish = http_query(c->req, "draft");
	struct thread_draft d;
	if (!wish || !p->may_work)
		return 0;
	if ((r = threads_draft(c, t, &th, lang_parse(wish, c->lang), &d)) < 0)
		return r;
	p->subject = d.subject;
	p->body = d.body;
	p->drafted = true;
	return 0;
}

static int page_of(struct call *c, int status, struct thread_page *p)
{
	struct buf b = { 0 };
	struct tmpl tm = call_tmpl(c, &b);

	tmpl_thread_page(&tm, p);
	return call_page(c, status, "thread.page_title", p->i.who, "/threads", &b);
}

/* What is new on the screen now counts as read. */
static int mark_read(struct call *c, const struct thread *th)
{
	SCOPED_TXN struct txn *t = NULL;
	int r;

	if (th->unread == 0)
		return 0;
	t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = t ? threads_read(t, c->user, th->id, c->now_us, &c->err) : c->err.code;
	return r < 0 ? r : txn_commit(&t, &c->err);
}

/* The company reads who looked: a thread that it does not know of counts as its case. */
static void saw(struct call *c, const struct thread *th)
{
	const bool known = th->roles & ROLE_COMPANY;

	accounts_saw(c, &(struct accounts_seen_thing){ known ? SEEN_THREAD : SEEN_CASE,
						       known ? th->id : th->incident_id,
						       th->company_id, th->number });
}

static int thread_show(struct call *c)
{
	struct thread_page p = { 0 };
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r >= 0)
		r = load(c, id, &p);
	if (r >= 0 && !c->wants_json)
		r = mark_read(c, &p.i.t);
	if (r < 0)
		return r;
	saw(c, &p.i.t);
	return c->wants_json ? show_json(c, &p) : page_of(c, 200, &p);
}

/* Ends a change of thread ID: goes back to it. */
static int finish(struct call *c, struct txn **t, int64_t id, int r, const char *done_key)
{
	struct thread th;

	if (r >= 0)
		r = threads_get(*t, c->user, id, c->arena, &th, &c->err);
	if (r >= 0)
		r = txn_commit(t, &c->err);
	if (r < 0)
		return r;
	live_publish(c->hub, "case", th.company_id, th.incident_id);
	return call_done(c, done_key, "/threads/%" PRId64, id);
}

/* Shows the thread again with what was typed and what is wrong with it. */
static int again(struct call *c, struct txn **t, int64_t id, const struct thread_post *typed)
{
	struct thread_page p = { 0 };
	const char *said = arena_strdup(c->arena, c->err.text);

	txn_rollback(t);
	int r = load(c, id, &p);
	if (r < 0)
		return r;
	p.error = said;
	if (typed) {
		p.direction = typed->direction[0] ? typed->direction : p.direction;
		p.channel = typed->channel[0] ? typed->channel : p.channel;
		p.subject = typed->subject;
		p.body = typed->body;
	}
	return page_of(c, 400, &p);
}

/* The file of the form becomes evidence of the case, from whoever sends it. 1, 0 none, negative. */
static int upload(struct call *c, struct txn *t, const struct thread *th,
		  const struct thread_post *n, int64_t *id_out)
{
	struct evidence_blob blob = { .path = "" };
	const bool party = threads_is_party(c->user, th), in = strcmp(n->direction, THREAD_IN) == 0;
	struct evidence_new new = { .case_id = th->incident_id,
				    .kind = "file",
				    .name = "",
				    .note = n->subject,
				    .source = party ? "portal"
					      : in  ? "mail"
						    : "upload",
				    .from = in && !party ? who(th) : c->user->name };
	int r;

	if (!evidence_taken(c, "file", &blob, &new.name))
		return 0;
	r = evidence_put(t, c->hub, c->user, &new, &blob, c->now_us, id_out, &c->err);
	evidence_blob_drop(&blob);
	return r < 0 ? r : 1;
}

/* Writes N with the files that were chosen and the one that came with the form. */
static int post_with_files(struct call *c, struct txn *t, int64_t id, struct thread_post *n)
{
	int64_t ids[THREAD_FILES_MAX + 1], message;
	const char *chosen[THREAD_FILES_MAX + 1];
	const size_t n_chosen = http_form_all(c->req, "evidence", chosen, ARRAY_LEN(chosen));
	struct thread th;
	size_t n_ids = 0;
	int r = threads_get(t, c->user, id, c->arena, &th, &c->err);

	for (size_t i = 0; r >= 0 && i < n_chosen && i < THREAD_FILES_MAX; i++)
		r = str_i64(str_of(chosen[i]), 1, INT64_MAX, &ids[n_ids++]) < 0
			    ? err_set(&c->err, -EINVAL, "choose the files from the list")
			    : 0;
	if (r >= 0)
		r = upload(c, t, &th, n, &ids[n_ids]);
	if (r < 0)
		return r;
	n_ids += (size_t)r;
	n->evidence = ids;
	n->n_evidence = n_ids;
	n->handed_why = call_text(c, "thread.handed.why", NULL, 0);
	r = threads_post(t, c->user, id, n, c->now_us, &message, &c->err);
	n->evidence = NULL;
	n->n_evidence = 0;
	return r;
}

static int thread_post(struct call *c)
{
	struct form f = form_of(c);
	struct thread_post n = {
		.direction = form_text(&f, "direction", false, 10),
		.channel = form_text(&f, "channel", false, 10),
		.subject = form_text(&f, "subject", false, THREAD_LINE_CHARS),
		.body = form_text(&f, "body", false, THREAD_TEXT_CHARS),
		.happened_us = form_time(&f, "happened", false),
		.due_us = form_time(&f, "due", false),
		.send = form_text(&f, "send", false, 5)[0] != '\0',
	};
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	if (!t)
		return c->err.code;
	r = form_ok(&f) ? post_with_files(c, t, id, &n)
			: err_set(&c->err, -EINVAL, "%s", f.errors[0].text);
	if ((r == -EINVAL || r == -ELIMIT) && !c->wants_json)
		return again(c, &t, id, &n);
	return finish(c, &t, id, r, n.send ? "thread.sending" : "thread.saved");
}

/* A file of a message, for whoever may read it. */
static int thread_fetch(struct call *c)
{
	struct evidence_item i;
	int64_t id, file, message;
	int r = call_id(c, 0, &id);

	if (r < 0 || (r = call_id(c, 1, &file)) < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = t ? threads_files_get(t, c->user, id, file, c->arena, &i, &message, &c->err)
	      : c->err.code;
	if (r < 0)
		return r;
	if (i.dangerous && !http_form(c->req, "sure"))
		return err_set(&c->err, -EINVAL,
			       "this file may do harm: say that you know what you do");
	SCOPED_FD int fd = evidence_open(c->hub, &i, &c->err);
	if (fd < 0)
		return fd;
	r = threads_files_fetched(t, c->user, message, &i,
				  call_text(c, "thread.handed.why", NULL, 0), c->now_us, &c->err);
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	if (r < 0)
		return r;
	accounts_saw(c, &(struct accounts_seen_thing){ SEEN_FILE, i.id, i.company_id,
						       evidence_name_shown(i.name, c->arena) });
	const int given = fd;
	fd = -1;
	evidence_send(c, &i, given);
	return 0;
}

/* --- the party --- */

static void fields_read(struct call *c, struct form *f, struct thread_new *n)
{
	static const struct {
		const char *field;
		unsigned role;
	} readers[] = { { "see_company", ROLE_COMPANY },
			{ "see_technician", ROLE_TECHNICIAN },
			{ "see_analyst", ROLE_ANALYST },
			{ "see_specialist", ROLE_SPECIALIST } };
	char e164[20];

	n->kind = form_text(f, "kind", false, 20);
	n->org_id = form_int(f, "org", false, 0, INT64_MAX);
	n->org_name = form_text(f, "org_name", false, THREAD_NAME_CHARS);
	n->person_name = form_text(f, "person_name", false, THREAD_NAME_CHARS);
	n->phone = form_text(f, "phone", false, 40);
	if (members_phone_parse(n->phone, e164))
		n->phone = arena_strdup(c->arena, e164);
	n->mail = form_text(f, "mail", false, 200);
	n->reference = form_text(f, "reference", false, THREAD_NAME_CHARS);
	n->purpose = form_text(f, "purpose", false, THREAD_LINE_CHARS);
	n->told = form_text(f, "told", false, THREAD_TEXT_CHARS);
	n->roles = ROLE_DESK;
	for (size_t i = 0; i < ARRAY_LEN(readers); i++)
		if (form_text(f, readers[i].field, false, 5)[0])
			n->roles |= readers[i].role;
}

static int incident_of(struct call *c, struct txn *t, struct incident *out)
{
	return cases_get(t, c->scope, c->param[0], c->arena, out, &c->err);
}

static int new_page(struct call *c, int status, struct txn *t, const struct incident *i,
		    struct thread_new_page *p)
{
	struct buf b = { 0 };
	int r = threads_view_fields(c, t, i->company_id, 0, &p->f);

	if (r < 0)
		return r;
	p->number = i->number;
	p->case_title = i->title;
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_thread_new(&tm, p);
	return call_page(c, status, "thread.new.title", NULL, "/threads", &b);
}

static int thread_new(struct call *c)
{
	struct thread_new_page p = { .f = threads_view_blank() };
	struct incident i;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? incident_of(c, t, &i) : c->err.code;

	return r < 0 ? r : new_page(c, 200, t, &i, &p);
}

static int thread_add(struct call *c)
{
	struct form f = form_of(c);
	struct thread_new n = { 0 };
	struct incident i;
	int64_t id = 0;

	fields_read(c, &f, &n);
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = t ? incident_of(c, t, &i) : c->err.code;
	if (r < 0)
		return r;
	n.incident_id = i.id;
	r = form_ok(&f) ? threads_open(t, c->user, &n, c->now_us, &id, &c->err)
			: err_set(&c->err, -EINVAL, "%s", f.errors[0].text);
	if (r == -EINVAL) {
		const struct thread typed = { .kind = n.kind,
					      .org_name = n.org_name,
					      .person_name = n.person_name,
					      .phone = n.phone,
					      .mail = n.mail,
					      .reference = n.reference,
					      .purpose = n.purpose,
					      .told = n.told,
					      .roles = n.roles };
		struct thread_new_page p = { .f = threads_view_filled(&typed),
					     .error = arena_strdup(c->arena, c->err.text) };
		p.f.is_new = true;
		return new_page(c, 400, t, &i, &p);
	}
	return finish(c, &t, id, r, "thread.opened");
}

/* Writing to the company opens its thread. */
static int thread_own(struct call *c)
{
	struct incident i;
	int64_t id = 0;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = t ? incident_of(c, t, &i) : c->err.code;

	if (r >= 0)
		r = threads_of_own(t, c->user, i.id, c->now_us, &id, &c->err);
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	return r < 0 ? r : call_redirect(c, "/threads/%" PRId64, id);
}

static int thread_change(struct call *c)
{
	struct form f = form_of(c);
	struct thread_new n = { 0 };
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0)
		return r;
	fields_read(c, &f, &n);
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	if (!t)
		return c->err.code;
	r = form_ok(&f) ? threads_change(t, c->user, id, &n, c->now_us, &c->err)
			: err_set(&c->err, -EINVAL, "%s", f.errors[0].text);
	if (r == -EINVAL)
		return again(c, &t, id, NULL);
	return finish(c, &t, id, r, "thread.changed");
}

static int thread_done(struct call *c)
{
	struct form f = form_of(c);
	const bool done = form_text(&f, "done", false, 5)[0] != '\0';
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = t ? threads_done(t, c->user, id, done, c->now_us, &c->err) : c->err.code;
	return finish(c, &t, id, r, "thread.changed");
}

static const struct route routes[] = {
	{ "GET", "/threads", READERS, threads_page, 0 },
	{ "GET", "/threads/{id}", READERS, thread_show, 0 },
	{ "POST", "/threads/{id}", WORKERS, thread_change, 0 },
	{ "POST", "/threads/{id}/messages", READERS, thread_post, ROUTE_UPLOAD },
	{ "POST", "/threads/{id}/files/{file}", READERS, thread_fetch, 0 },
	{ "POST", "/threads/{id}/done", WORKERS, thread_done, 0 },
	{ "GET", "/cases/{number}/threads/new", WORKERS, thread_new, 0 },
	{ "POST", "/cases/{number}/threads", WORKERS, thread_add, 0 },
	{ "POST", "/cases/{number}/threads/own", WORKERS, thread_own, 0 },
};

static const struct job jobs[] = {
	{ "threads", 10 * 1000, threads_mail_run },
};

static const struct conf_row conf[] = {
	{ "threads.attach_mib", CONF_INT, 1, 100, "10", offsetof(struct threads_conf, attach_mib),
	  "MiB that the files of one mail may have together" },
};

static const struct menu_item menu[] = {
	{ "/threads", "thread.title", "mail", WORKERS | ROLE_INSURER, 35 },
};

static const struct search_source found[] = {
	{ THREADS_FOUND, "thread.found", "mail", READERS, threads_found_read, NULL },
};

static const struct panel panels[] = {
	{ "case.side", READERS, threads_panel_case }, /* no text */
	{ "home.main", WORKERS, threads_panel_home },
};

static const struct case_mover movers[] = {
	{ .table = "thread" },
};

const struct hub_feature threads_feature = {
	.name = "threads",
	.schema = threads_sql,
	.routes = routes,
	.n_routes = ARRAY_LEN(routes),
	.jobs = jobs,
	.n_jobs = ARRAY_LEN(jobs),
	.conf = conf,
	.n_conf = ARRAY_LEN(conf),
	.conf_target = &threads_conf,
	.menu = menu,
	.n_menu = ARRAY_LEN(menu),
	.panels = panels,
	.n_panels = ARRAY_LEN(panels),
	.search = found,
	.n_search = ARRAY_LEN(found),
	.movers = movers,
	.n_movers = ARRAY_LEN(movers),
	.fill = threads_fill,
};
