/* SPDX-License-Identifier: Apache-2.0 */
/* POST /api/import/thehive and /api/import/iris: the body is the alert as those systems take it. */
#include <errno.h>
#include <string.h>

#include "hub/exports/exports_alert.h"
#include "hub/exports/exports_pages_web.h"
#include "hub/live.h"

typedef int (*outside_reader)(struct str json, struct arena *a, struct outside_alert *out,
			      struct err *e);

static int answer(struct call *c, const struct outside_alert *x, const struct outside_result *made)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_bool(&w, "created", made->created);
	jsonw_text(&w, "number", made->number);
	jsonw_text(&w, "url", arena_printf(c->arena, "/cases/%s", made->number));
	jsonw_int(&w, "company_id", made->company_id);
	jsonw_int(&w, "left_out", (int64_t)x->n_cut);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

static int import(struct call *c, outside_reader read)
{
	struct outside_result made = { 0 };
	struct outside_alert x;
	int r = read(http_body(c->req), c->arena, &x, &c->err);

	c->wants_json = true; /* errors too */
	if (r >= 0)
		r = outside_import(c->hub, c->user, &x, http_query(c->req, "company"), c->now_us,
				   c->arena, &made, &c->err);
	if (r < 0)
		return r;
	if (made.created)
		live_publish(c->hub, "case", made.company_id, made.incident_id);
	return answer(c, &x, &made);
}

int exports_import_thehive(struct call *c)
{
	return import(c, outside_thehive);
}

int exports_import_iris(struct call *c)
{
	return import(c, outside_iris);
}
