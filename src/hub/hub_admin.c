/* SPDX-License-Identifier: Apache-2.0 */
/* What the command line asks of a running hub on the administrator's socket, beside the routes that
 * the pages have too. On any other door these do not exist. */
#include "hub/hub_admin.h"

#include <errno.h>

#include "hub/hub_core.h"

/* Only whoever can open the socket is the hub's own user, who has no person. */
static bool admin_door(const struct call *c)
{
	return c->user && c->user->scope.kind == SCOPE_SYSTEM;
}

int admin_check_route(struct call *c)
{
	struct buf b = { 0 };

	if (!admin_door(c))
		return -ENOENT;
	struct check_list *l = check_new();
	check_run(c->hub, true, l);
	check_json(l, c->hub->text, c->lang, &b);
	check_free(l);
	return call_json(c, &b);
}

int admin_backup_route(struct call *c)
{
	const char *path = http_form(c->req, "path");
	struct buf b = { 0 };
	int r;

	if (!admin_door(c))
		return -ENOENT;
	if (!path || path[0] != '/')
		return err_set(&c->err, -EINVAL, "a backup needs a whole path");
	if ((r = hub_backup(c->hub, path, &c->err)) < 0)
		return r == -ENOENT ? -EINVAL : r;
	struct jsonw w = jsonw_of(&b);
	jsonw_object(&w, NULL);
	jsonw_text(&w, "path", path);
	jsonw_end_object(&w);
	return call_json(c, &b);
}
