/* SPDX-License-Identifier: Apache-2.0 */
/* Receivers and what did not reach them, over HTTP, and what this feature is to the hub. */
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/outbox/outbox_pages.h"
#include "hub/outbox/outbox_store.h"
#include "hub/outbox/outbox_work.h"
#include "hub/outbox_sql.h"
#include "hub/outbox_tmpl.h"

enum { LAST_SHOWN = 20 };

static void line_of(const struct hook *k, struct hook_line *out)
{
	out->k = *k;
	out->state = !k->active ? "grey" : k->fails > 2 ? "red" : k->fails > 0 ? "amber" : "green";
	out->state_key = !k->active      ? "outbox.state.off"
			 : k->fails > 0  ? "outbox.state.failing"
			 : k->ok_us == 0 ? "outbox.state.fresh"
					 : "outbox.state.good";
}

static int list_get(struct call *c)
{
	struct outbox_page p = { 0 };
	struct hook *hooks;
	struct delivery *dead;
	struct hook_line *line;
	struct buf b = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? outbox_store_hooks(t, c->arena, &hooks, &p.n_hooks, &c->err) : c->err.code;

	if (r >= 0)
		r = outbox_store_list(t, c->scope, OUTBOX_DEAD, 0, c->arena, &dead, &p.n_dead,
				      &c->err);
	if (r < 0)
		return r;
	p.dead = dead;
	p.hooks = line = arena_array(c->arena, p.n_hooks ? p.n_hooks : 1, sizeof(*line));
	for (size_t i = 0; i < p.n_hooks; i++) {
		line_of(&hooks[i], &line[i]);
		p.n_failing += hooks[i].active && hooks[i].fails > 0;
	}
	if (c->wants_json)
		return outbox_json_list(c, &p);
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_outbox_list(&tm, &p);
	return call_page(c, 200, "outbox.title", NULL, "/outbox", &b);
}

/* --- one receiver --- */

static void kinds_offer(struct call *c, const char *chosen, struct hook_page *p)
{
	for (size_t i = 0; outbox_kinds[i]; i++) {
		int n = (int)strlen(outbox_kinds[i]) - 1;
		struct str all = str_of(chosen), one;
		struct kind_choice *k = &p->kinds[p->n_kinds++];

		*k = (struct kind_choice){
			.name = outbox_kinds[i],
			.text_key = arena_printf(c->arena, "outbox.kind.%.*s", n, outbox_kinds[i]),
		};
		while (str_cut(&all, ' ', &one))
			k->on |= str_eq(one, str_of(outbox_kinds[i]));
	}
}

static int hook_load(struct call *c, const struct hook *k, struct hook_page *p)
{
	struct hook_line *line = arena_alloc(c->arena, sizeof(*line));
	struct accounts_org *orgs;
	struct delivery *last;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? accounts_org_list(t, c->scope, NULL, c->arena, &orgs, &p->n_orgs, &c->err)
		  : c->err.code;

	if (r < 0)
		return r;
	p->orgs = orgs;
	if (k->id == 0)
		return 0;
	line_of(k, line);
	p->line = line;
	r = outbox_store_list(t, c->scope, OUTBOX_SENT, k->id, c->arena, &last, &p->n_last,
			      &c->err);
	p->last = last;
	if (p->n_last > LAST_SHOWN)
		p->n_last = LAST_SHOWN;
	return r;
}

static int hook_page_show(struct call *c, int status, const struct hook *k, struct hook_page *p)
{
	struct buf b = { 0 };
	int r = hook_load(c, k, p);

	if (r < 0)
		return r;
	p->id = k->id;
	p->org_id = k->org_id;
	p->name = (struct field_view){ .name = "name",
				       .label_key = "outbox.hook.name",
				       .type = "text",
				       .value = k->name,
				       .autocomplete = "off",
				       .required = true };
	p->url = (struct field_view){ .name = "url",
				      .label_key = "outbox.hook.url",
				      .hint_key = "outbox.hook.url.hint",
				      .type = "url",
				      .value = k->url,
				      .autocomplete = "off",
				      .required = true };
	kinds_offer(c, k->kinds, p);
	struct tmpl t = call_tmpl(c, &b);
	tmpl_outbox_hook(&t, p);
	return call_page(c, status, "outbox.hook.title", k->id ? k->name : NULL, "/outbox", &b);
}

