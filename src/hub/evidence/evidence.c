/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence: who may put something in, and the chain of who had it in hand. What a case knows for
 * certain: evidence_facts.c. SQL: evidence_store.c. */
#include "hub/evidence/evidence.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/accounts/accounts.h"
#include "hub/evidence/evidence_files.h"
#include "hub/evidence/evidence_rules.h"
#include "hub/evidence/evidence_store.h"
#include "hub/search/search.h"
#include "net/crypto.h"

enum { SLACK_MIN = 5, OLDEST_DAYS = 3660, ITEMS_MAX = 100000, CHECKS_A_TURN = 8 };

const char *const evidence_kinds[] = { "file", "computer", "disk", "phone", "paper", "other" };
const size_t evidence_kinds_n = ARRAY_LEN(evidence_kinds);

/* --- shared --- */

bool evidence_rules_one_of(const char *s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(s, list[i]) == 0)
			return true;
	return false;
}

int evidence_rules_text(const char *s, size_t min, size_t max, struct err *e)
{
	size_t n = utf8_count(s, strlen(s));

	if (n < min)
		return err_set(e, -EINVAL, "something has to be written here");
	if (n > max)
		return err_set(e, -EINVAL, "the text has %zu characters, %zu are allowed", n, max);
	return 0;
}

int evidence_rules_case(struct txn *t, const struct user *u, int64_t case_id, struct arena *a,
			struct incident *out, struct err *e)
{
	const char *number;
	int r = cases_store_number(t, &u->scope, case_id, a, &number, e);

	return r < 0 ? r : cases_get(t, &u->scope, number, a, out, e);
}

static int check_time(int64_t us, int64_t now_us, struct err *e)
{
	if (us > now_us + SLACK_MIN * US_PER_MIN)
		return err_set(e, -EINVAL, "this time has not come yet");
	if (us && us < now_us - OLDEST_DAYS * US_PER_DAY)
		return err_set(e, -EINVAL, "this time is more than %d days ago", OLDEST_DAYS);
	return 0;
}

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

/* --- the chain --- */

static void field(struct buf *b, const char *s)
{
	buf_printf(b, "%zu:%s,", strlen(s), s);
}

static void number(struct buf *b, int64_t v)
{
	buf_printf(b, "%" PRId64 ",", v);
}

/* The canonical form: numbers in digits, texts as netstrings, each with a comma behind, in the
 * order of the table; whoever has the JSON of a chain can reckon it. */
static void line_hash(const struct evidence_custody *k, char out[EVIDENCE_HASH])
{
	SCOPED_BUF struct buf b = { 0 };
	uint8_t sum[32];

	number(&b, k->item_id);
	number(&b, k->seq);
	field(&b, k->kind);
	number(&b, k->at_us);
	number(&b, k->recorded_us);
	number(&b, k->person_id);
	field(&b, k->person_name);
	field(&b, k->from);
	field(&b, k->to);
	field(&b, k->why);
	field(&b, k->seal);
	field(&b, k->sha256);
	field(&b, k->result);
	field(&b, k->prev_hash);
	crypto_sha256(b.p, b.n, sum);
	crypto_hex(sum, sizeof(sum), out);
}

int evidence_custody_verify(const struct evidence_item *i, const struct evidence_custody *k,
			    size_t n, struct err *e)
{
	char hash[EVIDENCE_HASH];
	const char *prev = "";

	for (size_t x = 0; x < n; x++) {
		line_hash(&k[x], hash);
		if (k[x].seq != (int64_t)x + 1 || strcmp(k[x].prev_hash, prev) != 0 ||
		    strcmp(k[x].hash, hash) != 0)
			return err_set(e, -EFORMAT,
				       "line %zu of the chain of custody was changed afterwards",
				       x + 1);
		prev = k[x].hash;
	}
	if (i->n_custody != (int64_t)n || strcmp(i->head_hash, prev) != 0)
		return err_set(e, -EFORMAT, "the end of the chain of custody is missing");
	return 0;
}

