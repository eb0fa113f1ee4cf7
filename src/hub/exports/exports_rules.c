/* SPDX-License-Identifier: Apache-2.0 */
/* Making an export. What it costs in time is spent outside of write transactions: first everything
 * is read in one, then the file is written, then it is told that it was made, and only then it
 * leaves. */
#include "hub/exports/exports_rules.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "hub/accounts/accounts.h"
#include "hub/exports/exports_store.h"

enum { FILE_BYTES_MAX = 48 * 1024 * 1024 };

static int check(const struct user *u, const struct export_order *o, struct err *e)
{
	const size_t to = utf8_count(o->to, strlen(o->to));
	const size_t why = utf8_count(o->purpose, strlen(o->purpose));

	if (!user_is(u, o->kind->roles))
		return err_set(e, -EDENIED, "your role does not allow this export");
	if (!(o->kind->flags & (o->number ? EXPORT_ONE : EXPORT_MANY)))
		return err_set(e, -EINVAL,
			       o->number ? "this format is for several cases: choose another"
					 : "this format is for one case: choose another");
	if (o->named && !(o->kind->flags & EXPORT_NAMES) && o->kind->to == FOR_OTHERS)
		return err_set(e, -EINVAL, "this format never carries names");
	if (o->kind->to == FOR_OTHERS && (to == 0 || why == 0))
		return err_set(e, -EINVAL, "say to whom the file goes and what for");
	if (to > EXPORT_TO_CHARS || why > EXPORT_TO_CHARS)
		return err_set(e, -EINVAL, "at most %d characters", EXPORT_TO_CHARS);
	return 0;
}

unsigned exports_roles(const struct export_kind *k, const struct user *u)
{
	return k->to == FOR_COMPANY ? ROLE_COMPANY : k->to == FOR_DESK ? u->roles : 0;
}

static struct export_ask ask_of(struct hub *h, const struct user *u, const struct export_order *o,
				int64_t now_us, struct arena *a)
{
	return (struct export_ask){
		.hub = h,
		.scope = &u->scope,
		.user = u,
		.now_us = now_us,
		.lang = o->lang,
		.arena = a,
		.to = o->kind->to,
		.named = o->kind->to != FOR_OTHERS || o->named,
		.roles = exports_roles(o->kind, u),
		.no_ja3 = o->kind->flags & EXPORT_NO_JA3,
		.light = o->kind->flags & EXPORT_LIGHT,
	};
}

int exports_look(struct txn *t, const struct export_ask *q, const char *number,
		 struct export_case *out, struct err *e)
{
	struct export_ask ask = *q;
	struct incident c;
	int r = cases_get(t, q->scope, number, q->arena, &c, e);

	ask.t = t;
	return r < 0 ? r : exports_case_read(&ask, &c, out, e);
}

/* --- reading --- */

static int read_many(struct txn *t, const struct export_order *o, struct export_ask *q,
		     struct export_case **out, size_t *n_out, struct err *e)
{
	struct case_filter f = *o->filter;
	struct incident *list;
	size_t n;
	int64_t all;
	int r = cases_store_count(t, q->scope, &f, &all, e);

	if (r < 0)
		return r;
	if (all == 0)
		return err_set(e, -EINVAL, "there is no case like that: choose other filters");
	if (all > (int64_t)o->kind->cases_max)
		return err_set(e, -ELIMIT,
			       "these are %" PRId64 " cases, more than the %zu of one file: narrow "
			       "the filter",
			       all, o->kind->cases_max);
	f.offset = 0;
	f.limit = (int64_t)o->kind->cases_max;
	if ((r = cases_store_list(t, q->scope, &f, q->arena, &list, &n, e)) < 0)
		return r;
	*out = arena_array(q->arena, n + 1, sizeof(**out));
	for (size_t i = 0; i < n && r >= 0; i++)
		r = exports_case_read(q, &list[i], &(*out)[i], e);
	*n_out = n;
	return r;
}

