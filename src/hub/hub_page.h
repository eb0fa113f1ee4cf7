/* SPDX-License-Identifier: Apache-2.0 */
/* Answering a call: pages, parts, JSON, CSV, redirects, panels (hub_page.c). Part of hub.h. */
#ifndef HUB_HUB_PAGE_H
#define HUB_HUB_PAGE_H

#include <stdint.h>

#include "base/buf.h"
#include "net/tmpl.h"

struct call;

/* A template context for this call, writing into OUT. */
struct tmpl call_tmpl(struct call *c, struct buf *out);

/* Answers with a whole page: frame (rail, top bar) around CONTENT. TITLE_KEY is a text key;
 * TITLE_ARG fills {0} or is NULL. MENU is the path of the rail item to mark. Takes CONTENT's bytes.
 */
int call_page(struct call *c, int status, const char *title_key, const char *title_arg,
	      const char *menu, struct buf *content);

/* #define-free shorthand used by every page:
 *     struct buf b = {0}; struct tmpl t = call_tmpl(c, &b); tmpl_cases_list(&t, &m);
 *     return call_page(c, 200, "cases.list.title", NULL, "/cases", &b); */

/* A text with its {0}, {1} filled, unescaped; lives in the call's arena. */
const char *call_text(struct call *c, const char *key, const char *const *args, size_t n);

int call_fragment(struct call *c, struct buf *content); /* 200, no frame */
int call_json(struct call *c, struct buf *json);
void call_csv_head(struct call *c, struct buf *csv, const char *const *keys, size_t n); /* texts */
int call_csv(struct call *c, const char *file_name,
	     struct buf *csv); /* with BOM, as an attachment */
int call_redirect(struct call *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Redirects with a message shown once on the next page ("saved"); TEXT_KEY is a text key. */
int call_done(struct call *c, const char *text_key, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The address of a compiled-in file of web/ with its hash: asset_url(c, "charts.js"). */
const char *asset_url(const struct call *c, const char *name);

/* Panels of all features for SLOT, in list order, rendered one behind the other. */
struct html call_panels(struct call *c, const char *slot, int64_t subject_id);

#endif
