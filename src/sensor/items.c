/* SPDX-License-Identifier: Apache-2.0 */
/* Checks and applies items. Files: the inbox is the uplink's and only read here; the folder items
 * is the probe's. */
#include "sensor/items.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/crypto.h"
#include "sensor/items_copy.h"
#include "sensor/items_state.h"
#include "sensor/sensor_conf.h"
#include "wire/order.h"

enum { TELL_TIMES = 10 };
#define AHEAD_MAX_US (10 * US_PER_MIN) /* what is to be done once is not of the future */
#define RETRY_NS     INT64_C(10000000000)
#define SETTLED_NS   INT64_C(50000000)

struct items {
	struct items_conf conf;
	char inbox[SENSOR_PATH_MAX], dir[SENSOR_PATH_MAX];
	struct items_state state;
	struct items_copy *copy;
	int64_t seen_ns;  /* when the inbox had changed last, 0 = look in any case */
	int64_t retry_ns; /* monotonic: look again then; 0 = only when it changes */
	bool dirty;       /* the state is to be stored */
	bool news;
	const char *why; /* the item being judged is refused: a word of wire/order.h */
};

/* One file of the inbox. */
struct arrival {
	struct inbox_done name; /* its number and hash */
	struct item item;
	struct buf packed;
};

enum verdict { LATER = 1, DONE = 0 };

static const struct item_kind *kind_of(const struct items *x, const char *kind)
{
	for (size_t i = 0; i < x->conf.n_kinds; i++)
		if (strcmp(x->conf.kinds[i].kind, kind) == 0)
			return &x->conf.kinds[i];
	return NULL;
}

static void kept_path(const struct items *x, const char *kind, uint64_t sequence, const char *end,
		      char out[SENSOR_PATH_MAX])
{
	char name[ITEM_NAME_MAX + 40];

	if (sequence)
		(void)snprintf(name, sizeof(name), "%s.%" PRIu64 ".%s", kind, sequence, end);
	else
		(void)snprintf(name, sizeof(name), "%s.%s", kind, end);
	sensor_path(x->dir, name, out);
}

/* --- is it the hub's, for us, in time, and news? --- */

static bool signed_by_hub(const struct items *x, const struct item *i)
{
	SCOPED_BUF struct buf text = { 0 };

	item_signed_bytes(i, &text);
	return i->signature &&
	       crypto_key_verify(x->state.trust.item_key, text.p, text.n, i->signature);
}

static int check_origin(struct items *x, const struct item *i, struct err *e)
{
	x->why = ORDER_WHY_SIGNATURE;
	if (!signed_by_hub(x, i))
		return err_set(e, -EDENIED, "its signature is not the hub's");
	if (strcmp(i->sensor, x->state.trust.sensor) != 0)
		return err_set(e, -EDENIED, "it is addressed to sensor %s", i->sensor);
	return 0;
}

/* Both clocks are named: one of them may be wrong. */
static int check_time(struct items *x, const struct item *i, bool once, struct err *e)
{
	int64_t now_us = clock_utc_us(x->conf.clock);
	char theirs[TIME_TEXT_MAX], ours[TIME_TEXT_MAX];

	(void)time_format(now_us, ours, sizeof(ours));
	if (i->expires_us <= now_us) {
		x->why = ORDER_WHY_LATE;
		return err_set(
			e, -EDENIED,
			"it has expired: it was good until %s, the clock of this box says %s",
			time_format(i->expires_us, theirs, sizeof(theirs)), ours);
	}
	if (once && i->made_us > now_us + AHEAD_MAX_US) {
		x->why = ORDER_WHY_CLOCK;
		return err_set(
			e, -EDENIED,
			"the hub made it at %s, the clock of this box says %s: set the clock",
			time_format(i->made_us, theirs, sizeof(theirs)), ours);
	}
	return 0;
}

