/* SPDX-License-Identifier: Apache-2.0 */
/* Answers: whole pages in their frame, parts of pages, JSON, CSV, redirects, panels. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/hub_core.h"
#include "hub/hub_frame.h"
#include "hub/hub_text.h"
#include "hub_tmpl.h"

enum { MENU_MAX = 32, FLASH_MAX = 100 };

const char *asset_url(const struct call *c, const char *name)
{
	return assets_url(c->hub->assets, name, c->arena);
}

struct tmpl call_tmpl(struct call *c, struct buf *out)
{
	return (struct tmpl){ .out = out,
			      .text = c->hub->text,
			      .lang = c->lang,
			      .now_us = c->now_us,
			      .zone_min = (int)c->hub->conf.zone_min,
			      .csrf = c->csrf,
			      .sprite = asset_url(c, "icons.svg") };
}

const char *call_text(struct call *c, const char *key, const char *const *args, size_t n)
{
	SCOPED_BUF struct buf b = { 0 };

	hub_text_fill(c->hub->text, c->lang, key, args, n, &b);
	return arena_strdup(c->arena, b.p ? b.p : "");
}

static int item_order(const void *a, const void *b)
{
	const struct menu_item *const *x = a, *const *y = b;

	return ((*x)->order > (*y)->order) - ((*x)->order < (*y)->order);
}

static size_t menu_items(const struct call *c, const char *menu, struct frame_item out[MENU_MAX])
{
	const struct menu_item *found[MENU_MAX];
	size_t n = 0;

	for (size_t i = 0; c->user && c->hub->features[i]; i++) {
		const struct hub_feature *f = c->hub->features[i];
		for (size_t k = 0; k < f->n_menu && n < MENU_MAX; k++)
			if (user_is(c->user, f->menu[k].roles))
				found[n++] = &f->menu[k];
	}
	/* glibc's qsort is stable for arrays of this size, so list order decides between equals */
	qsort(found, n, sizeof(*found), item_order);
	for (size_t i = 0; i < n; i++)
		out[i] = (struct frame_item){
			.path = found[i]->path,
			.text_key = found[i]->text_key,
			.icon = found[i]->icon,
			.current = menu && strcmp(menu, found[i]->path) == 0,
		};
	return n;
}

/* The text key that call_done left in a cookie: shown once. */
static const char *flash_take(struct call *c)
{
	const char *key = http_cookie_get(c->req, "otasuke_flash");

	if (!key || !key[0])
		return NULL;
	http_res_cookie(
		c->res, c->req,
		&(struct http_cookie){ .name = "otasuke_flash", .value = "", .max_age_s = -1 });
	if (strlen(key) > FLASH_MAX || !text_find(c->hub->text, c->lang, key))
		return NULL;
	return key;
}

static bool has_search(struct call *c)
{
	const struct route *r;
	const char *param[4];

	return c->user && router_find(c->hub->router, "GET", "/search", c->arena, &r, param) == 0 &&
	       user_is(c->user, r->roles);
}

static void frame_render(struct call *c, const char *title, const char *menu, struct html content,
			 struct buf *out)
{
	struct frame_item items[MENU_MAX];
	struct frame f = {
		.title = title,
		.lang = lang_tag(c->lang),
		.path = http_path(c->req),
		.css = asset_url(c, "app.css"),
		.theme_js = asset_url(c, "theme.js"),
		.app_js = asset_url(c, "app.js"),
		.charts_js = asset_url(c, "charts.js"),
		.sprite = asset_url(c, "icons.svg"),
		.favicon = asset_url(c, "favicon.svg"),
		.zone_min = (int)c->hub->conf.zone_min,
		.live_mark = c->live_mark,
		.items = items,
		.n_items = menu_items(c, menu, items),
		.signed_in = c->user != NULL,
		.door = !c->user || (c->route && (c->route->flags & ROUTE_NO_MFA)),
		.search = has_search(c),
		.mfa_later = c->mfa_later,
		.demo = c->hub->conf.demo,
		.user_name = c->user ? c->user->name : "",
		.org_name = c->user ? c->user->org_name : "",
		.region_name = c->hub->conf.region_name,
		.flash_key = flash_take(c),
		.content = content,
	};
	struct tmpl t = call_tmpl(c, out);

