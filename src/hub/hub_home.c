/* SPDX-License-Identifier: Apache-2.0 */
/* The hub's own routes: home by role (what features put there), assets, live events, a sign of
 * life, and what the command line asks on the administrator's socket. */
#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "hub/hub_admin.h"
#include "hub/hub_core.h"
#include "hub/hub_frame.h"
#include "hub/hub_store.h"
#include "hub/live.h"
#include "hub_tmpl.h"

static int home(struct call *c)
{
	struct home_page m = { .main = call_panels(c, "home.own", 0), .name = c->user->name };
	struct buf b = { 0 };
	struct tmpl t = call_tmpl(c, &b);

	if (m.main.n == 0) /* nobody has a whole page for this person */
		m = (struct home_page){
			.top = call_panels(c, "home.top", 0),
			.main = call_panels(c, "home.main", 0),
			.side = call_panels(c, "home.side", 0),
			.name = c->user->name,
		};
	else
		m.own = true;
	m.bare = m.top.n == 0 && m.main.n == 0 && m.side.n == 0;
	tmpl_hub_home(&t, &m);
	return call_page(c, 200, "hub.home.title", NULL, "/", &b);
}

/* For a load balancer or a monitor: the database answers. */
static int health(struct call *c)
{
	struct buf b = { 0 };

	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	if (!t)
		return -EAGAIN;
	if (hub_store_ping(t, &scope_system, &c->err) < 0)
		return -EAGAIN;
	buf_adds(&b, "{\"ok\":true}");
	return call_json(c, &b);
}

const struct route hub_routes[] = {
	{ "GET", "/", ROLES_ANY, home, 0 },
	{ "GET", "/live", ROLES_ANY, live_route, 0 },
	{ "GET", "/health", ROLE_PUBLIC, health, 0 },
	{ "GET", "/assets/{name}", ROLE_PUBLIC, assets_route, 0 },
	{ "GET", "/admin/check", ROLE_ADMIN, admin_check_route, 0 },
	{ "POST", "/admin/backup", ROLE_ADMIN, admin_backup_route, 0 },
};
const size_t hub_routes_count = ARRAY_LEN(hub_routes);
