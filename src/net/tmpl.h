/* SPDX-License-Identifier: Apache-2.0 */
/* What compiled HTML templates call at run time. tools/tmplc turns NAME.html into
 *     void tmpl_NAME(struct tmpl *t, const MODEL *m);
 * Everything is escaped unless its type says it is HTML already.
 *
 * Template language, resolved at build time; M is the model:
 *   {{@include "hub/cases/cases_pages.h"}}  {{@model struct cases_list_page}}     first lines
 *   {{m->title}}                      escaped; const char *, struct str, integers; struct html goes
 * in as it is
 *   {{t "cases.list.title"}}          a text of the catalogue; {{t "key" a b}} puts a, b for {0},
 * {1}, escaped
 *   {{n "key" count}}                 key.one / key.other by count ({0} = the count)
 *   {{if expr}} {{elif expr}} {{else}} {{end}}     C expressions
 *   {{for it in m->rows : m->n_rows}} {{end}}      IT points at the element
 *   {{ago us}} {{when us}} {{day us}} {{yen n}} {{num n}} {{bytes n}} {{mins us}}   time as people
 * say it, exact time, date, money, number, size, duration
 *   {{url expr}}                      for a whole href/src: refuses schemes but http, https, tel,
 * mailto and paths
 *   {{key expr}}                      a text whose key is computed (const char *)
 *   {{use other_template expr}}       another template with EXPR as its model (a pointer)
 *   {{csrf}}                          the hidden input every form that posts needs
 *   {{icon "name"}}                   an inline SVG from the icon sprite
 *   {{# a comment #}}
 * Not allowed inside <script>, <style>, comments, or unquoted attributes: the compiler refuses. */
#ifndef NET_TMPL_H
#define NET_TMPL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/text.h"

struct html { /* already HTML */
	const char *p;
	size_t n;
};

struct tmpl {
	struct buf *out;
	const struct text *text;
	enum lang lang;
	int64_t now_us;
	int zone_min;     /* minutes east of UTC */
	const char *csrf; /* token of the session */
};

void tmpl_text(struct tmpl *t, const char *s); /* escaped */
void tmpl_str(struct tmpl *t, struct str s);
void tmpl_int(struct tmpl *t, int64_t v);
void tmpl_html(struct tmpl *t, struct html h);
void tmpl_raw(struct tmpl *t, const char *p, size_t n); /* template's own bytes */
void tmpl_url(struct tmpl *t, const char *s);
void tmpl_key(struct tmpl *t, const char *key);
void tmpl_ago(struct tmpl *t,
	      int64_t us); /* <time datetime title>12 分前</time>; 0 prints a dash */
void tmpl_when(struct tmpl *t, int64_t us);
void tmpl_day(struct tmpl *t, int64_t us);
void tmpl_yen(struct tmpl *t, int64_t yen); /* 49,250,000 円 / ¥49,250,000 */
void tmpl_num(struct tmpl *t, int64_t v);   /* grouped */
void tmpl_bytes(struct tmpl *t, int64_t v);
void tmpl_mins(struct tmpl *t, int64_t us); /* 3 時間 20 分 */
void tmpl_csrf(struct tmpl *t);
void tmpl_icon(struct tmpl *t, const char *name);

struct tmpl_arg {
	enum { TMPL_ARG_TEXT, TMPL_ARG_STR, TMPL_ARG_INT } type;
	const char *text;
	struct str str;
	int64_t i;
};
void tmpl_t(struct tmpl *t, const char *key, const struct tmpl_arg *args, size_t n);
void tmpl_n(struct tmpl *t, const char *key, int64_t count);

#define TMPL_PUT(t, v)                                                                             \
	_Generic((v),                   \
		char *: tmpl_text,      \
		const char *: tmpl_text,\
		struct str: tmpl_str,   \
		struct html: tmpl_html, \
		default: tmpl_int)(t, v)

#endif
