/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on the tables of search.sql. */
#ifndef HUB_SEARCH_SEARCH_STORE_H
#define HUB_SEARCH_SEARCH_STORE_H

#include "hub/search/search.h"
#include "hub/search/search_post.h"

enum { SEARCH_FETCH = 16 };

struct due_row {
	const char *kind;
	int64_t ref_id;
};

struct doc_row {
	int64_t id, ref_id, company_id, at_us;
	unsigned roles;
	const char *kind, *label, *title, *url, *body;
	const char *company_name; /* of search_store_docs only */
};

int search_store_mark(struct txn *t, const char *kind, int64_t ref_id, int64_t now_us,
		      struct err *e);
int search_store_due(struct txn *t, size_t limit, struct arena *a, struct due_row **out,
		     size_t *n_out, struct err *e);
int search_store_done(struct txn *t, const struct due_row *d, struct err *e);

/* Id, time and body of what is indexed; 0 when it is not (OUT has id 0). */
int search_store_doc_find(struct txn *t, const char *kind, int64_t ref_id, struct arena *a,
			  struct doc_row *out, struct err *e);
int search_store_doc_put(struct txn *t, const struct doc_row *d, int64_t *id_out, struct err *e);
int search_store_doc_remove(struct txn *t, const char *kind, int64_t ref_id, struct err *e);

/* The caller frees *OUT; none: NULL and 0. */
int search_store_posts(struct txn *t, int64_t gram, int64_t month, struct post **out, size_t *n_out,
		       struct err *e);
int search_store_posts_put(struct txn *t, int64_t gram, int64_t month, const struct post *p,
			   size_t n, struct err *e);
/* The months in which a gram occurs, newest first. */
int search_store_months(struct txn *t, int64_t gram, struct arena *a, int64_t **out, size_t *n_out,
			struct err *e);

/* The companies that S sees, at most LIMIT. */
int search_store_companies(struct txn *t, const struct scope *s, size_t limit, struct arena *a,
			   int64_t **out, size_t *n_out, struct err *e);
/* Those of IDS that S and ROLES may find, in no order. */
int search_store_docs(struct txn *t, const struct scope *s, unsigned roles,
		      const int64_t ids[SEARCH_FETCH], struct arena *a, struct doc_row **out,
		      size_t *n_out, struct err *e);

#endif
