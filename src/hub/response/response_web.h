/* SPDX-License-Identifier: Apache-2.0 */
/* The pages of remote response, one file a subject; for response_web.c, which lists the routes. */
#ifndef HUB_RESPONSE_RESPONSE_WEB_H
#define HUB_RESPONSE_RESPONSE_WEB_H

#include "hub/hub.h"
#include "hub/response/response_ask.h"

/* response_consent_web.c */
int response_consents_show(struct call *c);
int response_consent_form(struct call *c);
int response_consent_save(struct call *c);
int response_consent_end(struct call *c);
int response_panel_consents(struct call *c, const char *slot, int64_t case_id, struct buf *out);
int response_panel_own_consents(struct call *c, const char *slot, int64_t company_id,
				struct buf *out);

int response_consents_page(struct call *c, int status, const char *error,
			   const struct consent_ask_new *typed);
const char *response_uses_text(struct call *c, const char *what);
const char *response_what_typed(struct call *c);

/* response_ask_web.c */
struct ask_item;
struct ask_item *response_ask_items(struct call *c, const struct consent_ask *list, size_t n);
void response_ask_json(struct jsonw *w, const struct consent_ask *k);
int response_ask_save(struct call *c);
int response_ask_back(struct call *c);
int response_ask_reply(struct call *c);
int response_panel_asks(struct call *c, const char *slot, int64_t subject_id, struct buf *out);

/* response_order_web.c */
int response_order_form(struct call *c);
int response_order_save(struct call *c);
int response_order_stop(struct call *c);
int response_orders_of_case(struct call *c);
int response_orders_list(struct call *c);
int response_order_show(struct call *c);
int response_order_file(struct call *c);

/* response_panels.c */
int response_panel_remote(struct call *c, const char *slot, int64_t case_id, struct buf *out);
int response_panel_held(struct call *c, const char *slot, int64_t company_id, struct buf *out);
int response_panel_own_held(struct call *c, const char *slot, int64_t subject, struct buf *out);
int response_panel_home(struct call *c, const char *slot, int64_t subject, struct buf *out);

#endif