static const char *state_after(const char *kind)
{
	if (strcmp(kind, "returned") == 0)
		return "returned";
	return strcmp(kind, "destroyed") == 0 ? "destroyed" : "";
}

/* Adds one line behind the newest one of I and changes what it says. */
static int chain_add(struct txn *t, const struct user *u, const struct evidence_item *i,
		     const struct evidence_step *step, int64_t now_us, struct err *e)
{
	char hash[EVIDENCE_HASH];
	struct evidence_custody k = {
		.item_id = i->id,
		.seq = i->n_custody + 1,
		.kind = step->kind,
		.at_us = step->at_us ? step->at_us : now_us,
		.recorded_us = now_us,
		.person_id = u->person_id,
		.person_name = u->person_id ? u->name : "",
		.from = or_empty(step->from),
		.to = or_empty(step->to),
		.why = or_empty(step->why),
		.seal = or_empty(step->seal),
		.sha256 = i->sha256,
		.result = or_empty(step->result),
		.prev_hash = i->head_hash,
		.hash = hash,
	};
	line_hash(&k, hash);
	const struct evidence_change c = { .id = i->id,
					   .seq = k.seq,
					   .now_us = now_us,
					   .hash = hash,
					   .state = state_after(k.kind),
					   .holder = step->copy ? "" : k.to,
					   .seal = k.seal,
					   .place = step->place,
					   .result = k.result };
	int r = evidence_store_item_change(t, &u->scope, &c, e);
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(e, -ECONFLICT, "somebody else has just written to this evidence");
	return evidence_store_custody_add(t, &u->scope, i->company_id, &k, e);
}

/* --- putting in --- */

static int check_new(const struct user *u, const struct evidence_new *n,
		     const struct evidence_blob *b, int64_t now_us, struct err *e)
{
	uint8_t bytes[32];
	size_t got;
	int r;

	if (!user_is(u, EVIDENCE_GIVERS))
		return err_set(e, -EDENIED, "your role may read cases but not change them");
	if (!evidence_rules_one_of(n->kind, evidence_kinds, evidence_kinds_n) ||
	    (strcmp(n->kind, "file") == 0) != (b != NULL))
		return err_set(e, -EINVAL, "choose what kind of evidence it is");
	if (n->sha256[0] &&
	    (str_hex(str_of(n->sha256), bytes, sizeof(bytes), &got) < 0 || got != sizeof(bytes)))
		return err_set(e, -EINVAL, "a SHA-256 has 64 hexadecimal digits");
	if ((r = evidence_rules_text(n->name, 1, EVIDENCE_NAME_CHARS, e)) < 0 ||
	    (r = evidence_rules_text(n->note, 0, EVIDENCE_NOTE_CHARS, e)) < 0 ||
	    (r = evidence_rules_text(n->from, 0, 200, e)) < 0 ||
	    (r = evidence_rules_text(n->seal, 0, 100, e)) < 0 ||
	    (r = evidence_rules_text(n->place, 0, 200, e)) < 0)
		return r;
	return check_time(n->happened_us, now_us, e);
}

/* A copy without NULLs, and with a name that fits. */
static struct evidence_new whole(const struct evidence_new *n, bool file, int64_t now_us,
				 struct arena *a)
{
	struct evidence_new w = *n;
	char *lower = arena_strdup(a, or_empty(n->sha256));
	const char *p = or_empty(n->name);
	size_t chars = 0, size = 0;

	for (char *c = lower; *c; c++)
		*c = (char)(*c >= 'A' && *c <= 'F' ? *c + 32 : *c);
	while (p[size] && chars < EVIDENCE_NAME_CHARS) {
		size++;
		while (((unsigned char)p[size] & 0xc0) == 0x80)
			size++;
		chars++;
	}
	w.name = file && !size ? "?" : arena_strndup(a, p, size);
	w.kind = or_empty(n->kind);
	w.note = or_empty(n->note);
	w.source = n->source ? n->source : "hand";
	w.from = or_empty(n->from);
	w.sha256 = file ? "" : lower;
	w.seal = or_empty(n->seal);
	w.place = or_empty(n->place);
	w.happened_us = n->happened_us ? n->happened_us : now_us;
	return w;
}

