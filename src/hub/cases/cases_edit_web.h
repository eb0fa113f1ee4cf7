/* SPDX-License-Identifier: Apache-2.0 */
/* Pages for mending a case and correcting a line of its story. Private to this feature. */
#ifndef HUB_CASES_CASES_EDIT_WEB_H
#define HUB_CASES_CASES_EDIT_WEB_H

struct call;
int cases_edit_web_form(struct call *c);
int cases_edit_web_save(struct call *c);
int cases_edit_web_entry(struct call *c);
int cases_edit_web_correct(struct call *c);

#endif
