/* SPDX-License-Identifier: Apache-2.0 */
/* From the enforcer's journal: at least once, numbered, so that the hub counts each once. */
#include "sensor/order_news.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "sensor/enforcer/journal.h"

#define SETTLED_NS INT64_C(50000000)

void order_news_init(struct order_news *n, const char *state_dir)
{
	SCOPED_BUF struct buf b = { 0 };

	*n = (struct order_news){ 0 };
	sensor_path(state_dir, SENSOR_ENFORCER, n->dir);
	sensor_path(state_dir, SENSOR_ITEMS "/enforcer.taken", n->taken_path);
	if (file_exists(n->taken_path) && file_read(n->taken_path, 64, &b, NULL) >= 0 && b.n > 0)
		(void)str_i64(str_trim((struct str){ b.p, b.n }), 0, INT64_MAX, &n->taken);
}

static bool changed(struct order_news *n)
{
	char path[SENSOR_PATH_MAX];
	struct stat st;

	sensor_path(n->dir, "reports", path);
	if (stat(path, &st) < 0)
		return false;
	int64_t ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
	if (ns == n->seen_ns)
		return false;
	/* One that changed just now may do so again within one tick of its time stamp. */
	n->seen_ns = clock_utc_us(&clock_real) * 1000 - ns > SETTLED_NS ? ns : 0;
	return true;
}

static void taken_store(const struct order_news *n)
{
	char text[32];
	struct err e = { 0 };

	(void)snprintf(text, sizeof(text), "%" PRId64 "\n", n->taken); /* fits */
	if (file_write(n->taken_path, 0644, text, strlen(text), &e) < 0)
		log_warn("%s", e.text); /* told twice at worst */
}

bool order_news_run(struct order_news *n, struct spool *spool)
{
	struct err e = { 0 };
	bool any = false;

	if (!changed(n))
		return false;
	SCOPED_MEM struct journal *j = mem_new(sizeof(*j));
	if (journal_load(n->dir, j, &e) < 0) {
		log_warn("%s", e.text);
		return false;
	}
	for (size_t i = 0; i < j->n; i++) {
		const struct journal_entry *x = &j->list[i];
		struct record rec = { .kind = RECORD_ORDER,
				      .order = { .order = x->order,
						 .item = x->item,
						 .number = x->number,
						 .state = x->state,
						 .reason = x->reason,
						 .text = x->text,
						 .at_us = x->at,
						 .until_us = x->until_us } };

		if (x->at <= n->taken)
			continue;
		spool_append(spool, &rec);
		n->taken = x->at;
		any = true;
	}
	if (any) {
		spool_run(spool);
		taken_store(n);
	}
	return any;
}