static int hook_of(struct call *c, struct hook *out)
{
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	return t ? outbox_store_hook(t, id, c->arena, out, &c->err) : c->err.code;
}

static int new_get(struct call *c)
{
	const struct hook k = { .name = "", .url = "https://", .kinds = "incident. alert." };
	struct hook_page p = { 0 };

	return hook_page_show(c, 200, &k, &p);
}

static int hook_get(struct call *c)
{
	struct hook_page p = { 0 };
	struct hook k;
	int r = hook_of(c, &k);

	return r < 0 ? r : hook_page_show(c, 200, &k, &p);
}

static const char *kinds_asked(struct call *c)
{
	SCOPED_BUF struct buf b = { 0 };

	for (size_t i = 0; outbox_kinds[i]; i++) {
		if (!http_form(c->req, outbox_kinds[i]))
			continue;
		if (b.n)
			buf_addc(&b, ' ');
		buf_adds(&b, outbox_kinds[i]);
	}
	return arena_strdup(c->arena, b.n ? b.p : "");
}

static struct hook form_hook(struct call *c, struct form *f)
{
	*f = form_of(c);
	return (struct hook){ .name = form_text(f, "name", true, HOOK_NAME_CHARS),
			      .url = form_text(f, "url", true, HOOK_URL_CHARS),
			      .kinds = kinds_asked(c),
			      .active = true };
}

static int wrong(struct call *c, const struct hook *k, const char *text)
{
	struct hook_page p = { .error = text };

	return hook_page_show(c, 400, k, &p);
}

static int secret_page(struct call *c, const struct hook *k, const char *secret)
{
	const struct hook_secret_page p = { .name = k->name, .secret = secret, .id = k->id };
	struct buf b = { 0 };
	struct tmpl t = call_tmpl(c, &b);

	http_res_header(c->res, "Cache-Control", "no-store");
	if (c->wants_json)
		return outbox_json_secret(c, &p);
	tmpl_outbox_secret(&t, &p);
	return call_page(c, 200, "outbox.secret.title", NULL, "/outbox", &b);
}

static int new_post(struct call *c)
{
	struct form f;
	struct hook k = form_hook(c, &f);
	char secret[HOOK_SECRET];
	int64_t org = form_int(&f, "org", true, 1, INT64_MAX);

	if (!form_ok(&f))
		return wrong(c, &k, f.errors[0].text);
	k.org_id = org;
	int r = outbox_hook_add(c->hub, c->user, &k, c->now_us, &k.id, secret, &c->err);
	if (r == -EINVAL || r == -ELIMIT)
		return wrong(c, &k, c->err.text);
	return r < 0 ? r : secret_page(c, &k, secret);
}

static int hook_post(struct call *c)
{
	struct hook old;
	struct form f;
	int r = hook_of(c, &old);

	if (r < 0)
		return r;
	struct hook k = form_hook(c, &f);
	k.id = old.id;
	k.org_id = old.org_id;
	k.active = http_form(c->req, "active") != NULL;
	if (!form_ok(&f))
		return wrong(c, &k, f.errors[0].text);
	r = outbox_hook_set(c->hub, c->user, &k, &c->err);
	if (r == -EINVAL)
		return wrong(c, &k, c->err.text);
	return r < 0 ? r : call_done(c, "outbox.saved", "/outbox/hooks/%" PRId64, k.id);
}

static int secret_post(struct call *c)
{
	char secret[HOOK_SECRET];
	struct hook k;
	int r = hook_of(c, &k);

	if (r < 0 || (r = outbox_hook_secret(c->hub, c->user, k.id, secret, &c->err)) < 0)
		return r;
	return secret_page(c, &k, secret);
}

