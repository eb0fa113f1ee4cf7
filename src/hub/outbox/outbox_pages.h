/* SPDX-License-Identifier: Apache-2.0 */
/* Models of this feature's templates. */
#ifndef HUB_OUTBOX_OUTBOX_PAGES_H
#define HUB_OUTBOX_OUTBOX_PAGES_H

#include "hub/accounts/accounts.h"
#include "hub/hub_frame.h"
#include "hub/outbox/outbox.h"

struct hook_line {
	struct hook k;
	const char *state, *state_key; /* red amber green grey, and its word */
};
struct outbox_page {
	const struct hook_line *hooks;
	size_t n_hooks;
	const struct delivery *dead;
	size_t n_dead, n_failing;
};

struct kind_choice {
	const char *name, *text_key, *hint_key;
	bool on;
};
struct hook_page {
	int64_t id; /* 0 = a new one */
	struct field_view name, url;
	const struct accounts_org *orgs; /* of a new one */
	size_t n_orgs;
	int64_t org_id;
	struct kind_choice kinds[16];
	size_t n_kinds;
	const struct hook_line *line; /* NULL = a new one */
	const struct delivery *last;
	size_t n_last;
	const char *error;
	const char *tested; /* what came of a test; NULL = none */
	bool test_good;
};
struct hook_secret_page { /* shown once */
	const char *name, *secret;
	int64_t id;
};
struct outbox_home {
	int64_t dead;
};

/* The same for programs (outbox_json.c). */
int outbox_json_list(struct call *c, const struct outbox_page *p);
int outbox_json_secret(struct call *c, const struct hook_secret_page *p);
int outbox_json_test(struct call *c, const struct hook_page *p);

#endif
