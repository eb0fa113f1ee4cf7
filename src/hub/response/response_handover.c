/* SPDX-License-Identifier: Apache-2.0 */
/* Recordings that came up from sensors are handed over as evidence of their case: a job, because a
 * file is taken in hand before any transaction, and the writer of sensors' batches is within one.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "hub/accounts/accounts.h"
#include "hub/evidence/evidence.h"
#include "hub/hub_text.h"
#include "hub/live.h"
#include "hub/response/response_order.h"
#include "hub/response/response_store.h"

enum { FILES_AT_ONCE = 20 };

static int note(struct hub *h, const struct response_order *o, int64_t evidence_id, struct err *e)
{
	struct response_order now = *o;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r;

	if (!t)
		return e->code;
	now.evidence_id = evidence_id;
	r = response_store_set(t, &scope_system, &now, e);
	return r < 0 ? r : txn_commit(&t, e);
}

static int hand_over(struct hub *h, const struct response_order *o, struct arena *a, struct err *e)
{
	const int64_t now_us = clock_utc_us(h->clock);
	const struct user hub = accounts_system_user(now_us);
	SCOPED_MEM char *path = response_file_path(h, o->id);
	const char *const args[] = { o->made_name, o->target };
	SCOPED_BUF struct buf said = { 0 };
	int64_t id;

	if (!file_exists(path))
		return 0; /* an administrator moved it; its order still says that it came */
	hub_text_fill(h->text, LANG_JA, "response.evidence.note", args, ARRAY_LEN(args), &said);
	const struct evidence_new n = {
		.case_id = o->incident_id,
		.kind = "file",
		.name = arena_printf(a, "%s-%" PRId64 ".pcap", o->number, o->id),
		.note = said.p,
		.source = "sensor",
		.from = o->sensor_name,
		.happened_us = o->done_us,
	};
	int r = evidence_put_file(h, &hub, &n, path, now_us, &id, e);

	if (r >= 0 && (r = note(h, o, id, e)) >= 0)
		live_publish(h, "order", o->company_id, o->incident_id);
	return r;
}

int response_handover(struct hub *h, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct response_order *list;
	size_t n;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);
	int r = t ? response_store_files(t, FILES_AT_ONCE, a, &list, &n, e) : e->code;

	if (r < 0)
		return r;
	txn_rollback(&t);
	for (size_t i = 0; i < n; i++) {
		struct err why = { 0 };

		if (hand_over(h, &list[i], a, &why) < 0)
			log_error("the recording of order %" PRId64 " stays where it is: %s",
				  list[i].id, why.text);
	}
	return 0;
}
