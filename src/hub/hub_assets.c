/* SPDX-License-Identifier: Apache-2.0 */
/* The files of web/, compiled in. Pages name them with a piece of their hash, so that a browser may
 * keep them for ever; the bare name works too, for style sheets and people. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/embed.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/hub_core.h"
#include "hub/hub_web.h"

enum { HASH_CHARS = 12, NAME_MAX_BYTES = 128 };

struct hub_assets {
	const struct embed_file *files;
	size_t n;
};

struct hub_assets *assets_new(void)
{
	struct hub_assets *a = mem_new(sizeof(*a));

	*a = (struct hub_assets){ hub_web, hub_web_count };
	return a;
}

void assets_free(struct hub_assets *a)
{
	mem_cleanup(&a);
}

static const struct embed_file *asset_find(const struct hub_assets *a, const char *name)
{
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->files[i].name, name) == 0)
			return &a->files[i];
	return NULL;
}

/* "app.css" of hash 1234... is "/assets/app.1234567890ab.css". */
const char *assets_url(const struct hub_assets *a, const char *name, struct arena *arena)
{
	const struct embed_file *f = asset_find(a, name);
	const char *dot = strrchr(name, '.');

	if (!f || !dot)
		return arena_printf(arena, "/assets/%s", name);
	return arena_printf(arena, "/assets/%.*s.%.*s%s", (int)(dot - name), name, HASH_CHARS,
			    f->sha256, dot);
}

/* The file of a name with its hash in it; *HASHED tells. */
static const struct embed_file *asset_resolve(const struct hub_assets *a, const char *name,
					      bool *hashed)
{
	char bare[NAME_MAX_BYTES];
	size_t n = strlen(name);
	const char *dot = strrchr(name, '.');

	*hashed = false;
	if (n >= sizeof(bare) || !dot)
		return NULL;
	size_t stem = (size_t)(dot - name);
	if (stem > HASH_CHARS + 1 && name[stem - HASH_CHARS - 1] == '.') {
		size_t head = stem - HASH_CHARS - 1;
		snprintf(bare, sizeof(bare), "%.*s%s", (int)head, name, dot);
		const struct embed_file *f = asset_find(a, bare);
		if (f && strncmp(f->sha256, name + head + 1, HASH_CHARS) == 0) {
			*hashed = true;
			return f;
		}
	}
	return asset_find(a, name);
}

static const char *asset_type(const char *name)
{
	static const char *const types[][2] = {
		{ ".css", "text/css; charset=utf-8" },
		{ ".js", "text/javascript; charset=utf-8" },
		{ ".svg", "image/svg+xml" },
		{ ".png", "image/png" },
		{ ".ico", "image/x-icon" },
		{ ".woff2", "font/woff2" },
	};

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (str_ends(str_of(name), str_of(types[i][0])))
			return types[i][1];
	return "application/octet-stream";
}

int assets_route(struct call *c)
{
	const char *none_match = http_header(c->req, "If-None-Match");
	bool hashed;
	const struct embed_file *f = asset_resolve(c->hub->assets, c->param[0], &hashed);
	char tag[HASH_CHARS + 3];

	if (!f)
		return err_set(&c->err, -ENOENT, "there is no file %s", c->param[0]);
	snprintf(tag, sizeof(tag), "\"%.*s\"", HASH_CHARS, f->sha256);
	http_res_header(c->res, "ETag", tag);
	c->res->type = asset_type(f->name);
	c->res->cacheable = hashed;
	if (!hashed)
		http_res_header(c->res, "Cache-Control", "no-cache");
	if (none_match && strstr(none_match, tag)) {
		c->res->status = 304;
		return 0;
	}
	c->res->status = 200;
	buf_add(&c->res->body, f->p, f->n);
	return 0;
}