static int tell(struct txn *t, const struct user *u, const struct evidence_new *n, int64_t item_id,
		int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const struct case_told told = { .case_id = n->case_id,
					.action = "evidence.add", /* no text */
					.kind = "note",
					.text_key = "evidence.story.added",
					.text_arg = evidence_name_shown(n->name, a),
					.happened_us = n->happened_us,
					.ref_id = item_id };
	int r = cases_tell(t, u, &told, now_us, e);

	return r < 0 ? r : search_mark(t, EVIDENCE_FOUND, item_id, now_us, e);
}

int evidence_put(struct txn *t, struct hub *h, const struct user *u, const struct evidence_new *n,
		 struct evidence_blob *b, int64_t now_us, int64_t *id_out, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const struct evidence_new w = whole(n, b != NULL, now_us, a);
	struct incident c;
	struct evidence_item i;
	bool dangerous = false;
	int64_t id;
	int r = evidence_rules_case(t, u, n->case_id, a, &c, e);

	if (r < 0 || (r = check_new(u, &w, b, now_us, e)) < 0)
		return r;
	const char *media = b ? evidence_files_look(b->path, w.name, &dangerous) : "";
	if (b && ((r = evidence_store_blob_add(t, b, media[0] ? "wanted" : "", now_us, e)) < 0 ||
		  (r = evidence_files_place(h, b, e)) < 0))
		return r;
	const struct evidence_row row = { .n = &w,
					  .b = b,
					  .state = b ? "kept" : "held",
					  .media = media,
					  .dangerous = dangerous || w.dangerous,
					  .holder = "",
					  .company_id = c.company_id,
					  .person_id = u->person_id,
					  .now_us = now_us };
	if ((r = evidence_store_item_add(t, &u->scope, &row, &id, e)) < 0 ||
	    (r = evidence_get(t, &u->scope, id, a, &i, e)) < 0)
		return r;
	if (i.no > ITEMS_MAX)
		return err_set(e, -ELIMIT, "a company may have %d pieces of evidence", ITEMS_MAX);
	const struct evidence_step step = { .kind = "received",
					    .from = w.from[0] ? w.from : u->name,
					    .to = b ? "" : or_empty(u->org_name),
					    .why = w.note,
					    .seal = w.seal,
					    .at_us = w.happened_us };
	if ((r = chain_add(t, u, &i, &step, now_us, e)) < 0 ||
	    (r = tell(t, u, &w, id, now_us, e)) < 0)
		return r;
	*id_out = id;
	return 0;
}

int evidence_put_file(struct hub *h, const struct user *u, const struct evidence_new *n,
		      const char *path, int64_t now_us, int64_t *id_out, struct err *e)
{
	struct evidence_blob b;
	int r = evidence_take(h, path, &b, e);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	r = t ? evidence_put(t, h, u, n, &b, now_us, id_out, e) : e->code;
	if (r >= 0)
		r = txn_commit(&t, e);
	evidence_blob_drop(&b);
	return r;
}

/* --- in hand --- */

