/* SPDX-License-Identifier: Apache-2.0 */
/* From rows to what the pages of threads show. */
#ifndef HUB_THREADS_THREADS_VIEW_H
#define HUB_THREADS_THREADS_VIEW_H

#include "hub/threads/threads_pages.h"

struct thread_item *threads_view_items(struct call *c, const struct thread *t, size_t n);
/* The messages of P->i.t, with who read them. */
int threads_view_lines(struct call *c, struct txn *t, struct thread_page *p);
/* The choices of kinds and organisations; the rest of F is filled already. */
int threads_view_fields(struct call *c, struct txn *t, int64_t company_id, int64_t org_id,
			struct thread_fields *f);
struct thread_fields threads_view_blank(void);
struct thread_fields threads_view_filled(const struct thread *t);
const char *threads_view_readers(struct call *c, const struct thread *t);

/* The words to begin with: facts of the case in the letter for this kind of party. */
struct thread_draft {
	const char *subject, *body;
};
int threads_draft(struct call *c, struct txn *t, const struct thread *th, enum lang lang,
		  struct thread_draft *out);

/* Panels. */
int threads_panel_case(struct call *c, const char *slot, int64_t case_id, struct buf *out);
int threads_panel_home(struct call *c, const char *slot, int64_t subject_id, struct buf *out);

#endif
