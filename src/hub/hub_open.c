/* SPDX-License-Identifier: Apache-2.0 */
/* A hub without its doors: configuration, database, texts, features. Everything that serves is in
 * hub_run.c. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "hub/hub_core.h"
#include "hub/live.h"
#include "net/crypto.h"
#include "texts/texts.h"

enum { FEATURES_MAX = 64 };

static int conf_read(struct hub *h, const struct hub_open_options *o, struct err *e)
{
	int r;

	h->conf.state_dir = mem_strdup(o->state_dir);
	if ((r = hub_conf_add(h, e)) < 0)
		return r;
	if (!o->no_conf_file) {
		SCOPED_MEM char *own = hub_state_path(h, HUB_CONF_FILE);
		r = conf_load(h->conf_rows, o->conf_file ? o->conf_file : own, e);
		if (r < 0)
			return r;
	}
	return hub_conf_complete(h, e);
}

static const char *scope_select_of(const struct hub *h)
{
	for (size_t i = 0; h->features[i]; i++)
		if (h->features[i]->scope_select)
			return h->features[i]->scope_select;
	return NULL; /* nobody knows: nothing is seen */
}

static int database_open(struct hub *h, const char *url, struct err *e)
{
	/* Some pages hold one while a panel takes another; then the jobs and the sensors' door. */
	struct db_options options = { .scope_select = scope_select_of(h),
				      .readers = 2 * (int)h->conf.http_threads + 2 };

	if (!url)
		url = h->conf.database;
	if (url[0])
		return db_open(url, &options, &h->db, e);
	SCOPED_MEM char *path = hub_state_path(h, HUB_DB_FILE);
	SCOPED_BUF struct buf b = { 0 };
	buf_printf(&b, "sqlite:%s", path);
	return db_open(b.p, &options, &h->db, e);
}

int hub_open(const struct hub_open_options *o, struct hub **out, struct err *e)
{
	struct hub *h = mem_new(sizeof(*h));
	struct text *text = NULL;
	int r;

	h->clock = o->clock ? o->clock : &clock_real;
	h->features = hub_features;
	h->conf_rows = conf_new();
	if ((r = crypto_start(e)) < 0 || (r = conf_read(h, o, e)) < 0 ||
	    (r = text_open(texts_mo, &text, e)) < 0)
		goto fail;
	h->text = text;
	text_install_err_translator(text);
	h->router = router_new(h->features, e);
	if (!h->router) {
		r = e ? e->code : -EINVAL;
		goto fail;
	}
	h->assets = assets_new();
	h->live = live_new();
	if ((r = database_open(h, o->database, e)) < 0)
		goto fail;
	*out = h;
	return 0;
fail:
	hub_close(h);
	return r;
}

int hub_migrate(struct hub *h, int *applied_out, struct err *e)
{
	struct db_schema schemas[FEATURES_MAX];
	size_t n = 0;

	for (size_t i = 0; h->features[i] && n < FEATURES_MAX; i++)
		if (h->features[i]->schema)
			schemas[n++] =
				(struct db_schema){ h->features[i]->name, h->features[i]->schema };
	return db_migrate(h->db, schemas, n, applied_out, e);
}

int hub_features_start(struct hub *h, struct err *e)
{
	for (size_t i = 0; h->features[i]; i++) {
		int r = h->features[i]->start ? h->features[i]->start(h, e) : 0;
		if (r >= 0)
			continue;
		err_context(e, "%s", h->features[i]->name);
		while (i-- > 0)
			if (h->features[i]->stop)
				h->features[i]->stop(h);
		return r;
	}
	return 0;
}

void hub_features_stop(struct hub *h)
{
	size_t n = 0;

	while (h->features[n])
		n++;
	while (n-- > 0)
		if (h->features[n]->stop)
			h->features[n]->stop(h);
}

void hub_close(struct hub *h)
{
	if (!h)
		return;
	live_free(h->live);
	db_close(h->db);
	assets_free(h->assets);
	router_free(h->router);
	if (h->text) {
		text_install_err_translator(NULL);
		text_close((struct text *)(uintptr_t)h->text);
	}
	conf_free(h->conf_rows);
	mem_cleanup(&h->conf.state_dir);
	mem_cleanup(&h);
}