/* A change of hands says who and why; a look only that it was taken. */
static int check_step(const struct user *u, const struct evidence_item *i,
		      const struct evidence_step *s, int64_t now_us, struct err *e)
{
	static const char *const kinds[] = { "received", "viewed",   "downloaded", "handed",
					     "returned", "verified", "noted" };
	bool moves = strcmp(s->kind, "handed") == 0 || strcmp(s->kind, "returned") == 0;
	bool looks = strcmp(s->kind, "viewed") == 0 || strcmp(s->kind, "downloaded") == 0;
	int r;

	if (!evidence_rules_one_of(s->kind, kinds, ARRAY_LEN(kinds)))
		return err_set(e, -EINVAL, "choose what was done with the evidence");
	if (!looks && !user_is(u, CASES_WORKERS))
		return err_set(e, -EDENIED, "your role may read cases but not change them");
	if ((strcmp(i->state, "destroyed") == 0 || strcmp(i->state, "returned") == 0) &&
	    strcmp(s->kind, "noted") != 0 && strcmp(s->kind, "received") != 0)
		return err_set(e, -ECONFLICT, "this evidence is not here any more");
	if (moves && !or_empty(s->to)[0])
		return err_set(e, -EINVAL, "say who has it now");
	if (strcmp(s->kind, "noted") == 0 && !or_empty(s->why)[0])
		return err_set(e, -EINVAL, "something has to be written here");
	if ((r = evidence_rules_text(or_empty(s->from), 0, 200, e)) < 0 ||
	    (r = evidence_rules_text(or_empty(s->to), 0, 200, e)) < 0 ||
	    (r = evidence_rules_text(or_empty(s->why), 0, EVIDENCE_NOTE_CHARS, e)) < 0 ||
	    (r = evidence_rules_text(or_empty(s->seal), 0, 100, e)) < 0 ||
	    (r = evidence_rules_text(or_empty(s->place), 0, 200, e)) < 0)
		return r;
	return check_time(s->at_us, now_us, e);
}

/* The item, when nobody was faster than what the person saw. */
static int load(struct txn *t, const struct user *u, int64_t item_id,
		const struct evidence_step *step, struct arena *a, struct evidence_item *i,
		struct err *e)
{
	int r = evidence_get(t, &u->scope, item_id, a, i, e);

	if (r >= 0 && step->seen >= 0 && step->seen != i->n_custody)
		return err_set(e, -ECONFLICT, "somebody else has just written to this evidence");
	return r;
}

static int step_audit(struct txn *t, const struct user *u, const struct evidence_item *i,
		      const char *kind, struct arena *a, struct err *e)
{
	return accounts_audit(t, u, arena_printf(a, "evidence.%s", kind), "evidence", i->id,
			      i->company_id, NULL, e);
}

int evidence_handled(struct txn *t, const struct user *u, int64_t item_id,
		     const struct evidence_step *step, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct evidence_item i;
	int r = load(t, u, item_id, step, a, &i, e);

	if (r < 0 || (r = check_step(u, &i, step, now_us, e)) < 0 ||
	    (r = chain_add(t, u, &i, step, now_us, e)) < 0)
		return r;
	return step_audit(t, u, &i, step->kind, a, e);
}

int evidence_tlp(struct txn *t, const struct user *u, int64_t item_id, const char *tlp,
		 struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct evidence_item i;
	int r = evidence_get(t, &u->scope, item_id, a, &i, e);

	if (r < 0)
		return r;
	if (!user_is(u, CASES_WORKERS))
		return err_set(e, -EDENIED, "your role may read cases but not change them");
	if (!evidence_rules_one_of(tlp, evidence_tlps, evidence_tlps_n))
		return err_set(e, -EINVAL, "choose how far it may go");
	if ((r = evidence_store_item_tlp(t, &u->scope, item_id, tlp, e)) < 0)
		return r;
	return step_audit(t, u, &i, "tlp", a, e);
}

