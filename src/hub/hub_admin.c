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
	SCOPED_BUF struct buf said = { 0 };
	int r;

	if (!admin_door(c))
		return -ENOENT;
	if (!path || path[0] != '/')
		return err_set(&c->err, -EINVAL, "a backup needs a whole path");
	struct backup_told told = { .n_files = 0 };
	if ((r = hub_backup(c->hub, path, &told, &c->err)) < 0) {
		backup_told_done(&told);
		return r == -ENOENT ? -EINVAL : r;
	}
	struct jsonw w = jsonw_of(&b);
	jsonw_object(&w, NULL);
	jsonw_text(&w, "path", path);
	jsonw_int(&w, "files", told.n_files);
	jsonw_int(&w, "bytes", told.bytes);
	jsonw_int(&w, "missing", told.n_missing);
	jsonw_int(&w, "damaged", told.n_damaged);
	backup_told_text(&told, c->hub->text, c->lang, &said);
	jsonw_text(&w, "said", said.p);
	backup_told_done(&told);
	jsonw_end_object(&w);
	return call_json(c, &b);
}
