/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on hooks and deliveries. */
#ifndef HUB_OUTBOX_OUTBOX_STORE_H
#define HUB_OUTBOX_OUTBOX_STORE_H

#include "hub/outbox/outbox.h"

int outbox_store_hook_add(struct txn *t, const struct hook *k, int64_t person_id, int64_t *id_out,
			  struct err *e);
int outbox_store_hook_set(struct txn *t, const struct hook *k, struct err *e); /* -ENOENT */
int outbox_store_hook_secret(struct txn *t, int64_t id, const char *secret, struct err *e);
int outbox_store_hook(struct txn *t, int64_t id, struct arena *a, struct hook *out, struct err *e);
int outbox_store_hooks(struct txn *t, struct arena *a, struct hook **out, size_t *n_out,
		       struct err *e);
/* How its last delivery went. */
int outbox_store_hook_tried(struct txn *t, const struct hook *k, struct err *e);

int outbox_store_add(struct txn *t, const struct delivery *d, struct err *e);
/* The oldest that is queued for each hook that is due. */
int outbox_store_due(struct txn *t, int64_t now_us, struct arena *a, struct delivery **out,
		     size_t *n_out, struct err *e);
int outbox_store_tried(struct txn *t, const struct delivery *d, struct err *e);
/* What waits for a hook and was made up to UNTIL_US is given up. */
int outbox_store_give_up(struct txn *t, int64_t hook_id, int64_t until_us, const char *why,
			 struct err *e);
/* What was given up becomes TO, one or (ID 0) all: how many. */
struct outbox_move {
	int64_t id, now_us;
	const char *to;
};
int64_t outbox_store_move(struct txn *t, const struct scope *s, const struct outbox_move *m,
			  struct err *e);
/* All receivers are due now. */
int outbox_store_hooks_due(struct txn *t, struct err *e);
int outbox_store_list(struct txn *t, const struct scope *s, const char *state, int64_t hook_id,
		      struct arena *a, struct delivery **out, size_t *n_out, struct err *e);
int outbox_store_count_dead(struct txn *t, const struct scope *s, int64_t *n_out, struct err *e);
int outbox_store_forget(struct txn *t, int64_t sent_before_us, int64_t dead_before_us,
			struct err *e);

/* --- what happened --- */

struct happened {
	int64_t id, at_us, entity_id, company_id, severity;
	const char *action, *entity, *number;
};
int outbox_store_mark(struct txn *t, const char *name, int64_t *at_out,
		      struct err *e); /* -ENOENT */
int outbox_store_mark_set(struct txn *t, const char *name, int64_t at, struct err *e);
int outbox_store_audit_end(struct txn *t, int64_t *id_out, struct err *e);
int outbox_store_alert_end(struct txn *t, int64_t *id_out, struct err *e);
int outbox_store_audit(struct txn *t, int64_t after, struct arena *a, struct happened **out,
		       size_t *n_out, struct err *e);
int outbox_store_alerts(struct txn *t, int64_t after, struct arena *a, struct happened **out,
			size_t *n_out, struct err *e);
/* 1 when S sees the company, else 0. */
int outbox_store_sees(struct txn *t, const struct scope *s, int64_t company_id, struct err *e);

#endif