	tmpl_page(&t, &f);
}

int call_page(struct call *c, int status, const char *title_key, const char *title_arg,
	      const char *menu, struct buf *content)
{
	const char *args[1] = { title_arg };

	if (c->wants_json && status >= 400) { /* the form again would be of no use to a program */
		buf_done(content);
		(void)call_problem(c, status);
		return 0;
	}
	const char *title = call_text(c, title_key, args, title_arg ? 1 : 0);

	c->res->status = status;
	c->res->type = NULL;
	http_res_header(c->res, "Vary", "HX-Request, Accept, Cookie");
	if (c->fragment) {
		buf_add(&c->res->body, content->p, content->n);
	} else {
		frame_render(c, title, menu, (struct html){ content->p, content->n },
			     &c->res->body);
	}
	buf_done(content);
	return 0;
}

int call_fragment(struct call *c, struct buf *content)
{
	c->res->status = 200;
	c->res->type = NULL;
	buf_add(&c->res->body, content->p, content->n);
	buf_done(content);
	return 0;
}

int call_json(struct call *c, struct buf *json)
{
	c->res->status = 200;
	c->res->type = "application/json";
	buf_add(&c->res->body, json->p, json->n);
	buf_done(json);
	return 0;
}

void call_csv_head(struct call *c, struct buf *csv, const char *const *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		csv_cell(csv, text_get(c->hub->text, c->lang, keys[i]), i == 0);
	csv_end(csv);
}

int call_csv(struct call *c, const char *file_name, struct buf *csv)
{
	char disposition[200];

	snprintf(disposition, sizeof(disposition), "attachment; filename=\"%.120s\"", file_name);
	c->res->status = 200;
	c->res->type = "text/csv; charset=utf-8";
	http_res_header(c->res, "Content-Disposition", disposition);
	buf_add(&c->res->body, "\xEF\xBB\xBF", 3); /* Excel takes UTF-8 only with it */
	buf_add(&c->res->body, csv->p, csv->n);
	buf_done(csv);
	return 0;
}

static int redirect_to(struct call *c, const char *fmt, va_list ap)
{
	SCOPED_BUF struct buf b = { 0 };

	buf_vprintf(&b, fmt, ap);
	if (b.n == 0 || b.p[0] != '/' || b.p[1] == '/' || b.p[1] == '\\')
		return err_set(&c->err, -EINVAL, "a redirect to another site was refused");
	http_res_redirect(c->res, b.p);
	return 0;
}

int call_redirect(struct call *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int r = redirect_to(c, fmt, ap);
	va_end(ap);
	return r;
}

int call_done(struct call *c, const char *text_key, const char *fmt, ...)
{
	va_list ap;

	http_res_cookie(c->res, c->req,
			&(struct http_cookie){
				.name = "otasuke_flash", .value = text_key, .max_age_s = 60 });
	va_start(ap, fmt);
	int r = redirect_to(c, fmt, ap);
	va_end(ap);
	return r;
}

struct html call_panels(struct call *c, const char *slot, int64_t subject_id)
{
	struct buf b = { 0 };

	for (size_t i = 0; c->user && c->hub->features[i]; i++) {
		const struct hub_feature *f = c->hub->features[i];
		for (size_t k = 0; k < f->n_panels; k++) {
			const struct panel *p = &f->panels[k];
			struct buf part = { 0 };
			if (strcmp(p->slot, slot) != 0 || !user_is(c->user, p->roles))
				continue;
			/* A panel that cannot be shown leaves the page of others alone. */
			if (p->render(c, slot, subject_id, &part) >= 0)
				buf_add(&b, part.p, part.n);
			buf_done(&part);
		}
	}
	struct html h = { .p = arena_strndup(c->arena, b.p ? b.p : "", b.n), .n = b.n };
	buf_done(&b);
	return h;
}