static int check_news(struct items *x, const struct item *i, struct err *e)
{
	uint64_t high = items_state_high(&x->state, i->kind, i->replace_key);
	const struct item_kind *k = kind_of(x, i->kind);
	int r = check_time(x, i, k && k->once, e);

	if (r < 0)
		return r;
	x->why = ORDER_WHY_REPLAYED;
	if (i->sequence < high)
		return err_set(e, -EDENIED, "a newer one was applied already");
	x->why = ORDER_WHY_UNKNOWN;
	if (!k)
		return err_set(e, -EDENIED, "this sensor does not know items of this kind");
	if (k->wants_blob != (i->blob != NULL))
		return err_set(e, -EDENIED, "it is incomplete");
	x->why = "";
	return 0;
}

/* --- applying --- */

static void keep(struct items *x, const struct arrival *n, uint64_t before)
{
	char path[SENSOR_PATH_MAX];
	struct err e = { 0 };

	if (kind_of(x, n->item.kind)->once)
		return;
	kept_path(x, n->item.kind, 0, "item", path);
	if (file_write(path, 0644, n->packed.p, n->packed.n, &e) < 0)
		log_error("%s", e.text); /* in force until this process ends */
	if (before && before != n->item.sequence) {
		kept_path(x, n->item.kind, before, "blob", path);
		(void)unlink(path); /* there is none for most kinds */
	}
}

static int apply(struct items *x, const struct arrival *n, struct err *e)
{
	const struct item_kind *k = kind_of(x, n->item.kind);
	uint64_t before = items_state_high(&x->state, n->item.kind, n->item.replace_key);
	struct item_news news = { .body = n->item.body,
				  .body_n = n->item.body_n,
				  .item = &n->item };
	struct items_copy_job job = { .size = n->item.blob_size };
	int r = 0;

	if (n->item.blob) {
		memcpy(job.hash, n->item.blob, BLOB_HASH);
		inbox_blob_path(x->inbox, n->item.blob, true, job.from);
		kept_path(x, n->item.kind, n->item.sequence, "blob", job.to);
		r = x->conf.aside ? items_copy_aside(x->copy, &job, e) : items_copy_now(&job, e);
		if (r == -EINPROGRESS)
			return r;
		news.blob_path = job.to;
	}
	if (r >= 0)
		r = k->apply(x->conf.arg, &news, e);
	if (r >= 0)
		r = items_state_high_set(&x->state, n->item.kind, n->item.replace_key,
					 n->item.sequence, e);
	if (r < 0) {
		if (news.blob_path)
			(void)unlink(job.to); /* half of it, or of no use */
		return r;
	}
	keep(x, n, before);
	return 0;
}

static void note(struct items *x, const struct arrival *n, bool applied, const struct err *e)
{
	struct items_result r = { .sequence = n->name.sequence,
				  .applied = applied,
				  .at_us = clock_utc_us(x->conf.clock) };

	if (!applied)
		(void)snprintf(r.reason, sizeof(r.reason), "%.*s", ITEMS_REASON_MAX - 1, e->text);
	for (char *p = r.reason; *p; p++)
		if ((unsigned char)*p < ' ')
			*p = ' ';
	items_state_result(&x->state, &r);
	x->news = true;
	if (applied)
		log_info("item %" PRIu64 " (%s) of the hub is applied", r.sequence, n->item.kind);
	else
		log_warn("item %" PRIu64 " of the hub is refused: %s", r.sequence, r.reason);
}

/* Told besides the heartbeat, where somebody waits for an answer. */
static void refused_tell(struct items *x, const struct arrival *n, bool signed_one,
			 const struct err *e)
{
	const struct item_kind *k = n->item.kind ? kind_of(x, n->item.kind) : NULL;

	if (x->conf.refused && k && k->once)
		x->conf.refused(x->conf.arg, n->name.sequence, signed_one ? &n->item : NULL, x->why,
				e);
}

static bool is_elsewhere(const struct items *x, const struct item *i)
{
	const struct item_kind *k = kind_of(x, i->kind);

	return k ? k->elsewhere : x->conf.alone;
}

