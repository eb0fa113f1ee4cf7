/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers of this feature that exports_web.c lists among its routes. */
#ifndef HUB_EXPORTS_EXPORTS_PAGES_WEB_H
#define HUB_EXPORTS_EXPORTS_PAGES_WEB_H

#include "hub/hub.h"

int exports_file_answer(struct call *c, const char *type, const char *name, struct buf *file);

int exports_history_page(struct call *c);
int exports_history_check(struct call *c);
int exports_history_confirm(struct call *c);
int exports_history_refused(struct call *c);
int exports_history_sample(struct call *c);
int exports_history_expire(struct hub *h, struct err *e);

int exports_import_thehive(struct call *c);
int exports_import_iris(struct call *c);

/* The kinds that the person may make of P's case or cases; CHOSEN: an id, NULL = the first. */
struct export_page;
int exports_choices(struct call *c, struct txn *t, const char *chosen, struct export_page *p);
struct incident;
int exports_told_rows(struct call *c, struct txn *t, const struct incident *i,
		      struct export_page *p);
int exports_page_json(struct call *c, const struct export_page *p);

#endif
