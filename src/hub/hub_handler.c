/* SPDX-License-Identifier: Apache-2.0 */
/* From an HTTP request to a call of a route and back: what is the same for all of them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "hub/hub_core.h"
#include "hub/live.h"

static const char *const csp =
	"default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
	"object-src 'none'";

static void security_headers(const struct http_req *q, struct http_res *r)
{
	http_res_header(r, "Content-Security-Policy", csp);
	http_res_header(r, "X-Content-Type-Options", "nosniff");
	http_res_header(r, "X-Frame-Options", "DENY");
	http_res_header(r, "Referrer-Policy", "same-origin");
	http_res_header(r, "Cross-Origin-Opener-Policy", "same-origin");
	if (http_is_tls(q))
		http_res_header(r, "Strict-Transport-Security", "max-age=31536000");
}

static enum lang lang_of(const struct http_req *q)
{
	const char *cookie = http_cookie_get(q, "otasuke_lang");
	const char *wish = http_header(q, "Accept-Language");

	return lang_parse(cookie ? cookie : wish ? wish : "ja", LANG_JA);
}

static bool header_has(const struct http_req *q, const char *name, const char *part)
{
	const char *v = http_header(q, name);

	return v && strstr(v, part) != NULL;
}

static void call_init(struct call *c, const struct hub_door *door, struct http_req *q,
		      struct http_res *r)
{
	*c = (struct call){
		.hub = door->hub,
		.req = q,
		.res = r,
		.scope = &scope_none,
		.arena = arena_new(0),
		.lang = lang_of(q),
		.now_us = clock_utc_us(door->hub->clock),
		.live_mark = live_mark(door->hub),
		.csrf = "",
		.wants_json = header_has(q, "Accept", "application/json"),
		.fragment = header_has(q, "HX-Request", "true") &&
			    !header_has(q, "HX-Boosted", "true") &&
			    !header_has(q, "HX-History-Restore-Request", "true"),
	};
	text_thread_lang(c->lang);
}

static int dispatch(struct call *c, bool admin)
{
	int r = router_find(c->hub->router, http_method(c->req), http_path(c->req), c->arena,
			    &c->route, c->param);

	/* An asset needs nobody, and no look into the database. */
	if (r == 0 && c->route->fn == assets_route)
		return c->route->fn(c);
	int a = hub_auth_user(c, admin);
	if (a < 0)
		return a;
	if (r < 0)
		return err_set(&c->err, r, "there is no page %s", http_path(c->req));
	const struct err *lost = http_upload_problem(c->req);
	if (lost && (c->route->flags & ROUTE_UPLOAD) && c->user) {
		c->err = *lost; /* the form's token may not have come either */
		return lost->code;
	}
	if ((r = hub_auth_check(c, admin)) != 0)
		return r < 0 ? r : 0;
	return c->route->fn(c);
}

/* Whether a form with files may come: 1 = its files go where OUT says. */
static int upload_dispatch(struct call *c, bool admin, int64_t announced, struct http_plan *out)
{
	const struct hub_feature *const *f = c->hub->features;
	int r = router_find(c->hub->router, http_method(c->req), http_path(c->req), c->arena,
			    &c->route, c->param);

	if (r < 0 || !(c->route->flags & ROUTE_UPLOAD))
		return 0; /* as any other form: the handler will say what is wrong */
	if ((r = hub_auth_user(c, admin)) < 0 || (r = hub_auth_early(c, admin)) < 0)
		return r;
	if (r > 0)
		return err_set(&c->err, -EPERM, "please sign in first");
	while (*f && !(*f)->upload)
		f++;
	if (!*f)
		return 0;
	out->lang = c->lang;
	return (r = (*f)->upload(c->hub, announced, out, &c->err)) < 0 ? r : 1;
}

int hub_upload(void *arg, struct http_req *q, int64_t announced, struct http_plan *out,
	       struct http_res *res)
{
	const struct hub_door *door = arg;
	struct call c;

	call_init(&c, door, q, res);
	int r = upload_dispatch(&c, door->admin, announced, out);
	if (r < 0) {
		security_headers(q, res);
		(void)call_error(&c, r); /* the answer has the status */
	}
	arena_free(c.arena);
	return r;
}

/* How long the answer took, for whoever is signed in: nobody else gets a clock to measure guesses
 * with. */
static void timing_header(const struct call *c, struct http_res *res, int64_t mono_ns,
			  int64_t cpu_ns)
{
	char text[80];

	if (!c->user)
		return;
	(void)snprintf(text, sizeof(text), "total;dur=%.3f, cpu;dur=%.3f",
		       (double)(clock_mono_ns(&clock_real) - mono_ns) / 1e6,
		       (double)(clock_cpu_ns() - cpu_ns) / 1e6); /* fits: two numbers */
	http_res_header(res, "Server-Timing", text);
}

void hub_handle(void *arg, struct http_req *q, struct http_res *res)
{
	const struct hub_door *door = arg;
	int64_t mono_ns = clock_mono_ns(&clock_real), cpu_ns = clock_cpu_ns();
	struct call c;
	int r;

	call_init(&c, door, q, res);
	security_headers(q, res);
	r = dispatch(&c, door->admin);
	if (r >= 0 && res->status == 0)
		r = err_set(&c.err, -EINVAL, "the page gave no answer");
	if (r < 0) {
		int status = call_error(&c, r);
		if (status >= 500)
			log_error("%s %s: %s", http_method(q), http_path(q),
				  c.err.text[0] ? c.err.text : err_text(r));
	}
	timing_header(&c, res, mono_ns, cpu_ns);
	arena_free(c.arena);
}
