/* SPDX-License-Identifier: Apache-2.0 */
/* Orders of kind "enforce". Whether one may be believed: sensor/items.c. */
#include "sensor/enforcer/enforcer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "sensor/items.h"
#include "sensor/sensor_conf.h"

#define AGAIN_NS     INT64_C(30000000000) /* the kernel is told everything again, and the status */
#define LEARN_NS     INT64_C(5000000000)
#define UNTIL_MAX_US (ORDER_DAYS_MAX * US_PER_DAY)

struct enforcer {
	struct enforcer_conf conf;
	char dir[SENSOR_PATH_MAX], holds_path[SENSOR_PATH_MAX];
	struct items *items;
	struct holds holds;
	struct journal journal;
	struct protect protect;
	bool dirty;                    /* files are to be written */
	int64_t written_ns, learnt_ns; /* monotonic; 0 = never */
	int failed;                    /* of the kernel */
	struct err why;
};

/* --- reports --- */

struct report {
	int64_t order;
	uint64_t item;
	uint32_t number;
	enum order_state state;
	const char *reason, *text;
	int64_t until_us;
};

static void report(struct enforcer *x, const struct report *r)
{
	struct journal_entry entry = { .at = clock_utc_us(x->conf.clock),
				       .order = r->order,
				       .item = r->item,
				       .number = r->number,
				       .state = r->state,
				       .until_us = r->until_us };

	(void)str_copy(entry.reason, sizeof(entry.reason), str_of(r->reason ? r->reason : ""));
	(void)str_copy(entry.text, sizeof(entry.text), str_of(r->text ? r->text : ""));
	for (char *p = entry.text; *p; p++)
		if ((unsigned char)*p < ' ')
			*p = ' ';
	journal_add(&x->journal, &entry);
	x->dirty = true;
}

static void report_end(struct enforcer *x, const struct hold *h, enum order_state state)
{
	report(x, &(struct report){ .order = h->order,
				    .item = h->item,
				    .number = REPORT_AFTER,
				    .state = state,
				    .until_us = h->until_us });
}

static void on_refused(void *arg, uint64_t sequence, const struct item *i, const char *why,
		       const struct err *e)
{
	struct order o = { 0 };

	if (!why[0]) /* told already, by what said no */
		return;
	if (i)
		(void)order_decode(i->body, i->body_n, &o, NULL); /* for its id */
	report(arg, &(struct report){ .order = o.id,
				      .item = sequence,
				      .number = REPORT_FIRST,
				      .state = ORDER_REFUSED,
				      .reason = why,
				      .text = e->text });
}

/* --- orders --- */

/* All that is held back, to the kernel. */
static int tell_kernel(struct enforcer *x, struct err *e)
{
	int r = x->conf.write(x->conf.arg, &x->holds, clock_utc_us(x->conf.clock), e);

	if (r < 0) {
		x->failed = r;
		x->why = *e;
	}
	return r;
}

static const char *word_of(const struct enforcer *x, int code)
{
	if (x->failed < 0)
		return ORDER_WHY_SYSTEM;
	switch (code) {
	case -EPERM:
		return ORDER_WHY_PROTECTED;
	case -ELIMIT:
		return ORDER_WHY_LIMIT;
	case -ENOENT:
		return ORDER_WHY_NOTHING;
	case -ETIME:
		return ORDER_WHY_LATE;
	case -EFORMAT:
		return ORDER_WHY_FORMAT;
	default:
		return ORDER_WHY_SYSTEM;
	}
}

static void show(const struct order *o, const char *did, int64_t until_us)
{
	char target[ORDER_NETWORK_MAX], until[TIME_TEXT_MAX] = "";

	order_network_format(&o->network, target);
	if (until_us > 0)
		(void)time_format(until_us, until, sizeof(until));
	log_info("order %" PRId64 " of %s: %s %s%s%s", o->id, o->by[0] ? o->by : "the hub", did,
		 o->mac[0] ? o->mac : target, until_us > 0 ? " until " : "", until);
}

static int hold_back(struct enforcer *x, const struct order *o, uint64_t item, struct err *e)
{
	int64_t now_us = clock_utc_us(x->conf.clock);
	SCOPED_MEM struct holds *before = mem_dup(&x->holds, sizeof(x->holds));
	struct hold old, h = { .type = o->type,
			       .order = o->id,
			       .item = item,
			       .until_us = o->until_us,
			       .network = o->network,
			       .port = o->port,
			       .protocol = o->protocol };
	int r;

	memcpy(h.mac, o->mac, sizeof(h.mac));
	if (o->until_us <= now_us)
		return err_set(e, -ETIME, "it would have ended already");
	if (o->until_us > now_us + UNTIL_MAX_US)
		return err_set(e, -EFORMAT, "it would hold for more than %d days", ORDER_DAYS_MAX);
	(void)protect_learn(&x->protect, "", NULL); /* what is new since */
	if ((r = protect_check(&x->protect, o, e)) < 0 ||
	    (r = holds_add(&x->holds, &h, &old, e)) < 0)
		return r;
	int replaced = r;
	if ((r = tell_kernel(x, e)) < 0) {
		x->holds = *before;
		return r;
	}
	if (replaced)
		report_end(x, &old, ORDER_UNDONE);
	show(o, o->type == ORDER_ISOLATE ? "isolates" : "blocks", o->until_us);
	return 0;
}

