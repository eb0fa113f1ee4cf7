/* SPDX-License-Identifier: Apache-2.0 */
/* Between items and the pipeline. Whether an item may be believed: items.c. */
#include "sensor/probe_items.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "sensor/items.h"
#include "sensor/sensor_conf.h"

#define HITS_FILE SENSOR_ITEMS "/mutes.hits"

enum { HITS_FILE_MAX = MUTES_MAX * 80, KINDS = 4 };

struct probe_items {
	struct items *items;
	struct probe *probe;
	struct probe_orders *orders;
	struct item_kind kinds[KINDS];
	char hits_path[SENSOR_PATH_MAX];
	struct mute_hits hits[MUTES_MAX]; /* as stored, and as the hub was told */
	size_t n_hits;
	struct mute_hits fresh[MUTES_MAX];
	struct item_result results[HEARTBEAT_ITEMS_MAX];
};

/* --- hits, kept over a restart --- */

static bool hits_line(struct str line, struct mute_hits *out)
{
	struct str id, n, last;
	int64_t hits;

	if (!str_cut(&line, ' ', &id) || !str_cut(&line, ' ', &n) || !str_cut(&line, ' ', &last) ||
	    str_i64(id, 1, INT64_MAX, &out->mute) < 0 || str_i64(n, 0, INT64_MAX, &hits) < 0 ||
	    str_i64(last, 0, INT64_MAX, &out->last_us) < 0)
		return false;
	out->hits = (uint64_t)hits;
	return true;
}

static void hits_load(struct probe_items *x)
{
	SCOPED_BUF struct buf b = { 0 };
	struct mute_hits list[MUTES_MAX];
	struct str line;
	size_t n = 0;

	if (!file_exists(x->hits_path) || file_read(x->hits_path, HITS_FILE_MAX, &b, NULL) < 0)
		return; /* they count from zero; the hub keeps the higher number */
	for (struct str rest = { b.p, b.n }; n < MUTES_MAX && str_cut(&rest, '\n', &line);)
		n += hits_line(line, &list[n]);
	probe_mute_hits_set(x->probe, list, n);
}

static void hits_store(const struct probe_items *x)
{
	SCOPED_BUF struct buf b = { 0 };
	struct err e = { 0 };

	for (size_t i = 0; i < x->n_hits; i++)
		buf_printf(&b, "%" PRId64 " %" PRIu64 " %" PRId64 "\n", x->hits[i].mute,
			   x->hits[i].hits, x->hits[i].last_us);
	if (file_write(x->hits_path, 0644, b.p, b.n, &e) < 0)
		log_warn("%s", e.text);
}

static bool hits_known(const struct probe_items *x, const struct mute_hits *h)
{
	for (size_t i = 0; i < x->n_hits; i++)
		if (x->hits[i].mute == h->mute)
			return x->hits[i].hits == h->hits;
	return false;
}

/* --- kinds --- */

static int mutes_apply(void *arg, const struct item_news *n, struct err *e)
{
	struct probe_items *x = arg;
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct mute *list;
	size_t count;
	int r = mutes_decode(n->body, n->body_n, a, &list, &count, e);

	if (r < 0)
		return r;
	probe_mutes_set(x->probe, list, count);
	if (n->again)
		hits_load(x);
	return 0;
}

static int indicators_apply(void *arg, const struct item_news *n, struct err *e)
{
	struct probe_items *x = arg;
	/* Its hash was compared just now; one from before may have been damaged since. */
	int r = n->again ? probe_load_indicators(x->probe, n->blob_path, e)
			 : probe_map_indicators(x->probe, n->blob_path, e);
	if (r < 0)
		return r;
	size_t bad = probe_except_indicators(x->probe, n->body, n->body_n);
	if (bad > 0)
		log_warn("%zu exceptions to the indicators were not understood", bad);
	return 0;
}

static int order_apply(void *arg, const struct item_news *n, struct err *e)
{
	struct probe_items *x = arg;

	if (!x->orders)
		return err_set(e, -EDENIED, "this sensor takes no orders");
	return probe_orders_apply(x->orders, n, e);
}

static void order_refused(void *arg, uint64_t sequence, const struct item *i, const char *why,
			  const struct err *e)
{
	struct probe_items *x = arg;

	if (x->orders)
		probe_orders_refused(x->orders, sequence, i, why, e);
}

static const struct item_kind kinds[] = {
	{ .kind = "mutes", .apply = mutes_apply },
	{ .kind = "indicators", .wants_blob = true, .apply = indicators_apply },
	{ .kind = ORDER_KIND_PROBE, .apply = order_apply, .once = true },
};

int probe_items_open(const struct probe_items_conf *c, struct probe_items **out, struct err *e)
{
	struct probe_items *x = mem_new(sizeof(*x));
	struct items_conf conf = { .state_dir = c->state_dir,
				   .clock = c->clock,
				   .kinds = x->kinds,
				   .n_kinds = ARRAY_LEN(x->kinds),
				   .arg = x,
				   .aside = true,
				   .refused = order_refused };

	memcpy(x->kinds, kinds, sizeof(kinds));
	x->kinds[ARRAY_LEN(kinds)] = (struct item_kind){ .kind = ORDER_KIND_ENFORCER,
							 .apply = order_apply,
							 .once = true,
							 .elsewhere = c->inline_box };
	x->probe = c->probe;
	x->orders = c->orders;
	sensor_path(c->state_dir, HITS_FILE, x->hits_path);
	int r = items_open(&conf, &x->items, e);
	if (r < 0) {
		probe_items_close(x);
		return r;
	}
	*out = x;
	return 0;
}

void probe_items_close(struct probe_items *x)
{
	if (!x)
		return;
	items_close(x->items);
	free(x);
}

bool probe_items_run(struct probe_items *x, char *problem)
{
	struct err e = { 0 };
	int r = items_run(x->items, &e);

	problem[0] = '\0';
	if (r < 0) {
		log_warn("%s", e.text);
		memcpy(problem, e.text, ERR_TEXT_MAX);
	}
	return r > 0;
}

void probe_items_beat(struct probe_items *x, struct heartbeat *h)
{
	struct mute_hits all[MUTES_MAX];
	size_t n = probe_mute_hits(x->probe, all), fresh = 0;

	for (size_t i = 0; i < n; i++)
		if (!hits_known(x, &all[i]))
			x->fresh[fresh++] = all[i];
	memcpy(x->hits, all, n * sizeof(all[0]));
	x->n_hits = n;
	if (fresh > 0)
		hits_store(x);
	h->items = x->results;
	h->n_items = items_results(x->items, x->results);
	h->mutes = x->fresh;
	h->n_mutes = fresh;
}