/* Whether it is the hub's, in time and news; 1 = the same once more, told already. */
static int check(struct items *x, const struct arrival *n, bool *signed_out, struct err *e)
{
	uint64_t high = items_state_high(&x->state, n->item.kind, n->item.replace_key);
	int r = 0;

	x->why = ORDER_WHY_FORMAT;
	if (n->item.sequence != n->name.sequence)
		return err_set(e, -EDENIED, "its number is not that of its file");
	if ((r = check_origin(x, &n->item, e)) < 0)
		return r;
	*signed_out = true;
	return n->item.sequence == high ? 1 : check_news(x, &n->item, e);
}

/* What becomes of a file: LATER when its blob or its turn has not come, or the disk is full. */
static int judge(struct items *x, struct arrival *n, struct arena *a, struct err *e)
{
	char blob[INBOX_PATH_MAX];
	bool signed_one = false;
	int r = item_decode(n->packed.p, n->packed.n, a, &n->item, e);

	if (r < 0 ? x->conf.alone : is_elsewhere(x, &n->item))
		return LATER;
	if (r >= 0)
		r = check(x, n, &signed_one, e);
	if (r > 0)
		return DONE;
	if (r >= 0 && n->item.blob) {
		inbox_blob_path(x->inbox, n->item.blob, true, blob);
		if (!file_exists(blob))
			return LATER;
	}
	if (r >= 0)
		r = apply(x, n, e);
	if (r == -EINPROGRESS)
		return LATER;
	if (r == -ENOSPC || r == -EDQUOT || r == -EROFS || r == -EIO)
		return r;
	if (r < 0)
		refused_tell(x, n, signed_one, e);
	note(x, n, r >= 0, e);
	return DONE;
}

/* --- the inbox --- */

static bool known(const struct items_state *s, const struct inbox_done *d)
{
	for (size_t i = 0; i < s->n_done; i++)
		if (s->done[i].sequence == d->sequence &&
		    memcmp(s->done[i].hash, d->hash, sizeof(d->hash)) == 0)
			return true;
	return false;
}

struct scan {
	struct inbox_done done[INBOX_MAX];
	size_t n_done;
};

static int look_at(struct items *x, uint64_t sequence, struct scan *s, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct arrival n = { .name = { .sequence = sequence } };
	char path[INBOX_PATH_MAX];
	uint8_t hash[BLOB_HASH];

	inbox_item_path(x->inbox, sequence, path);
	int r = file_read(path, ITEM_MAX, &n.packed, e);
	if (r >= 0) {
		crypto_sha256(n.packed.p, n.packed.n, hash);
		memcpy(n.name.hash, hash, sizeof(n.name.hash));
		r = known(&x->state, &n.name) ? DONE : judge(x, &n, a, e);
	} else if (r == -ELIMIT) {
		note(x, &n, false, e);
		r = DONE;
	}
	buf_done(&n.packed);
	if (r == DONE)
		s->done[s->n_done++] = n.name;
	return r;
}

static int scan(struct items *x, struct err *e)
{
	SCOPED_MEM uint64_t *list = mem_array(INBOX_MAX, sizeof(*list));
	SCOPED_MEM struct scan *s = mem_new(sizeof(*s));
	int failed = 0;
	size_t n;
	int r = inbox_list(x->inbox, list, &n, e);

	for (size_t i = 0; r >= 0 && i < n; i++) {
		struct err why = { 0 };
		int got = look_at(x, list[i], s, &why);

		if (got < 0 && got != -ENOENT && failed == 0) {
			failed = got;
			*e = why;
		}
	}
	if (r < 0)
		return r;
	if (s->n_done != x->state.n_done ||
	    memcmp(s->done, x->state.done, s->n_done * sizeof(s->done[0])) != 0) {
		memcpy(x->state.done, s->done, sizeof(s->done));
		x->state.n_done = s->n_done;
		x->dirty = true;
	}
	return failed;
}

/* Another hub's numbers, or another sensor's, mean nothing here. */
static int trust_take(struct items *x, struct err *e)
{
	struct hub_trust t = { 0 };
	int r = identity_trust_load(x->conf.state_dir, &t, e);

	if (r < 0)
		return r;
	if (strcmp(t.sensor, x->state.trust.sensor) != 0 ||
	    memcmp(t.item_key, x->state.trust.item_key, sizeof(t.item_key)) != 0) {
		memset(&x->state, 0, sizeof(x->state));
		x->state.trust = t;
		x->dirty = true;
	}
	return 0;
}

