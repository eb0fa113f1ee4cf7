/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers of members that do not stand in members_web.c beside the route table. */
#ifndef HUB_MEMBERS_MEMBERS_WEB_H
#define HUB_MEMBERS_MEMBERS_WEB_H

#include "hub/hub.h"

/* members_edit_web.c: companies and contacts */
int members_edit_web_new(struct call *c);
int members_edit_web_add(struct call *c);
int members_edit_web_form(struct call *c);
int members_edit_web_save(struct call *c);
int members_edit_web_end(struct call *c);
int members_edit_web_contact(struct call *c);
int members_edit_web_contact_save(struct call *c);
int members_edit_web_contact_remove(struct call *c);

/* members_agree_web.c: relations, sites, contracts, consents */
int members_agree_web_relation(struct call *c);
int members_agree_web_relation_add(struct call *c);
int members_agree_web_relation_end(struct call *c);
int members_agree_web_site(struct call *c);
int members_agree_web_site_add(struct call *c);
int members_agree_web_contract(struct call *c);
int members_agree_web_contract_add(struct call *c);
int members_agree_web_contract_end(struct call *c);
int members_agree_web_consent(struct call *c);
int members_agree_web_consent_add(struct call *c);
int members_agree_web_consent_revoke(struct call *c);

/* members_import_web.c */
int members_import_web_page(struct call *c);
int members_import_web_check(struct call *c);
int members_import_web_confirm(struct call *c);
int members_import_web_export(struct call *c);
int members_import_web_expire(struct hub *h, struct err *e);

#endif
