/* SPDX-License-Identifier: Apache-2.0 */
/* What compiled HTML templates call at run time. tools/tmplc.py turns NAME.html into
 *     void tmpl_NAME(struct tmpl *t, const MODEL *m);
 * A folder lists its templates in meson.build (`pages += files('cases_list.html')`) and includes
 * the prototypes of them all by "hub/cases_tmpl.h" (folder name + _tmpl.h). Everything is escaped
 * unless its type says it is HTML already.
 *
 *   {{@include "hub/cases/cases_pages.h"}}  {{@model struct cases_list_page}}     first lines
 *   {{m->title}}                   escaped; char *, struct str, integers; struct html as it is
 *   {{t "cases.list.title"}}       a text; {{t "key" a (b + 1)}} puts a, b for {0}, {1}, escaped
 *   {{n "key" count}}              key.one / key.other by count ({0} = the count, grouped)
 *   {{key expr}}                   a text whose key is computed (const char *)
 *   {{if expr}} {{elif expr}} {{else}} {{end}}     C expressions
 *   {{for it in m->rows : m->n_rows}} {{end}}      IT points at the element, IT_i is its index
 *   {{ago us}} {{when us}} {{day us}} {{mins us}}  time as people say it, exact, date, duration
 *   {{yen n}} {{num n}} {{bytes n}}                money, number, size
 *   {{url expr}}                   a whole href/src: paths, http, https, tel, mailto; else "#"
 *   {{use other_template expr}}    another template with EXPR as its model (a pointer)
 *   {{csrf}}                       the hidden input every form that posts needs
 *   {{icon "name"}}                an SVG from the icon sprite
 *   {{# a comment #}}
 * In href="/cases/{{m->number}}" the expression is percent-encoded. Refused: expressions inside
 * <script>, <style>, comments, on...=, style=, hx-vals=, unquoted attributes; an address that
 * begins with anything but {{url}} or a path; a block whose branches end in different places. */
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
	int zone_min;       /* minutes east of UTC */
	const char *csrf;   /* token of the session */
	const char *sprite; /* address of the icon sprite; NULL = it stands in the page itself */
};

void tmpl_text(struct tmpl *t, const char *s); /* escaped; NULL prints nothing */
void tmpl_str(struct tmpl *t, struct str s);
void tmpl_int(struct tmpl *t, int64_t v);
void tmpl_uint(struct tmpl *t, uint64_t v);
void tmpl_html(struct tmpl *t, struct html h);
void tmpl_raw(struct tmpl *t, const char *p, size_t n); /* template's own bytes */
void tmpl_url(struct tmpl *t, const char *s);
void tmpl_url_text(struct tmpl *t, const char *s); /* one part of an address, percent-encoded */
void tmpl_url_str(struct tmpl *t, struct str s);
void tmpl_key(struct tmpl *t, const char *key);
void tmpl_ago(struct tmpl *t, int64_t us); /* <time datetime title>12 分前</time>; 0: a dash */
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
struct tmpl_arg tmpl_arg_text(const char *s);
struct tmpl_arg tmpl_arg_str(struct str s);
struct tmpl_arg tmpl_arg_int(int64_t v);
void tmpl_t(struct tmpl *t, const char *key, const struct tmpl_arg *args, size_t n);
void tmpl_n(struct tmpl *t, const char *key, int64_t count);

#define TMPL_PICK(v, text_fn, str_fn, html_fn, uint_fn, int_fn)                                    \
	_Generic((v),                                                                              \
		char *: text_fn,                                                                   \
		const char *: text_fn,                                                             \
		struct str: str_fn,                                                                \
		struct html: html_fn,                                                              \
		unsigned long: uint_fn,                                                            \
		unsigned long long: uint_fn,                                                       \
		default: int_fn)
#define TMPL_PUT(t, v) TMPL_PICK(v, tmpl_text, tmpl_str, tmpl_html, tmpl_uint, tmpl_int)((t), (v))
/* struct html has no business in attributes: these choose a function that does not take it. */
#define TMPL_ATTR(t, v) TMPL_PICK(v, tmpl_text, tmpl_str, tmpl_int, tmpl_uint, tmpl_int)((t), (v))
#define TMPL_URL_PART(t, v)                                                                        \
	TMPL_PICK(v, tmpl_url_text, tmpl_url_str, tmpl_int, tmpl_uint, tmpl_int)((t), (v))
/* Sizes are numbers too; a pointer is refused by the compiler. */
#define TMPL_INT(v)                                                                                \
	_Generic((v), unsigned long                                                                \
		 : (int64_t)(v), unsigned long long                                                \
		 : (int64_t)(v), default                                                           \
		 : (v))
#define TMPL_ARG(v)                                                                                \
	_Generic((v),                                                                              \
		char *: tmpl_arg_text,                                                             \
		const char *: tmpl_arg_text,                                                       \
		struct str: tmpl_arg_str,                                                          \
		unsigned long: tmpl_arg_size,                                                      \
		default: tmpl_arg_int)(v)

static inline struct tmpl_arg tmpl_arg_size(unsigned long v)
{
	return tmpl_arg_int((int64_t)v);
}

#endif
