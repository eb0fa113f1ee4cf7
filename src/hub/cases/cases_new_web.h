/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a case: from a call, from an alert, from a paper sheet. Rows of the table in cases_web.c.
 */
#ifndef HUB_CASES_CASES_NEW_WEB_H
#define HUB_CASES_CASES_NEW_WEB_H

#include "hub/hub.h"

int cases_new_form(struct call *c);
int cases_new_companies(struct call *c);
int cases_new_save(struct call *c);

#endif