int evidence_destroy(struct txn *t, struct hub *h, const struct user *u, int64_t item_id,
		     const struct evidence_step *step, int64_t now_us, struct evidence_end *end_out,
		     struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct evidence_step whole_step = *step;
	struct evidence_end end = { .bytes = false };
	struct evidence_item i;
	int64_t n = 0;
	int r = load(t, u, item_id, step, a, &i, e);

	if (r < 0)
		return r;
	if (!user_is(u, ROLE_ADMIN))
		return err_set(e, -EDENIED, "only an administrator may destroy evidence");
	if (strcmp(i.state, "destroyed") == 0)
		return err_set(e, -ECONFLICT, "this evidence is not here any more");
	if ((r = evidence_rules_text(or_empty(step->why), 1, EVIDENCE_NOTE_CHARS, e)) < 0)
		return r;
	whole_step.kind = "destroyed";
	bool file = strcmp(i.state, "kept") == 0;
	if (file && (r = evidence_store_blob_lock(t, i.sha256, e)) < 0)
		return r;
	if ((r = chain_add(t, u, &i, &whole_step, now_us, e)) < 0 ||
	    (r = step_audit(t, u, &i, "destroyed", a, e)) < 0 ||
	    (file && (r = evidence_store_kept(t, i.sha256, &n, e)) < 0))
		return r;
	const struct case_told told = { .case_id = i.case_id,
					.action = "evidence.destroy",
					.kind = "note",
					.body = step->why,
					.text_key = "evidence.story.destroyed",
					.text_arg = evidence_name_shown(i.name, a) };
	if ((r = cases_tell(t, u, &told, now_us, e)) < 0)
		return r;
	if (file && n == 0) {
		if ((r = evidence_store_blob_remove(t, i.sha256, e)) < 0 ||
		    (r = evidence_files_remove(h, i.sha256, e)) < 0)
			return r;
		end.bytes = true;
		str_copy(end.sha256, sizeof(end.sha256), str_of(i.sha256));
	}
	*end_out = end;
	return 0;
}

void evidence_destroy_finish(struct hub *h, const struct evidence_end *end, int committed)
{
	if (!end->bytes)
		return;
	if (committed < 0)
		evidence_files_undo(h, end->sha256);
	else
		evidence_files_gone(h, end->sha256);
}

/* --- again and again --- */

/* The bytes may be evidence of many companies: each chain hears it, but who asked is named only in
 * those of BY's company. */
static int recheck_tell(struct txn *t, const struct evidence_asker *by, const char *sha256,
			const char *result, int64_t now_us, struct err *e)
{
	const struct user itself = accounts_system_user(now_us);
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct evidence_item *list;
	size_t n;
	int r = evidence_store_items_with(t, sha256, a, &list, &n, e);

	if (r >= 0)
		r = evidence_store_blob_checked(t, sha256, result, now_us, e);
	for (size_t x = 0; x < n && r >= 0; x++) {
		const struct evidence_step step = { .kind = "verified", .result = result };
		const struct user *u =
			by && by->company_id == list[x].company_id ? by->user : &itself;
		if (!by && strcmp(list[x].check, result) == 0 && strcmp(result, "matches") != 0)
			continue; /* it was said once, it need not be said every day */
		r = chain_add(t, u, &list[x], &step, now_us, e);
		if (r >= 0)
			r = step_audit(t, u, &list[x], "verified", a, e);
	}
	return r;
}

int evidence_recheck(struct hub *h, const struct evidence_asker *by, const char *sha256,
		     const char **result_out, struct err *e)
{
	const char *result = evidence_files_check(h, sha256);
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? recheck_tell(t, by, sha256, result, clock_utc_us(h->clock), e) : e->code;

	if (r >= 0)
		r = txn_commit(&t, e);
	if (r >= 0 && result_out)
		*result_out = result;
	return r;
}

static int due(struct hub *h, struct arena *a, struct evidence_stored *out, struct err *e)
{
	int64_t before = clock_utc_us(h->clock) - evidence_conf.check_days * US_PER_DAY;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);

	return t ? evidence_store_blob_due(t, before, a, out, e) : e->code;
}

int evidence_recheck_job(struct hub *h, struct err *e)
{
	for (int i = 0; i < CHECKS_A_TURN; i++) {
		SCOPED_ARENA struct arena *a = arena_new(0);
		struct evidence_stored b;
		struct err none = { 0 };
		int r = due(h, a, &b, &none);
		if (r == -ENOENT)
			return 0;
		if (r < 0) {
			*e = none;
			return r;
		}
		if ((r = evidence_recheck(h, NULL, b.sha256, NULL, e)) < 0)
			return r;
	}
	return 0;
}
