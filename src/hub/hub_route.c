/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the route of a path: one table of every feature's rows, matched part by part. */
#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/hub_core.h"

enum { PARAMS_MAX = 4, PARTS_MAX = 16, PARAM_BYTES_MAX = 256 };

struct entry {
	const struct route *route;
	const char *feature;
};

struct hub_router {
	struct entry *entries;
	size_t n;
};

static int route_check(const struct route *r, struct err *e)
{
	int params = 0;

	for (const char *p = r->pattern; *p; p++)
		if (*p == '{')
			params++;
	if (r->pattern[0] != '/' || params > PARAMS_MAX || !r->fn || !r->roles)
		return err_set(e, -EINVAL, "the route %s %s is not well formed", r->method,
			       r->pattern);
	if (strcmp(r->method, "GET") != 0 && strcmp(r->method, "POST") != 0)
		return err_set(e, -EINVAL, "the route %s %s has an unknown method", r->method,
			       r->pattern);
	return 0;
}

static int router_add(struct hub_router *r, const char *feature, const struct route *routes,
		      size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		int code = route_check(&routes[i], e);
		if (code < 0)
			return code;
		for (size_t k = 0; k < r->n; k++)
			if (strcmp(r->entries[k].route->pattern, routes[i].pattern) == 0 &&
			    strcmp(r->entries[k].route->method, routes[i].method) == 0)
				return err_set(e, -EEXIST, "the route %s %s is there twice",
					       routes[i].method, routes[i].pattern);
		r->entries = mem_resize(r->entries, r->n + 1, sizeof(*r->entries));
		r->entries[r->n++] = (struct entry){ &routes[i], feature };
	}
	return 0;
}

struct hub_router *router_new(const struct hub_feature *const *features, struct err *e)
{
	struct hub_router *r = mem_new(sizeof(*r));
	int code = router_add(r, "hub", hub_routes, hub_routes_count, e);

	for (size_t i = 0; features[i] && code == 0; i++)
		code = router_add(r, features[i]->name, features[i]->routes, features[i]->n_routes,
				  e);
	if (code < 0) {
		router_free(r);
		return NULL;
	}
	return r;
}

void router_free(struct hub_router *r)
{
	if (!r)
		return;
	mem_cleanup(&r->entries);
	mem_cleanup(&r);
}

static bool part_is_param(struct str p)
{
	return p.n >= 2 && p.p[0] == '{' && p.p[p.n - 1] == '}';
}

struct match {
	unsigned literal; /* bit 15 - i: part i of the pattern is a word, not a {name} */
	struct str param[PARAMS_MAX];
};

static bool pattern_match(const char *pattern, const char *path, struct match *out)
{
	struct str a = str_of(pattern + 1), b = str_of(path), pa, pb;
	struct match m = { 0 };
	size_t params = 0, i;

	if (b.n == 0 || b.p[0] != '/')
		return false;
	b = (struct str){ b.p + 1, b.n - 1 };
	if (b.n && b.p[b.n - 1] == '/')
		return false;
	for (i = 0; i < PARTS_MAX; i++) {
		bool more_a = str_cut(&a, '/', &pa), more_b = str_cut(&b, '/', &pb);
		if (more_a != more_b)
			return false;
		if (!more_a)
			break;
		if (!part_is_param(pa)) {
			if (!str_eq(pa, pb))
				return false;
			m.literal |= 1u << (PARTS_MAX - 1 - i);
		} else if (pb.n == 0 || pb.n > PARAM_BYTES_MAX || params == PARAMS_MAX) {
			return false;
		} else {
			m.param[params++] = pb;
		}
	}
	if (i == PARTS_MAX)
		return false;
	*out = m;
	return true;
}

int router_find(const struct hub_router *r, const char *method, const char *path, struct arena *a,
		const struct route **out, const char *param_out[4])
{
	const struct route *best = NULL;
	struct match best_match = { 0 }, m;
	bool other = false;

	if (strcmp(method, "HEAD") == 0)
		method = "GET";
	for (size_t i = 0; i < r->n; i++) {
		const struct route *route = r->entries[i].route;
		if (!pattern_match(route->pattern, path, &m))
			continue;
		if (strcmp(route->method, method) != 0) {
			other = true;
		} else if (!best || m.literal > best_match.literal) {
			best = route;
			best_match = m;
		}
	}
	if (!best)
		return other ? -EOPNOTSUPP : -ENOENT;
	for (size_t i = 0; i < PARAMS_MAX; i++)
		param_out[i] = best_match.param[i].p ? arena_strndup(a, best_match.param[i].p,
								     best_match.param[i].n)
						     : NULL;
	*out = best;
	return 0;
}

void router_json(const struct hub_router *r, struct buf *out)
{
	struct jsonw w = jsonw_of(out);

	jsonw_array(&w, NULL);
	for (size_t i = 0; i < r->n; i++) {
		const struct route *route = r->entries[i].route;
		jsonw_object(&w, NULL);
		jsonw_text(&w, "feature", r->entries[i].feature);
		jsonw_text(&w, "method", route->method);
		jsonw_text(&w, "pattern", route->pattern);
		jsonw_bool(&w, "public", (route->roles & ROLE_PUBLIC) != 0);
		jsonw_int(&w, "roles", (int64_t)(route->roles & ROLES_ANY));
		jsonw_bool(&w, "no_mfa", (route->flags & ROUTE_NO_MFA) != 0);
		jsonw_bool(&w, "no_csrf", (route->flags & ROUTE_NO_CSRF) != 0);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
}