static int let_go(struct enforcer *x, const struct order *o, struct err *e)
{
	struct hold old;

	if (!holds_remove(&x->holds, o, &old))
		return err_set(e, -ENOENT, "it is not held back");
	int r = tell_kernel(x, e);
	if (r < 0) {
		x->holds.list[x->holds.n++] = old; /* there is room: it came from there */
		return r;
	}
	report_end(x, &old, ORDER_UNDONE);
	show(o, o->type == ORDER_RELEASE ? "releases" : "unblocks", 0);
	return 0;
}

static int carry_out(struct enforcer *x, const struct order *o, uint64_t item, struct err *e)
{
	switch (o->type) {
	case ORDER_ISOLATE:
	case ORDER_BLOCK:
		return hold_back(x, o, item, e);
	case ORDER_RELEASE:
	case ORDER_UNBLOCK:
		return let_go(x, o, e);
	default:
		return err_set(e, -EFORMAT, "an order of this type is not the enforcer's");
	}
}

static int apply(void *arg, const struct item_news *n, struct err *e)
{
	struct enforcer *x = arg;
	struct order o;
	int r = order_decode(n->body, n->body_n, &o, e);
	struct report told = { .order = o.id, .item = n->item->sequence };

	if (r >= 0)
		r = carry_out(x, &o, n->item->sequence, e);
	if (r >= 0) {
		told.number = REPORT_LAST;
		told.state = ORDER_DONE;
		told.until_us = o.type == ORDER_ISOLATE || o.type == ORDER_BLOCK ? o.until_us : 0;
	} else {
		told.number = REPORT_FIRST;
		told.state = x->failed < 0 ? ORDER_FAILED : ORDER_REFUSED;
		told.reason = word_of(x, r);
		told.text = e->text;
	}
	report(x, &told);
	/* Never what would make items.c try again: the answer has been given. */
	return r < 0 ? -EDENIED : 0;
}

static const struct item_kind kinds[] = {
	{ .kind = ORDER_KIND_ENFORCER, .apply = apply, .once = true },
};

/* --- life --- */

static void status_write(struct enforcer *x)
{
	struct enforcer_status s = { .able = true,
				     .isolated = (uint32_t)holds_count(&x->holds, ORDER_ISOLATE),
				     .blocked = (uint32_t)holds_count(&x->holds, ORDER_BLOCK) };
	struct err e = { 0 };

	if (enforcer_status_store(x->dir, &s, &e) < 0)
		log_warn("%s", e.text);
}

static void files_write(struct enforcer *x)
{
	struct err e = { 0 };
	int r = holds_store(x->holds_path, &x->holds, &e);

	if (r >= 0)
		r = journal_store(x->dir, &x->journal, &e);
	if (r < 0)
		log_warn("%s", e.text); /* it stays in force, and is written again */
	x->dirty = r < 0;
	status_write(x);
}

static bool expire(struct enforcer *x)
{
	struct hold old;
	bool any = false;

	while (holds_expire(&x->holds, clock_utc_us(x->conf.clock), &old)) {
		report_end(x, &old, ORDER_EXPIRED);
		log_info("order %" PRId64 " has ended", old.order);
		any = true;
	}
	return any;
}

int enforcer_run(struct enforcer *x, struct err *e)
{
	int64_t now_ns = clock_mono_ns(x->conf.clock);
	struct err items = { 0 };

	if (x->learnt_ns == 0 || now_ns - x->learnt_ns >= LEARN_NS) {
		(void)protect_learn(&x->protect, "", NULL);
		x->learnt_ns = now_ns;
	}
	if (items_run(x->items, &items) < 0)
		log_warn("%s", items.text); /* it is tried again */
	bool again = expire(x) || x->written_ns == 0 || now_ns - x->written_ns >= AGAIN_NS;
	if (again && x->failed == 0)
		(void)tell_kernel(x, e);
	if (again)
		x->written_ns = now_ns;
	if (x->dirty || again)
		files_write(x);
	if (x->failed < 0)
		*e = x->why;
	return x->failed;
}

int enforcer_open(const struct enforcer_conf *c, struct enforcer **out, struct err *e)
{
	struct enforcer *x = mem_new(sizeof(*x));
	struct items_conf items = { .state_dir = c->state_dir,
				    .clock = c->clock,
				    .kinds = kinds,
				    .n_kinds = ARRAY_LEN(kinds),
				    .arg = x,
				    .folder = SENSOR_ENFORCER,
				    .alone = true,
				    .refused = on_refused };

	x->conf = *c;
	x->protect.root = c->root;
	sensor_path(c->state_dir, SENSOR_ENFORCER, x->dir);
	sensor_path(c->state_dir, SENSOR_ENFORCER "/holds", x->holds_path);
	int r = dir_make(x->dir, 0755, e);
	if (r >= 0)
		r = protect_learn(&x->protect, c->protect_named, e);
	if (r >= 0)
		r = holds_load(x->holds_path, &x->holds, e);
	if (r >= 0)
		r = journal_load(x->dir, &x->journal, e);
	if (r >= 0)
		r = items_open(&items, &x->items, e);
	if (r >= 0) {
		(void)expire(x);
		r = tell_kernel(x, e);
	}
	if (r < 0) {
		enforcer_close(x);
		return r;
	}
	files_write(x);
	x->written_ns = clock_mono_ns(c->clock);
	*out = x;
	return 0;
}

void enforcer_close(struct enforcer *x)
{
	if (!x)
		return;
	items_close(x->items);
	free(x);
}
