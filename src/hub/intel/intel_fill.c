/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of a generated region: names that nobody can have, in a list of each kind of origin. */
#include "hub/intel/intel_fill.h"

#include <stdio.h>

#include "hub/accounts/accounts.h"
#include "hub/intel/intel_store.h"
#include "hub/intel/intel_work.h"

enum { ENTRIES = 400, EVERY_S = 24 * 3600 };

static void list_make(struct hub_fill *f, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		if (i % 4 == 3)
			buf_printf(out, "198.51.100.%d\n", (int)(i % 254 + 1));
		else
			buf_printf(out, "%s-%s%zu.example\n", fill_pick(f, "domain_a")->text,
				   fill_pick(f, "domain_b")->text, i);
	}
}

static int list_fill(struct hub *h, struct hub_fill *f, size_t k, struct err *e)
{
	static const char *const tlp[] = { TLP_CLEAR, TLP_GREEN, TLP_AMBER };
	const struct fill_word *word = fill_nth("feed", k);
	const struct user u = accounts_system_user(f->now_us);
	struct intel_report *rep = arena_alloc(f->arena, sizeof(*rep));
	SCOPED_BUF struct buf text = { 0 };
	struct intel_feed x = { .name = word->text,
				.role = FEED_BAD,
				.way = WAY_UPLOAD,
				.place = "",
				.source = word->reading,
				.licence = "",
				.format = "",
				.tlp = tlp[k % 3],
				.confidence = 90 - (int64_t)k * 20,
				.every_s = EVERY_S,
				.enabled = true };
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? intel_feed_set(t, &u, &x, f->now_us, e) : e->code;

	if (r >= 0)
		r = intel_store_feed(t, x.id, f->arena, &x, e);
	if (r < 0 || (r = txn_commit(&t, e)) < 0)
		return r;
	list_make(f, ENTRIES / (k + 1), &text);
	const struct intel_file file = { "list.txt", text.p, text.n };
	return intel_work_sent(h, &u, &x, &file, f->arena, rep, e);
}

int intel_fill(struct hub *h, struct hub_fill *f, struct err *e)
{
	size_t n = fill_count("feed");
	int r = 0;

	for (size_t k = 0; r >= 0 && k < n; k++)
		r = list_fill(h, f, k, e);
	return r;
}
