/* SPDX-License-Identifier: Apache-2.0 */
/* One's own tokens over HTTP. */
#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "hub/accounts/accounts_pages.h"
#include "hub/accounts_tmpl.h"

static int load(struct call *c, struct tokens_page *m)
{
	struct api_token *k;
	struct token_line *line;
	int r;

	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	if (!t)
		return c->err.code;
	if ((r = accounts_tokens(t, c->user, c->arena, &k, &m->n_tokens, &c->err)) < 0)
		return r;
	m->tokens = line = arena_array(c->arena, m->n_tokens ? m->n_tokens : 1, sizeof(*line));
	for (size_t i = 0; i < m->n_tokens; i++) {
		line[i] = (struct token_line){
			.k = k[i], .alive = k[i].ended_us == 0 && k[i].expires_us > c->now_us
		};
		m->n_alive += line[i].alive;
	}
	return 0;
}

static int list_page(struct call *c, int status, const char *error)
{
	const char *name = http_form(c->req, "name");
	struct tokens_page m = {
		.name = accounts_field("name", "accounts.tokens.name", "text", name ? name : ""),
		.error = error,
	};
	struct buf b = { 0 };
	int r = load(c, &m);

	if (r < 0)
		return r;
	m.name.hint_key = "accounts.tokens.name.hint";
	m.name.required = true;
	struct tmpl t = call_tmpl(c, &b);
	tmpl_accounts_tokens(&t, &m);
	return call_page(c, status, "accounts.tokens.title", NULL, "/account", &b);
}

int accounts_tokens_get(struct call *c)
{
	return list_page(c, 200, NULL);
}

int accounts_tokens_post(struct call *c)
{
	struct form f = form_of(c);
	const char *may = http_form(c->req, "may");
	struct token_new n = { .name = form_text(&f, "name", true, TOKEN_NAME_CHARS),
			       .days = form_int(&f, "days", true, 1, TOKEN_DAYS_MAX),
			       .reads = !may || strcmp(may, "change") != 0 };
	char token[TOKEN_TEXT];
	struct buf b = { 0 };

	if (!form_ok(&f))
		return list_page(c, 400, f.errors[0].text);
	int r = accounts_token_make(c->hub, c->user, &n, c->now_us, token, &c->err);
	if (r == -EINVAL || r == -ELIMIT)
		return list_page(c, 400, c->err.text);
	if (r < 0)
		return r;
	const struct token_page m = { .token = token, .url = c->hub->conf.public_url };
	struct tmpl t = call_tmpl(c, &b);
	tmpl_accounts_token(&t, &m);
	http_res_header(c->res, "Cache-Control", "no-store");
	return call_page(c, 200, "accounts.token.title", NULL, NULL, &b);
}

int accounts_token_end_post(struct call *c)
{
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0 || (r = accounts_token_end(c->hub, c->user, id, c->now_us, &c->err)) < 0)
		return r;
	return call_done(c, "accounts.tokens.ended", "/account/tokens");
}
