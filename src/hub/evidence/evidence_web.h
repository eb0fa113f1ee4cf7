/* SPDX-License-Identifier: Apache-2.0 */
/* The routes of evidence. */
#ifndef HUB_EVIDENCE_EVIDENCE_WEB_H
#define HUB_EVIDENCE_EVIDENCE_WEB_H

#include "hub/evidence/evidence_pages.h"

/* Ends a change on the page of a case's evidence: commits and goes back to PART of it, or shows it
 * again with what was wrong. FORM and TYPED: struct evidence_page. */
struct evidence_typed {
	char form;
	const char *typed, *part;
};
int evidence_web_finish(struct call *c, struct txn **t, int r, const struct evidence_typed *typed);
/* Whether a change may begin; then the case. */
int evidence_web_ready(struct call *c, struct txn *t, const struct form *f, struct incident *out);

/* --- evidence_item_web.c --- */
int evidence_item_show(struct call *c);
int evidence_item_sheet(struct call *c);
int evidence_item_csv(struct call *c);
int evidence_item_step(struct call *c);
int evidence_item_tlp(struct call *c);
int evidence_item_verify(struct call *c);
int evidence_item_destroy(struct call *c);
int evidence_item_ask(struct call *c);
int evidence_item_download(struct call *c);
int evidence_item_packets(struct call *c);

/* --- evidence_facts_web.c --- */
int evidence_device_turn(struct call *c);
int evidence_indicator_mark(struct call *c);
int evidence_measure_new(struct call *c);
int evidence_measure_stop(struct call *c);
int evidence_measure_longer(struct call *c);
int evidence_cost_new(struct call *c);
int evidence_cost_out(struct call *c);
int evidence_costs_csv(struct call *c);

/* --- evidence_panels.c --- */
int evidence_panel_case(struct call *c, const char *slot, int64_t case_id, struct buf *out);
int evidence_panel_home(struct call *c, const char *slot, int64_t subject, struct buf *out);
int evidence_found_read(struct hub *h, struct txn *t, int64_t ref_id, struct arena *a,
			struct search_doc *out, struct err *e);
int evidence_check(struct hub *h, struct check_list *l, struct err *e);
int evidence_fill(struct hub *h, struct hub_fill *f, struct err *e);

#endif
