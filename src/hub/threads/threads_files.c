/* SPDX-License-Identifier: Apache-2.0 */
/* Files that go along with messages: what may go to whom, and the chain of custody that says so. */
#include "hub/threads/threads_files.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "hub/accounts/accounts.h"
#include "net/smtp.h"

enum { TO_CHARS = 200 };
#define MIB INT64_C(1048576)

struct threads_conf threads_conf;

/* TLP 2.0: red stays with those who have it, here the company itself, and is never mailed; with
 * amber+strict it stays within the organisations that work on the case here. */
int threads_files_may(const struct thread *th, const struct evidence_item *i, bool by_mail,
		      struct err *e)
{
	const bool own = strcmp(th->kind, THREAD_COMPANY) == 0;

	if (strcmp(i->tlp, "red") == 0 && (by_mail || !own))
		return err_set(e, -EINVAL,
			       "%s is marked TLP:RED and may not be handed on: only the company "
			       "itself gets it, and not by mail",
			       i->name);
	if (strcmp(i->tlp, "amber+strict") == 0 && !own && !th->org_id)
		return err_set(e, -EINVAL,
			       "%s is marked TLP:AMBER+STRICT: only the company and organisations "
			       "that take part here get it",
			       i->name);
	if (by_mail && i->dangerous)
		return err_set(e, -EINVAL,
			       "%s may do harm and does not go by mail: hand it over on a disk, or "
			       "by the portal",
			       i->name);
	return 0;
}

static int check_one(struct txn *t, const struct user *u, const struct thread *th,
		     const struct thread_post *p, int64_t id, int64_t *size, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct evidence_item i;
	int r = evidence_get(t, &u->scope, id, a, &i, e);

	if (r < 0)
		return r;
	if (i.case_id != th->incident_id || (threads_is_party(u, th) && i.added_by != u->person_id))
		return err_set(e, -ENOENT, "there is no such evidence");
	if (strcmp(i.state, "kept") != 0)
		return err_set(e, -EINVAL, "%s is not here any more and cannot be attached",
			       i.name);
	*size += i.size_bytes;
	return strcmp(p->direction, THREAD_OUT) == 0 ? threads_files_may(th, &i, p->send, e) : 0;
}

int threads_files_check(struct txn *t, const struct user *u, const struct thread *th,
			const struct thread_post *p, struct err *e)
{
	int64_t size = 0;
	int r = 0;

	if (p->n_evidence > THREAD_FILES_MAX)
		return err_set(e, -EINVAL, "a message may have %d files", THREAD_FILES_MAX);
	for (size_t i = 0; r >= 0 && i < p->n_evidence; i++)
		r = check_one(t, u, th, p, p->evidence[i], &size, e);
	if (r >= 0 && p->send && size > threads_conf.attach_mib * MIB)
		return err_set(e, -EINVAL,
			       "files of a mail may have %" PRId64
			       " MiB together, these have %" PRId64
			       " MiB: hand them over by the portal or on a disk",
			       threads_conf.attach_mib, (size + MIB - 1) / MIB);
	return r;
}

/* "North East Insurance (claims@example.jp)" */
static const char *party(const struct thread *th, bool by_mail, struct arena *a)
{
	const char *who = th->org_name[0] ? th->org_name : th->person_name;

	return by_mail ? arena_printf(a, "%s <%s>", who, th->mail) : who;
}

int threads_files_add(struct txn *t, const struct user *u, const struct thread *th,
		      const struct thread_post *p, int64_t message_id, int64_t now_us,
		      struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const bool hands = strcmp(p->direction, THREAD_OUT) == 0 && !p->send;
	const struct evidence_step step = { .kind = "handed",
					    .copy = true,
					    .from = u->org_name,
					    .to = party(th, false, a),
					    .why = p->handed_why ? p->handed_why : "",
					    .at_us = p->happened_us,
					    .seen = -1 };
	int r = 0;

	for (size_t i = 0; r >= 0 && i < p->n_evidence; i++) {
		r = threads_store_file(t, &u->scope, message_id, th->company_id, p->evidence[i], e);
		if (r >= 0 && hands)
			r = evidence_handled(t, u, p->evidence[i], &step, now_us, e);
	}
	return r;
}

int threads_files_get(struct txn *t, const struct user *u, int64_t thread_id, int64_t evidence_id,
		      struct arena *a, struct evidence_item *out, int64_t *message_id_out,
		      struct err *e)
{
	struct thread th;
	struct thread_file *list;
	size_t n;
	int r = threads_get(t, u, thread_id, a, &th, e);