static int read_all(struct hub *h, const struct export_order *o, struct export_ask *q,
		    struct export_case **out, size_t *n_out, struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);

	if (!t)
		return e->code;
	q->t = t;
	if (!o->number)
		return read_many(t, o, q, out, n_out, e);
	*out = arena_array(q->arena, 1, sizeof(**out));
	*n_out = 1;
	return exports_look(t, q, o->number, *out, e);
}

/* --- telling --- */

static int log_put(struct txn *t, const struct user *u, const struct export_order *o,
		   const struct export_log_row *row, struct err *e)
{
	struct export_log_row r = *row;

	r.kind = o->kind->id;
	r.to = o->to;
	r.purpose = o->purpose;
	r.person_id = u->person_id;
	r.org_id = u->org_id;
	r.named = o->kind->to != FOR_OTHERS || o->named;
	return exports_store_log(t, &u->scope, &r, e);
}

static int tell_one(struct txn *t, const struct user *u, const struct export_order *o,
		    const struct export_case *c, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const char *const args[] = { o->to, NULL };
	const struct case_told told = {
		.case_id = c->c.id,
		.action = "incident.export",
		.kind = "note",
		.text_key = arena_printf(a, "export.story.%s", o->kind->id),
		.text_arg = cases_args(a, args),
	};

	return cases_tell(t, u, &told, now_us, e);
}

/* One row for each company, whose cases stand anywhere among the others. */
static int log_companies(struct txn *t, const struct user *u, const struct export_order *o,
			 const struct export_job *j, struct err *e)
{
	bool *done = arena_array(j->ask->arena, j->n + 1, sizeof(*done));

	for (size_t i = 0; i < j->n; i++) {
		struct export_log_row row = { .company_id = j->cases[i].c.company_id,
					      .at_us = j->now_us };
		if (done[i])
			continue;
		for (size_t k = i; k < j->n; k++)
			if (j->cases[k].c.company_id == row.company_id) {
				done[k] = true;
				row.cases++;
				row.hidden += exports_case_hidden(&j->cases[k]);
				row.incident_id = j->cases[k].c.id;
			}
		row.incident_id = row.cases == 1 ? row.incident_id : 0;
		int r = log_put(t, u, o, &row, e);
		if (r < 0)
			return r;
	}
	return 0;
}

static int tell(struct hub *h, const struct user *u, const struct export_order *o,
		const struct export_job *j, struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? log_companies(t, u, o, j, e) : e->code;

	/* a list of thousands is no news for each of them */
	for (size_t i = 0; r >= 0 && i < j->n && !(o->kind->flags & EXPORT_LIGHT); i++)
		r = tell_one(t, u, o, &j->cases[i], j->now_us, e);
	if (r >= 0 && !o->number)
		r = accounts_audit(t, u, "export.many", "export", 0, 0,
				   arena_printf(j->ask->arena, "{\"kind\":\"%s\",\"cases\":%zu}",
						o->kind->id, j->n),
				   e);
	return r < 0 ? r : txn_commit(&t, e);
}

int exports_make(struct hub *h, const struct user *u, const struct export_order *o, int64_t now_us,
		 struct arena *a, struct buf *out, const char **file_out, struct err *e)
{
	struct export_case *cases = NULL;
	struct export_ask ask;
	size_t n = 0;
	int r = check(u, o, e);

	if (r < 0)
		return r;
	ask = ask_of(h, u, o, now_us, a);
	if ((r = read_all(h, o, &ask, &cases, &n, e)) < 0)
		return r;
	const struct export_job j = {
		.ask = &ask, .kind = o->kind, .cases = cases, .n = n, .now_us = now_us
	};
	buf_init(out, FILE_BYTES_MAX);
	if ((r = o->kind->write(&j, out, e)) < 0)
		return r;
	if (out->over)
		return err_set(e, -ELIMIT,
			       "the file would be larger than %d bytes: choose fewer cases",
			       FILE_BYTES_MAX);
	if ((r = tell(h, u, o, &j, e)) < 0)
		return r;
	*file_out = arena_printf(a, "%s%s", o->number ? o->number : "otasuke", o->kind->suffix);
	return 0;
}