static bool inbox_changed(struct items *x)
{
	struct stat st;

	if (stat(x->inbox, &st) < 0)
		return false;
	int64_t ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
	bool due = x->retry_ns != 0 && clock_mono_ns(x->conf.clock) >= x->retry_ns;
	if (ns == x->seen_ns && !due)
		return false;
	/* A folder that changed just now may do so again within one tick of its time stamp. */
	bool settled = clock_utc_us(&clock_real) * 1000 - ns > SETTLED_NS;
	x->seen_ns = settled ? ns : 0;
	return true;
}

int items_run(struct items *x, struct err *e)
{
	int r = 0;

	x->news = false;
	if (!inbox_changed(x) && !items_copy_ready(x->copy))
		return 0;
	x->retry_ns = 0;
	r = trust_take(x, e);
	if (r == -ENOENT)
		r = 0; /* not enrolled: the hub cannot have sent these */
	else if (r >= 0)
		r = scan(x, e);
	if (r >= 0 && (x->dirty || x->news))
		r = items_state_store(x->dir, &x->state, e);
	if (r >= 0)
		x->dirty = false;
	else
		x->retry_ns = clock_mono_ns(x->conf.clock) + RETRY_NS;
	return r < 0 ? r : x->news;
}

size_t items_results(struct items *x, struct item_result out[HEARTBEAT_ITEMS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < x->state.n_results && n < HEARTBEAT_ITEMS_MAX; i++) {
		struct items_result *r = &x->state.result[i];

		if (r->told++ < TELL_TIMES)
			out[n++] = (struct item_result){ r->sequence, r->applied, r->reason,
							 r->at_us };
	}
	return n;
}

/* --- opening --- */

static void restore(struct items *x, const struct item_kind *k)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_BUF struct buf b = { 0 };
	char path[SENSOR_PATH_MAX], blob[SENSOR_PATH_MAX];
	struct err e = { 0 };
	struct item i;

	kept_path(x, k->kind, 0, "item", path);
	if (!file_exists(path))
		return;
	int r = file_read(path, ITEM_MAX, &b, &e);
	if (r >= 0)
		r = item_decode(b.p, b.n, a, &i, &e);
	if (r >= 0)
		r = check_origin(x, &i, &e);
	if (r >= 0 && strcmp(i.kind, k->kind) != 0)
		r = err_set(&e, -EFORMAT, "it is an item of kind %s", i.kind);
	if (r >= 0) {
		struct item_news n = { .body = i.body, .body_n = i.body_n, .again = true };

		if (k->wants_blob) {
			kept_path(x, k->kind, i.sequence, "blob", blob);
			n.blob_path = blob;
		}
		r = k->apply(x->conf.arg, &n, &e);
	}
	if (r < 0)
		log_warn("%s cannot be applied again: %s", path, e.text);
}

int items_open(const struct items_conf *c, struct items **out, struct err *e)
{
	struct items *x = mem_new(sizeof(*x));
	struct err none = { 0 };

	x->conf = *c;
	x->copy = items_copy_new();
	sensor_path(c->state_dir, SENSOR_INBOX, x->inbox);
	sensor_path(c->state_dir, c->folder ? c->folder : SENSOR_ITEMS, x->dir);
	int r = dir_make(x->dir, 0755, e);
	if (r >= 0)
		r = items_state_load(x->dir, &x->state, e);
	if (r < 0) {
		items_close(x);
		return r;
	}
	if (trust_take(x, &none) >= 0)
		for (size_t i = 0; i < c->n_kinds; i++)
			if (!c->kinds[i].once && !c->kinds[i].elsewhere)
				restore(x, &c->kinds[i]);
	*out = x;
	return 0;
}

void items_close(struct items *x)
{
	if (!x)
		return;
	items_copy_free(x->copy);
	free(x);
}