	if (r < 0 || (r = threads_store_files(t, &u->scope, thread_id, a, &list, &n, e)) < 0)
		return r;
	for (size_t i = 0; i < n; i++)
		if (list[i].evidence_id == evidence_id) {
			*message_id_out = list[i].message_id;
			return evidence_get(t, &u->scope, evidence_id, a, out, e);
		}
	return err_set(e, -ENOENT, "there is no such evidence");
}

int threads_files_fetched(struct txn *t, const struct user *u, int64_t message_id,
			  const struct evidence_item *i, const char *why, int64_t now_us,
			  struct err *e)
{
	const struct evidence_step step = { .kind = "downloaded", .why = why, .seen = -1 };
	int r = evidence_handled(t, u, i->id, &step, now_us, e);

	return r < 0 ? r
		     : threads_store_fetch(t, &u->scope,
					   &(struct thread_fetch){ .message_id = message_id,
								   .evidence_id = i->id,
								   .person_id = u->person_id,
								   .at_us = now_us },
					   i->company_id, e);
}

/* --- mail --- */

static int bytes_read(struct hub *h, const struct evidence_item *i, struct buf *out, struct err *e)
{
	char block[16 * 1024];
	ssize_t n;
	SCOPED_FD int fd = evidence_open(h, i, e);

	if (fd < 0)
		return fd;
	while ((n = read(fd, block, sizeof(block))) > 0) {
		buf_add(out, block, (size_t)n);
		if ((int64_t)out->n > i->size_bytes)
			break;
	}
	return n < 0 || (int64_t)out->n != i->size_bytes
		       ? err_set(e, -EPERM, "the file of this evidence is not there")
		       : 0;
}

static int items_of(struct hub *h, int64_t message_id, struct arena *a, struct thread_load *l,
		    struct err *e)
{
	struct thread_file *list;
	size_t n;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);
	int r = t ? threads_store_files_of(t, message_id, a, &list, &n, e) : e->code;

	if (r < 0)
		return r;
	l->items = arena_array(a, n + 1, sizeof(*l->items));
	l->files = arena_array(a, n + 1, sizeof(*l->files));
	l->bytes = arena_array(a, n + 1, sizeof(*l->bytes));
	for (size_t i = 0; r >= 0 && i < n; i++)
		r = evidence_get(t, &scope_system, list[i].evidence_id, a, &l->items[i], e);
	l->n = r < 0 ? 0 : n;
	return r;
}

int threads_files_load(struct hub *h, const struct thread *th, int64_t message_id, struct arena *a,
		       struct thread_load *out, struct err *e)
{
	struct thread_load l = { .n = 0 };
	int64_t size = 0;
	int r = items_of(h, message_id, a, &l, e);

	for (size_t i = 0; r >= 0 && i < l.n; i++) {
		r = threads_files_may(th, &l.items[i], true, e);
		size += l.items[i].size_bytes;
		if (r >= 0 && size > threads_conf.attach_mib * MIB)
			r = err_set(e, -EPERM, "the files are larger than a mail may be");
		if (r >= 0)
			r = bytes_read(h, &l.items[i], &l.bytes[i], e);
		l.files[i] = (struct smtp_file){ l.items[i].name, l.bytes[i].p, l.bytes[i].n };
	}
	if (r < 0) {
		threads_files_unload(&l);
		return err_set(e, -EPERM, "%s", e->text);
	}
	*out = l;
	return 0;
}

void threads_files_unload(struct thread_load *l)
{
	for (size_t i = 0; i < l->n; i++)
		buf_done(&l->bytes[i]);
	l->n = 0;
}

int threads_files_mailed(struct txn *t, struct hub *h, const struct thread *th,
			 const struct thread_message *m, const struct thread_load *l,
			 int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const struct user itself = accounts_system_user(now_us);
	const struct evidence_step step = { .kind = "handed",
					    .copy = true,
					    .from = m->person_name,
					    .to = party(th, true, a),
					    .why = text_get(h->text, LANG_JA, "thread.handed.mail"),
					    .seen = -1 };
	int r = 0;

	for (size_t i = 0; r >= 0 && i < l->n; i++)
		r = evidence_handled(t, &itself, l->items[i].id, &step, now_us, e);
	return r;
}