/* Sends an event that is none, at once, and says what came of it. */
static int test_post(struct call *c)
{
	const struct delivery d = { .event = "test",
				    .kind = "test",
				    .body = "{\"id\":\"test\",\"type\":\"test\"}" };
	struct hook_page p = { 0 };
	struct hook k;
	int status, r = hook_of(c, &k);

	if (r < 0)
		return r;
	r = outbox_post_https(&k, &d, c->now_us, &status, &c->err);
	p.test_good = r >= 0;
	p.tested = r >= 0 ? call_text(c, "outbox.test.good", NULL, 0) : c->err.text;
	if (c->wants_json)
		return outbox_json_test(c, &p);
	return hook_page_show(c, 200, &k, &p);
}

/* --- what was given up --- */

static int again_post(struct call *c)
{
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0 || (r = outbox_again(c->hub, c->user, id, c->now_us, &c->err)) < 0)
		return r;
	return call_done(c, "outbox.again.done", "/outbox");
}

static int drop_post(struct call *c)
{
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0 || (r = outbox_drop(c->hub, c->user, id, c->now_us, &c->err)) < 0)
		return r;
	return call_done(c, "outbox.drop.done", "/outbox");
}

static int again_all_post(struct call *c)
{
	int r = outbox_again(c->hub, c->user, 0, c->now_us, &c->err);

	return r < 0 ? r : call_done(c, "outbox.again.done", "/outbox");
}

static int home_panel(struct call *c, const char *slot, int64_t subject_id, struct buf *out)
{
	struct outbox_home m = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? outbox_store_count_dead(t, c->scope, &m.dead, &c->err) : c->err.code;

	(void)slot;
	(void)subject_id;
	if (r < 0 || m.dead == 0)
		return r;
	struct tmpl tm = call_tmpl(c, out);
	tmpl_outbox_home(&tm, &m);
	return 0;
}

/* --- the feature --- */

static const struct route routes[] = {
	{ "GET", "/outbox", ROLE_ADMIN, list_get, 0 },
	{ "POST", "/outbox/again", ROLE_ADMIN, again_all_post, 0 },
	{ "POST", "/outbox/{id}/again", ROLE_ADMIN, again_post, 0 },
	{ "POST", "/outbox/{id}/drop", ROLE_ADMIN, drop_post, 0 },
	{ "GET", "/outbox/hooks/new", ROLE_ADMIN, new_get, 0 },
	{ "POST", "/outbox/hooks", ROLE_ADMIN, new_post, 0 },
	{ "GET", "/outbox/hooks/{id}", ROLE_ADMIN, hook_get, 0 },
	{ "POST", "/outbox/hooks/{id}", ROLE_ADMIN, hook_post, 0 },
	{ "POST", "/outbox/hooks/{id}/secret", ROLE_ADMIN, secret_post, 0 },
	{ "POST", "/outbox/hooks/{id}/test", ROLE_ADMIN, test_post, 0 },
};

static const struct job jobs[] = { { "outbox.forget", 60 * 60 * 1000, outbox_forget } };

static const struct conf_row conf[] = {
	{ "outbox.inside", CONF_BOOL, 0, 1, "false",
	  offsetof(struct outbox_conf, private_addresses),
	  "receivers may have private addresses, too" },
	{ "outbox.ca", CONF_TEXT, 0, 400, "", offsetof(struct outbox_conf, ca_file),
	  "PEM file of the authorities that vouch for receivers; empty: the system's" },
};

static const struct menu_item menu[] = { { "/outbox", "outbox.menu", "out", ROLE_ADMIN, 930 } };

static const struct panel panels[] = { { "home.side", ROLE_ADMIN, home_panel } };

const struct hub_feature outbox_feature = {
	.name = "outbox",
	.schema = outbox_sql,
	.routes = routes,
	.n_routes = ARRAY_LEN(routes),
	.jobs = jobs,
	.n_jobs = ARRAY_LEN(jobs),
	.conf = conf,
	.n_conf = ARRAY_LEN(conf),
	.conf_target = &outbox_conf,
	.menu = menu,
	.n_menu = ARRAY_LEN(menu),
	.panels = panels,
	.n_panels = ARRAY_LEN(panels),
	.start = outbox_start,
	.stop = outbox_stop,
	.open = outbox_open,
	.close = outbox_close,
};
